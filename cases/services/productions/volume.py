"""The files of a production, one after the other, each checked while it is written."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from audit.analysis.digests import canonical_json, chunks_of
from audit.services.sources import store
from cases.models import BatesRange, Matter
from cases.reports.artefacts import Bates
from cases.services.productions.documents import Document, Source
from cases.services.productions.profiles import Profile, Value
from cases.services.productions.quality import Quality, in_words

File = tuple[str, Iterable[bytes]]


@dataclass(slots=True)
class Volume:
    """A production in the making; `found` is what QC.json says, once all is written."""

    matter: Matter
    profile: Profile
    name: str
    sources: tuple[Source, ...]
    quality: Quality
    found: dict[str, Any]
    first: str = ""
    last: str = ""

    def files(self) -> Iterator[File]:
        """Yield each file with its bytes; all of one must be taken before the next is asked for.

        The load file comes first. What it says is from the record, and the native files that
        follow are held against it, so that neither has to lie in memory.
        """
        yield self._file(f"DATA/{self.name}.{self.profile.ending}", self._load_file())
        for one in self._documents():
            number = str(_begins(one.numbers))
            yield self._file(_native(one), self._native(one, number))
            yield self._file(_text(one), self._text(one, number))
        yield from self._checks()

    def _file(self, path: str, content: Iterable[bytes]) -> File:
        self.quality.file(path)
        return path, content

    def _documents(self) -> Iterator[Document]:
        """Yield the documents of all sources in the order of their numbers, as each gives them."""
        return merge(*(one.documents(self.matter) for one in self.sources), key=_place)

    def _load_file(self) -> Iterator[bytes]:
        yield self.profile.header()
        for one in self._documents():
            numbers = one.numbers
            series = numbers.series
            self.quality.numbers(series.prefix, series.digits, numbers.first, numbers.last)
            values = self._values(one)
            line, replaced = self.profile.row(values)
            self.last = str(values["ENDBATES"])
            self.first = self.first or str(values["BEGBATES"])
            told = {name: str(values.get(name, "")) for name in self.profile.fields}
            self.quality.row(str(values["BEGBATES"]), told, replaced)
            yield line

    def _values(self, one: Document) -> dict[str, Value]:
        begins, ends = str(_begins(one.numbers)), str(_ends(one.numbers))
        separator = self.profile.path_separator
        own: dict[str, Value] = {
            "BEGBATES": begins,
            "ENDBATES": ends,
            # Each document is a family of its own.
            "BEGATTACH": begins,
            "ENDATTACH": ends,
            "NATIVELINK": _native(one).replace("/", separator),
            "TEXTLINK": _text(one).replace("/", separator),
        }
        return own | dict(one.values)

    def _native(self, one: Document, number: str) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        with store().open(one.native.sha256) as stream:
            for chunk in chunks_of(stream):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
        self.quality.native(
            number, (digest.hexdigest(), size), (one.native.sha256, one.native.size)
        )

    def _text(self, one: Document, number: str) -> Iterator[bytes]:
        size = 0
        for piece in one.text():
            data = piece.encode()
            size += len(data)
            yield data
        self.quality.text(number, size)

    def _checks(self) -> Iterator[File]:
        due = {}
        for source in self.sources:
            due[source.kind] = source.counted(self.matter)
            for one in source.not_produced(self.matter):
                self.quality.missing(one)
        self.quality.require_balanced(due)
        self.found = self.quality.as_dict(self.profile, self.name, due)
        yield self._file("QC.json", [canonical_json(self.found)])
        yield self._file("QC.txt", [in_words(self.found).encode()])


def _place(one: Document) -> tuple[int, int]:
    return one.numbers.series_id, one.numbers.first


def _begins(numbers: BatesRange) -> Bates:
    return Bates(numbers.series.prefix, numbers.first, numbers.series.digits)


def _ends(numbers: BatesRange) -> Bates:
    return Bates(numbers.series.prefix, numbers.last, numbers.series.digits)


def _native(one: Document) -> str:
    return f"NATIVES/{_begins(one.numbers)}{one.native.ending}"


def _text(one: Document) -> str:
    return f"TEXT/{_begins(one.numbers)}.txt"
