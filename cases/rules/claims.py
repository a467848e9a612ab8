"""The rows that a filing's matrix of claims begins with: what each claim needs, what answers it.

A template, which counsel edits: it says what would have to be shown, never that it is. Defences
stand beside elements, each with its own evidence or none.
"""

from typing import Final, NamedTuple

ELEMENT: Final = "element"
DEFENCE: Final = "defence"


class Row(NamedTuple):
    """One element of a claim, or one defence to it."""

    claim: str
    element: str
    kind: str


_CONTRACT = "Breach of contract"
_OTHERS = "Act through others, without a contract"
_COPYRIGHT = "Copyright"
_SECRET = "Trade secret"  # noqa: S105 - no password
_ACCESS = "Access to computers"
_FURTHER = "Circumvention, unfair competition, unjust enrichment"

_ELEMENTS = {
    _CONTRACT: (
        "Formation and assent: who accepted which terms, by which act, signed in to which account",
        "The version of the terms in force on the day",
        "The claimant's own performance",
        "The prohibited act: outputs were used to train a model",
        "The act is the defendant's own",
        "The breach caused the harm",
        "Damages, or the ground of an injunction",
    ),
    _OTHERS: (
        "A contract of somebody else, known to the defendant and interfered with",
        "Accounts of resellers or proxies, and who stands behind them",
        "Public datasets of the teacher's outputs, and how they came about",
    ),
    _COPYRIGHT: (
        "Ownership of the outputs",
        "Expression in the outputs that can be protected",
        "Copying of that expression",
    ),
    _SECRET: (
        "What exactly is secret",
        "Reasonable measures to keep it secret",
        "Improper means of getting it",
    ),
    _ACCESS: (
        "Access without authorisation, or beyond it",
        "Loss or harm to the computers",
    ),
    _FURTHER: (
        "A technical measure that was circumvented, or information that was removed",
        "An unfair act beyond copying",
        "An enrichment at the claimant's expense, without a ground",
    ),
}
_DEFENCES = {
    _CONTRACT: (
        "Federal copyright law pre-empts the claim",
        "The terms bind only who was signed in, and the data were got signed out",
        "Another than the defendant contracted",
        "The licence or the terms permit training on outputs",
        "A permitted exception, such as evaluation or classifiers",
        "Liability is capped or excluded",
        "The restraint of competition cannot be enforced",
        "Estoppel or unclean hands: the claimant does likewise",
        "Independent means: the likeness came about without the teacher's outputs",
    ),
    _OTHERS: (
        "Whoever published the outputs was free to do so",
        "The defendant neither knew nor had to know of the contract",
    ),
    _COPYRIGHT: (
        "The terms assign outputs to their user",
        "Outputs have no human author",
        "Fair use",
    ),
    _SECRET: ("Reverse engineering of what is on the market is lawful",),
    _ACCESS: ("Use against terms of service alone is no access without authorisation",),
    _FURTHER: ("Federal copyright law pre-empts the claim",),
}
TEMPLATE: tuple[Row, ...] = tuple(
    Row(claim, text, kind)
    for claim in _ELEMENTS
    for kind, texts in ((ELEMENT, _ELEMENTS[claim]), (DEFENCE, _DEFENCES[claim]))
    for text in texts
)
