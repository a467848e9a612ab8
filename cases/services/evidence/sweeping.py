"""One sweep from end to end, and its outcome kept."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from cases.models import EvidenceCheck
from cases.services.evidence import files, guards, ledgers, results, trees
from cases.services.evidence.words import Found, Sweep

# Files come before ledgers: a signed checkpoint that is met as a file is held against its ledger.
_PARTS = (guards.look, files.look, ledgers.look, trees.look, results.look)
# So many findings are kept with an outcome, and so many outcomes.
_MOST_FOUND = 1000
_MOST_OUTCOMES = 30
_INTERVAL = timedelta(days=1)


def check(say: Callable[[Found], None], *, replay: bool = False) -> EvidenceCheck:
    """Look through everything, say each finding as it is made, and keep the outcome."""
    outcome = EvidenceCheck.objects.create()
    sweep = Sweep(replay=replay)
    found: list[Found] = []
    for part in _PARTS:
        for one in part(sweep):
            say(one)
            outcome.problems += one.grave
            # What is grave is kept first, whatever else there is.
            if len(found) < _MOST_FOUND or one.grave:
                found.append(one)
    found.sort(key=lambda one: not one.grave)
    outcome.found = [asdict(one) for one in found[:_MOST_FOUND]]
    outcome.looked_at = dict(sweep.looked_at)
    outcome.finished_at = timezone.now()
    outcome.save()
    _drop_old_outcomes()
    return outcome


def latest() -> EvidenceCheck | None:
    """Return the outcome of the last sweep that came to its end, or None."""
    done = EvidenceCheck.objects.filter(finished_at__isnull=False)
    return done.order_by("-started_at").first()


def is_due() -> bool:
    """Say whether a day has gone by since a sweep came to its end."""
    last = latest()
    return last is None or last.started_at < timezone.now() - _INTERVAL


def _drop_old_outcomes() -> None:
    kept = EvidenceCheck.objects.order_by("-started_at").values_list("pk")[:_MOST_OUTCOMES]
    EvidenceCheck.objects.exclude(pk__in=[pk for (pk,) in kept]).delete()
