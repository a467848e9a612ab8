"""One real bundle for many tests: a matter with two plans and a filing, stamped twice."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from audit.analysis.custody.notes import SigningKey
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.analysis.verifying import Trust
from audit.models import Job
from cases.models import Matter
from cases.services import bundles, checkpoints, desk, findings
from tests import stamped
from tests.filed import finalised
from tests.making import alpaca, answers


@dataclass(frozen=True, slots=True)
class Made:
    """The bundle, what its checker brings along, and the secret key that signed it."""

    place: Path
    trust: Trust
    key: SigningKey
    counts: dict[str, int]


@pytest.fixture(scope="session")
def bundle(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:
    """A bundle of a matter that is gone from the database when the tests begin."""
    folder = tmp_path_factory.mktemp("bundles")
    with django_db_blocker.unblock():
        try:
            made = _made(folder)
        finally:
            call_command("flush", verbosity=0, interactive=False)
    return made


def _made(folder: Path) -> Made:
    two = [stamped.authority("Elm Time"), stamped.authority("Oak Time")]
    with ExitStack() as stack:
        urls = [stack.enter_context(stamped.answering(stamped.stamping(one))) for one in two]
        roots = b"".join(one.root_pem for one in two)
        (folder / "roots.pem").write_bytes(roots)
        named = {"TIMESTAMP_URLS": urls, "TIMESTAMP_ROOTS": str(folder / "roots.pem")}
        stack.enter_context(override_settings(**named))
        by = User.objects.create_user("alice")
        matter = matter_with_work(by, folder)
        finalised(matter.findings.get(number=1), by)
        written = bundles.write(matter, folder / "bundle", say=str, by=by)
        key = checkpoints.signing_key()
    trust = Trust((str(key.verifier),), roots)
    return Made(written.place, trust, key, written.counts)


def matter_with_work(by: User, folder: Path) -> Matter:
    """Return a matter with a plan that was carried out and reported, and one that failed."""
    teacher = answers(1, 32)
    texts = {"suspect-1": answers(2, 32, like=teacher), "teacher-1": teacher}
    texts |= {f"control-{number}": answers(10 + number, 32) for number in range(6)}
    given = []
    for name, rows in texts.items():
        path = folder / f"{name}.json"
        path.write_bytes(alpaca(rows.items(), name))
        given.append(desk.Given(name.partition("-")[0], name, path))
    parameters = Parameters(bootstrap_rounds=200, pack=default_pack().digest)
    finding = desk.audit(given, parameters, say=str, by=by)
    exhibits = list(finding.matter.exhibits.select_related("source"))[:-1]
    change = findings.Change(finding, "with fewer controls")
    failed = findings.ask(finding.matter, exhibits, parameters, by=by, change=change)
    findings.tell_failure(failed, Job.Kind.AUDIT, by=by)("The worker ran out of memory.")
    return finding.matter
