"""Reads that span tables. A matter comes only through a guard, whose name says what it allows."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left, Length
from django.http import Http404

from audit.models import Collection, Exchange, Job, Source
from cases.models import (
    Bundle,
    Exhibit,
    Filing,
    Finding,
    HoldAcknowledgement,
    Matter,
    Membership,
    Notice,
    Production,
    Release,
    Watch,
    WatchedFile,
    WatchedFolder,
)
from cases.rules import access


class AccessRefused(Http404):
    """A person asked for more of a matter than they may have, or for a matter that is not there.

    The answer is the same for both; where there is a matter, the refusal is entered into it.
    """

    def __init__(self, matter_id: int) -> None:
        super().__init__("No such matter.")
        self.matter_id = matter_id


def matters_of(user: User) -> QuerySet[Matter]:
    """Return the matters that this person may read, newest first."""
    return Matter.objects.filter(memberships__user=user).order_by("-opened_at", "-pk")


def level_in(user: User, matter_id: int) -> str | None:
    """Return the person's level in a matter, or None."""
    found = Membership.objects.filter(user=user, matter_id=matter_id)
    return found.values_list("level", flat=True).first()


def matter_to_read(user: User, matter_id: int) -> Matter:
    """Return the matter if this person may read it; a stranger is not told that it exists."""
    if not access.may_read(level_in(user, matter_id)):
        raise AccessRefused(matter_id)
    return Matter.objects.get(pk=matter_id)


def matter_to_act_on(user: User, matter_id: int) -> Matter:
    """Return the matter if this person may add to it; a stranger is not told that it exists."""
    if not access.may_act(level_in(user, matter_id)):
        raise AccessRefused(matter_id)
    return Matter.objects.get(pk=matter_id)


def exhibit_to_read(user: User, matter_id: int, number: int) -> Exhibit:
    """Return one exhibit of a matter that this person may read."""
    matter = matter_to_read(user, matter_id)
    found = matter.exhibits.select_related("source", "party", "matter").filter(number=number)
    if (exhibit := found.first()) is None:
        raise Http404("No such exhibit.")
    return exhibit


def exchanges_to_show(exhibit: Exhibit, most: int) -> QuerySet[Exchange]:
    """Return what was taken of an exhibit, each text cut to `most` characters, and its length."""
    return (
        exhibit.source.exchanges.order_by("record")
        .defer("prompt", "answer")
        .annotate(
            prompt_shown=Left("prompt", most),
            prompt_characters=Length("prompt"),
            answer_shown=Left("answer", most),
            answer_characters=Length("answer"),
        )
    )


def finding_to_read(user: User, matter_id: int, number: int) -> Finding:
    """Return one finding of a matter that this person may read."""
    matter = matter_to_read(user, matter_id)
    found = matter.findings.select_related("run__encoder", "matter", "asked_by", "follows")
    if (finding := found.filter(number=number).first()) is None:
        raise Http404("No such finding.")
    return finding


def ready_exhibits(matter: Matter) -> QuerySet[Exhibit]:
    """Return the exhibits that a plan may rest on: read, entered into custody, not withdrawn."""
    return matter.exhibits.select_related("source").filter(
        withdrawn_at__isnull=True, disposed_at__isnull=False, source__state=Source.State.READ
    )


def failed_findings(matter: Matter) -> set[int]:
    """Return the ids of the findings whose statistics could not be computed."""
    failed = Job.objects.filter(
        kind=Job.Kind.AUDIT, state=Job.State.FAILED, subject__in=matter.findings.values("pk")
    )
    return set(failed.values_list("subject", flat=True))


def others_of_same_plan(finding: Finding) -> QuerySet[Finding]:
    """Return the other findings of the matter that the same plan stands behind."""
    same = finding.matter.findings.filter(run__plan_digest=finding.run.plan_digest)
    return same.exclude(pk=finding.pk).select_related("run").order_by("number")


def acknowledgements_in(matter: Matter) -> list[dict[str, Any]]:
    """Return for each person who may enter a matter which of its standing holds they took note of.

    People come by name; `holds` are the holds that each has not acknowledged.
    """
    standing = list(matter.holds.filter(released_at__isnull=True).order_by("number"))
    taken = set(
        HoldAcknowledgement.objects.filter(hold__in=standing).values_list("hold", "person")
    )
    members = matter.memberships.select_related("user").order_by("user__username")
    return [
        {
            "person": one.user,
            "holds": [hold for hold in standing if (hold.pk, one.user_id) not in taken],
        }
        for one in members
    ]


def jobs_of(finding: Finding) -> list[Job]:
    """Return the jobs behind a finding, in the order in which they run."""
    kinds = (
        (Job.Kind.EMBED, finding.run_id),
        (Job.Kind.AUDIT, finding.pk),
        (Job.Kind.PRINT, finding.pk),
    )
    found = [Job.objects.filter(kind=kind, subject=subject).first() for kind, subject in kinds]
    return [job for job in found if job is not None]


def jobs_that_write(kind: Job.Kind, rows: Iterable[Bundle | Production]) -> dict[int, Job]:
    """Return the job that writes each of these bundles or productions, by its id."""
    found = Job.objects.filter(kind=kind, subject__in=[one.pk for one in rows])
    return {one.subject: one for one in found}


def matter_to_review(user: User, matter_id: int) -> Matter:
    """Return the matter if this person may see its drafts and review them."""
    if not access.may_review(level_in(user, matter_id)):
        raise AccessRefused(matter_id)
    return Matter.objects.get(pk=matter_id)


def filings_to_read(user: User, matter: Matter) -> QuerySet[Filing]:
    """Return the filings of a matter that this person may see: drafts only if they may review."""
    found = matter.filings.select_related("finding", "drafted_by", "finalised_by")
    if access.may_review(level_in(user, matter.pk)):
        return found
    return found.filter(state=Filing.State.FINAL)


def filing_to_read(user: User, matter_id: int, number: int) -> Filing:
    """Return one filing that this person may read; one that is not final, if they may review."""
    filing = _filing(matter_to_read(user, matter_id), number)
    if filing.state != Filing.State.FINAL:
        matter_to_review(user, matter_id)
    return filing


def filing_to_review(user: User, matter_id: int, number: int) -> Filing:
    """Return one filing of a matter whose drafts this person may see and review."""
    return _filing(matter_to_review(user, matter_id), number)


def filing_to_act_on(user: User, matter_id: int, number: int) -> Filing:
    """Return one filing of a matter that this person may add to."""
    return _filing(matter_to_act_on(user, matter_id), number)


def _filing(matter: Matter, number: int) -> Filing:
    found = matter.filings.select_related(
        "matter", "finding__run", "drafted_by", "finalise_asked_by", "finalised_by"
    )
    if (filing := found.filter(number=number).first()) is None:
        raise Http404("No such filing.")
    return filing


def job_of_filing(filing: Filing) -> Job | None:
    """Return the job that prints a filing, or None while nobody asked for it."""
    return Job.objects.filter(kind=Job.Kind.FINALISE, subject=filing.pk).first()


def watches_of(matter: Matter) -> QuerySet[Watch]:
    """Return the watches of a matter with how many releases and open notices each has."""
    return (
        matter.watches.select_related("schedule__crontab", "schedule__interval")
        .annotate(
            release_count=Count("releases", distinct=True),
            open_notices=Count(
                "notices", filter=Q(notices__acknowledged_at__isnull=True), distinct=True
            ),
        )
        .order_by("number")
    )


def watch_to_read(user: User, matter_id: int, number: int) -> Watch:
    """Return one watch of a matter that this person may read."""
    matter = matter_to_read(user, matter_id)
    related = ("matter", "opened_by", "schedule__crontab", "schedule__interval")
    found = matter.watches.select_related(*related).filter(number=number).first()
    if found is None:
        raise Http404("No such watch.")
    return found


def watch_to_act_on(user: User, matter_id: int, number: int) -> Watch:
    """Return one watch of a matter that this person may add to."""
    matter_to_act_on(user, matter_id)
    return watch_to_read(user, matter_id, number)


def release_of(watch: Watch, number: int) -> Release:
    """Return one release of a watch."""
    found = watch.releases.filter(number=number).first()
    if found is None:
        raise Http404("No such release.")
    return found


def notice_of(watch: Watch, notice_id: int) -> Notice:
    """Return one notice of a watch."""
    found = watch.notices.filter(pk=notice_id).select_related("watch__matter").first()
    if found is None:
        raise Http404("No such notice.")
    return found


def collections_of(matter: Matter, *, begun: bool = False) -> QuerySet[Collection]:
    """Return the collections of a matter, newest first.

    They are those of its watches, those begun for it, and those whose capture is an exhibit of
    it; of the last nobody in the matter can change anything, and `begun` leaves them out.
    """
    whose = Q(watch_run__watch__matter=matter) | Q(gathering__matter=matter)
    if not begun:
        whose |= Q(capture_sha256__in=matter.exhibits.values("source__sha256"), capture_size__gt=0)
    related = ("endpoint", "authorisation", "watch_run__watch", "gathering__begun_by")
    return Collection.objects.filter(whose).select_related(*related).order_by("-sealed_at", "-pk")


def collection_of(matter: Matter, collection_id: int, *, begun: bool = False) -> Collection:
    """Return one collection of a matter."""
    found = collections_of(matter, begun=begun).filter(pk=collection_id).first()
    if found is None:
        raise Http404("No such collection.")
    return found


def is_begun_in(matter: Matter, collection: Collection) -> bool:
    """Tell whether a collection was begun by a watch of this matter, or for it."""
    return collections_of(matter, begun=True).filter(pk=collection.pk).exists()


def exhibits_of_captures(matter: Matter, collections: Iterable[Collection]) -> dict[str, Exhibit]:
    """Return the exhibits that captures are in a matter, by the SHA-256 of the capture."""
    digests = [one.capture_sha256 for one in collections if one.capture_sha256]
    found = matter.exhibits.filter(source__sha256__in=digests).select_related("source")
    return {one.source.sha256: one for one in found.order_by("number")}


def folder_of(matter: Matter, number: int) -> WatchedFolder:
    """Return one folder that is or was watched for a matter."""
    found = matter.folders.select_related("matter").filter(number=number).first()
    if found is None:
        raise Http404("No such folder.")
    return found


def files_of(matter: Matter) -> QuerySet[WatchedFile]:
    """Return what became of the files of the folders of a matter, newest first."""
    files = WatchedFile.objects.filter(folder__matter=matter)
    return files.select_related("folder", "exhibit").order_by("-at", "-pk")
