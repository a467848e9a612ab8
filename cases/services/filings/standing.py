"""How a filing stands: what keeps it from being finalised."""

from collections.abc import Iterator

from django.contrib.auth.models import User

from audit.analysis.digests import digest_of
from audit.analysis.plan import Plan
from audit.analysis.transcripts import Role
from cases import queries
from cases.models import Filing, FilingReview, FilingText, Finding
from cases.rules import access, finalising, words
from cases.services import checkpoints, custody

# What is worded for the filing. Terms, titles and what an expert states of himself are not.
_OWN_WORDS = (FilingText.Kind.SCOPE, FilingText.Kind.ASSUMPTIONS, FilingText.Kind.REMARKS)
# What counsel has us assume may say what somebody did, and not how sure that is.
_ASSUMED = FilingText.Kind.ASSUMPTIONS.label


def problems_of(filing: Filing, finaliser: User | None, *, whole_chain: bool = True) -> list[str]:
    """Return what keeps a filing from being finalised, by this person if any, with the mends.

    Without `whole_chain` the ledger is not gone through: a page of a long one would take long.
    """
    return finalising.problems(
        _basis(filing.finding, whole_chain=whole_chain),
        _exhibits(filing.finding),
        hands_of(filing, finaliser),
        _refused_words(filing),
    )


def _refused_words(filing: Filing) -> Iterator[tuple[str, words.Problem]]:
    """Yield every word that a report may not use, with the part of the filing it stands in."""
    texts = [
        (FilingText.Kind(kind).label, text)
        for kind, text in filing.texts.filter(kind__in=_OWN_WORDS).values_list("kind", "text")
    ]
    held = filing.elements.exclude(evidence="")
    texts += [(f"The evidence for \u201c{one.element}\u201d", one.evidence) for one in held]
    texts += [(f"The gaps of {one}", one.gaps) for one in filing.clauses.exclude(gaps="")]
    return (
        (where, one)
        for where, text in texts
        for one in words.problems_in(text, supposed=where == _ASSUMED)
    )


def _basis(finding: Finding, *, whole_chain: bool) -> finalising.Basis:
    run, plan = finding.run, Plan.from_dict(finding.run.plan)
    result = run.result or {}
    checkpoint = checkpoints.covering(finding)
    return finalising.Basis(
        outcome=result["outcome"]["code"] if result else "",
        controls=len(plan.places(Role.CONTROL)),
        least_controls=plan.parameters.least_controls,
        validated=result.get("likelihood") is not None,
        covered=checkpoint is not None
        and (run.finished_at is None or checkpoint.made_at <= run.finished_at),
        breaks=(*_unlike(finding), *(custody.problems(finding.matter) if whole_chain else ())),
    )


def _unlike(finding: Finding) -> Iterator[str]:
    run = finding.run
    for name, value, digest in (
        ("plan", run.plan, run.plan_digest),
        ("result", run.result, run.result_digest),
    ):
        if value is not None and digest_of(value) != digest:
            yield f"The {name} of finding {finding.number} is not what its digest was taken of."


def _exhibits(finding: Finding) -> Iterator[finalising.Rested]:
    labels = {one["label"] for one in finding.run.plan["inputs"]}
    for one in finding.matter.exhibits.select_related("erasure").order_by("number"):
        if one.label in labels:
            is_erased = hasattr(one, "erasure")
            yield finalising.Rested(one.label, one.withdrawn_at is not None, is_erased)


def hands_of(filing: Filing, finaliser: User | None = None) -> finalising.Hands:
    """Return who drafted, wrote and reviewed a filing, and who would finalise it."""
    authors = filing.authors.values_list("person__username", flat=True)
    return finalising.Hands(
        drafted_by=filing.drafted_by.get_username(),
        written_by=frozenset(authors),
        finaliser=finaliser.get_username() if finaliser else "",
        revision=filing.revision,
        may_act=finaliser is not None
        and access.may_act(queries.level_in(finaliser, filing.matter_id)),
        reviews=tuple(
            finalising.Review(
                one.by.get_username(),
                one.kind,
                one.revision,
                one.outcome == FilingReview.Outcome.APPROVED,
            )
            for one in filing.reviews.select_related("by").order_by("number")
        ),
    )
