"""The three file formats of the samples, as bytes that are the same on every machine."""

import json
import struct
import zlib
from collections.abc import Sequence

Pair = tuple[str, str]

# RFC 1951: a stored block holds at most this many bytes.
_BLOCK = 65_535
# RFC 1952: deflate, no flags, time 0, no hint on the effort, system unknown.
_GZIP_HEAD = b"\x1f\x8b\x08\x00" + bytes(5) + b"\xff"


def alpaca(pairs: Sequence[Pair], model: str) -> bytes:
    """Return an AlpacaEval file: an array of instruction, output and generator."""
    return _pretty(
        [
            {
                "dataset": "touchstone_samples",
                "instruction": prompt,
                "output": answer,
                "generator": model,
            }
            for prompt, answer in pairs
        ]
    )


def chat_lines(pairs: Sequence[Pair]) -> bytes:
    """Return a chat fine-tuning file: one object with messages on each line."""
    lines = (
        {
            "messages": [
                {"role": "user", "content": prompt},
                {"role": "assistant", "content": answer},
            ]
        }
        for prompt, answer in pairs
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def sharegpt(pairs: Sequence[Pair]) -> bytes:
    """Return a ShareGPT file: an array of conversations between human and gpt."""
    return _pretty(
        [
            {
                "id": f"sample_{number}",
                "conversations": [
                    {"from": "human", "value": prompt},
                    {"from": "gpt", "value": answer},
                ],
            }
            for number, (prompt, answer) in enumerate(pairs, start=1)
        ]
    )


def gzipped(data: bytes) -> bytes:
    """Return the data as gzip in stored blocks: compressors differ from build to build."""
    starts = range(0, len(data), _BLOCK) or range(1)
    body = b"".join(_stored(data, start) for start in starts)
    return _GZIP_HEAD + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _stored(data: bytes, start: int) -> bytes:
    block = data[start : start + _BLOCK]
    is_last = start + _BLOCK >= len(data)
    return struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block


def _pretty(value: list[dict[str, object]]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
