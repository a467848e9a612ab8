"""What collects: the digest of its sources, the libraries it uses, and a test of itself."""

import json
import platform
import ssl
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from audit.analysis.digests import digest_of, sha256_of_file
from audit.analysis.version import VERSION
from audit.collect.providers import provider_of
from audit.collect.values import Reading, Reply

_LIBRARIES = ("httpx", "httpcore", "h11", "anyio", "certifi")
_SAMPLES = "samples.json"


@cache
def digest() -> str:
    """Return the digest over the path and the SHA-256 of each source file of the collectors."""
    root = Path(__file__).parent
    sources = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".json"))
    return digest_of({str(path.relative_to(root)): sha256_of_file(path) for path in sources})


def libraries() -> dict[str, str]:
    """Return what a call goes through, by name and version."""
    found = {name: version(name) for name in _LIBRARIES}
    return {**found, "python": platform.python_version(), "tls": ssl.OPENSSL_VERSION}


@cache
def samples() -> list[dict[str, Any]]:
    """Return replies as they are documented, each with what must be read from it."""
    found: list[dict[str, Any]] = json.loads(
        files("audit.collect").joinpath(_SAMPLES).read_text("utf-8")
    )
    return found


def read_sample(sample: dict[str, Any]) -> Reading:
    """Return what is read from a documented reply."""
    headers = tuple(sample["headers"].items())
    body = json.dumps(sample["body"]).encode()
    return provider_of(sample["kind"]).reading(Reply(sample["status"], headers, body))


def self_test() -> dict[str, int]:
    """Read every documented reply and return how many were read as they must be."""
    right = [_is_right(sample) for sample in samples()]
    return {"samples": len(right), "read_as_documented": sum(right)}


def _is_right(sample: dict[str, Any]) -> bool:
    # As JSON has it: a pointer tuple of ours is a list there.
    found = json.loads(json.dumps(asdict(read_sample(sample))))
    return all(found[name] == value for name, value in sample["reading"].items())


def described() -> dict[str, Any]:
    """Return all of it, as it goes on record with each sitting of a collector."""
    return {
        "version": VERSION,
        "digest": digest(),
        "libraries": libraries(),
        "self_test": self_test(),
    }
