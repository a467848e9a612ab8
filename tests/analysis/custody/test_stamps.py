import subprocess
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.analysis.custody import stamps
from audit.analysis.errors import IntegrityError, WrongSettingError
from cases.samples import authority
from cases.samples.authority import Authority

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
MESSAGE = b"log.example\n7\nroot\n"


@pytest.fixture(scope="module")
def ours() -> Authority:
    return Authority.made(SINCE)


@pytest.fixture(scope="module")
def request_() -> stamps.Request:
    return stamps.request_for(MESSAGE)


@pytest.fixture(scope="module")
def answer(ours, request_) -> bytes:
    return ours.answer(request_.body, AT)


def check(answer: bytes, ours: Authority, *, message=MESSAGE, nonce=None) -> stamps.Stamp:
    return stamps.checked(answer, message, stamps.trusted_from(ours.root_pem), nonce=nonce)


def test_a_request_asks_for_a_stamp_over_sha256_with_a_nonce_and_the_certificate(request_):
    asked = tsp.TimeStampReq.load(request_.body, strict=True).native
    assert asked["message_imprint"]["hash_algorithm"]["algorithm"] == "sha256"
    digest = hashes.Hash(hashes.SHA256())
    digest.update(MESSAGE)
    assert asked["message_imprint"]["hashed_message"] == digest.finalize()
    assert asked["nonce"] == request_.nonce
    assert asked["cert_req"] is True
    assert stamps.request_for(MESSAGE).nonce != request_.nonce


def test_a_stamp_says_who_when_and_by_which_rules(ours, request_, answer):
    stamp = check(answer, ours, nonce=request_.nonce)
    assert stamp.time == AT
    assert stamp.time.utcoffset() == timedelta(0)
    assert stamp.accuracy == timedelta(seconds=1)
    assert stamp.policy == authority.POLICY
    told = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]["encap_content_info"]
    assert stamp.serial == told["content"].parsed["serial_number"].native
    chain = [x509.load_pem_x509_certificate(one.encode()) for one in stamp.certificates]
    assert chain == [ours.certificate, ours.root]
    assert stamp.authority == ours.certificate.subject.rfc4514_string()


def test_every_certificate_of_the_test_authority_says_what_it_is(ours):
    for certificate in (ours.certificate, ours.root):
        assert "UNTRUSTED TEST AUTHORITY" in certificate.subject.rfc4514_string()
        assert "UNTRUSTED TEST AUTHORITY" in certificate.issuer.rfc4514_string()


def test_openssl_verifies_the_same_answer(ours, request_, answer, openssl, tmp_path):
    for name, data in (
        ("answer", answer),
        ("message", MESSAGE),
        ("request", request_.body),
        ("root", ours.root_pem),
        ("other", Authority.made(SINCE).root_pem),
    ):
        (tmp_path / name).write_bytes(data)

    def verdict(over: str, root: str) -> str:
        words = f"ts -verify -in answer {over} -CAfile {root} -attime {int(AT.timestamp())}"
        done = subprocess.run(
            [openssl, *words.split()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout

    assert "Verification: OK" in verdict("-data message", "root")
    assert "Verification: OK" in verdict("-queryfile request", "root")
    assert "OK" not in verdict("-data root", "root")
    assert "OK" not in verdict("-data message", "other")


def test_openssl_answers_and_the_answer_is_checked(openssl, request_, tmp_path):
    """An authority that another has written, with a chain of three and no accuracy."""
    (tmp_path / "request").write_bytes(request_.body)
    (tmp_path / "cnf").write_text(CONFIGURATION, encoding="ascii")
    root = f"-x509 {FRESH} -keyout root.key -out root -subj /CN=Root -extensions authority"
    reply = "-signer stamper -inkey stamper.key -chain middle -out answer"
    for words in (
        f"req {root}",
        *issued("middle", "root", "authority"),
        *issued("stamper", "middle", "stamping"),
        f"ts -reply -config cnf -queryfile request {reply}",
    ):
        done = subprocess.run(
            [openssl, *words.split()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    trusted = stamps.trusted_from((tmp_path / "root").read_bytes())
    answer = (tmp_path / "answer").read_bytes()
    stamp = stamps.checked(answer, MESSAGE, trusted, nonce=request_.nonce)
    names = [
        x509.load_pem_x509_certificate(one.encode()).subject.rfc4514_string()
        for one in stamp.certificates
    ]
    assert names == ["CN=stamper", "CN=middle", "CN=Root"]
    assert (stamp.policy, stamp.serial, stamp.accuracy) == ("1.2.3.4", 1, None)


FRESH = "-config cnf -newkey rsa:2048 -nodes"


def issued(name: str, issuer: str, extensions: str) -> list[str]:
    by = f"-CA {issuer} -CAkey {issuer}.key -CAcreateserial -extfile cnf -extensions {extensions}"
    return [
        f"req {FRESH} -keyout {name}.key -out {name}.csr -subj /CN={name}",
        f"x509 -req -in {name}.csr {by} -out {name}",
    ]


CONFIGURATION = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:true
[stamping]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


def test_a_stamp_of_another_message_or_another_request_is_refused(ours, request_, answer):
    with pytest.raises(IntegrityError, match="is not for this message"):
        check(answer, ours, message=MESSAGE + b"\n")
    with pytest.raises(IntegrityError, match="does not answer this request"):
        check(answer, ours, nonce=request_.nonce ^ 1)
    assert check(answer, ours).time == AT


def test_a_stamp_of_another_authority_is_refused(answer):
    with pytest.raises(IntegrityError, match="is not one of the trusted"):
        check(answer, Authority.made(SINCE))
    with pytest.raises(WrongSettingError, match="No root certificate is trusted"):
        stamps.checked(answer, MESSAGE, [], nonce=None)
    with pytest.raises(WrongSettingError, match="Give them as PEM"):
        stamps.trusted_from(b"no certificate")


def test_one_trusted_root_among_others_is_enough(ours, answer):
    trusted = [Authority.made(SINCE).root, ours.root]
    stamp = stamps.checked(answer, MESSAGE, trusted, nonce=None)
    assert stamp == check(answer, ours)


@pytest.mark.parametrize("at", [SINCE - timedelta(seconds=1), SINCE + timedelta(days=3654)])
def test_a_certificate_that_was_not_valid_at_the_time_in_the_token_is_refused(ours, request_, at):
    with pytest.raises(IntegrityError, match="not valid at the time that it names"):
        check(ours.answer(request_.body, at), ours)


def test_a_stamp_outlives_the_certificate_it_was_made_with(request_):
    long_ago = Authority.made(datetime(2001, 1, 1, tzinfo=UTC))
    at = datetime(2010, 1, 1, tzinfo=UTC)
    assert check(long_ago.answer(request_.body, at), long_ago).time == at


@pytest.mark.parametrize("written", ["20260304050607.25Z", "20260304050607.000001Z"])
def test_parts_of_a_second_are_told(ours, request_, monkeypatch, written):
    whole = authority._info

    def exact(asked, at):
        info = whole(asked, at)
        info["gen_time"] = core.GeneralizedTime(contents=written.encode())
        return info

    monkeypatch.setattr(authority, "_info", exact)
    told = check(ours.answer(request_.body, AT), ours).time
    assert told == datetime.strptime(written, "%Y%m%d%H%M%S.%fZ").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "stated", [{"seconds": 2, "millis": 3}, {"millis": 500}, {"micros": 7}, {"seconds": 300}]
)
def test_the_accuracy_that_is_stated_is_told(ours, request_, monkeypatch, stated):
    whole = authority._info

    def other(asked, at):
        info = whole(asked, at)
        info["accuracy"] = stated
        return info

    monkeypatch.setattr(authority, "_info", other)
    names = {"seconds": "seconds", "millis": "milliseconds", "micros": "microseconds"}
    expected = timedelta(**{names[name]: value for name, value in stated.items()})
    assert check(ours.answer(request_.body, AT), ours).accuracy == expected


@pytest.mark.parametrize("usages", [[], [ExtendedKeyUsageOID.CODE_SIGNING]])
def test_a_certificate_that_is_not_for_time_stamps_is_refused(ours, request_, usages):
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name.from_rfc4514_string("CN=Another")
    builder = authority._certificate(name, root_key, name, SINCE)
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    root = builder.add_extension(constraints, critical=True).sign(root_key, hashes.SHA256())
    own = authority._certificate(x509.Name.from_rfc4514_string("CN=Own"), key, name, SINCE)
    if usages:
        own = own.add_extension(x509.ExtendedKeyUsage(usages), critical=True)
    other = Authority(key, own.sign(root_key, hashes.SHA256()), root)
    with pytest.raises(IntegrityError, match="is not for time stamps"):
        check(other.answer(request_.body, AT), other)


def test_a_root_that_did_not_issue_but_has_the_name_is_refused(ours, answer):
    """The name of the root is copied, the key is not."""
    namesake = Authority.made(SINCE).root
    assert namesake.subject == ours.root.subject
    with pytest.raises(IntegrityError, match="is not one of the trusted"):
        stamps.checked(answer, MESSAGE, [namesake], nonce=None)


def test_an_imprint_by_another_algorithm_is_refused(ours, request_):
    asked = tsp.TimeStampReq.load(request_.body)
    digest = hashes.Hash(hashes.SHA512())
    digest.update(MESSAGE)
    asked["message_imprint"] = {
        "hash_algorithm": {"algorithm": "sha512"},
        "hashed_message": digest.finalize(),
    }
    with pytest.raises(IntegrityError, match=r"another digest than SHA-256: .*2\.3\.$"):
        check(ours.answer(asked.dump(), AT), ours)


def test_an_answer_that_grants_nothing_is_refused_in_the_authoritys_words(ours):
    said = b"Come again."
    text = bytes([0x30, len(said) + 2, 0x0C, len(said)]) + said
    status = bytes([0x30, 3 + len(text), 0x02, 1, 2]) + text
    refused = bytes([0x30, len(status)]) + status
    with pytest.raises(IntegrityError, match=r"granted no time stamp: Come again\."):
        check(refused, ours)
    granted = bytes([0x30, 5, 0x30, 3, 0x02, 1, 0])
    with pytest.raises(IntegrityError, match="cannot be read as a time stamp"):
        check(granted, ours)


@pytest.mark.parametrize("piece", [slice(0), slice(1), slice(40), slice(-1), slice(1, None)])
def test_a_piece_of_an_answer_is_refused(ours, answer, piece):
    with pytest.raises(IntegrityError, match="cannot be read as a time stamp"):
        check(answer[piece], ours)
    with pytest.raises(IntegrityError, match="cannot be read as a time stamp"):
        check(answer + b"\x00", ours)


@pytest.mark.parametrize("bit", [0, 3, 6])
def test_a_changed_byte_is_refused_or_changes_nothing_that_is_told(ours, request_, answer, bit):
    """A few bytes of the wrapping are not signed: versions, and the name of an algorithm."""
    stamp = check(answer, ours, nonce=request_.nonce)
    passed = 0
    for place in range(len(answer)):
        changed = answer[:place] + bytes([answer[place] ^ 1 << bit]) + answer[place + 1 :]
        try:
            with warnings.catch_warnings(action="ignore"):  # of an odd number in a certificate
                told = check(changed, ours, nonce=request_.nonce)
        except IntegrityError:
            continue
        assert told == stamp
        passed += 1
    assert passed <= 12


def test_the_authority_is_kept_and_taken_up_again(ours, request_):
    kept = Authority.from_pem(ours.as_pem())
    assert check(kept.answer(request_.body, AT), ours).time == AT
    key, _, _ = Authority.made(SINCE).as_pem().partition(b"-----BEGIN CERTIFICATE")
    mixed = key + ours.as_pem()
    for broken in (b"", ours.root_pem, mixed):
        with pytest.raises(WrongSettingError, match="The test authority's file is not"):
            Authority.from_pem(broken)


def test_what_is_no_request_is_not_answered(ours):
    with pytest.raises(ValueError, match=r"\w"):
        ours.answer(b"no request", AT)
    with pytest.raises(ValueError, match="cannot be empty"):
        stamps.request_for(b"")
