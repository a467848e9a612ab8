"""How long the pages take at 100,000 stored exchanges: `python -m tests.bench_pages`.

Everything is made in a temporary data folder with an embedded PostgreSQL of its own; the vectors
are made by the real encoder. Prints one line a page: the median and the slowest of 20 answers.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

if __name__ == "__main__":
    _HOME = tempfile.TemporaryDirectory(prefix="touchstone-bench-")
    os.environ["TOUCHSTONE_DATA"] = _HOME.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "cases.site.settings"

import django
from django.conf import settings

django.setup()
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

import numpy as np  # noqa: E402 - the settings come first
from django.contrib.auth.models import User  # noqa: E402 - the settings come first
from django.core.management import call_command  # noqa: E402 - the settings come first
from django.test import Client  # noqa: E402 - the settings come first

from audit.analysis.plan import Parameters  # noqa: E402 - the settings come first
from audit.models import Exchange  # noqa: E402 - the settings come first
from audit.services import embedding  # noqa: E402 - the settings come first
from cases.models import Exhibit, Finding, Matter  # noqa: E402 - the settings come first
from cases.services import findings, matters, reports  # noqa: E402 - the settings come first
from tests.making import WORDS, alpaca, hand_in  # noqa: E402 - the settings come first

EACH = 12_500
ROUNDS = 20
PAGES = ("", "custody/", "people/", "exhibits/1/", "exhibits/1/?taken=400", "findings/new/")
FINDING = ("findings/1/", "findings/1/progress/", "findings/1/pairs/", "findings/1/pairs/?page=40")


def rows(seed: int) -> Iterator[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    for number in range(EACH):
        yield f"Question {number} about the {WORDS[number % 25]}?", " ".join(rng.choice(WORDS, 60))


def filled(by: User) -> tuple[Matter, list[Exhibit]]:
    matter = matters.open_matter("Bench", "Was it trained on it?", by=by)
    roles = ["suspect", "teacher", *["control"] * 6]
    return matter, [
        hand_in(matter, f"model-{seed}", role, alpaca(rows(seed)), by)
        for seed, role in enumerate(roles)
    ]


def answered(matter: Matter, exhibits: list[Exhibit], by: User) -> Finding:
    finding = findings.ask(matter, exhibits, Parameters(most_prompts=300), by=by)
    embedding.cut_shards(finding.run)
    for shard in finding.run.shards.select_related("run__encoder"):
        embedding.embed_shard(shard)
    findings.carry_out(finding, by=by)
    finding.run.refresh_from_db()
    reports.issue(finding, by=by)
    return finding


def times(client: Client, address: str) -> list[float]:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(address, headers={"host": "localhost"})
        taken.append(1000 * (time.perf_counter() - start))
        assert answer.status_code == 200, address
    return taken


def main() -> None:
    call_command("migrate", verbosity=0)
    by = User.objects.create_user("bench")
    matter, exhibits = filled(by)
    answered(matter, exhibits, by)
    client = Client()
    client.force_login(by)
    sys.stdout.write(f"{Exchange.objects.count()} exchanges stored\n")
    sys.stdout.write("median ms  slowest ms  page\n")
    for address in ("/", *(f"/matters/{matter.pk}/{page}" for page in (*PAGES, *FINDING))):
        taken = times(client, address)
        sys.stdout.write(f"{statistics.median(taken):9.0f}  {max(taken):10.0f}  {address}\n")


if __name__ == "__main__":
    main()
