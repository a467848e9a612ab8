"""How much of everything a matter has, asked of the database and not of what was written."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from audit.models import (
    CaptureStamp,
    Collection,
    Embedding,
    Encoder,
    Exchange,
    LeftOutRecord,
    Source,
)
from cases.models import (
    Checkpoint,
    CustodyEntry,
    Exhibit,
    Filing,
    Finding,
    Matter,
    Notice,
    Report,
    TimeStamp,
    WatchRun,
)


def counts_of(matter: Matter) -> dict[str, int]:
    """Return how much of everything that a bundle counts the matter has."""
    exhibits = Exhibit.objects.filter(matter=matter)
    kept = exhibits.filter(erasure__isnull=True)
    # A file that is two exhibits, one of them withdrawn, is joined and so counted twice.
    read = {"source__exhibits__in": kept, "source__state": Source.State.READ}
    findings = Finding.objects.filter(matter=matter)
    return {
        "exhibits": exhibits.count(),
        "bytes_of_exhibits": kept.aggregate(all=Sum("source__size"))["all"] or 0,
        "exchanges": Exchange.objects.filter(**read).count(),
        "left_out": LeftOutRecord.objects.filter(**read).count(),
        "findings": findings.count(),
        "results": findings.filter(run__result__isnull=False).count(),
        "reports": Report.objects.filter(finding__matter=matter).count(),
        "filings": Filing.objects.filter(matter=matter, state=Filing.State.FINAL).count(),
        "entries": CustodyEntry.objects.filter(matter=matter).count(),
        "checkpoints": Checkpoint.objects.filter(matter=matter).count(),
        "stamps": TimeStamp.objects.filter(checkpoint__matter=matter).count(),
        "vectors": sum(vectors_of(one, matter).count() for one in encoders_of(matter)),
    } | _watched(matter)


def _watched(matter: Matter) -> dict[str, int]:
    runs = WatchRun.objects.filter(watch__matter=matter)
    natives = Exhibit.objects.filter(matter=matter).values("source__sha256")
    asked = Collection.objects.filter(
        Q(watch_run__watch__matter=matter)
        | Q(gathering__matter=matter)
        | Q(capture_sha256__in=natives)
    ).distinct()
    return {
        "watches": matter.watches.count(),
        "ordinary_runs": runs.filter(ordinary_course=True).count(),
        "asked_runs": runs.filter(ordinary_course=False).count(),
        "notices": Notice.objects.filter(watch__matter=matter).count(),
        "captures": asked.count(),
        "capture_stamps": CaptureStamp.objects.filter(collection__in=asked).count(),
    }


def encoders_of(matter: Matter) -> QuerySet[Encoder]:
    """Return the encoders that the plans of a matter name."""
    runs = Finding.objects.filter(matter=matter).values("run__encoder")
    return Encoder.objects.filter(pk__in=runs).order_by("digest")


def vectors_of(encoder: Encoder, matter: Matter) -> QuerySet[Embedding]:
    """Return the vectors that an encoder made of texts of a matter's exhibits, by their keys."""
    kept = Exhibit.objects.filter(matter=matter, erasure__isnull=True).values("source")
    texts = Exchange.objects.filter(source__in=kept)
    asked, told = (
        Exists(texts.filter(**{field: OuterRef("text_key")}))
        for field in ("prompt_key", "answer_key")
    )
    return Embedding.objects.filter(told | asked, encoder=encoder).order_by("text_key")
