"""Encoding by OpenVINO: the fast way on a processor; bit for bit the same in any batch."""

from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audit.analysis.encoders.batching import Batch, Padding, Tokens, encode_in_order
from audit.analysis.encoders.contract import Vectors, Way, processor, usable_cores, versions_of
from audit.analysis.encoders.conversion import MADE_BY, graph_of, quiet_openvino
from audit.analysis.encoders.identity import EncoderIdentity, settings_of
from audit.analysis.encoders.probes import LEAST_AGREEMENT, TEXTS, agreement
from audit.analysis.errors import EncoderError

# Eight long texts: measured best on cores with a cache of 2 MB each.
_BUDGET = 2048


class OpenVinoEncoder:
    """A compiled graph of one model; each core works on a batch of its own."""

    def __init__(
        self, identity: EncoderIdentity, compiled: Any, tokenizer: Any, padding: Padding
    ) -> None:
        self.identity = identity
        self._compiled = compiled
        self._tokenizer = tokenizer
        self._padding = padding

    @property
    def way(self) -> Way:
        """How this process makes its vectors."""
        kind = self._compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return Way(
            backend="openvino",
            device=f"cpu: {processor()}",
            precision={"bf16": "bfloat16", "f32": "float32"}[kind],
            versions=versions_of("tokenizers", *MADE_BY),
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, d) rows of unit length, in the order given."""
        dimensions = self.identity.dimensions
        return encode_in_order(texts, dimensions, self._tokenise, self._padding, self._run)

    def _tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        found = self._tokenizer.encode_batch_fast(list(texts))
        return [np.array(each.ids, np.int64) for each in found]

    def _run(self, batches: Iterable[Batch], into: Vectors) -> None:
        # Taken in turn and waited for: a callback from the library's threads into Python can
        # meet the end of the process and abort or hang it.
        idle = [self._compiled.create_infer_request() for _ in range(2 * self._streams())]
        busy: deque[tuple[Any, Tokens]] = deque()
        for batch in batches:
            if not idle:
                idle.append(_collect(busy, into))
            request = idle.pop()
            request.start_async({"input_ids": batch.ids, "attention_mask": batch.mask})
            busy.append((request, batch.rows))
        while busy:
            _collect(busy, into)

    def _streams(self) -> int:
        return int(self._compiled.get_property("NUM_STREAMS"))


def _collect(busy: deque[tuple[Any, Tokens]], into: Vectors) -> Any:
    """Wait for the oldest request, put its vectors into their rows, and return it."""
    request, rows = busy.popleft()
    request.wait()
    into[rows] = request.get_output_tensor(0).data
    return request


def open_on_openvino(
    folder: Path, identity: EncoderIdentity, *, cache: Path | None, threads: int | None
) -> OpenVinoEncoder:
    """Return the model at the first precision that agrees with float32 PyTorch on the probes.

    Raises EncoderError if none does, or if the model does not convert.
    """
    graph = graph_of(folder, identity, cache=cache, threads=threads)
    tokenizer, padding = _tokenizer(folder, identity)
    for precision in _precisions():
        compiled = _compile(graph.model, precision, threads or usable_cores())
        encoder = OpenVinoEncoder(identity, compiled, tokenizer, padding)
        if agreement(encoder.encode(TEXTS), graph.reference) >= LEAST_AGREEMENT:
            return encoder
    raise EncoderError(f"The encoder {identity.name}, converted, does not agree with itself.")


def _precisions() -> tuple[str, ...]:
    able = quiet_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("bf16", "f32") if "BF16" in able else ("f32",)


def _compile(model: Any, precision: str, threads: int) -> Any:
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        # One stream for each core: no core waits for another inside a batch.
        "NUM_STREAMS": str(threads),
        "INFERENCE_NUM_THREADS": str(threads),
        # Workers of one machine would be pinned to the same cores.
        "ENABLE_CPU_PINNING": "NO",
    }
    return quiet_openvino().Core().compile_model(model, "CPU", settings)


def _tokenizer(folder: Path, identity: EncoderIdentity) -> tuple[Any, Padding]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(identity.max_tokens)
    pad = int(settings_of(folder).get("pad_token_id") or 0)
    return tokenizer, Padding(token=pad, budget=_BUDGET, longest=identity.max_tokens)
