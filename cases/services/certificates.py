"""Draft certificates from a certification: its facts frozen, printed, entered into custody."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.analysis.digests import sha256_hex
from audit.analysis.replay import SHARE_TOLERANCE, TOLERANCE
from audit.analysis.version import VERSION
from audit.models import Job
from cases.models import (
    Certification,
    CertifiedExhibit,
    CertifiedFinding,
    Checkpoint,
    CustodyEntry,
)
from cases.reports import certificates
from cases.services import checkpoints, custody, designations, press, stamping
from cases.templatetags.custody_words import act_in_words

Row = dict[str, Any]
FORMAT = "touchstone-certification/1"
# More entries of custody than this are counted, and stand in the matter's bundle.
MOST_EVENTS = 500
# What changes nothing.
_LOOKS = ("records", "pairs")


def offers(asked: Certification) -> dict[str, str]:
    """Return for each certificate why it is not offered; an empty text where it is."""
    if Job.objects.filter(kind=Job.Kind.CERTIFY, subject=asked.pk, state=Job.State.DONE).exists():
        return certificates.hindrances(
            [{"identical": one.same} for one in asked.exhibits.all()],
            [_state(one) for one in asked.findings.select_related("finding")],
        )
    return dict.fromkeys(certificates.RULES, "The ceremony has not come to its end.")


def draft(asked: Certification, rule: str, *, by: User) -> bytes:
    """Print the draft of a certificate and enter that it was made; raises InsufficientDataError.

    A checkpoint over the ceremony is made before, as the certificate names it.
    """
    checkpoints.cover(asked.matter)
    printed = press.printed(certificates.RULES[rule](document_of(asked, by=by)))
    with transaction.atomic():
        facts = {"certification": asked.number, "rule": rule, "sha256": sha256_hex(printed)}
        custody.record(asked.matter, "certificate drafted", facts, by=by)
    return printed


def document_of(asked: Certification, *, by: User, bates: Mapping[str, str] | None = None) -> Row:
    """Return the frozen document of a certification; `bates` has the numbers of exhibits."""
    return {
        "format": FORMAT,
        "matter": {"name": asked.matter.name, "question": asked.matter.question},
        "issued_at": timezone.now().isoformat(),
        "issued_by": by.get_username(),
        "software": {"name": "Touchstone", "version": VERSION},
        "filing": None,
        "designation": designations.of_certification(asked),
        "certification": certification_of(asked, bates),
    }


def certification_of(asked: Certification, bates: Mapping[str, str] | None = None) -> Row:
    """Return all that certificates say of a certification, as plain values."""
    entries = _about(asked)
    return _certified(asked, bates or {}) | {
        "number": asked.number,
        "asked_at": asked.asked_at.isoformat(),
        "name": asked.name,
        "capacity": asked.capacity,
        "relation": asked.relation,
        "account": asked.certifier.get_username(),
        "parties": list(asked.matter.parties.order_by("name").values_list("name", flat=True)),
        "events": [_event(one) for one in entries[:MOST_EVENTS]],
        "events_in_all": entries.count(),
        "custody_problems": custody.problems(asked.matter),
        "checkpoint": _checkpoint(checkpoints.latest(asked.matter)),
    }


def _certified(asked: Certification, bates: Mapping[str, str]) -> Row:
    rows = asked.exhibits.select_related("exhibit__source", "exhibit__party")
    found = asked.findings.select_related("finding__run")
    return {
        "exhibits": [_exhibit(one, bates) for one in rows.order_by("exhibit__number")],
        "findings": [_finding(one) for one in found.order_by("finding__number")],
    }


def _exhibit(row: CertifiedExhibit, bates: Mapping[str, str]) -> Row:
    one = row.exhibit
    entry = one.matter.custody.filter(act="received", facts__exhibit=one.label).first()
    return {
        "label": one.label,
        "bates": bates.get(one.label, ""),
        "filename": one.filename,
        "format": one.source.format,
        "bytes": one.source.size,
        "party": one.party.name,
        "model": one.model_name,
        "received_at": one.received_at.isoformat(),
        "received_by": one.received_by.get_username(),
        "way": entry.get_way_display() if entry else "",
        "entry": entry.number if entry else None,
        "recorded": row.recorded,
        "computed": row.computed,
        "computed_bytes": row.size,
        "identical": row.same,
        "at": row.at.isoformat() if row.at else None,
        "tool": row.tool,
        "problem": row.problem,
    }


def _finding(row: CertifiedFinding) -> Row:
    run = row.finding.run
    result = run.result or {}
    return _state(row) | {
        "plan_sha256": run.plan_digest,
        "sealed_at": run.sealed_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "method": run.plan["method"],
        "encoder": run.plan["encoder"],
        "encoder_sha256": run.plan["encoder_digest"],
        "parameters": run.plan["parameters"],
        "inputs": [{"label": one["label"], "sha256": one["sha256"]} for one in run.plan["inputs"]],
        "matched_prompts": result.get("matched_prompts"),
        "accuracy": _accuracy(result),
        "environment": run.environment,
        "tolerance": TOLERANCE,
        "share_tolerance": SHARE_TOLERANCE,
        "identical": row.same,
        "known_answers": row.known_answers or [],
        "details": row.details,
        "tool": row.tool,
    }


def _state(row: CertifiedFinding) -> Row:
    """Return whether a result came out again, and if not why."""
    said = {"number": row.finding.number, "holds": row.holds, "problem": row.problem}
    return row.outcome | said


def _accuracy(result: Row) -> Row | None:
    """Return how the method did on models of documented lineage; nothing of this finding."""
    found = result.get("likelihood")
    if not found or not found["validation"]:
        return None
    return {
        "pack": found["pack"],
        "size": found["size"],
        "validation": found["validation"],
    }


def _about(asked: Certification) -> QuerySet[CustodyEntry]:
    """Return the entries of custody that bear on what is certified, in order."""
    labels = [one.exhibit.label for one in asked.exhibits.select_related("exhibit")]
    numbers = [one.finding.number for one in asked.findings.select_related("finding")]
    for one in asked.findings.select_related("finding__run"):
        labels += [each["label"] for each in one.finding.run.plan["inputs"]]
    about = Q(facts__exhibit__in=labels) | Q(facts__finding__in=numbers)
    ceremony = Q(act__in=("certifying", "certified"), facts__certification=asked.number)
    done = asked.matter.custody.filter(act="certified", facts__certification=asked.number)
    last = done.values_list("number", flat=True).first() or 0
    entries = asked.matter.custody.filter(about | ceremony, number__lte=last)
    return entries.exclude(act__in=_LOOKS).order_by("number")


def _event(entry: CustodyEntry) -> Row:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "way": entry.get_way_display(),
        "act": act_in_words(entry),
        "seal": entry.seal,
    }


def _checkpoint(row: Checkpoint | None) -> Row | None:
    if row is None:
        return None
    state = stamping.state_of(row)
    return {
        "size": row.size,
        "root": row.root,
        "note_sha256": row.note_sha256,
        "made_at": row.made_at.isoformat(),
        "wanting": state.wanting,
        "stamps": [
            {
                "authority": one.authority,
                "at": one.at.isoformat(),
                "serial": one.serial,
                "policy": one.policy,
                "independent": one.independent,
            }
            for one in (*state.independent, *state.others)
        ],
    }
