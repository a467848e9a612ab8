"""The self-test: questions whose answers are known without this software, put to it.

What is computed is held against fractions that follow from the geometry of made-up vectors, and
against values that others have published.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.encoders import Encoder
from audit.analysis.likelihood import default_pack
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Parameters, Plan, PlanInput
from audit.analysis.results import Material
from audit.analysis.transcripts import Role

# The encoder and the calibration pack that this version carries.
SHIPPED_ENCODER = "099f6e9694c35b12e0d1d087a475754443d5d1fe22d9704d8a07bb4085d4ec10"
SHIPPED_PACK = "15a9f9846529c52a4a9d14e38f87a1212399b0ff8bcb7eaad0ccfabcf120b6d4"
_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
# The example of RFC 8785, section 3.2.
_VALUE = {
    "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": '\u20ac$\u000f\nA\'B"\\\\"/',
    "literals": [None, True, False],
}
_CANONICAL = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)
# Two sentences of one meaning; the cosine that sentence-transformers gives in float32.
_TWO = (
    "A glacier is a river of ice that moves slowly down a valley.",
    "Glaciers are slow rivers of ice which creep down valleys.",
)
_COSINE, _COSINE_MAY_MOVE = 0.8334, 0.002
# Cosine and sine of each model's angle to the suspect: legs of right triangles with whole sides.
_ANGLES = tuple(
    (Fraction(*cosine), Fraction(*sine))
    for cosine, sine in (
        ((1, 1), (0, 1)),
        ((24, 25), (7, 25)),
        ((4, 5), (3, 5)),
        ((3, 5), (-4, 5)),
        ((5, 13), (12, 13)),
        ((8, 17), (-15, 17)),
        ((20, 29), (21, 29)),
    )
)
_LABELS = "ABCDEFG"
_TEACHER, _CANDIDATES = 1, range(1, len(_ANGLES))
_QUESTIONS = 30
_MAY_MOVE = 1e-6


@dataclass(frozen=True, slots=True)
class Known:
    """One question of the self-test: what is known to be the answer, and what came out."""

    question: str
    expected: str
    found: str
    passed: bool


def known_answers(encoder: Encoder | None = None) -> tuple[Known, ...]:
    """Put every question; the encoder's only if it is the one that is shipped."""
    asked = [*_digests(), *_analysis()]
    if encoder is not None and encoder.identity.digest == SHIPPED_ENCODER:
        asked.append(_encoding(encoder))
    return tuple(asked)


def _digests() -> list[Known]:
    return [
        _same("SHA-256 of the text abc (FIPS 180-4)", _ABC, sha256_hex(b"abc")),
        _same(
            "SHA-256 of the canonical JSON of the example in RFC 8785",
            sha256_hex(_CANONICAL.encode()),
            sha256_hex(canonical_json(_VALUE)),
        ),
        _same("Digest of the calibration pack", SHIPPED_PACK, default_pack().digest),
    ]


def _analysis() -> list[Known]:
    """Analyse answers of seven models at known angles, and hold what comes out against these."""
    parameters = Parameters(bootstrap_rounds=50, least_prompts=_QUESTIONS)
    result = analyse(Plan(_inputs(), {}, "", parameters), _material()).values
    view = result["teachers"][0]["views"]["embedding"]
    rank = 1 + sum(_excess(one) >= _excess(_TEACHER) for one in _CANDIDATES if one != _TEACHER)
    nearest = {one["label"]: one["share"] for one in result["nearest_neighbours"]}
    return [
        _cosines(result["similarity"]["mean_cosine"]),
        _excesses({one["label"]: one["excess"]["estimate"] for one in view["candidates"]}),
        _same("Place of one of these six by that", f"{rank} of 6", f"{view['rank']} of 6"),
        _near("Its p-value by that place", Fraction(rank, 6), view["p_value"]),
        _near("Share of the answers whose nearest is its own", Fraction(1), nearest["B"]),
    ]


def _inputs() -> tuple[PlanInput, ...]:
    roles = (Role.SUSPECT, Role.TEACHER, *[Role.CONTROL] * (len(_ANGLES) - 2))
    return tuple(
        PlanInput(_LABELS[place], role, f"model {place}", sha256_hex(b"%d" % place))
        for place, role in enumerate(roles)
    )


def _material() -> Material:
    """Return answers whose vectors lie in a plane of their own for each question."""
    models = range(len(_ANGLES))
    asked = tuple(f"Question {number}?" for number in range(_QUESTIONS))
    return Material(
        prompts=(asked,) * len(models),
        records=(tuple(range(1, _QUESTIONS + 1)),) * len(models),
        answers=tuple(
            tuple(f"Model {model} answers {one.lower()[:-1]}." for one in asked)
            for model in models
        ),
        vectors=_vectors(),
    )


def _vectors() -> NDArray[np.float32]:
    vectors = np.zeros((len(_ANGLES), _QUESTIONS, 2 * _QUESTIONS), dtype=np.float32)
    for question in range(_QUESTIONS):
        plane = slice(2 * question, 2 * question + 2)
        vectors[:, question, plane] = [(float(cos), float(sin)) for cos, sin in _ANGLES]
    return vectors


def _between(one: int, other: int) -> Fraction:
    """Return the cosine of the angle between two of the models."""
    (cosine, sine), (other_cosine, other_sine) = _ANGLES[one], _ANGLES[other]
    return cosine * other_cosine + sine * other_sine


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _excess(candidate: int) -> Fraction:
    """Return the doubly centred cosine of suspect and candidate, by its definition."""
    rest = [one for one in _CANDIDATES if one != candidate]
    to_suspect, to_candidate = (
        _mean([_between(model, one) for one in rest]) for model in (0, candidate)
    )
    within = _mean([_between(*pair) for pair in combinations(rest, 2)])
    return _between(0, candidate) - to_suspect - to_candidate + within


def _cosines(found: list[list[float]]) -> Known:
    models = range(len(_ANGLES))
    off = [abs(found[a][b] - float(_between(a, b))) for a in models for b in models]
    return _all_near("Mean cosine of every two of seven models at known angles", off)


def _excesses(found: dict[str, float]) -> Known:
    off = [abs(found[_LABELS[one]] - float(_excess(one))) for one in _CANDIDATES]
    return _all_near("Excess of six of them over the others", off)


def _all_near(question: str, off: list[float]) -> Known:
    return Known(
        question,
        f"each within {_MAY_MOVE:.6f} of its fraction",
        f"largest distance {max(off):.6f}",
        max(off) <= _MAY_MOVE,
    )


def _encoding(encoder: Encoder) -> Known:
    one, other = encoder.encode(_TWO)
    found = float(np.dot(one, other))
    return Known(
        f"Cosine of two sentences of one meaning by the encoder {encoder.identity.name}",
        f"{_COSINE:.4f} within {_COSINE_MAY_MOVE}",
        f"{found:.4f}",
        abs(found - _COSINE) <= _COSINE_MAY_MOVE,
    )


def _same(question: str, expected: str, found: str) -> Known:
    return Known(question, expected, found, expected == found)


def _near(question: str, expected: Fraction, found: float) -> Known:
    return Known(
        question,
        f"{float(expected):.6f}",
        f"{found:.6f}",
        abs(found - float(expected)) <= _MAY_MOVE,
    )
