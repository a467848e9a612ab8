"""Drafting: what people write in a filing. Its words stay here until it is final."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.digests import sha256_hex
from cases.models import (
    Certification,
    Filing,
    FilingAuthor,
    FilingClause,
    FilingElement,
    FilingText,
    Finding,
    Matter,
)
from cases.rules import claims
from cases.services import custody
from cases.services.filings.steps import FilingRefusedError, locked, step, writing

# Beyond these a filing is no document any more that a person reads.
MOST_CLAUSES = 100
MOST_ELEMENTS = 150


@dataclass(frozen=True, slots=True)
class ClauseWritten:
    """A clause as a person writes it."""

    instrument: str
    text: str
    version: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    captured_at: datetime | None = None
    source: str = ""
    gaps: str = ""


@transaction.atomic
def draft(finding: Finding, *, by: User, after: Filing | None = None) -> Filing:
    """Begin a filing on a finding, with the rows of every claim and nothing held for any.

    With `after` it begins with what was written in that filing of the matter.
    """
    matter = Matter.objects.select_for_update().get(pk=finding.matter_id)
    last = matter.filings.order_by("-number").first()
    filing = Filing.objects.create(
        matter=matter, finding=finding, number=last.number + 1 if last else 1, drafted_by=by
    )
    facts = {"filing": filing.number, "finding": finding.number}
    if after is None:
        _fill(filing, by)
    else:
        _copy(after, filing, by)
        facts |= {"after": after.number}
    custody.record(matter, "drafted", facts, by=by)
    filing.refresh_from_db()
    return filing


def _fill(filing: Filing, by: User) -> None:
    FilingElement.objects.bulk_create(
        FilingElement(filing=filing, place=place, written_by=by, **row._asdict())
        for place, row in enumerate(claims.TEMPLATE, start=1)
    )


def _copy(before: Filing, filing: Filing, by: User) -> None:
    """Write in a filing what stands in another one; who drafts it answers for it anew.

    Whoever wrote in that one is an author of this one too, and no reviewer of it.
    """
    FilingAuthor.objects.bulk_create(
        (
            FilingAuthor(filing=filing, person_id=person)
            for person in before.authors.values_list("person", flat=True)
        ),
        ignore_conflicts=True,
    )
    rows: list[FilingText | FilingClause | FilingElement]
    rows = [*before.texts.all(), *before.clauses.all(), *before.elements.all()]
    for row in rows:
        row.pk, row.filing, row.written_by = None, filing, by
        row.save(force_insert=True)


def write_texts(
    filing: Filing, texts: Mapping[str, str], *, seen: int | None = None, by: User
) -> None:
    """Write texts of a filing by their kind; one that is the same as before is left alone."""
    with writing(filing, "texts", seen, by=by) as row:
        there = {one.kind: one for one in row.texts.all()}
        for kind, given in texts.items():
            text = _lines(given)
            if kind in there and there[kind].text != text:
                FilingText.objects.filter(pk=there[kind].pk).update(text=text, written_by=by)
            elif kind not in there and text:
                FilingText.objects.create(filing=row, kind=kind, text=text, written_by=by)


def write_clause(
    filing: Filing, clause: FilingClause | None, written: ClauseWritten, *, by: User
) -> None:
    """Write a clause anew, or another one; its digest is taken of its text."""
    values = asdict(written) | {"text": _lines(written.text), "gaps": _lines(written.gaps)}
    values["sha256"] = sha256_hex(values["text"].encode())
    with writing(filing, "clauses", None, by=by) as row:
        if clause is not None:
            row.clauses.filter(pk=clause.pk).update(**values, written_by=by)
            return
        _require_room(row.clauses.count(), MOST_CLAUSES, "clauses")
        FilingClause.objects.create(filing=row, **values, written_by=by)


def remove_clause(filing: Filing, clause: FilingClause, *, by: User) -> None:
    """Take a clause out of a draft."""
    with writing(filing, "clauses", None, by=by) as row:
        row.clauses.filter(pk=clause.pk).delete()


def write_elements(
    filing: Filing, evidence: Mapping[int, str], *, seen: int | None = None, by: User
) -> None:
    """Write the evidence held for elements and defences, by their place."""
    with writing(filing, "elements", seen, by=by) as row:
        for one in row.elements.filter(place__in=evidence):
            text = _lines(evidence[one.place])
            if one.evidence != text:
                FilingElement.objects.filter(pk=one.pk).update(evidence=text, written_by=by)


def add_element(filing: Filing, added: claims.Row, *, by: User) -> None:
    """Add an element or a defence to the matrix; raises FilingRefusedError if it is there."""
    with writing(filing, "elements", None, by=by) as row:
        _require_room(row.elements.count(), MOST_ELEMENTS, "elements")
        if row.elements.filter(claim=added.claim, element=added.element).exists():
            raise FilingRefusedError(
                f"The matrix has this row already under {added.claim}. Write its evidence there."
            )
        last = row.elements.order_by("-place").first()
        place = last.place + 1 if last else 1
        FilingElement.objects.create(filing=row, place=place, written_by=by, **added._asdict())


def remove_element(filing: Filing, element: FilingElement, *, by: User) -> None:
    """Take a row out of the matrix that was added to it; the others stay, with evidence or not."""
    if is_given(element):
        raise FilingRefusedError(
            "This row stands in every filing. Leave its evidence empty: it then says that none "
            "is held."
        )
    with writing(filing, "elements", None, by=by) as row:
        row.elements.filter(pk=element.pk).delete()


def is_given(element: FilingElement) -> bool:
    """Say whether a row of the matrix stands in every filing."""
    return claims.Row(element.claim, element.element, element.kind) in claims.TEMPLATE


def certify_with(filing: Filing, certification: Certification | None, *, by: User) -> None:
    """Have a filing speak of a certification of its matter, or of none."""
    with writing(filing, "certification", None, by=by) as row:
        Filing.objects.filter(pk=row.pk).update(certification=certification)


@transaction.atomic
def discard(filing: Filing, *, by: User) -> None:
    """Give a filing up for good; what was written in it stays, as it may have to be kept."""
    row = locked(filing)
    if row.state == Filing.State.FINAL:
        raise FilingRefusedError(f"{row} is final. Draft another filing that follows it.")
    if row.state != Filing.State.DISCARDED:
        step(row, Filing.State.DISCARDED)
        custody.record(row.matter, "discarded", {"filing": row.number}, by=by)


def _require_room(there: int, most: int, what: str) -> None:
    if there >= most:
        raise FilingRefusedError(f"A filing has at most {most} {what}. Take one out first.")


def _lines(text: str) -> str:
    """Return a text with line feeds alone, as it counts: a browser sends others."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
