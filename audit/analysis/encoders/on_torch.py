"""Encoding by PyTorch: the reference on a processor, and the fast way on a GPU."""

import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from audit.analysis.encoders.batching import Batch, Padding, Tokens, encode_in_order
from audit.analysis.encoders.contract import Vectors, Way, processor, usable_cores, versions_of
from audit.analysis.encoders.identity import EncoderIdentity
from audit.analysis.encoders.probes import LEAST_AGREEMENT, TEXTS, agreement
from audit.analysis.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

# Tokens a batch may hold: a processor is fastest where a batch fits its cache, a GPU when full.
_BUDGET = {"cpu": 2048, "cuda": 65536}


class TorchEncoder:
    """A model of sentence-transformers, at float32 or (on a GPU) at the half type given."""

    def __init__(
        self, identity: EncoderIdentity, model: "SentenceTransformer", half: "torch.dtype | None"
    ) -> None:
        self.identity = identity
        self.model = model
        self._half = half
        self._prompt = model.prompts.get(model.default_prompt_name or "") or ""

    @property
    def device(self) -> "torch.device":
        """The device that the model was put on."""
        return self.model.device

    @property
    def way(self) -> Way:
        """How this process makes its vectors."""
        return Way(
            backend="torch",
            device=f"{self.device.type}: {_device_name(self.device)}",
            precision=str(self._half or "float32").removeprefix("torch."),
            versions=versions_of("torch", "transformers", "sentence-transformers"),
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, d) rows of unit length, in the order given."""
        tokenizer = self.model.tokenizer
        padding = Padding(
            token=tokenizer.pad_token_id or 0,
            budget=_BUDGET[self.device.type],
            longest=self.identity.max_tokens,
            left=tokenizer.padding_side == "left",
        )
        dimensions = self.identity.dimensions
        return encode_in_order(texts, dimensions, self._tokenise, padding, self._run)

    def forward(self, batch: Batch) -> Vectors:
        """Return the (n, d) vectors of one batch."""
        import torch

        features = {
            "input_ids": torch.from_numpy(batch.ids).to(self.device),
            "attention_mask": torch.from_numpy(batch.mask).to(self.device),
        }
        with torch.inference_mode(), self._precision():
            found = self.model(features)["sentence_embedding"]
        return cast("Vectors", found.float().cpu().numpy())

    def _precision(self) -> AbstractContextManager[object]:
        import torch

        if self._half is None:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self._half)

    def _tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        found = self.model.tokenizer(
            [self._prompt + text for text in texts],
            truncation=True,
            max_length=self.identity.max_tokens,
            return_attention_mask=False,
        )
        return [np.array(ids, np.int64) for ids in found["input_ids"]]

    def _run(self, batches: Iterable[Batch], into: Vectors) -> None:
        for batch in batches:
            self._fill(batch, into)

    def _fill(self, batch: Batch, into: Vectors) -> None:
        import torch

        try:
            into[batch.rows] = self.forward(batch)
        except torch.OutOfMemoryError as error:
            if len(batch.rows) == 1:
                raise EncoderError(
                    "The GPU has no memory left for a single text. Set the encoder's device to "
                    "cpu, or free memory on the GPU."
                ) from error
        else:
            return
        # Outside the handler, where the failed attempt's tensors are no longer held.
        torch.cuda.empty_cache()
        for half in batch.halves():
            self._fill(half, into)


def open_on_torch(
    folder: Path, identity: EncoderIdentity, *, device: str, threads: int | None
) -> TorchEncoder:
    """Return the model on the device; half precision only on a GPU, and only where it agrees."""
    import torch

    if device == "cpu":
        torch.set_num_threads(threads or usable_cores())
    plain = TorchEncoder(identity, _read_model(folder, identity, device), half=None)
    if plain.device.type != "cuda":
        return plain
    half = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    quick = TorchEncoder(identity, plain.model, half)
    agrees = agreement(quick.encode(TEXTS), plain.encode(TEXTS)) >= LEAST_AGREEMENT
    return quick if agrees else plain


def _read_model(folder: Path, identity: EncoderIdentity, device: str) -> "SentenceTransformer":
    # The files are all here: no library below may ask a hub about them.
    for setting in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ.setdefault(setting, "1")
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder), device=device, local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise EncoderError(f"The encoder {identity.name} cannot be loaded: {error}") from error
    found = (model.get_embedding_dimension(), model.max_seq_length)
    if found != (identity.dimensions, identity.max_tokens):
        raise EncoderError(
            f"The encoder {identity.name} gives {found[0]} dimensions of {found[1]} tokens, and "
            f"its files say {identity.dimensions} of {identity.max_tokens}."
        )
    return model.eval()


def _device_name(device: "torch.device") -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor()
