"""Filings for the tests: two more people, a finding that may be filed, and filings on it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.analysis.digests import digest_of
from audit.analysis.likelihood import default_pack
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Parameters, Plan
from audit.models import Job, Run
from cases.models import Exhibit, Filing, Finding, Matter, Membership
from cases.services import filings, matters
from cases.services.filings import Verdict
from cases.tasks import finalise
from tests import cast

# Stands in drafts, and must stand in no ledger.
DRAFTED = "quagga-marmalade"


@pytest.fixture
def carol(matter: Matter, alice: User) -> User:
    """A reviewer: she may read and review, and add nothing."""
    user = User.objects.create_user("carol")
    matters.set_level(matter, user, Membership.Level.REVIEWER, by=alice)
    return user


@pytest.fixture
def dave(matter: Matter, alice: User) -> User:
    """A second analyst, who finalises what alice drafts."""
    user = User.objects.create_user("dave")
    matters.set_level(matter, user, Membership.Level.ANALYST, by=alice)
    return user


@pytest.fixture
def answered(matter: Matter, exhibits: list[Exhibit], alice: User) -> Finding:
    """A finding that may be filed: its plan names a calibration pack."""
    parameters = Parameters(bootstrap_rounds=200, pack=default_pack().digest)
    finding = cast.ask(matter, exhibits, by=alice, parameters=parameters)
    result = _result(Plan.from_dict(finding.run.plan))
    Run.objects.filter(pk=finding.run_id).update(
        environment=cast.ENVIRONMENT,
        result=result,
        result_digest=digest_of(result),
        finished_at=timezone.now(),
    )
    Job.objects.filter(kind=Job.Kind.AUDIT, subject=finding.pk).update(state=Job.State.DONE)
    cast.keep_vectors(finding.run)
    return Finding.objects.get(pk=finding.pk)


_results: list[dict[str, Any]] = []


def _result(plan: Plan) -> dict[str, Any]:
    """Return what the first such plan came to: the others differ in the digests of files alone."""
    if not _results:
        _results.append(analyse(plan, cast.material(plan)).values)
    return _results[0] | {"plan_sha256": plan.digest}


@pytest.fixture
def filing(answered: Finding, alice: User) -> Filing:
    """A draft of alice's with some text in it."""
    made = filings.draft(answered, by=alice)
    filings.write_texts(made, {"scope": f"Compare them. {DRAFTED}"}, by=alice)
    return Filing.objects.get(pk=made.pk)


@pytest.fixture
def reviewed(filing: Filing, alice: User, carol: User) -> Filing:
    """The draft, approved by carol."""
    return approve(filing, alice, carol)


def approve(filing: Filing, drafter: User, reviewer: User) -> Filing:
    """Have a draft reviewed and approved."""
    filings.ask_review(filing, by=drafter)
    filing.refresh_from_db()
    verdict = Verdict("technical", "approved", filing.revision, f"Fine. {DRAFTED}")
    filings.review(filing, verdict, by=reviewer)
    filing.refresh_from_db()
    return filing


def finalised(finding: Finding, drafter: User) -> Filing:
    """Return a final filing on a finding, reviewed and finalised by two more people."""
    filing = filings.draft(finding, by=drafter)
    filings.write_texts(filing, {"scope": "Compare them."}, by=drafter)
    approve(Filing.objects.get(pk=filing.pk), drafter, User.objects.create_user("reviewer"))
    finaliser = User.objects.create_user("finaliser")
    matters.set_level(finding.matter, finaliser, Membership.Level.ANALYST, by=drafter)
    filings.ask_finalise(filing, by=finaliser)
    finalise(filing.pk)
    return Filing.objects.get(pk=filing.pk, state=Filing.State.FINAL)
