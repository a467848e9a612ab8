import pytest

from audit.analysis.errors import WrongSettingError
from audit.collect.calling import check_url
from audit.collect.secrets import Secret, bytes_without, masked_headers, masked_url, without

VALUE = 'sk-a/b+c="0123456789'
KEY = Secret("MADE_UP", VALUE)


def test_a_key_is_not_shown_by_accident():
    assert VALUE not in f"{KEY} {KEY!r} {[KEY]} {(KEY,)!s}"
    assert repr(KEY) == "<key MADE_UP>"


@pytest.mark.parametrize(
    "value", ["", "short", "with a space in it", "line\nend12345", "k\u00e9y123456789"]
)
def test_what_is_no_key_is_refused_without_being_shown(value):
    with pytest.raises(WrongSettingError, match="The key MADE_UP is not one") as refused:
        Secret("MADE_UP", value)
    assert not value or value not in str(refused.value)


def test_every_form_of_a_key_is_masked():
    forms = (VALUE, "sk-a%2Fb%2Bc%3D%220123456789", 'sk-a/b+c=\\"0123456789')
    for form in forms:
        assert without(f"it was {form}!", KEY) == "it was ***!"
        assert bytes_without(f"it was {form}!".encode(), KEY) == b"it was ***!"


def test_headers_that_carry_keys_are_masked_whoever_sent_them():
    headers = (("Authorization", "Bearer other"), ("X-API-Key", "x"), ("Set-Cookie", "s=1"))
    assert masked_headers((*headers, ("Accept", "*/*"), ("X-Seen", VALUE)), KEY) == (
        ("Authorization", "***"),
        ("X-API-Key", "***"),
        ("Set-Cookie", "***"),
        ("Accept", "*/*"),
        ("X-Seen", "***"),
    )


def test_keys_in_addresses_are_masked():
    assert masked_url("https://a/b?key=zzz&pageSize=5", None) == "https://a/b?key=***&pageSize=5"
    assert masked_url("https://a/b", None) == "https://a/b"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/v1",
        "https://",
        "https://user:pw@a/v1",
        "https://a/v1?key=1",
        "https://a/#x",
        "a/v1",
    ],
)
def test_an_address_with_more_than_an_address_is_refused(url):
    with pytest.raises(WrongSettingError, match="begins with http:// or https://"):
        check_url(url, keyed=False)


def test_a_key_does_not_travel_in_the_clear():
    with pytest.raises(WrongSettingError, match="in the clear"):
        check_url("http://models.example/v1", keyed=True)
    assert check_url("http://models.example/v1/", keyed=False) == "http://models.example/v1"
    for here in ("http://127.0.0.1:11434", "http://localhost:1/v1", "http://[::1]:1"):
        assert check_url(here, keyed=True) == here
