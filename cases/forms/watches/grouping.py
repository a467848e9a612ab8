"""Forms whose fields stand in groups under plain headings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django import forms


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and the names of its fields; one that is `folded` opens where it is wanted."""

    title: str
    names: tuple[str, ...]
    folded: bool = False
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as a page shows it: its fields, and whether it stands open."""

    title: str
    lead: str
    fields: list[forms.BoundField]
    folded: bool
    is_open: bool


class GroupedForm(forms.Form):
    """A form that is read group by group."""

    GROUPS: ClassVar[tuple[Group, ...]] = ()

    def groups(self) -> Iterator[Shown]:
        """Yield each group that has fields here; a folded one stands open over an error."""
        for one in self.GROUPS:
            fields = [self[name] for name in one.names if name in self.fields]
            wrong = any(field.errors for field in fields)
            if fields:
                yield Shown(one.title, one.lead, fields, one.folded, is_open=wrong)
