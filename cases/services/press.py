"""Printing in a process of its own, with limits on time and memory, and without a network.

What is printed holds the words of others, up to many megabytes of them. Whatever they make of the
press, they make it in a process that holds one document and is ended when it takes too much.
"""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from io import BytesIO
from typing import Any

from django.conf import settings
from pypdf import PdfReader

from cases.reports import docx
from cases.reports.__main__ import CANNOT
from cases.reports.artefacts import Artefact, Bates
from cases.reports.pdf import PrintingError, sheet

# Of processor time, of waiting, and of memory: several times what 300 pages take.
SECONDS = 240
PATIENCE = 600
MOST_BYTES = 2 * 1024**3
_MOST_TOLD = 2000
# The report for readers without PDF: each file by its name, and what kind of file it is.
FORMS = {
    "report.html": "text/html",
    "report.docx": docx.MEDIA_TYPE,
    "tables.zip": "application/zip",
}


def printed(artefact: Artefact, *, bates: Bates | None = None) -> bytes:
    """Return the PDF of an artefact; raises PrintingError, also for one that takes too much."""
    return _made("pdf", sheet(artefact, bates), artefact.kind)


def written(document: dict[str, Any], name: str) -> bytes:
    """Return the report of a frozen document in the form of a name in FORMS.

    Raises PrintingError.
    """
    return _made(name, document, "report")


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(BytesIO(pdf)).pages)


def _made(form: str, given: dict[str, Any], kind: str) -> bytes:
    words = [sys.executable, "-m", "cases.reports", form, str(SECONDS), str(MOST_BYTES)]
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and data on standard input
            [*_without_network(), *words],
            input=json.dumps(given, ensure_ascii=False).encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=_environment(),
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrintingError(_too_much(kind)) from error
    if done.returncode == 0:
        return done.stdout
    told = done.stderr.decode(errors="replace")[-_MOST_TOLD:]
    raise PrintingError(told if done.returncode == CANNOT else f"{_too_much(kind)} {told}")


def _too_much(kind: str) -> str:
    return (
        f"The {kind} cannot be printed: the press took more than {SECONDS} s of "
        f"processor time or {MOST_BYTES // 1024**2} MiB, or was ended. Print less at a time."
    )


def _environment() -> dict[str, str]:
    """Return what the press needs of the environment: no setting and no secret is among it."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


@cache
def _without_network() -> tuple[str, ...]:
    """Return the words that put a command into a network of its own, where the system lets us."""
    words = ("unshare", "--user", "--map-current-user", "--net")
    if shutil.which(words[0]) is None:
        return ()
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)  # noqa: S603
    return words if tried.returncode == 0 else ()
