"""The self-test notices what it is there to notice."""

from dataclasses import replace

import numpy as np
import pytest

from audit.analysis import known_answers as self_test
from audit.analysis.known_answers import known_answers


def failed():
    return [one.question for one in known_answers() if not one.passed]


def test_every_known_answer_comes_out():
    assert failed() == []
    assert len(known_answers()) == 8


def test_the_encoder_is_asked_if_it_is_the_shipped_one(encoder):
    *_, last = known_answers(encoder)
    assert last.question.startswith("Cosine of two sentences of one meaning by the encoder")
    assert last.passed

    class Turned:
        identity = encoder.identity

        def encode(self, texts):
            vectors = encoder.encode(texts).copy()
            vectors[0] = -vectors[0]
            return vectors

    *_, last = known_answers(Turned())
    assert not last.passed
    Turned.identity = replace(encoder.identity, name="another")
    assert len(known_answers(Turned())) == 8


@pytest.mark.parametrize(
    ("name", "wrong", "question"),
    [
        ("sha256_hex", lambda _data: "0" * 64, "SHA-256 of the text abc (FIPS 180-4)"),
        (
            "canonical_json",
            lambda _value: b"{}",
            "SHA-256 of the canonical JSON of the example in RFC 8785",
        ),
    ],
)
def test_a_digest_that_is_wrong_is_noticed(monkeypatch, name, wrong, question):
    monkeypatch.setattr(self_test, name, wrong)
    assert question in failed()


def test_numbers_that_are_wrong_are_noticed(monkeypatch):
    material = self_test._material()
    turned = np.array(material.vectors)
    # The teacher's answers point where the suspect's do.
    turned[1] = turned[0]
    monkeypatch.setattr(self_test, "_material", lambda: replace(material, vectors=turned))
    assert failed() == [
        "Mean cosine of every two of seven models at known angles",
        "Excess of six of them over the others",
    ]
