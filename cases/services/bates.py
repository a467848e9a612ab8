"""Bates numbers: given once, in order, under the lock of their matter, and never again."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from audit.analysis.errors import TouchstoneError
from cases.models import BatesRange, BatesSeries, Exhibit, Matter
from cases.reports.artefacts import Bates
from cases.rules.numbering import PREFIX
from cases.services import custody

DIGITS = 7
_FEWEST, _MOST = 3, 10
# What is numbered, an exhibit or a paper by its name in the matter, and how many numbers it takes.
Wanted = tuple[Exhibit | str, int]


class BatesRefusedError(TouchstoneError):
    """A prefix or a number cannot be given; says why and what to do."""


def series_of(matter: Matter) -> BatesSeries | None:
    """Return the series that a matter's next numbers are of, or None where none was chosen."""
    return BatesSeries.objects.filter(matter=matter).order_by("-begun_at", "-pk").first()


@transaction.atomic
def choose(matter: Matter, prefix: str, digits: int = DIGITS, *, by: User) -> BatesSeries:
    """Begin the series of a prefix, or return it where it is the matter's already.

    Numbers that were given keep their prefix. Raises BatesRefusedError for one that is not plain,
    that an earlier series of the matter has, or that has another number of digits already.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    _require_plain(prefix, digits)
    current = series_of(matter)
    if current is not None and (current.prefix, current.digits) == (prefix, digits):
        return current
    if (same := BatesSeries.objects.filter(matter=matter, prefix=prefix).first()) is not None:
        raise BatesRefusedError(
            f"The prefix {prefix} has been used in this matter, with {same.digits} digits. Choose"
            " another."
        )
    custody.record(matter, "prefix", {"prefix": prefix, "digits": digits}, by=by)
    return BatesSeries.objects.create(matter=matter, prefix=prefix, digits=digits, begun_by=by)


def _require_plain(prefix: str, digits: int) -> None:
    if not PREFIX.fullmatch(prefix):
        raise BatesRefusedError(
            f"The prefix {prefix[:20]!r} cannot be used: give 1 to 15 capital letters, digits,"
            " hyphens or underscores, with a letter first and no digit last."
        )
    if not _FEWEST <= digits <= _MOST:
        raise BatesRefusedError(f"Give {_FEWEST} to {_MOST} digits; {digits} are not possible.")


def number(matter: Matter, what: Exhibit | str, pages: int, *, by: User) -> Bates:
    """Return the number of the first page of an exhibit or a paper; the same when asked again.

    An exhibit's native file has no pages and takes one number.
    """
    return number_all(matter, [(what, pages)], by=by)[0]


@transaction.atomic
def number_all(matter: Matter, wanted: Sequence[Wanted], *, by: User) -> list[Bates]:
    """Return the first number of each; what has none yet gets the next, entered as one act."""
    Matter.objects.select_for_update().get(pk=matter.pk)
    found = [_given(matter, what, pages) for what, pages in wanted]
    unnumbered = [one for one, given in zip(wanted, found, strict=True) if given is None]
    new = iter(_give(matter, unnumbered, by=by) if unnumbered else [])
    return [bates_of(given or next(new)) for given in found]


def bates_of(given: BatesRange) -> Bates:
    """Return a range's first number as the press prints it."""
    return Bates(given.series.prefix, given.first, given.series.digits)


def of_exhibits(matter: Matter) -> dict[int, str]:
    """Return the numbers that exhibits of a matter were given, by the key of the exhibit."""
    ranges = BatesRange.objects.select_related("series").filter(
        series__matter=matter, exhibit__isnull=False
    )
    return {one.exhibit_id: str(bates_of(one)) for one in ranges if one.exhibit_id is not None}


def _given(matter: Matter, what: Exhibit | str, pages: int) -> BatesRange | None:
    ranges = BatesRange.objects.select_related("series").filter(series__matter=matter)
    same = {"exhibit": what} if isinstance(what, Exhibit) else {"paper": what}
    given = ranges.filter(**same).first()
    if given is not None and given.last - given.first + 1 != pages:
        raise BatesRefusedError(
            f"{what} has the {given.last - given.first + 1} numbers from {given} on already, and"
            f" {pages} are asked for. What was numbered stays as it was: number it under another"
            " name."
        )
    return given


def _give(matter: Matter, wanted: Sequence[Wanted], *, by: User) -> list[BatesRange]:
    series = series_of(matter)
    if series is None:
        raise BatesRefusedError("This matter has no Bates prefix yet. Choose one first.")
    last = series.ranges.aggregate(last=Max("last"))["last"] or 0
    ranges = []
    for what, pages in wanted:
        to = {"exhibit": what} if isinstance(what, Exhibit) else {"paper": what}
        first, last = last + 1, last + pages
        ranges.append(BatesRange(series=series, first=first, last=last, given_by=by, **to))
    _require_room(series, wanted, last)
    BatesRange.objects.bulk_create(ranges)
    facts = {
        "first": str(bates_of(ranges[0])),
        "last": str(Bates(series.prefix, last, series.digits)),
        "documents": len(ranges),
        "what": [_name(what) for what, _ in wanted],
    }
    custody.record(matter, "numbered", facts, by=by)
    return ranges


def _require_room(series: BatesSeries, wanted: Sequence[Wanted], last: int) -> None:
    if any(pages < 1 for _, pages in wanted):
        raise BatesRefusedError("What has no page takes no number. Give at least one page.")
    if last >= 10**series.digits:
        raise BatesRefusedError(
            f"The {series.digits} digits of {series} do not suffice for number {last}. Choose"
            " another prefix, or one with more digits."
        )


def _name(what: Exhibit | str) -> str:
    return f"exhibit {what.label}" if isinstance(what, Exhibit) else what
