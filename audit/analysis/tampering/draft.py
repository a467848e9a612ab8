"""A copy of a bundle for somebody to tamper with; the bundle itself is never written to."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.digests import canonical_json


class DoesNotApplyError(Exception):
    """The bundle has nothing of the kind that a trial changes; says what."""


class Draft:
    """The copy. Files are links to the bundle's until they are written, and then replaced."""

    def __init__(self, bundle: Path, place: Path) -> None:
        shutil.copytree(bundle, place, copy_function=os.link)
        self.root = place

    def names(self, start: str = "", end: str = "") -> list[str]:
        """Return the paths of files that begin and end so; raises DoesNotApplyError for none."""
        every = (
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file()
        )
        found = sorted(one for one in every if one.startswith(start) and one.endswith(end))
        if not found:
            raise DoesNotApplyError(f"the bundle has no file {start}...{end}")
        return found

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        path = self.root / name
        if not path.is_file():
            raise DoesNotApplyError(f"the bundle has no {name}")
        return path.read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Put other bytes in the place of a file, or make one."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)

    def remove(self, name: str) -> None:
        """Remove a file."""
        self.read(name)
        (self.root / name).unlink()

    def remove_all(self, start: str) -> None:
        """Remove every file below a path."""
        for name in self.names(start):
            self.remove(name)

    def flip(self, name: str, place: float = 0.5) -> None:
        """Turn the lowest bit of one byte, at a share of the file's length."""
        data = bytearray(self.read(name))
        data[int(len(data) * place)] ^= 1
        self.write(name, bytes(data))

    def json(self, name: str) -> Any:
        """Return the JSON value of a file."""
        return json.loads(self.read(name))

    def edit(self, name: str, act: Callable[[Any], object]) -> None:
        """Change the JSON value of a file in place."""
        value = self.json(name)
        act(value)
        self.write(name, canonical_json(value))

    def swap(self, one: str, other: str) -> None:
        """Put each of two files in the place of the other."""
        first, second = self.read(one), self.read(other)
        self.write(one, second)
        self.write(other, first)

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of a file."""
        return self.read(name).splitlines()

    def write_lines(self, name: str, lines: list[bytes]) -> None:
        """Put other lines in the place of a file's."""
        self.write(name, b"".join(line + b"\n" for line in lines))

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries of the ledger with their seals."""
        return [json.loads(line) for line in self.lines(layout.ENTRIES)]

    def write_entries(self, entries: list[dict[str, Any]]) -> None:
        """Put another ledger in the place of this one."""
        self.write_lines(layout.ENTRIES, [canonical_json(one) for one in entries])

    def entry(self, act: str) -> int:
        """Return the place of the first entry of an act; raises DoesNotApplyError for none."""
        for place, one in enumerate(self.entries()):
            if one["act"] == act:
                return place
        raise DoesNotApplyError(f"the ledger has no act {act!r}")

    def numbers(self, folder: str, name: str) -> list[str]:
        """Return what is numbered or labelled in a folder of the payload."""
        found = self.names(f"{layout.PAYLOAD}{folder}/", f"/{name}")
        return [one.split("/")[2] for one in found]

    def native(self, label: str) -> str:
        """Return the path of an exhibit's native file."""
        return self.names(layout.exhibit(label, "native"))[0]
