"""Settings as they come from the environment: read, checked, and refused in one sentence."""

import base64
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url

from audit.analysis.errors import WrongSettingError
from audit.blobs import open_store
from audit.collect.folder import open_folder

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
BROKER_SCHEMES = ("redis", "rediss", "redis+socket", "amqp", "amqps", "pgmq")
_KEY_BYTES = 32
SIGNING_LEVELS = ("", "B-B", "B-T", "B-LTA")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class Environment:
    """Reads named settings from a mapping of variables, normally `os.environ`."""

    variables: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return the variable, or the content of the file that NAME_FILE points to."""
        path = self.variables.get(f"{name}_FILE")
        if path is None:
            return self.variables.get(name, default).strip()
        if name in self.variables:
            raise WrongSettingError(f"{name} and {name}_FILE are both set: unset one of them.")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise WrongSettingError(
                f"{name}_FILE is {path!r}, which cannot be read ({error}):"
                " set it to a readable text file."
            ) from error

    def flag(self, name: str) -> bool:
        """Return a yes or a no; false where the variable is absent."""
        value = self.text(name).lower()
        if value not in TRUE | FALSE:
            raise WrongSettingError(f"{name} is {value!r}: set it to true or false.")
        return value in TRUE

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """Return a whole number that is not less than the least."""
        value = self.text(name, str(default))
        if not value.isdecimal() or int(value) < least:
            from_up = f" from {least} up" if least else ""
            raise WrongSettingError(f"{name} is {value!r}: set it to a whole number{from_up}.")
        return int(value)

    def listing(self, name: str, default: str = "") -> list[str]:
        """Values between commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def folders(self, name: str) -> list[str]:
        """Return addresses of folders and buckets below which files may be taken."""
        given = self.listing(name)
        for url in given:
            try:
                open_folder(url)
            except WrongSettingError as error:
                raise WrongSettingError(f"{name} names {url!r}. {error}") from error
        return given

    def authorities(self, name: str) -> list[str]:
        """Return addresses of time-stamping authorities, or `local-test:` for one of our own."""
        given = self.listing(name)
        for url in given:
            if _scheme(url) not in ("http", "https", "local-test"):
                raise WrongSettingError(
                    f"{name} names {url!r}: set it to addresses that begin with http:// or"
                    " https://, with commas between them, or leave it out."
                )
        return given

    def signing_level(self, name: str) -> str:
        """Return the level at which reports are signed; empty where it follows from the rest."""
        key, token = (self.text(f"REPORT_SIGNING_{kind}") for kind in ("P12", "PKCS11"))
        if key and token:
            raise WrongSettingError(
                "REPORT_SIGNING_P12 and REPORT_SIGNING_PKCS11 are both set: unset one of them."
            )
        for wanted in ("TOKEN", "KEY", "PIN") if token else ():
            if not self.text(f"REPORT_SIGNING_PKCS11_{wanted}"):
                raise WrongSettingError(
                    f"REPORT_SIGNING_PKCS11 is set and REPORT_SIGNING_PKCS11_{wanted} is not: set"
                    " the labels of the token and of the key on it, and the PIN."
                )
        level = self.choice(name, SIGNING_LEVELS)
        if level and not (key or token):
            raise WrongSettingError(
                f"{name} is set and no signing key is: set REPORT_SIGNING_P12 to a PKCS#12 file,"
                f" or leave {name} out."
            )
        if level in SIGNING_LEVELS[2:] and not self.text("TIMESTAMP_URLS"):
            raise WrongSettingError(
                f"{name} is {level} and no time-stamping authority is named: set TIMESTAMP_URLS,"
                f" or set {name} to B-B."
            )
        return level

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the given words; the first where the variable is absent."""
        value = self.text(name, choices[0])
        if value not in choices:
            raise WrongSettingError(f"{name} is {value!r}: set it to one of {', '.join(choices)}.")
        return value

    def secret_key(self, data: Path) -> str:
        """SECRET_KEY, or one drawn once and kept in the data folder for its owner alone."""
        given = self.text("SECRET_KEY")
        return given or _kept_secret(data / "secret_key", secrets.token_urlsafe(50), "SECRET_KEY")

    def key(self, name: str, data: Path) -> str:
        """Return 32 secret bytes in base64, or those drawn once and kept in the data folder."""
        drawn = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        given = self.text(name) or _kept_secret(data / name.lower(), drawn, name)
        try:
            length = len(base64.b64decode(given, validate=True))
        except ValueError:
            length = 0
        if length != _KEY_BYTES:
            raise WrongSettingError(
                f"{name} is not {_KEY_BYTES} bytes in base64: make one with"
                f" `openssl rand -base64 {_KEY_BYTES}`, or leave it out."
            )
        return given

    def time_zone(self) -> str:
        """Return a name of the IANA time zone database."""
        value = self.text("TIME_ZONE", "UTC")
        if value not in available_timezones():
            raise WrongSettingError(
                f"TIME_ZONE is {value!r}: set it to a name such as UTC or Europe/Berlin."
            )
        return value

    def address(self, name: str, default: str) -> str:
        """HOST:PORT to listen on."""
        value = self.text(name, default)
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the range of TCP
            raise WrongSettingError(
                f"{name} is {value!r}: set it to HOST:PORT, for example 127.0.0.1:8000."
            )
        return value

    def database(self, name: str) -> dict[str, Any] | None:
        """Django's settings of the PostgreSQL server named, or None for the embedded one."""
        value = self.text(name)
        if not value:
            return None
        try:
            parsed = dict(dj_database_url.parse(value))
        except ValueError:
            parsed = {}
        if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
            raise WrongSettingError(
                f"{name} does not name a PostgreSQL database:"
                " set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out."
            )
        return parsed

    def owner(self, name: str, *, beside: str) -> dict[str, Any] | None:
        """Return how the owner of the tables connects, or None where nobody else is named."""
        given = self.database(name)
        if given is not None and not self.text(beside):
            raise WrongSettingError(
                f"{name} is set and {beside} is not: set {beside} to the same database for an"
                " account that owns nothing in it, or leave both out."
            )
        kept = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        return given and {key: given[key] for key in kept}

    def broker(self, name: str) -> str:
        """Return the address of the message broker; empty for the database itself."""
        value = self.text(name)
        if value and _scheme(value) not in BROKER_SCHEMES:
            raise WrongSettingError(
                f"{name} does not name a broker that is served: set it to an address that begins"
                " with redis://, rediss://, redis+socket://, amqp://, amqps:// or pgmq://,"
                " or leave it out."
            )
        return value

    def storage(self, name: str, default: str) -> str:
        """Return the address of the store of evidence: a folder or an S3 bucket."""
        value = self.text(name, default)
        open_store(value)
        return value


def private_folder(path: Path, name: str) -> Path:
    """Return the folder, made for its owner alone where it is not there yet."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise WrongSettingError(
            f"The folder {path} cannot be written: set {name} to a folder that can."
        )
    return path.resolve()


def _kept_secret(path: Path, drawn: str, name: str) -> str:
    try:
        if not path.exists():
            _write_once(path, drawn)
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettingError(
            f"{path} cannot be read or written ({error}): mend its mode, or set {name}."
        ) from error
    if not secret:
        raise WrongSettingError(f"{path} is empty: remove it, or set {name}.")
    return secret


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    # A link never replaces: of two processes that start together the first one's secret stands.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _scheme(value: str) -> str:
    try:
        return urlsplit(value).scheme
    except ValueError:
        return ""
