"""Every error raised on purpose. The text of each is a sentence fit for a user to read."""


class TouchstoneError(Exception):
    """The root of every error that the product raises on purpose."""


class UnreadableSourceError(TouchstoneError):
    """A file, or one place in it, cannot be read; says where, why, and what to do about it."""

    def __init__(self, file: str, place: str, reason: str, mend: str) -> None:
        self.file = file
        self.place = place
        self.reason = reason
        self.mend = mend
        super().__init__(f"{file}, {place}: {reason}. {mend}.")


class InsufficientDataError(TouchstoneError):
    """The material cannot carry an answer; says what is missing."""


class TooMuchDataError(TouchstoneError):
    """The material is more than can be worked through; says how much can."""


class WrongSettingError(TouchstoneError):
    """A setting is missing or wrong; says which one and what to set."""


class EncoderError(TouchstoneError):
    """The encoder cannot be found, loaded or trusted."""


class IntegrityError(TouchstoneError):
    """Stored bytes are missing or are not the bytes that were stored."""
