"""Documents for the tests: a real analysis of made-up answers and vectors, by seed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.results import Material
from audit.analysis.transcripts import Role
from cases.reports.document import (
    CustodyChain,
    CustodyFacts,
    ExhibitFacts,
    FindingFacts,
    IssueFacts,
    MatterFacts,
    SoftwareFacts,
    report_document,
)
from cases.rules.numbering import letters

WORDS = [
    *("the", "model", "answers", "with", "a", "short", "and", "plain", "account", "of", "water"),
    *("glass", "stone", "river", "light", "that", "moves", "over", "hills", "while", "people"),
    *("walk", "home", "in", "evening", "speak", "work", "bread", "rain"),
]


@dataclass(frozen=True, slots=True)
class Specimen:
    """What a document is made of."""

    teachers: int = 1
    controls: int = 8
    prompts: int = 40
    words: int = 60
    seed: int = 7
    learned: float = 0.5
    name: str = "model {}"
    answer: str = ""
    prompt: str = "Question {}: what would you do?"
    matter: str = "Inquiry into a made-up model"
    entries: int = 12
    reworded: int = 0
    filing: dict[str, Any] | None = None
    designation: str = ""


def document_of(specimen: Specimen) -> dict[str, Any]:
    """Return the document of one finding on the specimen."""
    plan = _plan(specimen)
    result = analyse(plan, _material(specimen, plan)).values
    return report_document(
        matter=MatterFacts(specimen.matter, plan.question),
        finding=FindingFacts(
            3,
            "alice",
            "2026-11-24T08:59:02.120000+00:00",
            plan.as_dict(),
            plan.digest,
            "2026-11-24T09:00:01+00:00",
            result,
            digest_of(result),
        ),
        issue=IssueFacts(
            "2026-11-25T10:11:12.987654+00:00", "bob", specimen.filing, specimen.designation
        ),
        software=SoftwareFacts("touchstone-audit", "0.1.0", _environment()),
        exhibits=[_exhibit(one) for one in plan.inputs],
        custody=CustodyChain(tuple(_entry(number) for number in range(1, specimen.entries)), ()),
    )


def _plan(specimen: Specimen) -> Plan:
    roles = [
        Role.SUSPECT,
        *[Role.TEACHER] * specimen.teachers,
        *[Role.CONTROL] * specimen.controls,
    ]
    inputs = tuple(
        PlanInput(letters(place + 1), role, specimen.name.format(place), sha256_hex(b"%d" % place))
        for place, role in enumerate(roles)
    )
    encoder = {
        "name": "made-up-encoder",
        "dimensions": 48,
        "most_tokens": 256,
        "files": {"model.safetensors": sha256_hex(b"weights")},
    }
    near = 0.95 if specimen.reworded else None
    parameters = Parameters(bootstrap_rounds=200, near_prompt=near)
    return Plan(inputs, encoder, digest_of(encoder), parameters)


def _material(specimen: Specimen, plan: Plan) -> Material:
    rng = np.random.default_rng(specimen.seed)
    models, prompts = len(plan.inputs), specimen.prompts
    vectors = rng.normal(size=(models, prompts, 48)) + 2 * rng.normal(size=(1, prompts, 48))
    vectors[0] += specimen.learned * vectors[1]
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    return Material(
        prompts=tuple(_prompts(specimen, model) for model in range(models)),
        records=tuple(tuple(range(1, prompts + 1)) for _ in range(models)),
        answers=tuple(_answers(specimen, rng, model) for model in range(models)),
        vectors=vectors.astype(np.float32),
    )


def _prompts(specimen: Specimen, model: int) -> tuple[str, ...]:
    """Return the prompts of one model; the first may be worded as the suspect's are not."""
    asked = [specimen.prompt.format(one) for one in range(specimen.prompts)]
    if model:
        asked[: specimen.reworded] = [f"Pray tell: {one}" for one in asked[: specimen.reworded]]
    return tuple(asked)


def _answers(specimen: Specimen, rng: np.random.Generator, model: int) -> tuple[str, ...]:
    """Return one answer a prompt; suspect and first teacher begin with the same words."""
    return tuple(
        specimen.answer
        + ("I would first look at the whole of it; " if model < 2 else "")
        + " ".join(rng.choice(WORDS, size=rng.integers(specimen.words, 2 * specimen.words)))
        if specimen.words
        else specimen.answer
        for _ in range(specimen.prompts)
    )


def _environment() -> dict[str, Any]:
    return {
        "python": "3.11.2",
        "machine": "x86_64",
        "libraries": {"numpy": "2.4.6", "scipy": "1.17.0", "faiss-cpu": "1.15.1"},
        "encoding": [{"backend": "torch", "device": "cpu", "precision": "fp32", "batch": 32}],
    }


def _exhibit(one: PlanInput) -> ExhibitFacts:
    return ExhibitFacts(
        label=one.label, role=one.role.value, model=one.model, party="First party",
        filename=f"answers of {one.label}.jsonl", size=1_234_567, sha256=one.sha256,
        format="JSON Lines", taken=801, left_out=3,
        received_at="2026-11-23T18:00:00.500000+00:00", received_by="alice",
    )  # fmt: skip


def _entry(number: int) -> CustodyFacts:
    return CustodyFacts(
        1, number, f"2026-11-24T08:{number % 60:02}:00.000000+00:00", "alice", "page", "received",
        {"exhibit": letters(number), "sha256": sha256_hex(b"%d" % number), "size": 1_234_567},
        sha256_hex(b"seal %d" % (number - 1)), sha256_hex(b"seal %d" % number),
    )  # fmt: skip
