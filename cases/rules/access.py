"""Who may do what in a matter. No level, no access."""

VIEWER = "viewer"
ANALYST = "analyst"
_MAY_READ = frozenset({VIEWER, ANALYST})
_MAY_ACT = frozenset({ANALYST})


def may_read(level: str | None) -> bool:
    """Say whether a person of this level may read the matter."""
    return level in _MAY_READ


def may_act(level: str | None) -> bool:
    """Say whether a person of this level may add to the matter."""
    return level in _MAY_ACT
