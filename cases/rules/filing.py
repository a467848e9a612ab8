"""The life of a filing: which state may follow which. The database holds to the same edges."""

DRAFT = "draft"
REVIEW = "review"
REVIEWED = "reviewed"
FINAL = "final"
DISCARDED = "discarded"

# Only text that is changed, or a review that returns it, leads back, and always to a draft.
EDGES = frozenset(
    {
        (DRAFT, REVIEW),
        (DRAFT, DISCARDED),
        (REVIEW, DRAFT),
        (REVIEW, REVIEWED),
        (REVIEW, DISCARDED),
        (REVIEWED, DRAFT),
        (REVIEWED, FINAL),
        (REVIEWED, DISCARDED),
    }
)
_OPEN = frozenset({DRAFT, REVIEW, REVIEWED})


def may_follow(state: str, after: str) -> bool:
    """Say whether a filing may go from the one state to the other."""
    return (state, after) in EDGES


def is_open(state: str) -> bool:
    """Say whether a filing can still change."""
    return state in _OPEN
