"""Files from a watched folder or bucket: each taken once, when it has lain still."""

from contextlib import suppress
from datetime import timedelta
from pathlib import PurePosixPath

from django.utils import timezone

from audit.analysis.errors import UnreadableSourceError
from audit.collect.folder import ChangedError, Folder, Lying, open_folder
from audit.models import FoundFile, Source
from audit.services import sources

# A file that nobody has written to for so long is taken to be whole.
STILL = timedelta(seconds=30)
_LONGEST_NAME = 255


def take_new(url: str, still: timedelta = STILL) -> list[Source]:
    """Take what is new in a folder and has lain still; return what was not known by its digest.

    A file is noted when it is first seen, or seen with another size or change, and taken when a
    later look finds it as it was. Done twice at once, each file still is one source.
    """
    folder, began = open_folder(url), timezone.now()
    taken = [source for lying in folder.files() if (source := _taken(url, folder, lying, still))]
    return list({one.pk: one for one in taken if one.received_at >= began}.values())


def _taken(url: str, folder: Folder, lying: Lying, still: timedelta) -> Source | None:
    """Return the source of a file that is taken now, None where it is not the time."""
    seen = {"size": lying.size, "changed": lying.changed}
    row, new = FoundFile.objects.get_or_create(folder=url, name=lying.name, defaults=seen)
    if not new and (row.size, row.changed) != (lying.size, lying.changed):
        again = {**seen, "seen_at": timezone.now(), "source": None}
        FoundFile.objects.filter(pk=row.pk).update(**again)
        row.refresh_from_db()
    if row.source_id is not None or timezone.now() - row.seen_at < still:
        return None
    source = _received(folder, lying)
    if source is not None:
        FoundFile.objects.filter(pk=row.pk, **seen).update(source=source)
    return source


def _received(folder: Folder, lying: Lying) -> Source | None:
    """Keep the bytes of a file, if it is still as it was found and holds any."""
    name = PurePosixPath(lying.name).name[-_LONGEST_NAME:]
    with suppress(ChangedError, FileNotFoundError, UnreadableSourceError):
        return sources.receive(folder.read(lying), name=name)
    return None
