"""Keys of providers, such that no print, log or error shows one, and their traces in bytes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from audit.analysis.errors import WrongSettingError

MASK = "***"
# Headers that carry keys or sessions, in requests and in responses.
_SECRET_HEADERS = frozenset({
    "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    "set-cookie",
})  # fmt: skip
_SECRET_FIELDS = frozenset({"key", "api_key", "apikey", "access_token", "token"})
# A shorter key would be found in words.
_SHORTEST = 8


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A key, shown only to who reveals it. Raises WrongSettingError where it cannot be one."""

    name: str
    _value: str

    def __post_init__(self) -> None:
        """Refuse what HTTP could not carry, which a library would quote in its error."""
        fits = self._value.isascii() and self._value.isprintable() and " " not in self._value
        if not fits or len(self._value) < _SHORTEST:
            raise WrongSettingError(
                f"The key {self.name} is not one: it has fewer than {_SHORTEST} characters, or"
                " some that no key has, such as spaces or line ends. Set it anew."
            )

    def __repr__(self) -> str:
        return f"<key {self.name}>"

    def reveal(self) -> str:
        """Return the key itself, for a request alone."""
        return self._value

    def forms(self) -> tuple[str, ...]:
        """Return the key as it may stand in a text: plain, in a URL or in JSON."""
        value = self._value
        found = (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
        return tuple(dict.fromkeys(found))


def without(text: str, secret: Secret | None) -> str:
    """Return a text with every trace of a key masked."""
    for form in secret.forms() if secret else ():
        text = text.replace(form, MASK)
    return text


def bytes_without(data: bytes, secret: Secret | None) -> bytes:
    """Return bytes with every trace of a key masked."""
    for form in secret.forms() if secret else ():
        data = data.replace(form.encode("ascii"), MASK.encode("ascii"))
    return data


def masked_url(url: str, secret: Secret | None) -> str:
    """Return an address without a key, be it known or only named like one."""
    base, mark, query = without(url, secret).partition("?")
    fields = (_masked_field(one) for one in query.split("&"))
    return f"{base}{mark}{'&'.join(fields)}"


def _masked_field(field: str) -> str:
    name, equals, _ = field.partition("=")
    return f"{name}={MASK}" if equals and name.lower() in _SECRET_FIELDS else field


def masked_headers(
    headers: Iterable[tuple[str, str]], secret: Secret | None
) -> tuple[tuple[str, str], ...]:
    """Return headers without keys or sessions; the name of each stays."""
    return tuple(
        (name, MASK if name.lower() in _SECRET_HEADERS else without(value, secret))
        for name, value in headers
    )
