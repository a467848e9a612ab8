"""What is said of the clock: by programs that are played, by an NTP server, or by nobody."""

import socket
import struct
import threading
import time

import pytest

from audit.collect import clock as clocks
from audit.collect.clock import Clock, Moment, clock

CHRONY = """Reference ID    : C0A80101 (192.168.1.1)
Stratum         : 3
System time     : 0.000012345 seconds slow of NTP time
Last offset     : -0.000001 seconds
"""
TIMESYNC = """       Server: 192.0.2.1 (ntp.example)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
       Offset: -1.250ms
        Delay: 11.8ms
"""


def play(folder, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    for name, says in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}END\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin" if programs else str(folder))


def test_chrony_is_believed_first(tmp_path, monkeypatch):
    play(tmp_path, monkeypatch, chronyc=CHRONY, timedatectl=TIMESYNC)
    found = clock()
    assert (found.source, found.offset_s) == ("chrony", -0.000012345)
    assert found.said == CHRONY.strip()


def test_timesyncd_says_how_far_the_server_is_ahead(tmp_path, monkeypatch):
    play(tmp_path, monkeypatch, timedatectl=TIMESYNC)
    found = clock()
    assert found.source == "systemd-timesyncd"
    assert found.offset_s == pytest.approx(0.00125)


def test_where_nobody_says_anything_that_is_said(tmp_path, monkeypatch):
    play(tmp_path, monkeypatch)
    assert clock() == Clock()
    assert clock().as_dict()["source"] == "unknown"


@pytest.fixture
def server():
    """An NTP server that is 2.5 seconds behind this machine, for as many as ask."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serving:
        serving.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=answer, args=(serving,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{serving.getsockname()[1]}"
        serving.sendto(b"", serving.getsockname())
        thread.join()


def answer(serving: socket.socket) -> None:
    while True:
        asked, whence = serving.recvfrom(100)
        if len(asked) < 48:
            return
        now = time.time() - 2.5 + clocks._NTP_EPOCH
        stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
        serving.sendto(b"\x24\x01" + bytes(30) + stamp + stamp, whence)


def test_a_named_server_is_asked_once(server, tmp_path, monkeypatch):
    play(tmp_path, monkeypatch)
    found = clock(server)
    assert found.source == "NTP"
    assert found.offset_s == pytest.approx(2.5, abs=0.2)
    assert server in found.said


def test_a_server_that_does_not_answer_is_said(tmp_path, monkeypatch):
    play(tmp_path, monkeypatch)
    monkeypatch.setattr(clocks, "_PATIENCE_S", 0.1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        found = clock(f"127.0.0.1:{port}")
    assert (found.source, found.offset_s) == ("unknown", None)
    assert found.said == f"the NTP server 127.0.0.1:{port} gave no usable answer"


def test_a_moment_keeps_its_nanoseconds():
    moment = Moment(1_700_000_000_123_456_789, 42)
    assert moment.as_dict() == {"utc": "2023-11-14T22:13:20.123456789Z", "monotonic_ns": "42"}
    assert f"{moment.time():%H:%M:%S.%f}" == "22:13:20.123456"
