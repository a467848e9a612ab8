import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from audit.analysis.digests import digest_of
from audit.analysis.encoders import DEFAULT, EncoderIdentity, identify
from audit.analysis.encoders.identity import files_of
from audit.analysis.encoders.places import locate
from audit.analysis.errors import EncoderError, WrongSettingError

FILES = {
    "config.json": {"hidden_size": 8, "max_position_embeddings": 40, "model_type": "bert"},
    "modules.json": [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
    ],
    "sentence_bert_config.json": {"max_seq_length": 32},
    "tokenizer_config.json": {"model_max_length": 64},
    "1_Pooling/config.json": {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True},
}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "small-model"
    for name, value in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(json.dumps(value), encoding="utf-8")
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def test_the_digest_covers_each_file_by_name(folder):
    names = [*FILES, "model.safetensors"]
    expected = {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}
    found = identify(str(folder))
    assert found == EncoderIdentity("small-model", digest_of(expected), 8, 32)
    assert found.digest == digest_of(found.as_dict())
    assert found.digest != replace(found, max_tokens=16).digest


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json", "config.json"])
def test_a_changed_file_is_another_encoder(folder, name):
    before = identify(str(folder))
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data + b" ")
    assert identify(str(folder)).weights_sha256 != before.weights_sha256
    (folder / name).write_bytes(data)
    assert identify(str(folder)) == before


def test_what_changes_no_number_is_left_out(folder):
    before = identify(str(folder))
    for name in ("README.md", ".gitattributes", "tf_model.h5", "pytorch_model.bin"):
        (folder / name).write_bytes(b"other")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_bytes(b"{}")
    assert identify(str(folder)) == before


def test_a_moved_model_is_the_same_encoder(folder, tmp_path):
    moved = tmp_path / "elsewhere" / "small-model"
    shutil.copytree(folder, moved)
    assert identify(str(moved)) == identify(str(folder))
    assert str(tmp_path) not in json.dumps(identify(str(moved)).as_dict())


@pytest.mark.parametrize(
    ("name", "value", "dimensions", "max_tokens"),
    [
        ("sentence_bert_config.json", {"max_seq_length": None}, 8, 40),
        ("1_Pooling/config.json", {"embedding_dimension": 8, "pooling_mode": "cls"}, 8, 32),
        (
            "1_Pooling/config.json",
            {"embedding_dimension": 8, "pooling_mode": ["mean", "max"]},
            16,
            32,
        ),
    ],
)
def test_other_forms_of_settings_are_read(folder, name, value, dimensions, max_tokens):
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
    found = identify(str(folder))
    assert (found.dimensions, found.max_tokens) == (dimensions, max_tokens)


def test_what_is_missing_is_named(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match="small-model holds no weights"):
        identify(str(folder))
    (folder / "modules.json").write_bytes(b"{")
    with pytest.raises(EncoderError, match=r"modules\.json is not JSON"):
        identify(str(folder))
    (folder / "modules.json").unlink()
    with pytest.raises(EncoderError, match=r"has no modules\.json"):
        identify(str(folder))


def test_a_name_that_is_no_folder_and_no_model_is_a_wrong_setting():
    for name in ("/no/such/folder", "two words", "a/b/c"):
        with pytest.raises(WrongSettingError, match="neither a folder that exists nor the name"):
            identify(name)


def test_a_model_that_is_not_on_this_machine_is_not_fetched(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderError, match="is not on this machine"):
        identify("nobody/no-such-model")


def test_the_default_model_is_known_without_loading_anything_heavy():
    block = (
        "import sys\n"
        "from audit.analysis.encoders import identify\n"
        "one = identify('')\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'openvino', 'faiss'}\n"
        "print(one.name, one.dimensions, one.max_tokens, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", block],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert done.stdout.split(maxsplit=3) == [DEFAULT, "384", "256", "[]\n"]


def test_the_default_model_holds_the_published_weights():
    (weights,) = [path for path in files_of(locate("")) if path.suffix == ".safetensors"]
    assert sha256(weights.read_bytes()).hexdigest() == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
