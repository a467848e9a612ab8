"""What is held against what while a production is written, and the page that says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.analysis.errors import TouchstoneError
from cases.services.productions.documents import NotProduced
from cases.services.productions.profiles import Profile, Replaced

# So many single places are listed; all are counted.
_MOST_LISTED = 1000
# Signs with which a cell begins that a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")
_READ_BY_PEOPLE = {"\x14": "U+0014", "\u00fe": "U+00FE (thorn)", "\u00ae": "U+00AE (R)"}


class ProductionFailedError(TouchstoneError):
    """A production does not balance, or cannot be written; says where and what to do."""


@dataclass(slots=True)
class Quality:
    """Grows while a volume is written. All lists are cut; the counts beside them are not."""

    counts: Counter[str] = field(default_factory=Counter)
    replaced: list[dict[str, Any]] = field(default_factory=list)
    formulas: list[dict[str, str]] = field(default_factory=list)
    empty: Counter[str] = field(default_factory=Counter)
    without_text: list[str] = field(default_factory=list)
    gaps: list[dict[str, str]] = field(default_factory=list)
    not_produced: list[dict[str, str]] = field(default_factory=list)
    longest_path: str = ""
    _last: dict[str, int] = field(default_factory=dict)

    def numbers(self, prefix: str, digits: int, first: int, last: int) -> None:
        """Take note of the numbers of the next document; raises for one that was there already."""
        before = self._last.get(prefix, 0)
        if first <= before or last < first:
            raise ProductionFailedError(
                f"The number {prefix}{first:0{digits}} overlaps one before it. Nothing was kept."
            )
        if before and first > before + 1:
            self.counts["gaps"] += 1
            gap = {
                "from": f"{prefix}{before + 1:0{digits}}",
                "to": f"{prefix}{first - 1:0{digits}}",
            }
            _listed(self.gaps, gap)
        self._last[prefix] = last
        self.counts["pages"] += last - first + 1

    def row(self, number: str, values: dict[str, str], replaced: Sequence[Replaced]) -> None:
        """Take note of a line of the load file."""
        self.counts["rows"] += 1
        for one in replaced:
            self.counts["replaced"] += one.times
            sign = _READ_BY_PEOPLE.get(one.sign, "+".join(f"U+{ord(c):04X}" for c in one.sign))
            told = {"number": number, "field": one.field, "sign": sign, "times": one.times}
            _listed(self.replaced, told | {"by": "a space" if one.by == " " else one.by})
        for name, value in values.items():
            self.empty[name] += not value
            if value.startswith(_FORMULA):
                self.counts["formulas"] += 1
                _listed(self.formulas, {"number": number, "field": name})

    def file(self, path: str) -> None:
        """Take note of a file of the volume."""
        if len(path) > len(self.longest_path):
            self.longest_path = path

    def native(self, number: str, found: tuple[str, int], due: tuple[str, int]) -> None:
        """Hold digest and size of a native file, as it was written, against those on record."""
        if found != due:
            raise ProductionFailedError(
                f"The native file of {number} has the SHA-256 {found[0]} and {found[1]} bytes; on"
                f" record are {due[0]} and {due[1]}. Nothing was kept."
            )
        self.counts["natives"] += 1
        self.counts["bytes"] += found[1]

    def text(self, number: str, size: int) -> None:
        """Take note of a text file."""
        self.counts["texts"] += 1
        if not size:
            _listed(self.without_text, number)

    def missing(self, one: NotProduced) -> None:
        """Take note of what is not produced."""
        self.counts["not_produced"] += 1
        told = {"what": one.what, "file": one.filename, "sha256": one.sha256}
        self.not_produced.append(told | {"reason": one.reason})

    def require_balanced(self, due: dict[str, int]) -> None:
        """Refuse a volume in which more or less was written than the matter has."""
        many = self.counts
        differ = [
            f"{many[name]} {name} for {many['rows']} lines"
            for name in ("natives", "texts")
            if many[name] != many["rows"]
        ]
        if (there := sum(due.values())) != many["rows"] + many["not_produced"]:
            said = f"{many['rows']} are produced and {many['not_produced']} named as not produced"
            differ.append(f"the matter has {there} documents, of which {said}")
        if differ:
            raise ProductionFailedError(
                f"The production does not balance: {'; '.join(differ)}. Nothing was kept. Ask"
                " again."
            )

    def as_dict(self, profile: Profile, volume: str, due: dict[str, int]) -> dict[str, Any]:
        """Return all of it for QC.json; what did not balance never comes so far."""
        names = ("rows", "natives", "texts", "bytes", "pages", "not_produced")
        return {
            "volume": volume,
            "profile": profile.name,
            "documents_in_the_matter": due,
            "written": {name: self.counts[name] for name in names},
            "balances": True,
            "digests_recomputed": self.counts["natives"],
            "natives_missing": 0,
            "numbers_overlapping": 0,
            "numbers_left_out": {"count": self.counts["gaps"], "places": self.gaps},
            "characters_replaced": {"count": self.counts["replaced"], "places": self.replaced},
            "cells_like_formulas": {"count": self.counts["formulas"], "places": self.formulas},
            "fields_empty": {name: many for name, many in self.empty.items() if many},
            "without_text": self.without_text,
            "longest_path": {"characters": len(self.longest_path), "path": self.longest_path},
            "not_produced": self.not_produced,
        }


def _listed(places: list[Any], place: Any) -> None:
    if len(places) < _MOST_LISTED:
        places.append(place)


def in_words(found: dict[str, Any]) -> str:
    """Return the page QC.txt."""
    written, longest = found["written"], found["longest_path"]
    replaced, formulas = found["characters_replaced"], found["cells_like_formulas"]
    lines = [
        f"Quality control of {found['volume']} ({found['profile']})",
        "",
        f"Documents in the matter: {sum(found['documents_in_the_matter'].values())}",
        f"  produced: {written['rows']}, on {written['pages']} numbers",
        f"  not produced: {written['not_produced']}",
        "In and out balance; a volume that does not is not kept.",
        "",
        f"Native files: {written['natives']}, {written['bytes']} bytes, none missing.",
        "The SHA-256 of each was computed again from the bytes written and is that on record.",
        f"Text files: {written['texts']}; empty: {_listing(found['without_text'])}",
        "Texts are what was read of each file, in UTF-8. Times are in UTC.",
        f"Longest path: {longest['characters']} characters ({longest['path']})",
        "",
        "Numbers that overlap: none",
        f"Numbers left out between documents: {found['numbers_left_out']['count']}",
        *(f"  {one['from']} to {one['to']}" for one in found["numbers_left_out"]["places"]),
        "  (what these were given to was withdrawn, or is numbered and no part of this volume)",
        "",
        f"Characters replaced in values: {replaced['count']}",
        *map(_replacement, replaced["places"]),
        f"Values that a spreadsheet may take for a formula: {formulas['count']}",
        *(f"  {one['number']}, {one['field']}" for one in formulas["places"]),
        "  (left as they are: open the load file in no spreadsheet)",
        f"Fields empty: {_listing([f'{k} ({v})' for k, v in found['fields_empty'].items()])}",
        "",
        "Not produced:" if found["not_produced"] else "Not produced: nothing",
        *(f"  {_plain(one['what'])}, {_plain(one['reason'])}" for one in found["not_produced"]),
    ]
    return "\r\n".join(lines) + "\r\n"


def _replacement(one: dict[str, Any]) -> str:
    return (
        f"  {one['number']}, {one['field']}: {one['sign']}, {one['times']} times, by {one['by']}"
    )


def _listing(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _plain(text: str) -> str:
    """Return a text on one line, without characters that steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)
