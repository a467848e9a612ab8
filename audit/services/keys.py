"""Keys of providers: from the environment, or kept encrypted under a key of the site.

TOUCHSTONE_KEY_NAME is the key called NAME, and TOUCHSTONE_KEY_NAME_FILE a file to read it from.
"""

import base64
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.collect.secrets import Secret
from audit.models import KeptKey

_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
_PREFIX = "TOUCHSTONE_KEY_"
_NONCE_BYTES = 12


def key_of(name: str) -> Secret | None:
    """Return the key of that name, None for no name; raises WrongSettingError where it is not."""
    if not name:
        return None
    check_name(name)
    given = _from_environment(name) or _kept(name)
    if not given:
        raise WrongSettingError(
            f"There is no key {name}: set {_PREFIX}{name} or {_PREFIX}{name}_FILE, or keep one"
            f" with `manage.py collect --keep-key {name}`."
        )
    return Secret(name, given)


def keep(name: str, value: str) -> None:
    """Keep a key encrypted, in the place of one of the same name."""
    check_name(name)
    secret = Secret(name, value)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    wrapped = nonce + _cipher().encrypt(nonce, secret.reveal().encode(), name.encode())
    KeptKey.objects.update_or_create(
        name=name, defaults={"wrapped": wrapped, "kept_at": timezone.now()}
    )


def forget(name: str) -> bool:
    """Remove a kept key; tell whether there was one."""
    return bool(KeptKey.objects.filter(name=name).delete()[0])


def check_name(name: str) -> None:
    """Raise WrongSettingError for a name that a variable cannot have.

    What is no name may be a key given by mistake, and is not shown.
    """
    if not _NAME.fullmatch(name):
        raise WrongSettingError(
            "The name of a key has capital letters, digits and underlines alone, such as"
            " LAB_ONE: give the name, never the key itself."
        )


def _from_environment(name: str) -> str:
    path = os.environ.get(f"{_PREFIX}{name}_FILE")
    if path is None:
        return os.environ.get(f"{_PREFIX}{name}", "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        # What a file that is no text begins with could be shown by the error itself.
        raise WrongSettingError(
            f"{_PREFIX}{name}_FILE names a file that cannot be read: set it to a readable text"
            " file."
        ) from error


def _kept(name: str) -> str:
    kept = KeptKey.objects.filter(name=name).first()
    if kept is None:
        return ""
    wrapped = bytes(kept.wrapped)
    try:
        found = _cipher().decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name.encode())
    except InvalidTag as error:
        raise IntegrityError(
            f"The key {name} cannot be opened: SALT_KEY is not the one that it was kept under, or"
            " the row is not what it was."
        ) from error
    return found.decode()


def _cipher() -> AESGCM:
    """Return the cipher of provider keys: a key of its own, drawn from the site's."""
    derive = HKDF(SHA256(), length=32, salt=None, info=b"touchstone provider keys")
    return AESGCM(derive.derive(base64.b64decode(settings.SALT_KEY)))
