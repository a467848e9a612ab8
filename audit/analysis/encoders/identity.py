"""Which encoder it is: known by its files alone, so that a web process can tell without torch."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from audit.analysis.digests import digest_of, sha256_of_file
from audit.analysis.encoders.places import label, locate
from audit.analysis.errors import EncoderError

# Any file of these kinds may change a number; better one too many than one too few.
_KINDS = frozenset({".json", ".txt", ".model", ".safetensors", ".bin"})
_INERT = frozenset({"data_config.json", "requirements.txt"})
_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """The encoder of a plan: two with one digest give the same vectors."""

    name: str
    weights_sha256: str
    dimensions: int
    max_tokens: int

    @property
    def digest(self) -> str:
        """The SHA-256 of the identity as canonical JSON."""
        return digest_of(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return the identity as a JSON object."""
        return asdict(self)


def identify(name_or_path: str) -> EncoderIdentity:
    """Return the identity of an encoder from its files; neither torch nor a model is loaded.

    `weights_sha256` is the SHA-256 of the canonical JSON of {relative file name: SHA-256} over
    weights, settings, tokenizer and pooling. Raises EncoderError if files are missing or unfit.
    """
    folder = locate(name_or_path)
    stamps = tuple(
        (str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in files_of(folder)
    )
    return EncoderIdentity(
        name=label(name_or_path),
        weights_sha256=_digest_of_files(folder, stamps),
        dimensions=_dimensions(folder),
        max_tokens=_max_tokens(folder),
    )


def modules_of(folder: Path) -> tuple[tuple[str, Path], ...]:
    """Return the last name of the class and the folder of each module, in order of use."""
    listed = cast("list[dict[str, str]]", _read(folder / "modules.json"))
    return tuple((row["type"].rsplit(".", 1)[-1], folder / row["path"]) for row in listed)


def pooling_modes(module: Path) -> tuple[str, ...]:
    """Return the ways in which a pooling module pools tokens, in both forms of its settings."""
    settings = settings_of(module)
    if "pooling_mode" in settings:
        found = settings["pooling_mode"]
        return (found,) if isinstance(found, str) else tuple(found)
    return tuple(mode for key, mode in _POOLINGS.items() if settings.get(key)) or ("mean",)


def settings_of(module: Path) -> dict[str, Any]:
    """Return the settings of one module, none if it has no file of them."""
    path = module / "config.json"
    return cast("dict[str, Any]", _read(path)) if path.exists() else {}


def files_of(folder: Path) -> list[Path]:
    """Return the files that can change a number, by name; raises EncoderError if none can."""
    inner = [path for _, path in modules_of(folder) if path.resolve() != folder.resolve()]
    found = [path for path in folder.iterdir() if _counts(path)]
    found += [path for each in inner if each.is_dir() for path in each.rglob("*") if _counts(path)]
    if not any(path.suffix in {".safetensors", ".bin"} for path in found):
        raise EncoderError(f"The encoder folder {folder.name} holds no weights.")
    # With safetensors beside them, weights in the old form are never read.
    safe = {path.parent for path in found if path.suffix == ".safetensors"}
    return sorted(path for path in set(found) if path.suffix != ".bin" or path.parent not in safe)


def _counts(path: Path) -> bool:
    return path.suffix in _KINDS and path.name not in _INERT and path.is_file()


# Keyed by sizes and times of change: a replaced file is hashed again.
@lru_cache(maxsize=8)
def _digest_of_files(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> str:
    names = [name for name, _, _ in stamps]
    return digest_of({name: sha256_of_file(folder / name) for name in names})


def _dimensions(folder: Path) -> int:
    dimensions = settings_of(folder).get("hidden_size")
    for kind, module in modules_of(folder):
        settings = settings_of(module)
        if kind == "Pooling":
            width = settings.get("embedding_dimension", settings.get("word_embedding_dimension"))
            dimensions = int(width or dimensions or 0) * len(pooling_modes(module))
        elif kind == "Dense":
            dimensions = settings["out_features"]
    if not dimensions:
        raise EncoderError(f"The encoder folder {folder.name} does not say how long a vector is.")
    return int(dimensions)


def _max_tokens(folder: Path) -> int:
    own = folder / "sentence_bert_config.json"
    stated = cast("dict[str, Any]", _read(own)).get("max_seq_length") if own.exists() else None
    if isinstance(stated, int):
        return stated
    tokenizer = cast("dict[str, Any]", _read(folder / "tokenizer_config.json"))
    limits = (
        tokenizer.get("model_max_length"),
        settings_of(folder).get("max_position_embeddings"),
    )
    known = [int(limit) for limit in limits if limit]
    if not known:
        raise EncoderError(f"The encoder folder {folder.name} does not say how much it reads.")
    return min(known)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise EncoderError(
            f"The encoder folder {path.parent.name} has no {path.name}. Set the encoder to a "
            "folder saved by sentence-transformers."
        ) from error
    except ValueError as error:
        raise EncoderError(f"The encoder's {path.name} is not JSON: {error}") from error
