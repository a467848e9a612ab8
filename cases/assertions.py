"""What a party asserts beyond roles when it asks for a finding, as it comes in from the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from django import forms
from django.db.models import QuerySet

from audit.analysis.asserted import MOST_CHARACTERS, Asserted, Declaration, Tie
from audit.analysis.counts.canaries import read_canaries, require_fit
from audit.analysis.errors import UnreadableSourceError, WrongSettingError
from cases.models import Exhibit

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AssertedForm(forms.Form):
    """What a party asserts beyond the roles; all of it may be left open.

    Each exhibit of `ready` has fields of its own, named by its key.
    """

    canaries = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        label="Planted strings",
        help_text="One a line, each at least 16 letters and digits, as the teacher planted them.",
    )
    canary_file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="Or a file of them",
        help_text="Text with one a line, or CSV or JSON Lines with identity and text.",
    )
    planted_by = forms.ModelChoiceField(
        queryset=Exhibit.objects.none(),
        required=False,
        empty_label="the only candidate teacher",
        label="Planted by",
    )

    def __init__(self, *args: Any, ready: QuerySet[Exhibit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ready = list(ready)
        teachers = [one for one in self._ready if one.role == Exhibit.Role.TEACHER]
        self.fields["planted_by"].queryset = ready.filter(role=Exhibit.Role.TEACHER)  # type: ignore[attr-defined] # it is a choice field
        for one in self._ready:
            self.fields |= _fields_of(one, [other for other in teachers if other != one])

    def declarations(self) -> Iterator[tuple[Exhibit, list[forms.BoundField]]]:
        """Yield each exhibit with the fields that say something of its model."""
        for one in self._ready:
            names = (f"{what}_{one.pk}" for what in ("tie", "family", "names", "released"))
            if fields := [self[name] for name in names if name in self.fields]:
                yield one, fields

    def is_told(self) -> bool:
        """Say whether anything is asserted, or was and could not be taken."""
        names = {"canaries", "canary_file", "planted_by"}
        names |= {field.name for _, fields in self.declarations() for field in fields}
        return bool(names & {*self.changed_data, *self.errors})

    def clean(self) -> dict[str, Any]:
        """Read the planted strings, whichever way they were given."""
        given = self.cleaned_data
        text, file = given.get("canaries", ""), given.get("canary_file")
        if text.strip() and file:
            self.add_error("canary_file", "Give the planted strings in the box or as a file.")
        elif text.strip():
            self._read("canaries", io.BytesIO(text.encode()), "box.txt")
        elif file:
            self._read("canary_file", file, file.name or "")
        return given

    def _read(self, field: str, stream: BinaryIO, name: str) -> None:
        try:
            found = read_canaries(stream, name=name)
            require_fit(found, name=name)
        except UnreadableSourceError as error:
            place = error.place[:1].upper() + error.place[1:]
            self.add_error(field, f"{place}: {error.reason}. {error.mend}.")
        else:
            self.cleaned_data["found"] = found

    def second_runs(self) -> list[Exhibit]:
        """Return the exhibits that are said to be second runs of a teacher."""
        return [
            one
            for one in self._ready
            if self.cleaned_data.get(f"tie_{one.pk}", "").startswith(Tie.SECOND_RUN)
        ]

    def asserted_of(self, exhibits: list[Exhibit]) -> Asserted:
        """Return what is asserted of the exhibits of a plan.

        Raises WrongSettingError if a tie is said of an exhibit that is none of the plan's.
        """
        said = [self._said(one) for one in self._ready]
        labels = {one.label for one in exhibits}
        declared = tuple(
            one for one in said if not one.is_empty and (one.tie or one.label in labels)
        )
        found = self.cleaned_data.get("found", ())
        return Asserted(declared, found, self._planted_by(exhibits) if found else "")

    def _said(self, one: Exhibit) -> Declaration:
        tie, _, of = self.cleaned_data.get(f"tie_{one.pk}", "").partition(" ")
        released = self.cleaned_data.get(f"released_{one.pk}")
        names = self.cleaned_data.get(f"names_{one.pk}", "").split(",")
        return Declaration(
            one.label,
            Tie(tie) if tie else None,
            of,
            released.isoformat() if released else "",
            tuple(name.strip() for name in names if name.strip()),
            self.cleaned_data.get(f"family_{one.pk}", ""),
        )

    def _planted_by(self, exhibits: list[Exhibit]) -> str:
        if chosen := self.cleaned_data.get("planted_by"):
            return str(chosen.label)
        runs = self.second_runs()
        teachers = [one for one in exhibits if one.role == "teacher" and one not in runs]
        if len(teachers) != 1:
            raise WrongSettingError(
                f"{len(teachers)} candidate teachers are chosen. Say which of them planted the "
                "strings."
            )
        return teachers[0].label


def _fields_of(one: Exhibit, teachers: list[Exhibit]) -> dict[str, forms.Field]:
    """Return the fields that say something of an exhibit; `teachers` are the other ones."""
    fields: dict[str, forms.Field] = {}
    if one.role == Exhibit.Role.TEACHER:
        fields[f"names_{one.pk}"] = forms.CharField(
            required=False,
            max_length=500,
            label="Names of the model and of its maker",
            help_text="As answers would spell them, with commas between.",
        )
    if one.role == Exhibit.Role.CONTROL:
        fields[f"family_{one.pk}"] = forms.CharField(
            required=False,
            max_length=100,
            label="Family",
            help_text="Controls of one maker or one base get the same name here.",
        )
    else:
        fields[f"released_{one.pk}"] = forms.DateField(
            required=False, label="Released", widget=_DAY
        )
    if ties := list(_ties_of(one, teachers)):
        choices = [("", "nothing said"), *ties]
        fields[f"tie_{one.pk}"] = forms.ChoiceField(choices=choices, required=False, label="It is")
    return fields


def _ties_of(one: Exhibit, teachers: list[Exhibit]) -> Iterator[tuple[str, str]]:
    """Yield the ties that may be said of an exhibit, each with its words."""
    together = ""
    if one.role == Exhibit.Role.TEACHER:
        together = ", weighed with it as one"
        for each in teachers:
            yield f"{Tie.SECOND_RUN} {each.label}", f"a second run of {each.label}"
    if one.role != Exhibit.Role.SUSPECT:
        for each in teachers:
            yield f"{Tie.VERSION} {each.label}", f"a version of {each.label}{together}"
    if one.role == Exhibit.Role.CONTROL:
        yield Tie.SAME_BASE, "tuned from the suspect's base model"
