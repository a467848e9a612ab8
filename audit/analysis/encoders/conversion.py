"""A model of sentence-transformers as an OpenVINO graph, made in process and kept if asked."""

import shutil
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from audit.analysis.digests import digest_of
from audit.analysis.encoders.contract import Vectors, versions_of
from audit.analysis.encoders.identity import (
    EncoderIdentity,
    modules_of,
    pooling_modes,
    settings_of,
)
from audit.analysis.encoders.on_torch import TorchEncoder, open_on_torch
from audit.analysis.encoders.probes import TEXTS
from audit.analysis.errors import EncoderError

if TYPE_CHECKING:
    import torch

# A graph made by other versions of these may round other digits.
MADE_BY = ("openvino", "sentence-transformers", "torch", "transformers")
_FAMILIES = frozenset({"bert"})
_SHAPES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])


@dataclass(frozen=True, slots=True)
class Graph:
    """The openvino.Model, and the vectors (n, d) that float32 PyTorch gave for the probes."""

    model: Any
    reference: Vectors


def quiet_openvino() -> Any:
    """Import and return openvino without its telemetry, which else calls out on import."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # bars an import
    import openvino

    return openvino


def is_convertible(folder: Path) -> bool:
    """Tell whether the model is of the kind that is known to convert: BERT with mean pooling."""
    modules = modules_of(folder)
    return (
        [kind for kind, _ in modules] in _SHAPES
        and pooling_modes(modules[1][1]) == ("mean",)
        and settings_of(folder).get("model_type") in _FAMILIES
        and (folder / "tokenizer.json").exists()
    )


def graph_of(
    folder: Path, identity: EncoderIdentity, *, cache: Path | None, threads: int | None
) -> Graph:
    """Return the graph: the one kept in the cache for this model and version, or a new one."""
    if cache is None:
        # Written and read even so: a graph straight from the converter rounds other digits.
        with tempfile.TemporaryDirectory() as passing:
            return graph_of(folder, identity, cache=Path(passing), threads=threads)
    kept = cache / f"openvino-{_key(identity)}"
    if not kept.exists():
        _keep(_convert(folder, identity, threads), kept)
    return _read(kept)


def _key(identity: EncoderIdentity) -> str:
    return digest_of(
        {"encoder": identity.digest, "probes": TEXTS, "versions": dict(versions_of(*MADE_BY))}
    )


def _convert(folder: Path, identity: EncoderIdentity, threads: int | None) -> Graph:
    openvino = quiet_openvino()
    import torch

    source = open_on_torch(folder, identity, device="cpu", threads=threads)
    ones = torch.ones((2, 16), dtype=torch.int64)
    example = {"input_ids": ones, "attention_mask": ones}
    # Tracing warns of every branch in the model; the probes show whether one was lost.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = openvino.convert_model(_traceable(source), example_input=example)
        except (RuntimeError, ValueError, TypeError) as error:
            raise EncoderError(f"The encoder {identity.name} does not convert: {error}") from error
    return Graph(model, source.encode(TEXTS))


def _traceable(source: TorchEncoder) -> "torch.nn.Module":
    """Return the model, pooling and all, as a module of two inputs and one output."""
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = source.model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return cast("torch.Tensor", self.model(features)["sentence_embedding"])

    return Whole().eval()


def _keep(graph: Graph, kept: Path) -> None:
    """Write the graph whole or not at all; of two writers the first wins."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=kept.parent))
    quiet_openvino().save_model(graph.model, draft / "model.xml", compress_to_fp16=False)
    np.save(draft / "reference.npy", graph.reference, allow_pickle=False)
    try:
        draft.rename(kept)
    except OSError:
        shutil.rmtree(draft)
        if not kept.exists():
            raise


def _read(kept: Path) -> Graph:
    try:
        model = quiet_openvino().Core().read_model(kept / "model.xml")
        reference = np.load(kept / "reference.npy", allow_pickle=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise EncoderError(
            f"The converted model in {kept.name} cannot be read. Delete that folder: it is made "
            "again."
        ) from error
    return Graph(model, cast("Vectors", reference))
