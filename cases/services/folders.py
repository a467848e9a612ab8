"""Folders and buckets that somebody else fills: each new file in one becomes an exhibit, once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.analysis.errors import TouchstoneError, WrongSettingError
from audit.collect.folder import open_folder
from audit.collect.roots import require_below
from audit.models import FoundFile
from audit.services import collections
from cases.models import Exhibit, Matter, WatchedFile, WatchedFolder
from cases.services import custody, exhibits
from cases.services.captures import As
from cases.services.exhibits import Deposit, ExhibitRefusedError

LONGEST_MODEL = 80
# How long after a look the next one is due.
PAUSE = timedelta(seconds=25)
_LONGEST_URL = 500
# The first half of the key of the lock that one look holds, so that it meets no other's.
_LOCK = 0x666F6C64


@transaction.atomic
def watch(matter: Matter, url: str, given: As, *, by: User) -> WatchedFolder:
    """Begin to take files from a folder; raises WrongSettingError where that may not be."""
    _require(url, given)
    Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.folders.filter(url=url, state=WatchedFolder.State.OPEN).exists():
        raise WrongSettingError(f"Files are taken from {url} for this matter already.")
    folder = WatchedFolder.objects.create(
        matter=matter,
        number=matter.folders.count() + 1,
        url=url,
        role=given.role,
        model_name=given.model_name,
        party=given.party,
        opened_by=by,
    )
    facts = {
        "folder": folder.number,
        "place": url,
        "role": given.role,
        "model": given.model_name,
        "party": given.party,
    }
    custody.record(matter, "folder watched", facts, by=by)
    return folder


def _require(url: str, given: As) -> None:
    _require_allowed(url)
    if len(url) > _LONGEST_URL:
        raise WrongSettingError(f"The address of the folder has more than {_LONGEST_URL} letters.")
    if not 0 < len(given.model_name.strip()) <= LONGEST_MODEL or not given.party.strip():
        raise WrongSettingError(
            f"Give the model a name of 1 to {LONGEST_MODEL} characters, and name the party that"
            " hands its files in."
        )


def _require_allowed(url: str) -> None:
    open_folder(url)
    require_below(url, settings.COLLECT_FOLDERS, settings.DATA)


@transaction.atomic
def close(folder: WatchedFolder, *, by: User) -> bool:
    """Take no further file from a folder; what came in stays. Tells whether it was watched."""
    Matter.objects.select_for_update().get(pk=folder.matter_id)
    standing = WatchedFolder.objects.filter(pk=folder.pk, state=WatchedFolder.State.OPEN)
    if not standing.update(state=WatchedFolder.State.CLOSED):
        return False
    custody.record(folder.matter, "folder closed", {"folder": folder.number}, by=by)
    return True


def due(most: int) -> list[int]:
    """Return the folders that are to be looked through now, the longest waiting first."""
    waited = Q(looked_at__isnull=True) | Q(looked_at__lt=timezone.now() - PAUSE)
    found = WatchedFolder.objects.filter(waited, state=WatchedFolder.State.OPEN)
    longest = found.order_by(F("looked_at").asc(nulls_first=True))
    return list(longest.values_list("pk", flat=True)[:most])


def look(folder_id: int, still: timedelta = collections.STILL) -> list[Exhibit]:
    """Take what is new in a folder and has lain still; return the exhibits that came of it.

    One process at a time looks through a folder. What cannot be taken is told of by its name.
    """
    rows = WatchedFolder.objects.select_related("matter", "opened_by")
    folder = rows.filter(pk=folder_id, state=WatchedFolder.State.OPEN).first()
    if folder is None:
        return []
    with _alone(folder_id) as is_alone:
        if not is_alone:
            return []
        problem = _taken(folder, still)
        done = set(folder.files.exclude(sha256="").values_list("name", "changed"))
        came = [
            _entered(folder, one)
            for one in collections.found_in(folder.url)
            if (one.name, one.changed) not in done
        ]
        WatchedFolder.objects.filter(pk=folder_id).update(
            looked_at=timezone.now(), problem=problem
        )
    return [exhibit for exhibit in came if exhibit is not None]


@contextmanager
def _alone(folder_id: int) -> Iterator[bool]:
    """Hold the lock of a folder, if it is free; it goes with the process that holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, folder_id])
        row = cursor.fetchone()
    is_alone = bool(row and row[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, folder_id])


def _taken(folder: WatchedFolder, still: timedelta) -> str:
    """Take what is new, and return what stands in the way, if anything does."""
    try:
        # Again at each look: the settings may be others by now, and links may lead elsewhere.
        _require_allowed(folder.url)
        collections.take_new(folder.url, still)
    except TouchstoneError as error:
        return str(error)
    except OSError as error:
        return f"{folder.url} cannot be looked through ({error.strerror})."
    return ""


@transaction.atomic
def _entered(folder: WatchedFolder, found: FoundFile) -> Exhibit | None:
    """Enter a file that is taken as an exhibit, or note why it is none; None if that was done."""
    Matter.objects.select_for_update().get(pk=folder.matter_id)
    file, _ = WatchedFile.objects.get_or_create(
        folder=folder, name=found.name, changed=found.changed, defaults={"size": found.size}
    )
    if file.sha256 or (found.source is None and file.problem == found.problem):
        return None
    exhibit, problem = None, found.problem
    if found.source is not None:
        file.sha256 = found.source.sha256
        try:
            with transaction.atomic():
                deposit = _deposit(folder, file)
                exhibit = exhibits.enter(folder.matter, found.source, deposit, by=folder.opened_by)
        except ExhibitRefusedError as error:
            problem = str(error)
    file.exhibit, file.problem, file.at = exhibit, problem, timezone.now()
    file.save()
    if problem:
        facts = {"folder": folder.number, "file": file.name, "problem": problem}
        custody.record(folder.matter, "file not taken", facts, by=folder.opened_by)
    return exhibit


def _deposit(folder: WatchedFolder, file: WatchedFile) -> Deposit:
    """Return as what a file is handed in; as one model has one exhibit, it is named with it."""
    name = file.name.rpartition("/")[2][-255:]
    before = folder.files.filter(name=file.name, exhibit__isnull=False).count()
    again = f", {before + 1}" if before else ""
    room = exhibits.LONGEST_NAME - len(folder.model_name) - len(again) - len(" ()")
    shown = file.name if len(file.name) <= room else f"…{file.name[1 - room :]}"
    return Deposit(name, folder.role, f"{folder.model_name} ({shown}{again})", folder.party)
