"""What the rows name against what the blob store holds; nothing is changed."""

from collections.abc import Iterator
from itertools import islice

from audit.analysis.errors import IntegrityError
from audit.models import Source
from audit.services.sources import store
from cases.models import Report

# Names are looked up in groups of this many: bounded memory at any size of store.
GROUP = 1000


def damage() -> Iterator[str]:
    """Yield one sentence for each file that a row names and that is missing or changed."""
    for sha256, whose in _named():
        try:
            store().verify(sha256)
        except IntegrityError as error:
            yield f"{error} It is {whose}."


def orphans() -> Iterator[str]:
    """Yield the digest of each stored file that no row names.

    An upload or a report that was broken off before its row was written leaves one.
    """
    kept = store().digests()
    while group := list(islice(kept, GROUP)):
        named = _named_among(group)
        yield from (sha256 for sha256 in group if sha256 not in named)


def _named() -> Iterator[tuple[str, str]]:
    for source in Source.objects.order_by("pk").iterator(GROUP):
        yield source.sha256, f"the file {source.name!r} that was handed in"
    for report in Report.objects.select_related("finding").order_by("pk").iterator(GROUP):
        whose = f"finding {report.finding.number} of matter {report.finding.matter_id}"
        yield report.pdf_sha256, f"report.pdf of {whose}"
        yield report.results_sha256, f"results.json of {whose}"


def _named_among(digests: list[str]) -> set[str]:
    named = set(Source.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for field in ("pdf_sha256", "results_sha256"):
        reports = Report.objects.filter(**{f"{field}__in": digests})
        named.update(reports.values_list(field, flat=True))
    return named
