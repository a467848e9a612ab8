"""Why a sitting ends before every question is settled."""

from audit.analysis.errors import TouchstoneError


class AuthorisationError(TouchstoneError):
    """An endpoint may not be asked: nobody has confirmed that, or the leave is over."""


class EndingError(TouchstoneError):
    """No further call is begun; says why. What is in flight is waited for."""


class TakenOverError(EndingError):
    """Another process carries the collection out now."""


class HaltedError(EndingError):
    """Somebody has paused or stopped the collection."""
