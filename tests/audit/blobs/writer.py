"""Writes into a folder store without end, for a test to kill: python writer.py FOLDER."""

import sys
from collections.abc import Iterator
from pathlib import Path

from audit.blobs.folder import FolderStore


def without_end() -> Iterator[bytes]:
    print("writing", flush=True)  # noqa: T201 - the test waits for it
    while True:
        yield b"x" * 65_536


FolderStore(Path(sys.argv[1])).put(without_end())
