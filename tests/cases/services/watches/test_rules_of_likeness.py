"""Whether another software computes the same likeness: the last audit is computed again by it."""

import pytest

from audit.analysis.version import VERSION
from cases.models import Watch
from cases.services.watches import likeness
from cases.services.watches.likeness import computed_by, likeness_of
from tests.cast import PROMPTS, answer, ask, keep_vectors
from tests.releases import audited
from tests.watching import quiet_watch

LATER = "9.9.9"


@pytest.fixture
def watch(matter, exhibits, alice) -> Watch:
    return quiet_watch(matter, exhibits, by=alice, every_s=3600)


def audit(watch, exhibits, by, *, more: float = 0.0):
    """An audit whose likeness is what its vectors give, or so much more."""
    finding = answer(ask(watch.matter, exhibits, by=by))
    keep_vectors(finding.run)
    found, _ = likeness_of(finding.run)
    shifted = {
        label: {key: round(value + more, 6) for key, value in values.items()}
        for label, values in found.items()
    }
    return audited(watch, exhibits, by, 1, [], likeness=shifted)


def test_the_first_audit_is_by_the_software_that_computes_it(watch):
    assert computed_by(watch) == VERSION


def test_a_software_that_computes_the_same_goes_on_with_the_series(
    watch, exhibits, alice, monkeypatch
):
    run = audit(watch, exhibits, alice)
    assert set(run.likeness) == {"B", "C"}
    assert {len(one) for one in run.likeness.values()} == {len(PROMPTS)}
    monkeypatch.setattr(likeness, "VERSION", LATER)
    assert computed_by(watch) == VERSION


def test_a_software_that_computes_otherwise_begins_anew(watch, exhibits, alice, monkeypatch):
    audit(watch, exhibits, alice, more=0.000001)
    assert computed_by(watch) == VERSION, "by the same software nothing is computed again"
    monkeypatch.setattr(likeness, "VERSION", LATER)
    assert computed_by(watch) == LATER


def test_where_the_last_audit_cannot_be_computed_again_the_series_begins_anew(
    watch, exhibits, alice, monkeypatch
):
    # No vector of its answers is kept.
    audited(watch, exhibits, alice, 1, [0.0] * len(PROMPTS))
    monkeypatch.setattr(likeness, "VERSION", LATER)
    assert computed_by(watch) == LATER
