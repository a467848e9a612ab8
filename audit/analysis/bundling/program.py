"""The verifier as one file: this library, what it prints with, and the pure packages it reads by.

Whatever needs compiled packages (numpy, scipy, faiss, cryptography, rfc3161-client) is taken from
where it is run; a step that lacks one says so.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, files
from importlib.resources import files as resources
from importlib.resources.abc import Traversable

from audit.analysis.version import VERSION

_PURE = ("rfc8785", "pypdf")
# The same on every day: one version makes one file.
_DATE = (1980, 1, 1, 0, 0, 0)
_START = """\
\"\"\"Unpacks itself into a temporary folder, which it removes, and checks a bundle.\"\"\"

import sys
import tempfile
import zipfile
from pathlib import Path


def main():
    here = Path(sys.argv[0]).resolve()
    with tempfile.TemporaryDirectory(prefix="touchstone-verify-") as folder:
        with zipfile.ZipFile(here) as packed:
            packed.extractall(folder)
        sys.path[0] = folder
        try:
            from audit.analysis.verifying.command import main as verify
        except ModuleNotFoundError as error:
            sys.stderr.write(f"This needs the package {error.name}: see README.txt\\n")
            return 2
        return verify(sys.argv[1:] or [str(here.parent)])


if __name__ == "__main__":
    raise SystemExit(main())
"""


def program(more: Mapping[str, bytes], entry_points: str) -> bytes:
    """Return the zipapp with more files by their path, and the entry points (INI) of these."""
    packed = {"__main__.py": _START.encode(), "audit/__init__.py": b'"""The library."""\n'}
    packed |= dict(_below(resources("audit.analysis"), "audit/analysis"))
    for name in _PURE:
        packed |= dict(_installed(name))
    about = f"touchstone_audit-{VERSION}.dist-info"
    packed[f"{about}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: touchstone-audit\nVersion: {VERSION}\n".encode()
    )
    packed[f"{about}/entry_points.txt"] = entry_points.encode()
    return _zipped(packed | dict(more))


def _zipped(packed: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    target.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(packed):
            made.writestr(zipfile.ZipInfo(path, _DATE), packed[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a package but what Python compiled of it."""
    for one in folder.iterdir():
        name = f"{path}/{one.name}"
        if one.is_dir() and one.name != "__pycache__":
            yield from _below(one, name)
        elif one.is_file() and not one.name.endswith(".pyc"):
            yield name, one.read_bytes()


def _installed(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an installed package with its licence; raises if it is not installed."""
    listed = files(name)
    if listed is None:
        raise PackageNotFoundError(name)
    for one in listed:
        if one.suffix != ".pyc" and ".." not in one.parts:
            yield str(one), one.read_binary()
