"""What stands on a timeline by itself, what a person enters, and how old snapshots are."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from audit.analysis.digests import sha256_hex
from cases.models import Exhibit, Watch
from cases.services import custody, filings, watches
from cases.services.watches.snapshots import snapshots_in_words
from tests.processes import ROOT
from tests.releases import audited
from tests.watching import quiet_watch

TERMS = ROOT.parent / "shared" / "terms" / "genai-contrib-versions.bundle"
CLAUSE = filings.ClauseWritten(
    "Terms of service",
    "You may not train on outputs.",
    "of May",
    date(2026, 5, 2),
    source="a print",
)


@pytest.fixture
def watch(matter, exhibits, alice) -> Watch:
    """A watch whose plan rests on the first teacher alone."""
    teachers = [one for one in exhibits if one.role == "teacher"]
    chosen = [one for one in exhibits if one not in teachers[1:]]
    return quiet_watch(matter, chosen, by=alice, every_s=3600)


def terms_on(watch: Watch, *, drafts: bool = True) -> list[tuple[date, str]]:
    return [
        (one.on, one.entered)
        for one in watches.timeline(watch, drafts=drafts)
        if one.kind == "terms"
    ]


def test_a_clause_of_a_filing_stands_there_once_and_a_draft_for_those_who_may_see_it(
    watch, filing, alice
):
    filings.write_clause(filing, None, CLAUSE, by=alice)
    assert terms_on(watch) == [(date(2026, 5, 2), f"clause of filing {filing.number}")]
    assert terms_on(watch, drafts=False) == []
    again = filings.draft(filing.finding, by=alice, after=filing)
    assert again.clauses.count() == 1
    assert len(terms_on(watch)) == 1


def test_a_clause_that_a_person_entered_too_is_there_once(watch, filing, alice):
    filings.write_clause(filing, None, CLAUSE, by=alice)
    sha256 = sha256_hex(CLAUSE.text.encode())
    happened = watches.Happened("terms", date(2026, 5, 2), "No training", "a print", sha256)
    watches.enter_event(watch, happened, by=alice)
    assert terms_on(watch) == [(date(2026, 5, 2), "event 1, by alice")]


def test_clauses_of_discarded_filings_and_without_a_day_are_not_there(watch, filing, alice):
    filings.write_clause(filing, None, filings.ClauseWritten("Terms", "Some."), by=alice)
    assert terms_on(watch) == []
    filings.write_clause(filing, None, CLAUSE, by=alice)
    filings.discard(filing, by=alice)
    assert terms_on(watch) == []


def dated(watch: Watch, label: str, on: date, by) -> None:
    exhibit = watch.matter.exhibits.get(number=ord(label) - ord("A") + 1)
    assert exhibit.role == Exhibit.Role.TEACHER
    happened = watches.Happened("teacher", on, "Its answers were given", "a log", exhibit=exhibit)
    watches.enter_event(watch, happened, by=by)


def test_answers_of_a_teacher_long_before_a_release_are_said_to_be_old(watch, exhibits, alice):
    audited(watch, exhibits, alice, 1, [0.0] * 36, at=datetime(2026, 9, 1, tzinfo=UTC))
    dated(watch, "B", date(2026, 3, 6), alice)
    dated(watch, "C", date(2026, 1, 1), alice)
    assert snapshots_in_words(watch) == []
    dated(watch, "B", date(2026, 3, 4), alice)
    (said,) = snapshots_in_words(watch)
    assert "exhibit B, are of 2026-03-04, 181 days before release 1." in said


def test_newer_answers_that_the_plan_does_not_use_are_named(watch, alice):
    dated(watch, "B", date(2026, 3, 6), alice)
    (said,) = snapshots_in_words(watch)
    assert said.startswith("Exhibit C, quarry-2, holds answers of a teacher")
    assert "newer than any in the plan (2026-03-06)" in said


def test_an_event_dates_the_exhibit_of_a_teacher_in_place_of_the_day_it_came_in(watch, alice):
    dated(watch, "B", date(2026, 3, 6), alice)
    found = [one for one in watches.timeline(watch, drafts=True) if one.kind == "teacher"]
    assert (found[0].on, found[0].text) == (
        date(2026, 3, 6),
        "Its answers were given (exhibit B)",
    )
    assert [one.text for one in found[1:]] == ["Exhibit C: quarry-2, handed in"]


def versions_of_terms(folder: Path) -> list[tuple[date, bytes]]:
    """The recorded versions of a document of real terms, oldest first."""

    def git(*words: str) -> bytes:
        return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True).stdout

    git("clone", "--quiet", str(TERMS), "terms")
    at = ("-C", "terms")
    names = git(*at, "ls-files", "-z", "*Terms of Service.md").split(b"\0")
    for name in (one.decode() for one in names if one):
        log = git(*at, "log", "--reverse", "--format=%H %cs", "--", name).decode().split("\n")
        rows = [line.split(" ") for line in log if line]
        if len(rows) > 2:
            return [
                (date.fromisoformat(on), git(*at, "show", f"{commit}:{name}"))
                for commit, on in rows[:6]
            ]
    raise AssertionError("no document has three versions")


@pytest.mark.shared
@pytest.mark.skipif(not TERMS.is_file(), reason="the shared terms are absent")
def test_recorded_versions_of_real_terms_stand_there_by_their_digests(watch, alice, tmp_path):
    versions = versions_of_terms(tmp_path)
    for on, text in reversed(versions):
        happened = watches.Happened(
            "terms", on, "Another version was recorded", "an archive", sha256_hex(text)
        )
        watches.enter_event(watch, happened, by=alice)
    found = [one for one in watches.timeline(watch, drafts=True) if one.kind == "terms"]
    assert [one.on for one in found] == sorted(on for on, _ in versions)
    assert {one.sha256 for one in found} == {sha256_hex(text) for _, text in versions}
    assert custody.problems(watch.matter) == []


def test_a_release_that_a_person_entered_stands_on_the_day_of_its_announcement(watch, alice):
    announced = watches.Announced("suspect-1", date(2026, 2, 3), "https://example.org/news")
    watches.enter_release(watch, announced, by=alice)
    (mark,) = [one for one in watches.timeline(watch, drafts=True) if one.kind == "release"]
    assert (mark.on, mark.what) == (date(2026, 2, 3), "release")
    assert "https://example.org/news" in mark.source
