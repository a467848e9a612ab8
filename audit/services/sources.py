"""Files of transcripts: received as bytes, read into exchanges, every record accounted for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit.analysis import ingest
from audit.analysis.errors import UnreadableSourceError
from audit.analysis.text import normalise, text_key
from audit.analysis.transcripts import Exchange as ReadExchange
from audit.analysis.transcripts import LeftOut
from audit.blobs import BlobStore, open_store
from audit.blobs.folder import FolderStore
from audit.models import Embedding, Exchange, Job, LeftOutRecord, Source
from audit.services import jobs

# Records are written in transactions of this many, so that a stopped reading is taken up again.
CHUNK = 500
# In these states the same bytes, handed in again, are read again.
_TO_BE_READ = (Source.State.UNREADABLE, Source.State.ERASED)
# What is written into a store to see that it can be.
PROBE = b"Touchstone can write here.\n"
# No upload takes as long as this.
LEFT_OVER = timedelta(days=1)


def store() -> BlobStore:
    """Return the blob store of this installation."""
    return open_store(settings.STORAGE_URL)


def remove_leftovers(now: float) -> int:
    """Remove what killed processes left of files that they were receiving; return how many.

    `now` is in seconds since 1970. The web server lays uploads down in the data folder, where a
    store in a folder would.
    """
    places: tuple[BlobStore, ...] = (store(), FolderStore(settings.DATA))
    return sum(place.sweep_incoming(LEFT_OVER.total_seconds(), now) for place in places)


def receive(chunks: Iterable[bytes], *, name: str) -> Source:
    """Keep the bytes under their digest and return their source; the same bytes are one source.

    The blob is written before its row: a failure between the two leaves an orphan blob, which
    harms nothing, and never a row without its evidence.
    """
    kept = store().put(_not_empty(chunks, name))
    source, _ = Source.objects.get_or_create(
        sha256=kept.sha256, defaults={"size": kept.size, "name": name}
    )
    # What could not be read once is tried again: the reader may have learned its format since.
    Source.objects.filter(pk=source.pk, state__in=_TO_BE_READ).update(
        state=Source.State.RECEIVED, problem="", read_at=None
    )
    source.refresh_from_db()
    if not store().has(kept.sha256):
        raise UnreadableSourceError(
            name, "whole file", "the same bytes were just being erased", "Upload the file again"
        )
    if source.state == Source.State.RECEIVED:
        jobs.ask(Job.Kind.READ, source.pk)
    return source


def _not_empty(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Pass the chunks on; raise before anything is kept if there is not one byte in them."""
    filled = (chunk for chunk in chunks if chunk)
    first = next(filled, None)
    if first is None:
        raise UnreadableSourceError(
            name, "whole file", "it is empty (0 bytes)", "Upload the file again, whole"
        )
    yield first
    yield from filled


def read(source: Source) -> None:
    """Read a received source; done twice, or taken up after a kill, it comes to the same rows."""
    job = jobs.claim(Job.Kind.READ, source.pk)
    if job is None:
        return
    with jobs.carried_out(job):
        try:
            with store().open(source.sha256) as stream:
                _take_records(source, stream, job)
        except UnreadableSourceError as error:
            _mark_unreadable(source, str(error))
            raise


def _take_records(source: Source, stream: BinaryIO, job: Job) -> None:
    """Write every record as taken or left out, a chunk at a time, and close the source as read."""
    reading = ingest.open_source(stream, name=source.name)
    records = _after(reading.records, _last_record(source))
    while chunk := list(islice(records, CHUNK)):
        _keep(source, chunk)
        jobs.progress(job, chunk[-1].record, 0)
    taken = source.exchanges.count()
    if not taken:
        raise UnreadableSourceError(source.name, "whole file", *_why_nothing(source))
    Source.objects.filter(pk=source.pk, state=Source.State.RECEIVED).update(
        state=Source.State.READ,
        format=reading.description,
        taken=taken,
        left_out=source.left_out_records.count(),
        read_at=timezone.now(),
    )


def _last_record(source: Source) -> int:
    """Return the number of the last record that an earlier reading has written, or 0."""
    rows = (source.exchanges, source.left_out_records)
    return max(each.aggregate(last=Max("record"))["last"] or 0 for each in rows)


def _after(
    records: Iterator[ReadExchange | LeftOut], last: int
) -> Iterator[ReadExchange | LeftOut]:
    return (record for record in records if record.record > last)


def _why_nothing(source: Source) -> tuple[str, str]:
    """Return why no record could be taken, in the words of the first that was left out."""
    first = source.left_out_records.order_by("record").first()
    if first is None:
        return "it holds no record", "Upload a file with at least one prompt and answer"
    return f"no record could be taken; {first.place}: {first.reason}", first.mend


@dataclass
class _Sorted:
    """One chunk, sorted into what is taken and what is left out."""

    taken: list[Exchange] = field(default_factory=list)
    left_out: list[LeftOutRecord] = field(default_factory=list)


@transaction.atomic
def _keep(source: Source, chunk: list[ReadExchange | LeftOut]) -> None:
    """Write one chunk: an exchange is taken unless its prompt already has an answer.

    One reader writes at a time: another that was taken for lost may live and have been here.
    """
    unread = Source.objects.select_for_update().filter(state=Source.State.RECEIVED)
    if unread.filter(pk=source.pk).first() is None:
        return
    last = _last_record(source)
    chunk = [one for one in chunk if one.record > last]
    taken = [_row(source, one) for one in chunk if isinstance(one, ReadExchange)]
    earlier = dict(
        source.exchanges.filter(prompt_key__in=[row.prompt_key for row in taken]).values_list(
            "prompt_key", "record"
        )
    )
    done = _Sorted()
    for row in taken:
        first = earlier.setdefault(row.prompt_key, row.record)
        if first == row.record:
            done.taken.append(row)
        else:
            done.left_out.append(_duplicate(source, row, first))
    done.left_out += [_left_out(source, one) for one in chunk if isinstance(one, LeftOut)]
    Exchange.objects.bulk_create(done.taken)
    LeftOutRecord.objects.bulk_create(done.left_out)


def _row(source: Source, one: ReadExchange) -> Exchange:
    prompt, answer = normalise(one.prompt), normalise(one.answer)
    return Exchange(
        source=source,
        record=one.record,
        prompt_key=text_key(prompt),
        answer_key=text_key(answer),
        prompt=prompt,
        answer=answer,
        model=one.model[:255],
    )


def _left_out(source: Source, one: LeftOut) -> LeftOutRecord:
    return LeftOutRecord(
        source=source, record=one.record, place=one.place, reason=one.reason, mend=one.mend
    )


def _duplicate(source: Source, row: Exchange, first: int) -> LeftOutRecord:
    return LeftOutRecord(
        source=source,
        record=row.record,
        place=f"record {row.record}",
        reason=f"its prompt is the same as that of record {first}, whose answer is used",
        mend="Put repeated answers to one prompt into files of their own",
    )


@transaction.atomic
def _mark_unreadable(source: Source, problem: str) -> None:
    """Record why a source cannot be read and drop what was written of it: nothing half-stored.

    What has been read whole stays read: plans may rest on it.
    """
    unread = Source.objects.filter(pk=source.pk, state=Source.State.RECEIVED)
    if unread.update(state=Source.State.UNREADABLE, problem=problem, read_at=timezone.now()):
        source.exchanges.all().delete()
        source.left_out_records.all().delete()


def forget(source: Source) -> None:
    """Remove what a source holds: its bytes, its records, and the vectors of their texts.

    Vectors stay whose text another source has. Call it in a transaction that has locked the
    source; the bytes go last, so that a failure leaves all or nothing of the rest.
    """
    keys = _text_keys(source)
    source.exchanges.all().delete()
    source.left_out_records.all().delete()
    for start in range(0, len(keys), CHUNK):
        _evict_vectors(keys[start : start + CHUNK])
    Job.objects.filter(kind=Job.Kind.READ, subject=source.pk).delete()
    Source.objects.filter(pk=source.pk).update(state=Source.State.ERASED)
    store().remove(source.sha256)


def _text_keys(source: Source) -> list[str]:
    pairs = source.exchanges.values_list("prompt_key", "answer_key")
    return sorted({key for pair in pairs.iterator() for key in pair})


def _evict_vectors(keys: list[str]) -> None:
    standing = {
        key
        for field in ("prompt_key", "answer_key")
        for key in Exchange.objects.filter(**{f"{field}__in": keys}).values_list(field, flat=True)
    }
    Embedding.objects.filter(text_key__in=set(keys) - standing).delete()
