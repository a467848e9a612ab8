"""The messages live in the site's database, and stay hidden only while their worker lives."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from kombu import Connection, Queue

from cases.site import celery
from cases.site.broker import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broker() -> Iterator[Connection]:
    with celery.app.connection_for_write() as opened:
        opened.transport_options = opened.transport_options | {"visibility_timeout": 3}
        yield opened


def hidden_for() -> float | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM vt - clock_timestamp()) FROM pgmq.q_held")
        row = cursor.fetchone()
    return None if row is None else float(row[0])


def test_a_message_is_renewed_while_held_and_returns_when_its_holder_is_gone(broker: Connection):
    queue = Queue("held", routing_key="held")
    channel = broker.channel()
    bound = queue(channel)
    bound.declare()
    bound.purge()
    broker.Producer(channel).publish({"a": 1}, routing_key="held", declare=[queue])
    heard: list[Any] = []
    with broker.Consumer(
        queue, channel=channel, callbacks=[lambda _, message: heard.append(message)]
    ):
        broker.drain_events(timeout=5)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with pytest.raises(TimeoutError):
                broker.drain_events(timeout=0.2)
            assert (hidden_for() or 0) > 0
        time.sleep(3.1)
        assert (hidden_for() or 0) < 0
        heard[0].ack()
        assert hidden_for() is None


def test_a_broken_connection_is_opened_anew():
    session = Session("")
    with session.connection() as opened:
        broken = opened.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [broken])
    with pytest.raises(Exception, match="terminat"), session.connection() as opened:
        opened.execute("SELECT 1")
    with session.connection() as opened:
        assert opened.execute("SELECT 1").fetchone() == (1,)
    session.close()


def test_many_who_come_first_install_the_tables_once():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
    sessions = [Session("") for _ in range(4)]
    failures: list[BaseException] = []

    def come(session: Session) -> None:
        try:
            with session.connection() as opened:
                opened.execute("SELECT * FROM pgmq.list_queues()")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test reports it
            failures.append(error)

    threads = [threading.Thread(target=come, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.close()
    assert failures == []
