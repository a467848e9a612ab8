"""python -m audit.analysis.encoders.bench [FILE...]: texts a second, plainly and our way."""

import argparse
import gzip
import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np

from audit.analysis.encoders.contract import Encoder, Vectors
from audit.analysis.encoders.opening import load
from audit.analysis.encoders.places import DEFAULT, locate

_WORDS = (
    *("the", "a", "of", "to", "and", "in", "is", "that", "for", "with", "as", "on", "by", "this"),
    *("water", "light", "price", "river", "engine", "letter", "market", "garden", "season"),
    *("answer", "question", "quickly", "slowly", "often", "never", "because", "although"),
)


def main() -> None:
    """Measure and print; the exit code says nothing of speed."""
    wanted = _arguments()
    texts = list(islice(_texts(wanted.files), wanted.texts))
    started = time.perf_counter()
    encoder = load(wanted.encoder, backend=wanted.backend, cache=wanted.cache)
    loading = time.perf_counter() - started
    plain = _plain(wanted.encoder)
    rounds = [_round(plain, encoder, texts) for _ in range(wanted.rounds)]
    _report(encoder, texts, rounds, loading)


Round = tuple[float, float, Vectors]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m audit.analysis.encoders.bench")
    parser.add_argument(
        "files", nargs="*", type=Path, help="JSON lists of {output: ...}, or .json.gz"
    )
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--encoder", default=DEFAULT)
    parser.add_argument("--backend", default="auto", choices=("auto", "torch", "openvino"))
    parser.add_argument("--cache", type=Path, help="folder that keeps a converted model")
    return parser.parse_args()


def _texts(files: Sequence[Path]) -> Iterator[str]:
    """Yield the answers of the files in turn, or made texts of like lengths if none is given."""
    if not files:
        yield from _made(np.random.default_rng(20260101))
    for row in zip_longest(*(_answers(path) for path in files)):
        yield from (answer for answer in row if answer)


def _answers(path: Path) -> list[str]:
    data = path.read_bytes()
    rows = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    return [row["output"] for row in rows]


def _made(rng: np.random.Generator) -> Iterator[str]:
    while True:
        # Median 200 words, as answers of chat models have.
        length = int(np.clip(rng.lognormal(5.3, 0.8), 3, 1500))
        yield " ".join(rng.choice(_WORDS, length))


def _plain(encoder: str) -> Callable[[Sequence[str]], Vectors]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(locate(encoder)), local_files_only=True)
    return lambda texts: np.asarray(model.encode(list(texts)), np.float32)


def _round(
    plain: Callable[[Sequence[str]], Vectors], encoder: Encoder, texts: Sequence[str]
) -> Round:
    """Return (seconds plainly, seconds our way, cosines), one after the other on one machine."""
    started = time.perf_counter()
    theirs = plain(texts)
    between = time.perf_counter()
    ours = encoder.encode(texts)
    done = time.perf_counter()
    theirs = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
    return between - started, done - between, np.sum(theirs * ours, axis=1)


def _report(
    encoder: Encoder, texts: Sequence[str], rounds: Sequence[Round], loading: float
) -> None:
    plain = len(texts) / min(seconds for seconds, _, _ in rounds)
    ours = len(texts) / min(seconds for _, seconds, _ in rounds)
    cosines = rounds[-1][2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = (
        ("texts", f"{len(texts)}, {int(np.mean([len(text) for text in texts]))} characters each"),
        ("plain", f"{plain:.1f} texts/s"),
        ("ours", f"{ours:.1f} texts/s"),
        ("ratio", f"{ours / plain:.2f}"),
        ("cosine", f"mean {cosines.mean():.6f}, min {cosines.min():.6f}"),
        ("backend", f"{encoder.way.backend}, {encoder.way.precision}, {encoder.way.device}"),
        ("loading", f"{loading:.1f} s"),
        ("memory", f"{peak:.0f} MiB at most, both together"),
    )
    print("\n".join(f"{name:<8} {value}" for name, value in rows))  # noqa: T201 # a command's answer


if __name__ == "__main__":
    main()
