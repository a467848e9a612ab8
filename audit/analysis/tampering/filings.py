"""Tamperings with final filings: their papers, what they say, and who made them final."""

from collections.abc import Callable
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.digests import sha256_hex
from audit.analysis.tampering import remaking
from audit.analysis.tampering.draft import Draft
from audit.analysis.tampering.trials import Trial

_PAPER = "results.json"


def _flip(draft: Draft) -> None:
    draft.flip(layout.filing(_number(draft), _PAPER))


def _remove_paper(draft: Draft) -> None:
    draft.remove(layout.filing(_number(draft), _PAPER))


def _remove(draft: Draft) -> None:
    draft.remove_all(layout.filing(_number(draft), ""))


def _change_text(draft: Draft) -> None:
    """Have a filing say that it was asked another thing."""
    draft.edit(layout.filing(_number(draft), layout.FILING), _asked_otherwise)


def _asked_otherwise(told: dict[str, Any]) -> None:
    told["filing"]["texts"]["scope"] = "Show that it was copied."


def _change_text_everywhere(draft: Draft) -> None:
    """Change the text in the frozen document too, and the ledger with it, sealed anew."""
    number = _number(draft)
    paper = layout.filing(number, _PAPER)
    _change_text(draft)
    draft.edit(paper, _asked_otherwise)
    digest = sha256_hex(draft.read(paper))

    def of_paper(told: dict[str, Any]) -> None:
        told["document_sha256"] = digest
        for one in told["papers"]:
            if one["filename"] == _PAPER:
                one["sha256"] = digest

    draft.edit(layout.filing(number, layout.FILING), of_paper)
    entries = draft.entries()
    facts = entries[draft.entry("finalised")]["facts"]
    facts["document"] = facts["papers"][_PAPER] = digest
    draft.write_entries(remaking.chain(entries))


def _by(act: str) -> Callable[[Draft], None]:
    """Have who drafted a filing do another's act on it too."""

    def tamper(draft: Draft) -> None:
        entries = draft.entries()
        drafter = entries[draft.entry("drafted")]["actor"]
        entries[draft.entry(act)]["actor"] = drafter
        draft.write_entries(remaking.chain(entries))

    return tamper


def _number(draft: Draft) -> int:
    return min(map(int, draft.numbers("filings", layout.FILING)))


TRIALS = (
    Trial("flip a bit in a paper of a filing", _flip, "data/filings/"),
    Trial("remove a paper of a filing", _remove_paper, "data/filings/"),
    Trial("remove a filing whole", _remove, "data/filings/"),
    Trial("change what a filing says", _change_text, layout.FILING),
    Trial("change it everywhere, chain sealed anew", _change_text_everywhere, "data/"),
    Trial("have a drafter review, sealed anew", _by("reviewed"), "data/ledger/"),
    Trial("have a drafter finalise, sealed anew", _by("finalised"), "data/ledger/"),
)
