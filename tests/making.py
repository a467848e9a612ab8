"""Makes transcripts and matters for the tests."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from django.contrib.auth.models import User
from django.db import connection

from audit.analysis.plan import Parameters
from cases.models import Exhibit, Finding, Matter
from cases.services import exhibits, findings, matters
from cases.services.exhibits import Deposit

WORDS = [
    "river",
    "stone",
    "lamp",
    "garden",
    "window",
    "letter",
    "market",
    "bridge",
    "forest",
    "candle",
    "harbour",
    "meadow",
    "kettle",
    "ladder",
    "orchard",
    "thunder",
    "pocket",
    "velvet",
    "copper",
    "whistle",
    "anchor",
    "basket",
    "feather",
    "island",
    "marble",
]
QUICK = Parameters(bootstrap_rounds=200)


def prompts(count: int) -> list[str]:
    return [f"Question {number}: what about the {WORDS[number % 25]}?" for number in range(count)]


def answers(seed: int, count: int, like: dict[str, str] | None = None) -> dict[str, str]:
    """Return an answer to each prompt; with `like`, half of each answer is taken from there."""
    rng = np.random.default_rng(seed)
    made = {}
    for prompt in prompts(count):
        own = " ".join(rng.choice(WORDS, size=18)) + "."
        taken = like[prompt].split(".")[0] + ". " if like else ""
        made[prompt] = (taken + own).capitalize()
    return made


def alpaca(rows: Iterable[tuple[str, str]], model: str = "made-up") -> bytes:
    return json.dumps(
        [{"instruction": ask, "output": told, "generator": model} for ask, told in rows]
    ).encode()


def hand_in(matter: Matter, name: str, role: str, data: bytes, by: User) -> Exhibit:
    deposit = Deposit(f"{name}.json", role, name, "the claimant")
    exhibit = exhibits.receive(matter, [data], deposit, by=by)
    exhibits.read(exhibit, by=by)
    exhibit.refresh_from_db()
    return exhibit


def matter_with_exhibits(
    by: User, *, controls: int = 6, count: int = 32, copied: bool = True
) -> tuple[Matter, list[Exhibit]]:
    """Return a matter with suspect, teacher and controls, all read."""
    matter = matters.open_matter("Orchard v. Harbour", "Was it trained on it?", by=by)
    teacher = answers(1, count)
    suspect = answers(2, count, like=teacher if copied else None)
    given = [("suspect-1", "suspect", suspect), ("teacher-1", "teacher", teacher)]
    given += [(f"control-{n}", "control", answers(10 + n, count)) for n in range(controls)]
    found = [
        hand_in(matter, name, role, alpaca(rows.items(), name), by) for name, role, rows in given
    ]
    return matter, found


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """Let the statements of the block pass the triggers, as a superuser's can."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = 'replica'")
        yield
        cursor.execute("SET session_replication_role = 'origin'")


def asked(by: User, **kwargs: object) -> Finding:
    matter, found = matter_with_exhibits(by, **kwargs)  # type: ignore[arg-type] # passed through
    return findings.ask(matter, found, QUICK, by=by)
