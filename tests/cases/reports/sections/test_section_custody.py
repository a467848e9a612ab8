"""What the section on custody prints of a long ledger, and what it leaves to results.json."""

from typing import Any

from audit.analysis.digests import sha256_hex
from cases.reports.sections.closing import custody
from tests.cases.reports.sections.documents import said, without_ratio

Row = dict[str, Any]


def entry(number: int, act: str, facts: Row) -> Row:
    at = f"2026-11-{number + 1:02d}T08:00:00+00:00"
    return {
        "number": number,
        "at": at,
        "actor": "alice",
        "act": act,
        "facts": facts,
        "seal": sha256_hex(f"seal {number}".encode()),
    }


def certified(files: int) -> tuple[list[str], str]:
    """The digests of so many files in one entry, and what the section says of it."""
    digests = [sha256_hex(f"file {number}".encode()) for number in range(files)]
    facts = {"digests": {f"X{number}": one for number, one in enumerate(digests)}}
    return digests, said(custody(without_ratio() | {"custody": [entry(1, "certified", facts)]}))


def test_an_entry_that_names_many_files_prints_some_of_their_digests() -> None:
    digests, told = certified(45)
    assert [one in told for one in digests] == [True] * 6 + [False] * 39
    assert "and 39 more digests, which are in results.json" in told


def test_no_entry_is_shortened_that_would_win_nothing_by_it() -> None:
    digests, told = certified(7)
    assert all(one in told for one in digests)
    assert "more digests" not in told


def test_routine_looks_of_a_watch_are_counted_and_what_it_noticed_is_printed() -> None:
    looks = [entry(number, "watch looked", {"watch": 1}) for number in range(1, 21)]
    noticed = entry(21, "release noticed", {"watch": 1, "release": 2})
    told = said(custody(without_ratio() | {"custody": [*looks, noticed]}))
    assert "are not printed here: 20 of 21" in told
    assert "release noticed" in told
