"""A bundle as it lies there: files by their path in it, digests as they were computed here."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.custody import ledger
from audit.analysis.custody.notes import VerifierKey
from audit.analysis.digests import sha256_of_file
from audit.analysis.errors import IntegrityError

# The acts that files of the bundle are held against; a ledger may have a million others.
_MATERIAL = frozenset(
    {"received", "read", "erased", "planned", "found", "failed", "issued"}
    | {"drafted", "written", "reviewed", "finalised"}
    | {"watch opened", "watch changed", "watch resumed", "watch retimed", "release noticed"}
    | {"release entered", "watch looked", "watch audits", "watch audited", "watch failed"}
    | {"watch skipped", "watch event", "answers erased", "notice made", "notice acknowledged"}
)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the checker brings along: the site's keys as text, and root certificates as PEM.

    `notes` are checkpoints of the ledger that were handed out earlier. Each is empty where the
    checker has none; then only the bundle itself speaks for it.
    """

    keys: tuple[str, ...] = ()
    roots: bytes = b""
    notes: tuple[str, ...] = ()


@dataclass
class Bundle:
    """A folder that says it is a bundle. Nothing in it is trusted; nothing in it is changed."""

    root: Path
    trust: Trust = field(default_factory=Trust)

    @cached_property
    def on_disk(self) -> dict[str, int]:
        """Every regular file by its path from the bundle's root, with its size in bytes."""
        return {name: size for name, size, plain in _walk(self.root) if plain}

    @cached_property
    def strange(self) -> list[str]:
        """Paths of links, devices and the like, which no bundle holds."""
        return [name for name, _, plain in _walk(self.root) if not plain]

    @cached_property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file, computed from its bytes, on all processors at once."""
        names = sorted(self.on_disk, key=lambda name: -self.on_disk[name])
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            computed = threads.map(lambda name: sha256_of_file(self.root / name), names)
            return dict(zip(names, computed, strict=True))

    def has(self, name: str) -> bool:
        """Say whether there is a regular file of this path."""
        return name in self.on_disk

    def path(self, name: str) -> Path:
        """Return where a file lies; raises IntegrityError if it is not there as a plain file."""
        if name not in self.on_disk:
            raise IntegrityError(f"{name} is missing.")
        return self.root / name

    def text(self, name: str) -> str:
        """Return a file as UTF-8; raises IntegrityError, which names it."""
        try:
            return self.path(name).read_bytes().decode()
        except UnicodeDecodeError as error:
            raise IntegrityError(f"{name} is not UTF-8 ({error}).") from error

    def json(self, name: str) -> Any:
        """Return a file's JSON value; raises IntegrityError, which names it."""
        try:
            return read_json(self.text(name))
        except (ValueError, RecursionError) as error:
            raise IntegrityError(f"{name} is not JSON ({error}).") from error

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file without their ends."""
        with self.path(name).open("rb") as stream:
            for line in stream:
                yield line.rstrip(b"\n")

    @cached_property
    def index(self) -> dict[str, Any]:
        """What the bundle says of itself."""
        found = self.json(layout.INDEX)
        if not isinstance(found, dict) or found.get("format") != layout.FORMAT:
            raise IntegrityError(
                f"{layout.INDEX} is not of the format {layout.FORMAT}. Check this bundle with the "
                f"{layout.VERIFIER} that lies in it."
            )
        return found

    @cached_property
    def keys(self) -> list[VerifierKey]:
        """The keys that the bundle itself names as its site's: today's, then earlier ones."""
        return [VerifierKey.parsed(line) for line in self.text(layout.KEYS).splitlines()]

    @property
    def key(self) -> VerifierKey:
        """The key that signed the bundle; raises IntegrityError for none."""
        if not self.keys:
            raise IntegrityError(f"{layout.KEYS} names no key.")
        return self.keys[0]

    def entries(self) -> Iterator[tuple[ledger.Entry, str]]:
        """Yield the ledger's entries with their seals; raises IntegrityError with the line."""
        for number, line in enumerate(self.lines(layout.ENTRIES), start=1):
            try:
                value = read_json(line)
                sealed = value.pop("seal")
                yield ledger.Entry(**value), sealed
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise IntegrityError(
                    f"{layout.ENTRIES}, line {number}: this is no entry ({error})."
                ) from error

    @cached_property
    def _acted(self) -> list[ledger.Entry]:
        return [entry for entry, _ in self.entries() if entry.act in _MATERIAL]

    def acts(self, *names: str) -> list[ledger.Entry]:
        """Return the entries of these acts, in order; raises KeyError for an act not kept."""
        if unknown := set(names) - _MATERIAL:
            raise KeyError(*unknown)
        return [entry for entry in self._acted if entry.act in names]

    def numbered(self, folder: str, name: str) -> list[str]:
        """Return what stands between data/FOLDER/ and /NAME in the paths of the bundle."""
        start, end = f"{layout.PAYLOAD}{folder}/", f"/{name}"
        return sorted(
            path[len(start) : -len(end)]
            for path in self.on_disk
            if path.startswith(start) and path.endswith(end)
        )


def read_json(text: str | bytes) -> Any:
    """Return a JSON value that every reader takes for the same one; raises ValueError.

    Of two members of one name some readers take the first and some the last, and JSON has no NaN.
    """
    return json.loads(text, object_pairs_hook=_members, parse_constant=_no_number)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a name stands twice in an object: {[name for name, _ in pairs][:9]}")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _walk(root: Path, below: str = "") -> Iterator[tuple[str, int, bool]]:
    """Yield path, size and whether it is a plain file, for all that is not a folder."""
    with os.scandir(root / below) as listed:
        for one in listed:
            name = f"{below}{one.name}"
            if one.is_dir(follow_symlinks=False):
                yield from _walk(root, f"{name}/")
            else:
                plain = one.is_file(follow_symlinks=False)
                yield name, one.stat(follow_symlinks=False).st_size if plain else 0, plain
