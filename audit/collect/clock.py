"""Which clock times come from, and how far it is from UTC, as far as this machine can tell.

Asked for are, in this order: chrony, systemd-timesyncd, and an NTP server if one is named. Where
none of them answers, that is what is said.
"""

import re
import socket
import struct
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE_S = 2
# Seconds from 1900, where NTP counts from, to 1970.
_NTP_EPOCH = 2_208_988_800
_NTP_PORT = 123
_NTP_BYTES = 48
_NTP_QUERY = b"\x23" + bytes(_NTP_BYTES - 1)  # version 4, a client
_SERVER_MODE = 4
_CHRONY_OFFSET = re.compile(r"System time\s*:\s*([0-9.]+) seconds (slow|fast)")
_TIMESYNC_OFFSET = re.compile(r"Offset:\s*([+-]?)([0-9.]+)(us|ms|s)\b")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time on both clocks, in nanoseconds: UTC, and one that never goes back."""

    utc_ns: int
    monotonic_ns: int

    @classmethod
    def now(cls) -> "Moment":
        """Return this moment."""
        return cls(time.time_ns(), time.monotonic_ns())

    def time(self) -> datetime:
        """Return the UTC time, to the microsecond."""
        return _EPOCH + timedelta(microseconds=self.utc_ns // 1000)

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON that no reader rounds: numbers so large are texts."""
        utc = f"{self.time():%Y-%m-%dT%H:%M:%S}.{self.utc_ns % 10**9:09}Z"
        return {"utc": utc, "monotonic_ns": str(self.monotonic_ns)}


@dataclass(frozen=True, slots=True)
class Clock:
    """What keeps the clock; `offset_s` is how far it is ahead of UTC, None where nobody says."""

    source: str = "unknown"
    offset_s: float | None = None
    said: str = "no program of this machine says what its clock is kept by"

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return asdict(self)


def clock(ntp_server: str = "") -> Clock:
    """Return what can be found out about the clock of this machine."""
    return _chrony() or _timesyncd() or _ntp(ntp_server) or Clock()


def _chrony() -> Clock | None:
    said = _output(["chronyc", "-n", "tracking"])
    found = _CHRONY_OFFSET.search(said)
    if found is None:
        return None
    # Chrony says how far the system's time is slow or fast of NTP time.
    sign = 1 if found[2] == "fast" else -1
    return Clock("chrony", sign * float(found[1]), said.strip())


def _timesyncd() -> Clock | None:
    said = _output(["timedatectl", "timesync-status"])
    found = _TIMESYNC_OFFSET.search(said)
    if found is None:
        return None
    # It says how far the server is ahead of this machine.
    behind = float(found[2]) * _UNITS[found[3]] * (-1 if found[1] == "-" else 1)
    return Clock("systemd-timesyncd", -behind, said.strip())


def _output(words: Sequence[str]) -> str:
    """Return what a program says, or "" where it is not there or fails."""
    try:
        done = subprocess.run(  # noqa: S603 - words of our own
            words, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _ntp(server: str) -> Clock | None:
    """Ask a server once, as SNTP (RFC 4330) does."""
    if not server:
        return None
    with suppress(OSError, ValueError, struct.error):
        offset, round_trip = _asked(server)
        said = f"asked {server} once; the answer took {round_trip:.6f} s"
        return Clock("NTP", offset, said)
    return Clock(said=f"the NTP server {server} gave no usable answer")


def _asked(server: str) -> tuple[float, float]:
    """Return how far this clock is ahead, and how long the answer took, in seconds."""
    host, _, port = server.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.connect((host, int(port or _NTP_PORT)))
        sent = time.time()
        asking.send(_NTP_QUERY)
        answer = asking.recv(_NTP_BYTES)
        came = time.time()
    if len(answer) < _NTP_BYTES or answer[0] & 7 != _SERVER_MODE or not answer[1]:
        raise OSError("not an answer of a server that is in time")
    got, gave = (_seconds(answer[place : place + 8]) for place in (32, 40))
    return ((sent - got) + (came - gave)) / 2, (came - sent) - (gave - got)


def _seconds(stamp: bytes) -> float:
    whole, fraction = struct.unpack("!II", stamp)
    return float(whole - _NTP_EPOCH + fraction / 2**32)
