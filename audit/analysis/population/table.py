"""The lineage file, read strictly: a wrong cell would be a wrong truth in every figure."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.population.documented import Documented, provider_of

COLUMNS = ("model", "family", "base_model", "trained_on_outputs_of", "derived_from")
OPTIONAL = ("lineage", "released", "preference_tuned", "mixture")
_NONE, _UNKNOWN = "none", "unknown"
_FLAGS = {"yes": True, "no": False, "": None}
_DATE = "YYYY-MM-DD"
_HEADER = f"Begin it with {','.join(COLUMNS)}; beside these it may have {', '.join(OPTIONAL)}"


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of one line by column; `number` counts from 1."""

    file: str
    number: int
    cells: Mapping[str, str]

    def refused(self, reason: str, mend: str) -> UnreadableSourceError:
        return UnreadableSourceError(self.file, f"line {self.number}", reason, mend)

    def given(self, column: str) -> str:
        """Return a cell; empty for a column that is not there, for "none" and for "unknown"."""
        cell = self.cells.get(column, "")
        return "" if cell in (_NONE, _UNKNOWN) else cell


def read_table(path: Path) -> tuple[Documented, ...]:
    """Return the rows of a lineage file, in its order.

    A CSV file in UTF-8 with COLUMNS and any of OPTIONAL. Raises UnreadableSourceError at the
    first line that cannot be taken as it stands.
    """
    found: dict[str, Documented] = {}
    lines: dict[str, _Line] = {}
    for line in _lines(path):
        row = _row(line)
        if row.model in lines:
            reason = f'the model "{row.model}" has line {lines[row.model].number} already'
            raise line.refused(reason, "Keep one of the two lines")
        found[row.model], lines[row.model] = row, line
    if not found:
        raise UnreadableSourceError(
            path.name, "whole file", "it documents no model", "Give each model a line"
        )
    _refuse_circles(found, lines)
    return tuple(found.values())


def _lines(path: Path) -> Iterator[_Line]:
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    header: list[str] = []
    try:
        for cells in filter(None, rows):
            if not header:
                header = cells
                _require_columns(path.name, rows.line_num, header)
                continue
            line = _Line(path.name, rows.line_num, dict(zip(header, cells, strict=False)))
            if len(cells) != len(header):
                reason = f"it has {len(cells)} cells, and the header has {len(header)}"
                raise line.refused(reason, "Give each column a cell, empty where nothing is known")
            _require_plain(line)
            yield line
    except csv.Error as error:
        raise UnreadableSourceError(
            path.name, f"line {rows.line_num}", f"the CSV is broken ({error})", "Mend the line"
        ) from error


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror})"
        raise UnreadableSourceError(
            path.name, "whole file", reason, "Name a lineage file that can be read"
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableSourceError(
            path.name, f"line {line}", "it is not UTF-8", "Save the file as UTF-8 text"
        ) from error


def _require_columns(file: str, number: int, header: Iterable[str]) -> None:
    counts = Counter(header)
    missing = [one for one in COLUMNS if one not in counts]
    unknown = [one for one in counts if one not in COLUMNS + OPTIONAL]
    twice = [one for one, count in counts.items() if count > 1]
    for columns, wrong in ((missing, "lacks"), (unknown, "has the unknown"), (twice, "doubles")):
        if columns:
            named = ", ".join(f'"{one}"' for one in columns)
            reason = f"the header {wrong} column {named}"
            raise UnreadableSourceError(file, f"line {number}", reason, _HEADER)


def _require_plain(line: _Line) -> None:
    """Refuse what cannot be seen: two names that look the same must be the same."""
    for column, cell in line.cells.items():
        if cell != cell.strip() or not cell.isprintable():
            reason = f'its "{column}" has white space around it, or a character that is not seen'
            raise line.refused(reason, "Take that out")


def _row(line: _Line) -> Documented:
    if not line.cells["model"]:
        raise line.refused("it names no model", "Name it as its file is named, or delete the line")
    family = line.given("family")
    return Documented(
        model=line.cells["model"],
        family=_family(line, family) if family else "",
        base_model=line.given("base_model"),
        teachers=_teachers(line),
        derived_from=_parent(line),
        lineage=line.given("lineage"),
        released=_released(line),
        preference_tuned=_flag(line, "preference_tuned"),
        mixture=_flag(line, "mixture"),
    )


def _family(line: _Line, name: str) -> str:
    """Return the name of one family; raises UnreadableSourceError if it cannot be one."""
    if ";" in name or not provider_of(name) or name.lower() in (_NONE, _UNKNOWN):
        reason = f'"{name}" is not the name of one family'
        raise line.refused(reason, "Write provider-family, with no semicolon in it")
    return name


def _teachers(line: _Line) -> frozenset[str] | None:
    told = line.cells["trained_on_outputs_of"]
    if told in ("", _UNKNOWN):
        return None
    if told == _NONE:
        return frozenset()
    parts = told.split(";")
    if len(set(parts)) < len(parts) or any(one != one.strip() for one in parts):
        reason = f'"{told}" has white space around a family, or one family twice'
        raise line.refused(reason, "Write each family once, with semicolons between them")
    return frozenset(_teacher(line, one) for one in parts)


def _teacher(line: _Line, name: str) -> str:
    if name.lower() in (_NONE, _UNKNOWN):
        reason = f'"{line.cells["trained_on_outputs_of"]}" is no list of families'
        raise line.refused(
            reason, 'Write the families, or "none" or "unknown" alone and in small letters'
        )
    return _family(line, name)


def _parent(line: _Line) -> str:
    parent = line.given("derived_from")
    if ";" in parent:
        reason = f'"{parent}" in "derived_from" is more than one model'
        raise line.refused(
            reason, 'Name one there, and join the others to it by one word in column "lineage"'
        )
    return parent


def _released(line: _Line) -> date | None:
    told = line.given("released")
    try:
        found = date.fromisoformat(told) if told else None
    except ValueError:
        found = None
    if told and (found is None or len(told) != len(_DATE)):
        raise line.refused(f'"{told}" is no date', f"Write it as {_DATE}, or leave it empty")
    return found


def _flag(line: _Line, column: str) -> bool | None:
    told = line.given(column)
    if told not in _FLAGS:
        raise line.refused(
            f'"{told}" in "{column}" is neither yes nor no', "Write yes or no, or leave it empty"
        )
    return _FLAGS[told]


def _refuse_circles(found: Mapping[str, Documented], lines: Mapping[str, _Line]) -> None:
    sound: set[str] = set()
    for model in found:
        walked = [model]
        while (parent := _parent_of(walked[-1], found)) and parent not in sound:
            if parent in walked:
                circle = " from ".join([*walked[walked.index(parent) :], parent])
                reason = f"it is derived from itself: {circle}"
                raise lines[parent].refused(reason, "Clear derived_from of the one that was first")
            walked.append(parent)
        sound.update(walked)


def _parent_of(model: str, found: Mapping[str, Documented]) -> str:
    row = found.get(model)
    return row.derived_from if row else ""
