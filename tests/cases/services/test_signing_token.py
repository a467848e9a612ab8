"""A key on a token (PKCS#11): SoftHSM stands in for the device."""

import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11.util.x509 import decode_x509_certificate

from audit.analysis.errors import WrongSettingError
from cases.services import signing
from tests.signers import Issuer, Own, printed

DRIVER = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"
pytestmark = pytest.mark.skipif(
    shutil.which("softhsm2-util") is None or not DRIVER.exists(),
    reason="softhsm2 is not installed",
)


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Own:
    """A signer whose key and certificates lie on a token. The driver reads its file once only."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    made = Issuer().signer()
    secret = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    _hsm(f"--init-token --free --label vault --pin {PIN} --so-pin 1234")
    _hsm(f"--import {folder / 'key.pem'} --token vault --label notary --id 01 --pin {PIN}")
    _lay_beside(made)
    return made


def _hsm(words: str) -> None:
    subprocess.run(["softhsm2-util", *words.split()], check=True, capture_output=True)


def _lay_beside(made: Own) -> None:
    """Put the certificates on the token, which its own tool cannot."""
    token = pkcs11.lib(str(DRIVER)).get_token(token_label="vault")
    with token.open(user_pin=PIN, rw=True) as session:
        for label, one in (("notary", made.certificate), ("root", made.root)):
            said = decode_x509_certificate(one.public_bytes(Encoding.DER))
            session.create_object(
                said | {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
            )


@pytest.fixture
def token(own, settings) -> Own:
    settings.REPORT_SIGNING_PKCS11 = str(DRIVER)
    settings.REPORT_SIGNING_PKCS11_TOKEN, settings.REPORT_SIGNING_PKCS11_KEY = "vault", "notary"
    settings.REPORT_SIGNING_PKCS11_PIN = PIN
    return own


def test_a_key_that_never_leaves_its_token_signs(token, tmp_path):
    facts = signing.signer_facts()
    assert facts.kept == "a token that it never leaves"
    assert int(facts.serial, 16) == token.certificate.serial_number
    path = tmp_path / "signed.pdf"
    path.write_bytes(signing.sign(printed(), facts).pdf)
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "CN=Notary of the test" in said.replace('"', "")


@pytest.mark.parametrize(
    ("name", "value"), [("PIN", "0000"), ("TOKEN", "elsewhere"), ("KEY", "nobody")]
)
def test_a_token_that_cannot_be_used_is_said_with_its_settings(token, settings, name, value):
    setattr(settings, f"REPORT_SIGNING_PKCS11_{name}", value)
    with pytest.raises(WrongSettingError, match="set REPORT_SIGNING_PKCS11 to") as refused:
        signing.signer_facts()
    assert PIN not in str(refused.value)


def test_a_driver_that_is_not_there_is_said(token, settings):
    settings.REPORT_SIGNING_PKCS11 = "/no/such/driver.so"
    with pytest.raises(WrongSettingError, match="set REPORT_SIGNING_PKCS11 to"):
        signing.signer_facts()
