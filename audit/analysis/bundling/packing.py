"""A bundle as one file: a ZIP that is made as it is read, and never lies whole in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from audit.analysis.digests import chunks_of

# Bundles hold their own times; those of the folder's files say nothing.
_DATE = (1980, 1, 1, 0, 0, 0)


class _Pieces:
    """What was written and not yet taken away."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep the bytes until they are taken."""
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: whoever takes the pieces decides when."""

    def taken(self) -> bytes:
        """Return all that was written since the last time."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data


def packed(folder: Path) -> Iterator[bytes]:
    """Yield a ZIP of a folder, under the folder's name and not compressed; memory is one chunk."""
    paths = sorted(one for one in folder.rglob("*") if one.is_file())
    yield from zipped(
        (f"{folder.name}/{one.relative_to(folder).as_posix()}", _content(one)) for one in paths
    )


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from chunks_of(source)


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a ZIP of files, each a path and its bytes in pieces, not compressed.

    A file is asked for only when those before it are written, and never lies whole in memory.
    """
    pieces = _Pieces()
    with ZipFile(pieces, "w", ZIP_STORED) as made:  # type: ignore[call-overload] # it only writes
        for path, content in files:
            with made.open(ZipInfo(path, _DATE), "w", force_zip64=True) as target:
                for chunk in content:
                    target.write(chunk)
                    yield pieces.taken()
    yield pieces.taken()
