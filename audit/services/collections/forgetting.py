"""What a collection holds of questions and answers, removed; that it asked, and digests, stay."""

from django.db import connection
from django.utils import timezone

from audit.models import Collection

# In the database itself: the bytes are hashed where they lie, and memory does not grow.
_EMPTY = """
UPDATE audit_call
SET request_sha256 = encode(sha256(request), 'hex'),
    response_sha256 = coalesce(encode(sha256(response), 'hex'), ''),
    request = '', response = NULL,
    problem = CASE problem WHEN '' THEN '' ELSE 'erased' END
WHERE collection_id = %s AND request_sha256 = ''
"""


def forget(collection: Collection) -> int:
    """Remove what the calls of an ended collection said; return of how many.

    Call it in a transaction, and remove its capture at the end of that. The database refuses
    where no erasure covers it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, [collection.pk])
        many: int = cursor.rowcount
    ended = Collection.objects.filter(pk=collection.pk, erased_at__isnull=True)
    ended.update(erased_at=timezone.now())
    return many
