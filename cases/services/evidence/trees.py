"""Texts of exhibits against their trees and their own digests; what was erased against nothing."""

from collections.abc import Iterator

from django.db.models import Q

from audit.analysis.custody.leaves import hash_of
from audit.analysis.custody.merkle import CompactRange
from audit.analysis.errors import IntegrityError
from audit.analysis.text import text_key
from audit.analysis.transcripts import Exchange
from audit.models import Source
from cases.models import Exhibit
from cases.services import trees
from cases.services.evidence.words import Found, Sweep, one_moment


def look(sweep: Sweep) -> Iterator[Found]:
    """Yield each exhibit whose texts are not those under its root, or that has no key for them."""
    rows = Exhibit.objects.select_related("source", "matter", "tree", "erasure", "leaf_key")
    for exhibit in rows.order_by("pk").iterator():
        where = f"matter {exhibit.matter_id}, exhibit {exhibit.label}"
        if hasattr(exhibit, "erasure"):
            yield from _of_erased(exhibit, where)
        elif exhibit.source.state == Source.State.READ and exhibit.disposed_at:
            with one_moment():
                yield from _of_read(exhibit, where, sweep)
    yield from _of_sources()


def _of_erased(exhibit: Exhibit, where: str) -> Iterator[Found]:
    if hasattr(exhibit, "leaf_key"):
        yield Found("erasure", where, "It was erased and its key is still there.")


def _of_read(exhibit: Exhibit, where: str, sweep: Sweep) -> Iterator[Found]:
    if not hasattr(exhibit, "tree"):
        said = "It was read by an earlier version and has no tree yet; the sweep makes one."
        yield Found("tree", where, said, grave=False)
        return
    try:
        key = trees.key_of(exhibit)
    except IntegrityError as error:
        yield Found("key", where, str(error))
        return
    yield from _of_texts(exhibit, key, where, sweep)
    if exhibit.source.left_out != exhibit.source.left_out_records.count():
        yield Found("text", where, "The records left out are not as many as were counted.")


def _of_texts(exhibit: Exhibit, key: bytes, where: str, sweep: Sweep) -> Iterator[Found]:
    sweep.looked_at["trees of exhibits"] += 1
    tree = CompactRange()
    for exchange, keys in _rows(exhibit.source):
        tree.add(hash_of(exchange, key))
        if keys != (text_key(exchange.prompt), text_key(exchange.answer)):
            place = f"{where}, record {exchange.record}"
            yield Found("text", place, "Its text is not that of the digest beside it.")
    sweep.looked_at["exchanges"] += tree.size
    if (tree.size, tree.root().hex()) != (exhibit.tree.size, exhibit.tree.root):
        said = (
            f"Its {tree.size} exchanges do not lead to the root over {exhibit.tree.size} that was "
            "sealed: one was changed, removed or put in."
        )
        yield Found("tree", where, said)


def _rows(source: Source) -> Iterator[tuple[Exchange, tuple[str, str]]]:
    fields = ("record", "prompt", "answer", "model", "prompt_key", "answer_key")
    rows = source.exchanges.order_by("record").values_list(*fields)
    for *said, prompt_key, answer_key in rows.iterator(trees.GROUP):
        yield Exchange(*said), (prompt_key, answer_key)


def _of_sources() -> Iterator[Found]:
    """Yield each file that was erased or never read whole, and whose texts are there."""
    without = Q(state=Source.State.ERASED) | Q(state=Source.State.UNREADABLE)
    for source in Source.objects.filter(without, exchanges__isnull=False).distinct().iterator():
        said = f"It is {source.get_state_display()} and texts of it are there."
        yield Found("text", f"file {source.sha256}", said)
