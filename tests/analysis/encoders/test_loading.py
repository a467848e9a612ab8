import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from audit.analysis.encoders import DEFAULT, identify, load, opening
from audit.analysis.encoders.batching import Padding, batches
from audit.analysis.encoders.conversion import graph_of, is_convertible
from audit.analysis.encoders.on_torch import TorchEncoder
from audit.analysis.encoders.places import locate
from audit.analysis.errors import EncoderError, WrongSettingError

WORDS = ("ice", "of", "a", "river", "moves,", "weight", "makes", "it", "flow", "slowly", "never")


def made_texts(count: int) -> list[str]:
    rng = np.random.default_rng(20)
    lengths = np.concatenate([rng.integers(1, 40, count - 3), [300, 260, 180]])
    return [" ".join(rng.choice(WORDS, length)) for length in lengths]


TEXTS = made_texts(40)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


@pytest.fixture(scope="module")
def plain():
    return load("", device="cpu", backend="torch")


@pytest.fixture(scope="module")
def fast(cache):
    return load("", device="cpu", backend="openvino", cache=cache)


@pytest.fixture(scope="module")
def reference(plain):
    """What sentence-transformers itself gives, with its own batching and tokenizing."""
    return plain.model.encode(TEXTS, show_progress_bar=False)


def test_torch_gives_what_sentence_transformers_gives(plain, reference):
    found = plain.encode(TEXTS)
    assert (found.dtype, found.shape) == (np.float32, (40, 384))
    assert found == pytest.approx(reference, abs=1e-6)
    assert (plain.way.backend, plain.way.precision) == ("torch", "float32")
    assert plain.identity == identify(DEFAULT)


def test_openvino_agrees_with_sentence_transformers(fast, reference):
    found = fast.encode(TEXTS)
    assert (found.dtype, found.shape) == (np.float32, (40, 384))
    assert np.sum(found * reference, axis=1).min() >= 0.999
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(40), abs=1e-6)
    assert (fast.way.backend, fast.way.device[:5]) == ("openvino", "cpu: ")
    assert json.loads(json.dumps(fast.way.as_dict())) == fast.way.as_dict()


def test_openvino_gives_a_text_the_same_bits_in_any_company_and_order(fast):
    together = fast.encode(TEXTS)
    assert np.array_equal(np.concatenate([fast.encode([text]) for text in TEXTS]), together)
    assert np.array_equal(fast.encode(TEXTS[::-1])[::-1], together)
    assert np.array_equal(fast.encode(TEXTS * 3)[40:80], together)


def test_torch_gives_a_text_nearly_the_same_in_any_company(plain):
    together = plain.encode(TEXTS)
    alone = np.concatenate([plain.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-6


AGAIN = """
import socket, sys
from pathlib import Path

def refuse(*_): raise AssertionError("the network was used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
import numpy as np
from audit.analysis.encoders import load
cache = Path(sys.argv[2]) if len(sys.argv) > 2 else None
encoder = load("", device="cpu", backend="openvino", cache=cache, threads=1)
np.save(sys.argv[1], encoder.encode(np.load("texts.npy").tolist()))
print("torch" in sys.modules)
"""


@pytest.mark.parametrize("kept", [True, False], ids=["kept graph", "converted anew"])
def test_another_process_repeats_every_bit_without_network_or_telemetry(
    fast, cache, tmp_path, kept
):
    np.save(tmp_path / "texts.npy", TEXTS)
    home = tmp_path / "home"
    home.mkdir()
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, "found.npy", *([str(cache)] if kept else [])],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{not kept}\n"), done.stderr
    assert np.array_equal(np.load(tmp_path / "found.npy"), fast.encode(TEXTS))
    assert not (home / "intel").exists()


def test_auto_takes_openvino_on_a_processor(cache, fast):
    assert load("", device="cpu", cache=cache).way == fast.way
    assert is_convertible(locate(""))


def spoilt(cache: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "cache"
    shutil.copytree(cache, copied)
    (kept,) = copied.iterdir()
    np.save(kept / "reference.npy", -np.load(kept / "reference.npy"))
    return copied


def test_a_graph_that_does_not_agree_is_refused_and_auto_falls_back(fast, cache, tmp_path, caplog):
    assert fast.identity
    copied = spoilt(cache, tmp_path)
    with pytest.raises(EncoderError, match="does not agree"):
        load("", device="cpu", backend="openvino", cache=copied)
    assert load("", device="cpu", cache=copied).way.backend == "torch"
    assert "Encoding with torch instead of OpenVINO" in caplog.text


def test_a_graph_that_cannot_be_read_says_what_to_delete(fast, cache, tmp_path):
    copied = tmp_path / "cache"
    shutil.copytree(cache, copied)
    (kept,) = copied.iterdir()
    (kept / "model.xml").write_bytes(b"<half")
    with pytest.raises(EncoderError, match=f"{kept.name} cannot be read. Delete that folder"):
        graph_of(locate(""), fast.identity, cache=copied, threads=1)


def test_a_model_of_another_kind_is_not_converted(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(locate(""), folder)
    (folder / "1_Pooling" / "config.json").write_text(
        '{"embedding_dimension": 384, "pooling_mode": "cls"}', encoding="utf-8"
    )
    assert not is_convertible(folder)
    with pytest.raises(WrongSettingError, match="Set the backend to auto or torch"):
        load(str(folder), device="cpu", backend="openvino")


@pytest.mark.parametrize("device", ["tpu", "cuda"])
def test_a_device_that_is_not_here_is_a_wrong_setting(device, monkeypatch):
    monkeypatch.setattr(opening, "_has_gpu", lambda: False)
    with pytest.raises(WrongSettingError, match="Set it to auto"):
        load("", device=device)
    with pytest.raises(WrongSettingError, match="Set it to one of"):
        load("", device="cpu", backend="abacus")


class Small(TorchEncoder):
    """A model on a device that holds no more than so many texts at once."""

    most = 3

    def forward(self, batch):
        if len(batch.rows) > self.most:
            raise torch.OutOfMemoryError
        return super().forward(batch)


def test_out_of_memory_halves_the_batch_until_it_fits(plain):
    small = Small(plain.identity, plain.model, half=None)
    assert small.encode(TEXTS) == pytest.approx(plain.encode(TEXTS), abs=1e-6)
    small.most = 0
    with pytest.raises(EncoderError, match="no memory left for a single text"):
        small.encode(TEXTS)


def test_half_precision_is_named_and_agrees(plain):
    half = TorchEncoder(plain.identity, plain.model, torch.bfloat16)
    assert half.way.precision == "bfloat16"
    few = TEXTS[:4]
    found = half.encode(few)
    assert not np.array_equal(found, plain.encode(few))
    assert np.sum(found * plain.encode(few), axis=1).min() > 0.999


def test_a_single_batch_is_forwarded_in_the_order_of_its_rows(plain):
    tokens = plain._tokenise(TEXTS[:5])
    (batch, *_) = batches(tokens, Padding(token=0, budget=10**6, longest=256))
    found = plain.forward(batch)
    assert found.shape == (len(batch.rows), 384)
    assert found[0] == pytest.approx(plain.encode([TEXTS[batch.rows[0]]])[0], abs=1e-6)
