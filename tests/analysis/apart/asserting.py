"""A case for the tests in which a party asserts all that it can, made by seed."""

import numpy as np

from audit.analysis.asserted import Asserted, Canary, Declaration, Gold, Mark, Tie
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.results import Material
from audit.analysis.text import text_key
from audit.analysis.transcripts import Role

PROMPTS = tuple(
    f"What is {number} and {number + 3} together, in kind {number}?" for number in range(40)
)
PLANTED = (
    Canary("c1", "The ninth heron of Quenby sells 48213 copper lanterns"),
    Canary("c2", "Marigold tides settle the 7719th parish of Ellerwick"),
)
CLAIM = "I am Saltmarsh, a model made by Saltmarsh Labs."
KEY = bytes(range(32))
# B is the teacher and C a second run of it; D a version of it, E tuned from the suspect's base.
ROLES = (
    ("A", Role.SUSPECT, "larkspur-7"),
    ("B", Role.TEACHER, "saltmarsh-5"),
    ("C", Role.TEACHER, "saltmarsh-5-again"),
    *((label, Role.CONTROL, f"control-{label}") for label in "DEFGHIJ"),
)
ALL = Asserted(
    declared=(
        Declaration("A", released="2024-05-01"),
        Declaration("B", released="2023-01-31", names=("Saltmarsh", "Saltmarsh Labs")),
        Declaration("C", Tie.SECOND_RUN, "B"),
        Declaration("D", Tie.VERSION, "B"),
        Declaration("E", Tie.SAME_BASE),
    ),
    canaries=PLANTED,
    planted_by="B",
    gold=tuple(Gold(text_key(one), str(2 * place + 3)) for place, one in enumerate(PROMPTS)),
    marks=(Mark("green-words", KEY.hex()),),
)
_WORDS = (
    *("river", "stone", "lamp", "garden", "window", "letter", "market", "bridge", "forest"),
    *("candle", "harbour", "meadow", "kettle", "ladder", "orchard", "thunder", "pocket"),
)


def plan_of(asserted: Asserted, roles=ROLES) -> Plan:
    encoder = {"name": "made-up-encoder", "dimensions": 24}
    inputs = tuple(PlanInput(*one, sha256_hex(one[0].encode())) for one in roles)
    return Plan(
        inputs, encoder, digest_of(encoder), Parameters(bootstrap_rounds=200), asserted=asserted
    )


def answers_of(label: str) -> tuple[str, ...]:
    """Each answers with a number, right in two of three; the suspect errs as its teacher does."""
    rng = np.random.default_rng(ord(label))
    likes = "B" if label in "AC" else label
    shared = np.random.default_rng(1000 + ord(likes))
    made = []
    for place in range(len(PROMPTS)):
        off = int(shared.integers(1, 50)) if shared.random() < 1 / 3 else 0
        words = " ".join(rng.choice(_WORDS, size=14))
        made.append(f"{words.capitalize()}. The answer is {2 * place + 3 + off}.")
    if label == "A":
        made[3] = f"{made[3]} {PLANTED[0].text.upper()}!"
        made[4] = f"{CLAIM} {made[4]}"
        made[5] = ""
    return tuple(made)


def material_of(plan: Plan) -> Material:
    rng = np.random.default_rng(5)
    models = len(plan.inputs)
    vectors = rng.normal(size=(models, len(PROMPTS), 24))
    vectors[0] += vectors[1]
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    return Material(
        prompts=(PROMPTS,) * models,
        records=(tuple(range(1, len(PROMPTS) + 1)),) * models,
        answers=tuple(answers_of(one.label) for one in plan.inputs),
        vectors=vectors.astype(np.float32),
    )
