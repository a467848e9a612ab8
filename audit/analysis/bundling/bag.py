"""A bag (BagIt, RFC 8493) written file by file, hashed as it is written, named when it is whole.

The library `bagit` makes bags too: it changes the working folder of the whole process, moves the
files and reads every one of them again. It checks what is written here in the tests.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

from audit.analysis.bundling import layout
from audit.analysis.errors import WrongSettingError

# Stands in a folder that is being written, locked by the writer; never in a whole bag.
_MARK = "unfinished"
_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the bag: its SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    size: int


class Hashing:
    """A file that is written and hashed at once."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._running = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Append the bytes."""
        self._running.update(data)
        self._size += len(data)
        return self._target.write(data)

    def written(self) -> Written:
        """Return digest and size of all so far."""
        return Written(self._running.hexdigest(), self._size)


@dataclass
class Bag:
    """A bag that is being written under another name beside its place."""

    place: Path
    part: Path
    files: dict[str, Written] = field(default_factory=dict)

    @contextmanager
    def open(self, path: str) -> Iterator[Hashing]:
        """Open a file of the bag for writing; it counts once the block is over."""
        target = self.part / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            hashing = Hashing(stream)
            yield hashing
            stream.flush()
            os.fsync(stream.fileno())
        self.files[path] = hashing.written()

    def write(self, path: str, chunks: Iterable[bytes]) -> Written:
        """Write one file whole, from pieces of any size."""
        with self.open(path) as target:
            for chunk in chunks:
                target.write(chunk)
        return self.files[path]

    @property
    def payload(self) -> dict[str, Written]:
        """The files under data/, by path in order."""
        return {
            path: self.files[path]
            for path in sorted(self.files)
            if path.startswith(layout.PAYLOAD)
        }

    def finish(self, info: dict[str, str], signed: Callable[[str], str]) -> Written:
        """Write what makes the folder a bag and give it its name; return the signed list's file.

        `signed` turns the list of every file and digest into a note.
        """
        payload = self.payload
        oxum = f"{sum(one.size for one in payload.values())}.{len(payload)}"
        lines = [f"{name}: {value}\n" for name, value in (info | {"Payload-Oxum": oxum}).items()]
        self.write(layout.DECLARATION, [_DECLARED])
        self.write(layout.INFO, ["".join(lines).encode()])
        self.write(layout.MANIFEST, [_listed(payload)])
        note = self.write(layout.NOTE, [signed(self._listing()).encode()])
        tags = {path: one for path, one in self.files.items() if path not in payload}
        self.write(layout.TAG_MANIFEST, [_listed(tags)])
        (self.part / _MARK).unlink()
        _sync(self.part)
        self.part.rename(self.place)
        _sync(self.place.parent)
        return note

    def _listing(self) -> str:
        listed = {path: one for path, one in self.files.items() if path not in layout.UNLISTED}
        return f"{layout.LIST}\n{_listed(listed).decode()}"


@contextmanager
def begun(place: Path) -> Iterator[Bag]:
    """Begin a bag at a place where nothing stands; whatever stops the block leaves nothing there.

    A killed process leaves its unfinished folder under another name, which the next one clears.
    Raises WrongSettingError if the place is taken, cannot be written or is being written.
    """
    if place.exists():
        raise WrongSettingError(f"{place}: something stands there already. Give another place.")
    part = place.with_name(f"{place.name}.part")
    with _Claimed(part):
        try:
            yield Bag(place, part)
        finally:
            shutil.rmtree(part, ignore_errors=True)


class _Claimed:
    """The unfinished folder, held by a lock that a killed process loses."""

    def __init__(self, part: Path) -> None:
        self._part = part

    def __enter__(self) -> Self:
        try:
            self._clear()
            self._part.mkdir(parents=True)
            self._mark = (self._part / _MARK).open("wb")
        except OSError as error:
            raise WrongSettingError(
                f"{self._part}: this folder cannot be made ({error.strerror}). Give a place in a "
                "folder that can be written."
            ) from error
        fcntl.flock(self._mark, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        self._mark.close()

    def _clear(self) -> None:
        """Remove what a killed process left, and nothing else."""
        if not self._part.exists():
            return
        if (self._part / layout.TAG_MANIFEST).exists() and not (self._part / _MARK).exists():
            # Whole but for its name: its writer was killed at the very last step.
            shutil.rmtree(self._part)
            return
        try:
            with (self._part / _MARK).open("rb") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(self._part)
        except FileNotFoundError:
            raise WrongSettingError(
                f"{self._part}: this is no unfinished bundle. Move it away, or give another place."
            ) from None
        except BlockingIOError:
            raise WrongSettingError(
                f"{self._part}: another process is writing this bundle. Wait for it to end."
            ) from None


def _listed(files: dict[str, Written]) -> bytes:
    """Return the lines of a manifest; no path here needs the encoding that RFC 8493 has."""
    return "".join(f"{files[path].sha256}  {path}\n" for path in sorted(files)).encode()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
