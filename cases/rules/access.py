"""Who may do what in a matter. No level, no access."""

VIEWER = "viewer"
REVIEWER = "reviewer"
ANALYST = "analyst"
_MAY_READ = frozenset({VIEWER, REVIEWER, ANALYST})
_MAY_REVIEW = frozenset({REVIEWER, ANALYST})
_MAY_ACT = frozenset({ANALYST})


def may_read(level: str | None) -> bool:
    """Say whether a person of this level may read the matter."""
    return level in _MAY_READ


def may_review(level: str | None) -> bool:
    """Say whether a person of this level may read drafts of filings and review them."""
    return level in _MAY_REVIEW


def may_act(level: str | None) -> bool:
    """Say whether a person of this level may add to the matter."""
    return level in _MAY_ACT
