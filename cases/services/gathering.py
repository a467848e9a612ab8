"""Collections of a matter: begun for it, halted and resumed by hand, handed in at their end."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from audit.analysis.errors import TouchstoneError, WrongSettingError
from audit.models import Collection
from audit.services import collections
from cases.models import Exhibit, Gathering, Matter
from cases.services import captures, custody, exhibits
from cases.services.captures import As

# What a person may do with a collection, with the word that the ledger has for it.
ACTS = ("pause", "resume", "stop")


@transaction.atomic
def bind(collection: Collection, matter: Matter, given: As, *, by: User) -> Gathering:
    """Have a collection be one of a matter, which its capture is handed in to at the end."""
    if not given.model_name.strip() or not given.party.strip():
        raise WrongSettingError("Name the model and the party that the capture is handed in for.")
    if len(given.model_name) > exhibits.LONGEST_NAME:
        raise WrongSettingError(
            f"The name of the model has more than {exhibits.LONGEST_NAME} characters."
        )
    bound = Gathering.objects.create(
        matter=matter,
        collection=collection,
        role=given.role,
        model_name=given.model_name,
        party=given.party,
        begun_by=by,
    )
    facts = {
        "collection": collection.pk,
        "endpoint": str(collection.endpoint),
        "plan": collection.plan_digest,
        "role": given.role,
        "model": given.model_name,
        "party": given.party,
    }
    custody.record(matter, "collection begun", facts, by=by)
    return bound


@transaction.atomic
def act(collection: Collection, what: str, matter: Matter, *, by: User) -> bool:
    """Pause, resume or stop a collection; False where there is nothing to be done of it.

    Raises TouchstoneError where the leave to ask is over.
    """
    acts = {
        "pause": collections.pause,
        "resume": collections.resume,
        "stop": collections.stop,
    }
    Matter.objects.select_for_update().get(pk=matter.pk)
    if not acts[what](collection):
        return False
    facts = {"collection": collection.pk, "act": what}
    custody.record(matter, f"collection {what}", facts, by=by)
    return True


def of(collection: Collection) -> Gathering | None:
    """Return as what a collection is of a matter, None where it was begun for none."""
    found = Gathering.objects.select_related("collection__endpoint", "matter", "begun_by")
    return found.filter(collection=collection).first()


def due(most: int) -> QuerySet[Gathering]:
    """Return the collections whose capture is there and is no exhibit yet."""
    ended = Gathering.objects.exclude(collection__capture_sha256="")
    waiting = ended.filter(exhibit__isnull=True, problem="")
    return waiting.select_related("collection__endpoint", "matter", "begun_by")[:most]


def hand_in(bound: Gathering) -> Exhibit | None:
    """Hand the capture in, once; where that is refused the reason stays with the row."""
    given = As(bound.role, bound.model_name, bound.party)
    try:
        with transaction.atomic():
            row = Gathering.objects.select_for_update().get(pk=bound.pk)
            if row.exhibit is None:
                row.exhibit = captures.hand_in(
                    bound.collection, bound.matter, given, by=bound.begun_by
                )
                row.problem = ""
                row.save(update_fields=["exhibit", "problem"])
    except TouchstoneError as error:
        Gathering.objects.filter(pk=bound.pk, exhibit__isnull=True).update(problem=str(error))
        return None
    return row.exhibit
