"""Files from a watched folder or bucket: each taken once, when it has lain still."""

from datetime import timedelta
from pathlib import PurePosixPath

from django.db.models import QuerySet
from django.utils import timezone

from audit.analysis.digests import sha256_hex
from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest.container.limits import Limits
from audit.analysis.text import is_storable
from audit.collect.folder import (
    ChangedError,
    Folder,
    Lying,
    UnreachableError,
    open_folder,
)
from audit.models import FoundFile, Source
from audit.services import sources

# A file that nobody has written to for so long is taken to be whole.
STILL = timedelta(seconds=30)
# What is unpacked to more is read by nobody.
MOST_BYTES = Limits().unpacked_bytes
# Files that are taken at one look; the next takes the others.
MOST_AT_ONCE = 50
_LONGEST_NAME = 255
# As many characters as the column has.
_LONGEST_PATH = 1024


def take_new(url: str, still: timedelta = STILL, most: int = MOST_AT_ONCE) -> list[Source]:
    """Take what is new in a folder and has lain still; return what was not known by its digest.

    A file is noted when it is first seen, or seen with another size or change, and taken when a
    later look finds it as it was. One that cannot be taken has its problem noted, and is tried
    again at the next look. Done twice at once, each file still is one source.
    """
    folder, began = open_folder(url), timezone.now()
    taken: list[Source] = []
    known = set(
        FoundFile.objects.filter(folder=url, source__isnull=False).values_list(
            "name", "size", "changed"
        )
    )
    for lying in folder.files():
        if (lying.name, lying.size, lying.changed) in known:
            continue
        source = _taken(url, folder, lying, still)
        taken += [source] if source else []
        if len(taken) >= most:
            break
    return list({one.pk: one for one in taken if one.received_at >= began}.values())


def found_in(url: str) -> QuerySet[FoundFile]:
    """Return the files of a folder that are taken, or that cannot be."""
    rows = FoundFile.objects.filter(folder=url).select_related("source")
    return (rows.filter(source__isnull=False) | rows.exclude(problem="")).order_by("name")


def _taken(url: str, folder: Folder, lying: Lying, still: timedelta) -> Source | None:
    """Return the source of a file that is taken now, None where it is not the time."""
    name = _keepable(lying.name)
    seen = {"size": lying.size, "changed": lying.changed}
    row, new = FoundFile.objects.get_or_create(folder=url, name=name, defaults=seen)
    if not new and (row.size, row.changed) != (lying.size, lying.changed):
        again = {**seen, "seen_at": timezone.now(), "source": None, "problem": ""}
        FoundFile.objects.filter(pk=row.pk).update(**again)
        row.refresh_from_db()
    if row.source_id is not None or timezone.now() - row.seen_at < still:
        return None
    try:
        source, problem = _received(folder, lying, name), ""
    except (ChangedError, FileNotFoundError):
        # It is being written to, or is gone: the next look sees what it is by then.
        return None
    except (UnreadableSourceError, UnreachableError) as error:
        source, problem = None, str(error)
    except OSError as error:
        source, problem = None, f"{name}: it cannot be read ({error.strerror})."
    FoundFile.objects.filter(pk=row.pk, **seen).update(source=source, problem=problem)
    return source


def _keepable(name: str) -> str:
    """Return a name as it can be kept: one that is not text, or too long, ends in its digest."""
    if is_storable(name) and len(name) <= _LONGEST_PATH:
        return name
    shown = name.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    digest = sha256_hex(name.encode("utf-8", "surrogateescape"))
    return f"{shown[:200]} … {digest[:16]}"


def _received(folder: Folder, lying: Lying, name: str) -> Source:
    """Keep the bytes of a file, if it is still as it was found and can be kept."""
    if name != lying.name:
        raise UnreadableSourceError(
            name, "its name", "it is no text in UTF-8, or too long", "Give the file another name"
        )
    if lying.size > MOST_BYTES:
        raise UnreadableSourceError(
            name, "whole file", f"it has more than {MOST_BYTES:,} bytes", "Hand it in in parts"
        )
    if not lying.size:
        raise UnreadableSourceError(
            name, "whole file", "it is empty (0 bytes)", "Put the file there again, whole"
        )
    short = PurePosixPath(name).name[-_LONGEST_NAME:]
    return sources.receive(folder.read(lying), name=short)
