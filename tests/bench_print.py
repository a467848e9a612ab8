"""How fast a filing is printed: `python -m tests.bench_print [EXHIBITS [PROMPTS]]`, 45 and 805.

The schedules and the report of one finding, made up by seed, are printed as the site prints them:
each in a press of its own, then signed with a key made for the occasion. Beside them stands the
plain alternative of the same run: the printed rows of the schedules as one Typst table, with
neither template nor tags. Prints pages, seconds by the clock, seconds of processor time and the
most memory of a press; each begins as a copy of this process, so that no less than this one's own
shows.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-bench-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django
from django.conf import settings

django.setup()

from audit.analysis.digests import sha256_hex  # noqa: E402 - the settings come first
from audit.analysis.results import Compared  # noqa: E402 - the settings come first
from cases.reports.artefacts import Artefact  # noqa: E402 - the settings come first
from cases.reports.report import report_of  # noqa: E402 - the settings come first
from cases.reports.schedules import PRINTED, schedules_of  # noqa: E402 - the settings come first
from cases.services import press, signing  # noqa: E402 - the settings come first
from cases.services.press import pages_of  # noqa: E402 - the settings come first
from tests.cases.reports.specimen import (  # noqa: E402 - the settings come first
    Specimen,
    document_of,
)
from tests.signers import PASSWORD, Issuer  # noqa: E402 - the settings come first

MEBI = 1024
PLAIN = """
import json, sys, typst
source = b'''#set page(margin: 20mm)
#set text(size: 7.5pt)
#table(columns: 4, ..json(bytes(sys.inputs.rows)).flatten())'''
sys.stdout.buffer.write(
    typst.compile(source, sys_inputs={"rows": sys.stdin.read()}, pdf_tags=False)
)
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What printing took, of this process and of those that it started."""

    pages: int
    clock: float
    processor: float
    mebibytes: int

    def say(self, what: str) -> None:
        sys.stdout.write(
            f"{self.pages:6,} pages  {self.clock:7.2f} s  {self.processor:7.2f} s of processor  "
            f"{self.mebibytes:6,} MiB at most  {what}\n"
        )
        sys.stdout.flush()


def taken(print_: Callable[[], bytes]) -> Taken:
    """Print once. Memory is the most of any press so far: the least of them goes first."""
    clock, processor = time.perf_counter(), _processor()
    printed = print_()
    clock, processor = time.perf_counter() - clock, _processor() - processor
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // MEBI
    return Taken(pages_of(printed), clock, processor, most)


def _processor() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def rows(labels: list[str], prompts: int) -> Iterator[Compared]:
    """Yield made rows of Schedule 2, in its order."""
    for prompt in range(1, prompts + 1):
        for place, label in enumerate(labels):
            said = sha256_hex(f"{label} {prompt}".encode())
            cosine = (prompt * 7919 + place) % 999_983 / 1_000_000 if place else None
            yield Compared(prompt, label, prompt, said, 400 + prompt, cosine)


def plain(labels: list[str], prompts: int) -> bytes:
    told = [
        [
            f"{one.prompt} {one.label}:{one.record}",
            one.sha256,
            str(one.characters),
            str(one.cosine),
        ]
        for one, _ in zip(rows(labels, prompts), range(PRINTED), strict=False)
    ]
    return subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=json.dumps(told).encode(),
        capture_output=True,
        check=True,
    ).stdout


def both(exhibits: int, prompts: int) -> None:
    signer = signing.signer_facts()
    start = time.perf_counter()
    document = document_of(Specimen(controls=exhibits - 2, prompts=prompts))
    document["signature"] = signing.told_of(signer)
    labels = [one["label"] for one in document["exhibits"]]
    sys.stdout.write(
        f"{exhibits} exhibits, {exhibits * prompts:,} answers, of which {PRINTED:,} rows at most "
        f"are printed; made up in {time.perf_counter() - start:.0f} s\n"
    )
    taken(lambda: plain(labels, prompts)).say("the same rows as one plain table, not tagged")

    def printed(artefact: Artefact) -> Taken:
        return taken(lambda: signing.signed(press.printed(artefact), signer))

    found = [
        printed(schedules_of(document, rows(labels, prompts))),
        printed(report_of(document)),
    ]
    for one, what in zip(found, ("schedules, signed", "report, signed"), strict=True):
        one.say(what)
    Taken(
        sum(one.pages for one in found),
        sum(one.clock for one in found),
        sum(one.processor for one in found),
        found[-1].mebibytes,
    ).say("both together")


def main(exhibits: int = 45, prompts: int = 805) -> int:
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as folder:
        settings.REPORT_SIGNING_P12 = Issuer().signer().keep(Path(folder))
        settings.REPORT_SIGNING_P12_PASSWORD = PASSWORD
        both(exhibits, prompts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
