"""Exhibits as documents: native files byte for byte, and the exchanges read from them as text."""

from collections.abc import Iterator, Sequence

from audit.analysis.errors import TouchstoneError
from audit.models import Source as SourceFile
from cases.models import BatesRange, Exhibit, Matter
from cases.services import designations, trees
from cases.services.bates import Wanted
from cases.services.productions.documents import Document, Native, NotProduced, Source
from cases.services.productions.profiles import Value

_GROUP = 500
# Endings that say what a file is; any other could be made to run by being opened.
_ENDINGS = (".jsonl.gz", ".json.gz", ".jsonl", ".json")


class StillBeingReadError(TouchstoneError):
    """An exhibit has not been read yet; says which and what to do."""


def _to_number(matter: Matter) -> Sequence[Wanted]:
    standing = matter.exhibits.select_related("source").filter(withdrawn_at__isnull=True)
    found = list(standing.order_by("number"))
    for one in found:
        if one.source.state == SourceFile.State.RECEIVED:
            raise StillBeingReadError(
                f"Exhibit {one.label} has not been read yet. Ask again when it is, or withdraw it."
            )
    return [(one, 1) for one in found]


def _documents(matter: Matter) -> Iterator[Document]:
    numbered = BatesRange.objects.filter(
        exhibit__matter=matter, exhibit__withdrawn_at__isnull=True
    )
    rows = numbered.select_related("series", "exhibit__source", "exhibit__party")
    for one in rows.order_by("series", "first").iterator(_GROUP):
        if one.exhibit is not None:
            yield _document(one, one.exhibit)


def _document(numbers: BatesRange, exhibit: Exhibit) -> Document:
    source, mark = exhibit.source, designations.of_exhibit(exhibit)
    ending = next((one for one in _ENDINGS if exhibit.filename.lower().endswith(one)), ".bin")
    values: dict[str, Value] = {
        "CUSTODIAN": exhibit.party.name,
        "DOCTYPE": "transcripts of a model",
        "TITLE": f"Exhibit {exhibit.label}: {exhibit.model_name} ({exhibit.role}, as asserted)",
        "FILENAME": exhibit.filename,
        "FILEEXT": ending[1:],
        "FILESIZE": source.size,
        "SHA256": source.sha256,
        "DATERECEIVED": exhibit.received_at,
        "AUTHORTYPE": "model output",
        "DESIGNATION": mark,
        "CONFIDENTIALITY": mark,
        "REDACTED": "No",
    }
    return Document(
        numbers, values, Native(source.sha256, source.size, ending), lambda: _text(source)
    )


def _text(source: SourceFile) -> Iterator[str]:
    """Yield what was read of a file; nothing of one that could not be read."""
    if source.state != SourceFile.State.READ:
        return
    for one in trees.exchanges_of(source):
        yield f"[record {one.record}] prompt:\n{one.prompt}\n\nanswer:\n{one.answer}\n\n\n"


def _not_produced(matter: Matter) -> Iterator[NotProduced]:
    reasons = _reasons(matter)
    withdrawn = matter.exhibits.select_related("source", "erasure").filter(
        withdrawn_at__isnull=False
    )
    for one in withdrawn.order_by("number").iterator(_GROUP):
        erasure = getattr(one, "erasure", None)
        if erasure is None:
            reason = f"withdrawn: {reasons.get(one.label, '')}"
        else:
            reason = f"erased: {erasure.reason}"
        yield NotProduced(f"exhibit {one.label}", one.filename, one.source.sha256, reason)


def _reasons(matter: Matter) -> dict[str, str]:
    """Return why each exhibit was withdrawn, as the ledger tells it."""
    told = matter.custody.filter(act="withdrawn").values_list("facts", flat=True)
    return {facts["exhibit"]: facts["reason"] for facts in told}


EXHIBITS = Source(
    kind="exhibits",
    to_number=_to_number,
    documents=_documents,
    not_produced=_not_produced,
    counted=lambda matter: matter.exhibits.count(),
)
