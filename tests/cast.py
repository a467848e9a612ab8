"""Who and what the tests play with: three people, a matter, its exhibits and a finding."""

from collections.abc import Sequence

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.asserted import NOTHING, Asserted
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.results import Material
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role
from audit.models import (
    Embedding,
    Encoder,
    EncodingWay,
    Exchange,
    Job,
    LeftOutRecord,
    Run,
    RunInput,
    Source,
)
from cases.models import Exhibit, Finding, Matter, Membership, Report
from cases.services import checkpoints, custody, matters

PROMPTS = tuple(
    f"Question {number}: what keeps a bridge of kind {number} up?" for number in range(36)
)
# Script, a link, an override of direction, an escape: what a transcript may try on its reader.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe\u202c \x1b[31m </div>"
)
TEACHERS = ("saltmarsh-5", "quarry-2")
CONTROLS = ("thornbury-1", "heronsgate-2", "candlewick-3", "bellwether-4", "drumlin-6")
_DIMENSIONS = 24
ENVIRONMENT = {
    "python": "3.11.2",
    "machine": "x86_64",
    "libraries": {"numpy": "2.4.6", "scipy": "1.17.0", "faiss-cpu": "1.15.1"},
    "encoding": [{"backend": "torch", "device": "cpu", "precision": "fp32", "batch": 32}],
}
_ENCODER = {"name": "test-encoder", "dimensions": _DIMENSIONS}


@pytest.fixture
def alice(db: None) -> User:
    """An analyst: she opened the matter."""
    return User.objects.create_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    """A viewer of the matter."""
    return User.objects.create_user("bob")


@pytest.fixture
def mallory(db: None) -> User:
    """A stranger to the matter, with a matter of her own."""
    user = User.objects.create_user("mallory")
    matters.open_matter("Mallory's own", "Whose?", by=user)
    return user


@pytest.fixture
def matter(alice: User, bob: User) -> Matter:
    """A matter that alice may act in and bob may read."""
    opened = matters.open_matter(
        "Larkspur v. Saltmarsh", "Was the one trained on the other?", by=alice
    )
    matters.set_level(opened, bob, Membership.Level.VIEWER, by=alice)
    return opened


@pytest.fixture
def exhibits(matter: Matter, alice: User) -> list[Exhibit]:
    """A suspect whose first answer is hostile, two teachers and five controls, all read."""
    return fill(matter, by=alice)


@pytest.fixture
def finding(matter: Matter, exhibits: list[Exhibit], alice: User) -> Finding:
    """A finding with its result, whose report is not printed yet."""
    return answer(ask(matter, exhibits, by=alice))


def fill(matter: Matter, *, by: User) -> list[Exhibit]:
    """Hand in the whole cast of a finding."""
    models = [(Role.SUSPECT, "larkspur-7")]
    models += [(Role.TEACHER, name) for name in TEACHERS]
    models += [(Role.CONTROL, name) for name in CONTROLS]
    return [hand_in(matter, role, name, answers_of(name), by=by) for role, name in models]


def answers_of(model: str) -> list[str]:
    """One answer a prompt; the suspect's first is hostile, and all share a phrase."""
    answers = [
        f"{model} says: it stands as load {number} finds its way into the ground.\n\n- so it is"
        for number in range(len(PROMPTS))
    ]
    return [HOSTILE, *answers[1:]] if model == "larkspur-7" else answers


@transaction.atomic
def hand_in(
    matter: Matter, role: Role, model: str, answers: Sequence[str], *, by: User
) -> Exhibit:
    """Enter an exhibit that has been read, one record of it left out."""
    source = Source.objects.create(
        sha256=sha256_hex(f"{matter.pk} {model}".encode()),
        size=1_234_567,
        name=f"{model}.json",
        state=Source.State.READ,
        format="a list of instruction and output, JSON",
        taken=len(answers),
        left_out=1,
        read_at=timezone.now(),
    )
    Exchange.objects.bulk_create(
        Exchange(
            source=source,
            record=record,
            prompt_key=text_key(prompt),
            answer_key=text_key(answer),
            prompt=prompt,
            answer=answer,
        )
        for record, (prompt, answer) in enumerate(zip(PROMPTS, answers, strict=False), start=1)
    )
    LeftOutRecord.objects.create(
        source=source,
        record=len(answers) + 1,
        place=f"record {len(answers) + 1}",
        reason="it has no answer",
        mend="Add the answer, or leave the record out",
    )
    return _enter(matter, source, (role, model), by=by)


def _enter(matter: Matter, source: Source, asserted: tuple[Role, str], *, by: User) -> Exhibit:
    role, model = asserted
    exhibit = Exhibit.objects.create(
        matter=matter,
        source=source,
        party=matters.party(matter, "Larkspur Ltd", by=by),
        number=matter.exhibits.count() + 1,
        role=role,
        model_name=model,
        filename=source.name,
        received_by=by,
        disposed_at=timezone.now(),
    )
    facts = {"exhibit": exhibit.label, "file": source.name, "sha256": source.sha256}
    custody.record(matter, "received", facts, by=by)
    return exhibit


def ask(
    matter: Matter,
    exhibits: Sequence[Exhibit],
    *,
    by: User,
    asserted: Asserted = NOTHING,
    parameters: Parameters | None = None,
) -> Finding:
    """Seal a plan over exhibits as a finding that nothing has been computed for."""
    finding = _ask(matter, exhibits, by=by, said=(asserted, parameters or Parameters()))
    checkpoints.cover(matter)
    return finding


@transaction.atomic
def _ask(
    matter: Matter,
    exhibits: Sequence[Exhibit],
    *,
    by: User,
    said: tuple[Asserted, Parameters],
) -> Finding:
    plan = Plan(
        inputs=tuple(
            PlanInput(one.label, Role(one.role), one.model_name, one.source.sha256)
            for one in exhibits
        ),
        encoder=_ENCODER,
        encoder_digest=digest_of(_ENCODER),
        asserted=said[0],
        parameters=said[1],
    )
    encoder, _ = Encoder.objects.get_or_create(
        digest=plan.encoder_digest, defaults={"identity": _ENCODER}
    )
    run = Run.objects.create(plan=plan.as_dict(), plan_digest=plan.digest, encoder=encoder)
    RunInput.objects.bulk_create(
        RunInput(run=run, source=one.source, place=place) for place, one in enumerate(exhibits)
    )
    last = matter.findings.order_by("-number").first()
    number = last.number + 1 if last else 1
    entry = custody.record(matter, "planned", {"finding": number, "plan": plan.digest}, by=by)
    finding = Finding.objects.create(
        matter=matter,
        run=run,
        number=number,
        plan_entry=entry.number,
        follows=last,
        why="to see it again" if last else "",
        asked_by=by,
    )
    Job.objects.create(kind=Job.Kind.AUDIT, subject=finding.pk)
    return finding


def answer(finding: Finding) -> Finding:
    """Give a finding the result of vectors in which the first teacher is close to the suspect."""
    plan = Plan.from_dict(finding.run.plan)
    result = analyse(plan, material(plan)).values
    Run.objects.filter(pk=finding.run_id).update(
        environment=ENVIRONMENT,
        result=result,
        result_digest=digest_of(result),
        finished_at=timezone.now(),
    )
    Job.objects.filter(kind=Job.Kind.AUDIT, subject=finding.pk).update(state=Job.State.DONE)
    Job.objects.create(kind=Job.Kind.PRINT, subject=finding.pk)
    finding.run.refresh_from_db()
    return finding


def keep_vectors(run: Run) -> None:
    """Keep the made vectors of a run's answers, as the embedding of real ones would have."""
    plan = Plan.from_dict(run.plan)
    made = material(plan)
    told = {"backend": "made up", "device": "cpu"}
    way, _ = EncodingWay.objects.get_or_create(digest=digest_of(told), defaults={"way": told})
    Embedding.objects.bulk_create(
        (
            Embedding(
                encoder=run.encoder,
                text_key=text_key(answer),
                vector=vector.astype("<f4").tobytes(),
                way=way,
            )
            for answers, vectors in zip(made.answers, made.vectors, strict=True)
            for answer, vector in zip(answers, vectors, strict=True)
        ),
        ignore_conflicts=True,
    )


def issue(finding: Finding, *, by: User) -> Report:
    """Enter a report on a finding, without its files."""
    Job.objects.filter(kind=Job.Kind.PRINT, subject=finding.pk).update(state=Job.State.DONE)
    return Report.objects.create(
        finding=finding, pdf_sha256="a" * 64, results_sha256="b" * 64, issued_by=by
    )


def material(plan: Plan) -> Material:
    """Answers with made vectors: a direction of the prompt, a turn of the model, some noise."""
    rng = np.random.default_rng(7)
    shape = (len(plan.inputs), len(PROMPTS), _DIMENSIONS)
    turns = rng.normal(size=(shape[0], 1, _DIMENSIONS))
    # The suspect leans to where its first teacher leans.
    turns[0] = 0.8 * turns[1] + 0.4 * turns[0]
    vectors = 2 * rng.normal(size=shape[1:]) + turns + 0.8 * rng.normal(size=shape)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return Material(
        prompts=(PROMPTS,) * len(plan.inputs),
        records=tuple(tuple(range(1, len(PROMPTS) + 1)) for _ in plan.inputs),
        answers=tuple(tuple(answers_of(one.model)) for one in plan.inputs),
        vectors=vectors.astype(np.float32),
    )
