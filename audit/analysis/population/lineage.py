"""What is documented of each model, and which models are of one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audit.analysis.population.documented import Documented
from audit.analysis.population.groups import groups_of
from audit.analysis.population.table import read_table


@dataclass(frozen=True, slots=True)
class Lineage:
    """All rows by model, models ascending, and what follows from them; `lineage_of` makes one.

    `groups` holds for each model the number of its line (`groups_of`): what cross-validation
    leaves out together, and what counts as one control. `warnings` are sentences on rows that are
    sound and of no use.
    """

    rows: dict[str, Documented]
    groups: dict[str, int]
    warnings: tuple[str, ...] = ()

    def teachers_of(self, model: str) -> frozenset[str] | None:
        """Return the families on whose outputs a model was trained; None if it is not known."""
        row = self.rows.get(model)
        return row.teachers if row else None

    def family_of(self, model: str) -> str:
        """Return the teacher family that a model itself belongs to; empty for none."""
        row = self.rows.get(model)
        return row.family if row else ""

    def families(self) -> tuple[str, ...]:
        """Return all families that a model belongs to, ascending."""
        return tuple(sorted({row.family for row in self.rows.values() if row.family}))

    def descent_of(self, model: str) -> tuple[str, ...]:
        """Return a model and what it was made from, nearest first; the last may have no row."""
        walked = [model]
        while (row := self.rows.get(walked[-1])) and row.derived_from not in ("", *walked):
            walked.append(row.derived_from)
        return tuple(walked)

    def base_of(self, model: str) -> str:
        """Return the base model, of the model or else of the nearest it was made from; or ""."""
        rows = (self.rows.get(one) for one in self.descent_of(model))
        return next((row.base_model for row in rows if row and row.base_model), "")

    def with_unknown(self, models: Iterable[str]) -> "Lineage":
        """Return the lineage with an empty row for each of the models that has none."""
        added = [Documented(one) for one in sorted(set(models) - self.rows.keys())]
        return lineage_of([*self.rows.values(), *added])


def read_lineage(path: Path) -> Lineage:
    """Read a lineage file, `table` says how; raises UnreadableSourceError with line and mend."""
    return lineage_of(read_table(path))


def lineage_of(documented: Iterable[Documented]) -> Lineage:
    """Return the lineage of rows of distinct models, the same in whatever order they are given."""
    rows = {row.model: row for row in sorted(documented, key=lambda row: row.model)}
    return Lineage(rows, groups_of(rows), tuple(_warnings(rows)))


def _warnings(rows: dict[str, Documented]) -> Iterator[str]:
    families = {row.family for row in rows.values()}
    taught: dict[str, list[str]] = {}
    for row in rows.values():
        for family in sorted((row.teachers or frozenset()) - families):
            taught.setdefault(family, []).append(row.model)
    for family, students in sorted(taught.items()):
        yield (
            f'"{family}" is named as a teacher of {", ".join(students)}, and no model is of that '
            "family: no pair with it can be compared. Give its models a line, or look whether the "
            "family is spelt as theirs is."
        )
