"""Filings: drafted, reviewed by another person, finalised with four eyes.

No word of a draft is entered into custody, and no digest of one: only that something was done.
"""

from cases.services.filings.drafting import (
    ClauseWritten,
    add_element,
    certify_with,
    discard,
    draft,
    is_given,
    remove_clause,
    remove_element,
    write_clause,
    write_elements,
    write_texts,
)
from cases.services.filings.finalising import (
    NotFinalError,
    ask_finalise,
    carry_out,
    open_paper,
    preview,
)
from cases.services.filings.reviewing import Verdict, ask_review, review
from cases.services.filings.standing import problems_of
from cases.services.filings.steps import FilingRefusedError

__all__ = [
    "ClauseWritten",
    "FilingRefusedError",
    "NotFinalError",
    "Verdict",
    "add_element",
    "ask_finalise",
    "ask_review",
    "carry_out",
    "certify_with",
    "discard",
    "draft",
    "is_given",
    "open_paper",
    "preview",
    "problems_of",
    "remove_clause",
    "remove_element",
    "review",
    "write_clause",
    "write_elements",
    "write_texts",
]
