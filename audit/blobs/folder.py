"""Content-addressed files in a folder: root/ab/cd/<sha256>, written whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from audit.analysis.digests import chunks_of, sha256_of_chunks
from audit.analysis.errors import WrongSettingError
from audit.blobs.stored import (
    Stored,
    Written,
    check_same,
    is_digest,
    missing,
    place_of,
    write_all,
)

# Not two characters long, so that it is never taken for a part of a digest.
INCOMING = "incoming"
READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Bytes under their SHA-256 in one folder tree, which must be on one file system."""

    root: Path

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep the bytes; they get their name only when they are whole and on the disk."""
        handle, temporary = self._begin()
        try:
            with os.fdopen(handle, "wb") as target:
                written = write_all(chunks, target)
                target.flush()
                os.fchmod(target.fileno(), READ_ONLY)
                os.fsync(target.fileno())
            return self._name(temporary, written)
        finally:
            temporary.unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes for reading; raises IntegrityError if they are missing or changed.

        They are read once through and checked before the first is given out.
        """
        try:
            stream = self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise missing(sha256) from error
        try:
            check_same(sha256, sha256_of_chunks(chunks_of(stream)))
            stream.seek(0)
        except BaseException:
            stream.close()
            raise
        return stream

    def has(self, sha256: str) -> bool:
        """Tell whether the bytes are kept."""
        return self._path(sha256).is_file()

    def digests(self) -> Iterator[str]:
        """Yield the name of everything that is kept, in order."""
        for path in sorted(self.root.glob("??/??/*")):
            if is_digest(path.name) and path == self._path(path.name):
                yield path.name

    def raw(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes as they are now; raises IntegrityError if they are missing."""
        try:
            with self._path(sha256).open("rb") as stream:
                yield from chunks_of(stream)
        except FileNotFoundError as error:
            raise missing(sha256) from error

    def remove(self, sha256: str) -> None:
        """Remove the bytes for good; nothing is done where they are not there."""
        path = self._path(sha256)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def verify(self, sha256: str) -> None:
        """Read the bytes again; raises IntegrityError if they are missing or changed."""
        check_same(sha256, sha256_of_chunks(self.raw(sha256)))

    def sweep_incoming(self, older_than_s: float, now: float) -> int:
        """Remove what killed writers left behind and return how many files that were.

        `now` is in seconds since 1970; a file that was written to after `now - older_than_s` may
        still be growing and stays.
        """
        removed = 0
        for path in self._incoming.glob("*"):
            # Another sweep, or its own writer, may take the file away at any moment.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < now - older_than_s:
                    path.unlink()
                    removed += 1
        return removed

    @property
    def _incoming(self) -> Path:
        return self.root / INCOMING

    def _path(self, sha256: str) -> Path:
        return self.root / place_of(sha256)

    def _begin(self) -> tuple[int, Path]:
        """Open a new file that no reader will take for a blob."""
        try:
            _make_folder(self._incoming)
            handle, name = tempfile.mkstemp(dir=self._incoming)
        except OSError as error:
            raise WrongSettingError(
                f"The folder {self.root} cannot be written ({error.strerror}): set STORAGE_URL to"
                " the address of a folder that can."
            ) from error
        return handle, Path(name)

    def _name(self, temporary: Path, written: Written) -> Stored:
        """Give whole bytes their name, in one step, and make the name last."""
        path = self._path(written.sha256)
        # A file of another size is damaged: the whole bytes at hand take its place.
        new = not path.is_file() or path.stat().st_size != written.size
        if new:
            _make_folder(path.parent)
            temporary.rename(path)
            _sync_folder(path.parent)
        return Stored(written.sha256, written.size, new)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, for the owner alone, such that they outlast a crash."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
