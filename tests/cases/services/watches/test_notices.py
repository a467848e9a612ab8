"""Notices: one event one notice; quiet hours and digests; letters and webhooks that arrive."""

import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from audit.analysis.errors import WrongSettingError
from audit.services import keys
from cases.models import Notice, NoticeDelivery, Watch
from cases.services import custody, watches
from cases.services.watches import delivering, notices
from tests.watching import quiet_watch

KEY = "a-long-made-up-key"


@pytest.fixture
def watch(matter, exhibits, alice):
    return quiet_watch(matter, exhibits, by=alice, every_s=3600)


@pytest.fixture
def told(watch, alice):
    telling = watches.Telling(emails=("ann@example.org",))
    watches.tell_where(watch, telling, by=alice)
    return watch


def tell(watch: Watch, key: str = "release 2") -> Notice:
    return notices.tell(watch, Notice.Kind.CHANGE, key, f"Suspects: {key} was noticed.")


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; answers with the next status that it was given."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Letters(socketserver.StreamRequestHandler):
    """A mail server as far as a letter needs one."""

    def handle(self) -> None:
        self.say("220 made-up")
        answers = {"DATA": "354 go on", "QUIT": "221 bye"}
        for raw in self.rfile:
            line = raw.decode().strip().upper()
            self.say(answers.get(line, "250 ok"))
            if line == "DATA":
                body = iter(self.rfile.readline, b".\r\n")
                self.server.seen.append(b"".join(body).decode())
                self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def served(kind, handler) -> Iterator:
    with kind(("127.0.0.1", 0), handler) as server:
        server.seen, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_one_event_is_one_notice_however_often_it_is_told(told):
    assert tell(told) == tell(told)
    assert Notice.objects.count() == NoticeDelivery.objects.count() == 1


def test_a_letter_goes_out_once(told, settings):
    settings.EMAIL_HOST = "mail.example.org"
    tell(told)
    assert watches.deliver_due(10) == 1
    assert watches.deliver_due(10) == 0
    assert len(mail.outbox) == 1
    assert mail.outbox[0].bcc == ["ann@example.org"]
    assert "release 2 was noticed" in mail.outbox[0].body


def test_a_letter_reaches_a_real_mail_server(told, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with served(socketserver.TCPServer, Letters) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        tell(told)
        assert watches.deliver_due(10) == 1, NoticeDelivery.objects.get().problem
    assert len(server.seen) == 1
    assert "Subject: Suspects: change" in server.seen[0]


def test_what_waited_goes_out_in_one_letter(told, settings):
    settings.EMAIL_HOST = "mail.example.org"
    for number in range(2, 5):
        tell(told, f"release {number}")
    assert watches.deliver_due(10) == 3
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "Suspects: 3 notices"


def test_without_a_mail_server_it_is_said_and_tried_again(told, settings):
    settings.EMAIL_HOST = ""
    tell(told)
    assert watches.deliver_due(10) == 0
    one = NoticeDelivery.objects.get()
    assert "set EMAIL_HOST" in one.problem
    assert one.not_before > timezone.now() + timedelta(seconds=50)
    assert one.sent_at is None


def test_after_many_attempts_it_is_given_up(told, settings):
    settings.EMAIL_HOST = ""
    tell(told)
    for _ in range(delivering.MOST_ATTEMPTS + 3):
        NoticeDelivery.objects.update(not_before=timezone.now())
        watches.deliver_due(10)
    one = NoticeDelivery.objects.get()
    assert one.attempts == delivering.MOST_ATTEMPTS
    assert one.given_up_at is not None


def berlin(*parts: int) -> datetime:
    """A time of summer in Berlin, in UTC."""
    return datetime(2026, 7, *parts, tzinfo=UTC) - timedelta(hours=2)


@pytest.mark.parametrize(
    ("quiet", "digest", "at", "goes"),
    [
        (None, None, berlin(10, 23), berlin(10, 23)),
        ((time(22), time(7)), None, berlin(10, 23), berlin(11, 7)),
        ((time(22), time(7)), None, berlin(11, 6, 59), berlin(11, 7)),
        ((time(22), time(7)), None, berlin(11, 7), berlin(11, 7)),
        ((time(12), time(14)), None, berlin(11, 13), berlin(11, 14)),
        (None, time(18), berlin(11, 13), berlin(11, 18)),
        (None, time(18), berlin(11, 19), berlin(12, 18)),
        ((time(17), time(20)), time(18), berlin(11, 13), berlin(11, 20)),
    ],
)
def test_letters_keep_quiet_hours_and_the_hour_of_the_digest(watch, quiet, digest, at, goes):
    watch.quiet_from, watch.quiet_to = quiet or (None, None)
    watch.digest_at = digest
    assert notices.email_time(watch, at) == goes


def test_a_webhook_is_signed_and_tried_again_until_it_is_taken(watch, alice):
    keys.keep("HOOK", KEY)
    with served(HTTPServer, Hook) as server:
        server.answers = [500]
        url = f"http://127.0.0.1:{server.server_address[1]}/told"
        watches.tell_where(watch, watches.Telling(webhook=url, webhook_key="HOOK"), by=alice)
        notice = tell(watch)
        assert watches.deliver_due(10) == 0
        assert "500" in NoticeDelivery.objects.get().problem
        assert watches.deliver_due(10) == 0, "not before its time"
        NoticeDelivery.objects.update(not_before=timezone.now())
        assert watches.deliver_due(10) == 1
        assert watches.deliver_due(10) == 0
    assert len(server.seen) == 2
    headers, body = server.seen[1]
    signed = f"{headers['Touchstone-Timestamp']}.".encode() + body
    expected = hmac.new(KEY.encode(), signed, "sha256").hexdigest()
    assert headers["Touchstone-Signature"] == f"v1={expected}"
    assert headers["Touchstone-Notice"] == str(notice.pk)
    assert json.loads(body)["event"] == "release 2"


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://example.org/", "example.org"])
def test_a_webhook_in_the_clear_is_refused(url):
    with pytest.raises(WrongSettingError, match="https"):
        watches.Telling(webhook=url, webhook_key="HOOK")


def test_an_acknowledgement_is_entered_once_and_names_its_person(told, alice, bob):
    notice = tell(told)
    assert watches.acknowledge(notice, by=bob)
    assert not watches.acknowledge(notice, by=alice)
    notice.refresh_from_db()
    assert notice.acknowledged_by == bob
    last = told.matter.custody.order_by("-number").first()
    assert (last.act, last.actor) == ("notice acknowledged", "bob")
    assert custody.problems(told.matter) == []
