import base64
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.custody.notes import SigningKey, VerifierKey, opened, parsed, signed
from audit.analysis.errors import IntegrityError, WrongSettingError

# The published example of golang.org/x/mod/sumdb/note: keys, text and signatures.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLo"
    "x33WWd1RvMc+QQ=\n"
)
peter, enoch = VerifierKey.parsed(PETER), VerifierKey.parsed(ENOCH)


def key(number: int, name: str = "log.example/one") -> SigningKey:
    return SigningKey(name, bytes([number]) * 32)


def test_the_published_key_signs_the_published_note_byte_for_byte():
    signer = SigningKey("PeterNeumann", PETER_SECRET)
    assert str(signer.verifier) == PETER
    assert signer.verifier == peter
    assert signed(TEXT, signer) == f"{TEXT}\n{BY_PETER}"


def test_the_published_notes_open_with_the_keys_that_are_known():
    both = f"{TEXT}\n{BY_PETER}{BY_ENOCH}"
    assert opened(both, [peter]) == (TEXT, [peter])
    assert opened(both, [enoch]) == (TEXT, [enoch])
    assert opened(both, [enoch, peter]) == (TEXT, [enoch, peter])
    names = [(one.name, one.key_id.hex(), len(one.value)) for one in parsed(both).signatures]
    assert names == [("PeterNeumann", "c74f20a3", 64), ("EnochRoot", "af0cfe78", 64)]


def test_no_piece_and_no_changed_character_of_a_verifier_key_is_one():
    pieces = {PETER[start:stop] for start in range(len(PETER)) for stop in range(len(PETER) + 1)}
    changed = {
        PETER[:place] + chr(ord(PETER[place]) ^ 1 << bit) + PETER[place + 1 :]
        for place in range(len(PETER))
        for bit in range(7)
    }
    for one in (pieces | changed) - {PETER}:
        with pytest.raises(WrongSettingError):
            VerifierKey.parsed(one)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
    ids=["longer key under its own id", "unknown algorithm under its own id"],
)
def test_a_key_of_another_make_is_refused(text):
    with pytest.raises(WrongSettingError):
        VerifierKey.parsed(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "a\nb", "a\x01b", "a\ud800"])
def test_a_key_needs_a_name_that_a_line_can_carry(name):
    with pytest.raises(WrongSettingError, match="without spaces and plus signs"):
        SigningKey(name, bytes(32))


def test_a_key_of_another_length_is_refused_and_a_secret_is_not_shown():
    with pytest.raises(WrongSettingError, match="31 bytes long"):
        SigningKey("log.example", bytes(31))
    assert "seed" not in repr(key(7))


def test_a_changed_bit_of_the_note_is_refused():
    note = signed("one\n\ntwo\n", key(1)).encode()
    for place in range(8 * len(note)):
        changed = (int.from_bytes(note, "big") ^ 1 << place).to_bytes(len(note), "big")
        with pytest.raises((IntegrityError, UnicodeDecodeError)):
            opened(changed.decode(), [key(1).verifier])


def test_keys_that_are_not_known_are_passed_over_and_one_known_must_have_signed():
    note = signed("text\n", key(1), key(2), key(3, "witness.example"))
    assert opened(note, [key(2).verifier]) == ("text\n", [key(2).verifier])
    with pytest.raises(IntegrityError, match="None of the 1 known keys signed the note; it names"):
        opened(note, [key(4).verifier])
    with pytest.raises(IntegrityError, match=r"one, witness\.example as signing"):
        opened(note, [])


def test_a_key_of_the_same_name_or_the_same_id_alone_is_another_key():
    note = signed("text\n", key(1))
    for other in (key(2).verifier, VerifierKey("other.example", key(1).verifier.public)):
        with pytest.raises(IntegrityError, match="None of the 1 known keys"):
            opened(note, [other])


def test_one_false_signature_by_a_known_key_spoils_the_note_whoever_else_signed():
    lines = signed("text\n", key(1)), signed("other\n", key(2)).removeprefix("other\n\n")
    note = "".join(lines)
    assert opened(note, [key(1).verifier]) == ("text\n", [key(1).verifier])
    with pytest.raises(IntegrityError, match="is not of this note"):
        opened(note, [key(1).verifier, key(2).verifier])


def test_the_signature_that_follows_a_good_one_of_the_same_key_is_checked_too():
    note = signed("text\n", key(1)) + signed("other\n", key(1)).removeprefix("other\n\n")
    with pytest.raises(IntegrityError, match="is not of this note"):
        opened(note, [key(1).verifier])


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (TEXT, "No blank line"),
        (f"{TEXT}\n", "Line 1 beneath the note"),
        (f"{TEXT}\n{BY_PETER[:-1]}", "does not end with a line feed"),
        (f"\x01{TEXT}\n{BY_PETER}", "control character 0x01 at character 1"),
        (f"{TEXT}\n{BY_PETER}".replace("\n", "\r\n"), "control character 0x0d"),
        (f"\ud800{TEXT}\n{BY_PETER}", "half a surrogate pair at character 1"),
        (f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Bad Name')}", "Line 1 beneath"),
        (f"{TEXT}\n{BY_PETER.replace('—', '--')}", "Line 1 beneath"),
        (f"{TEXT}\n{BY_PETER}Unexpected line.\n", "Line 2 beneath"),
        (f"{TEXT}\n{BY_PETER}\n", "Line 1 beneath"),
        (f"{TEXT}\n{BY_PETER.replace('AM=', 'AN=')}", "Line 1 beneath"),
        (f"{TEXT}\n— PeterNeumann x08gow==\n", "Line 1 beneath"),
        (f"{TEXT}\n{BY_PETER * 101}", "carries 101 signatures"),
        ("", "does not end with a line feed"),
    ],
)
def test_what_is_no_note_is_refused_in_words(note, words):
    with pytest.raises(IntegrityError, match=words):
        opened(note, [peter])


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n", "half \udc00\n"])
def test_a_text_that_no_note_carries_is_not_signed(text):
    with pytest.raises(IntegrityError):
        signed(text, key(1))


def test_a_note_without_a_key_is_not_made():
    with pytest.raises(ValueError, match="needs a key"):
        signed("text\n")


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])))
def test_any_text_is_signed_and_opened(text):
    assert opened(signed(f"{text}\n", key(1), key(2)), [key(2).verifier])[0] == f"{text}\n"


def test_openssl_verifies_a_signature(tmp_path, openssl):
    note = signed(TEXT, key(9))
    public = Ed25519PrivateKey.from_private_bytes(key(9).seed).public_key().public_bytes_raw()
    # A public key of Ed25519 as RFC 8410 writes it.
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + public)
    (tmp_path / "text").write_bytes(TEXT.encode())
    (tmp_path / "signature").write_bytes(parsed(note).signatures[0].value)
    words = "pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature"
    done = subprocess.run(
        [openssl, *words.split()], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Signature Verified Successfully" in done.stdout, done.stderr
