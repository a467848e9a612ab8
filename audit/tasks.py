"""Background doors: an id in, one call to a service; every task may arrive twice or never."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from audit.models import Collection, Shard
from audit.services import collections, embedding

# A database that is being restarted comes back within seconds.
DATABASE_AWAY = {
    "autoretry_for": (OperationalError, InterfaceError),
    "retry_backoff": 1,
    "retry_backoff_max": 30,
    "max_retries": 10,
}


@shared_task(**DATABASE_AWAY)
def embed_shard(shard_id: int) -> None:
    """Embed one shard; runs on the queue of its own that machines with a GPU take."""
    embedding.embed_shard(Shard.objects.select_related("run__encoder").get(pk=shard_id))


@shared_task(**DATABASE_AWAY)
def collect(collection_id: int) -> None:
    """Carry a collection out, or on; it has a queue of its own, for it may take hours."""
    collections.carry_out(Collection.objects.select_related("endpoint").get(pk=collection_id))
