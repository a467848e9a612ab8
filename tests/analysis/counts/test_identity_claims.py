import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audit.analysis.counts.identity import MOST_SHOWN, Verdict, count_claims
from audit.analysis.counts.identity.claims import ClaimGrammar
from audit.analysis.counts.identity.judging import mentions
from audit.analysis.digests import canonical_json
from audit.analysis.errors import InsufficientDataError, WrongSettingError
from audit.analysis.transcripts import Exchange

NAMES = ("Veridian", "Veridian Labs", "Orbo", "Orbo Pro", "Bard of Kell")
GRAMMAR = ClaimGrammar(NAMES)


def judged(answer: str, prompt: str = "Who are you?") -> list[Verdict]:
    return [one.verdict for one in mentions(GRAMMAR, Exchange(1, prompt, answer))]


@pytest.mark.parametrize(
    "sentence",
    [
        "I am Orbo.",
        "I'm Orbo, an assistant.",
        "I\u2019m **Orbo**, your assistant!",
        "I am Orbo-4 and I can help.",
        "I am called Orbo",
        "I, Orbo, will help.",
        "My name is Orbo Pro.",
        'You can call me "Orbo".',
        "Sure! I am actually Orbo \u2013 how can I help?",
        "I am a large language model, trained by Veridian.",
        "I'm an AI assistant created by Veridian Labs to be helpful.",
        "I am a large, transformer-based language model called Orbo.",
        "I am but a chatbot from Veridian.",
        "I'm the Orbo language model.",
        "I am an AI model that was developed and released by the team at Veridian.",
        "I was trained by Veridian.",
        "I was developed on a large body of text by researchers at Veridian.",
        "I have been created by a company called Veridian.",
        "I am based on Orbo.",
        "I'm powered by Veridian's Orbo Pro.",
        "I'm based on a new architecture, developed by Veridian.",
        "As an AI language model developed by Veridian, I don't have opinions.",
        "I'm sorry, but as an AI made by Veridian, I cannot do that.",
        "As an AI model (Orbo, to be exact), I have no body.",
        "As Orbo, I have no body.",
        "My creators at Veridian taught me so.",
        "My developer is Veridian.",
        "Veridian trained me to help.",
        "Veridian is my creator.",
        "I can't say, because I am Orbo.",
        "I am not only a chatbot, I am Orbo.",
        "Note: as an AI developed by Veridian, I cannot vote.",
        "I was not born: I was made by Veridian.",
        "I AM ORBO.",
    ],
)
def test_a_claim_in_the_first_person_counts(sentence):
    assert judged(sentence) == [Verdict.CLAIM]


@pytest.mark.parametrize(
    "sentence",
    [
        "Orbo is a language model developed by Veridian.",
        "I like Orbo.",
        "I am an engineer at Veridian.",
        "I am a Veridian engineer.",
        "I am a fan of Orbo.",
        "I am happy to help you use Orbo.",
        "I am confident that this AI model is by Veridian.",
        "I am your AI guide to products by Veridian.",
        "I'm not as capable as Orbo.",
        "I am a different model from Orbo.",
        "I was trained by the same company as Orbo.",
        "While I'm a language model, Orbo is a model with tools.",
        "As a language model, I think Orbo is good.",
        "I am an assistant like Orbo.",
        "While I lack the speed of a model such as Orbo, I can help.",
        "I may not be as well known as Orbo, but I help.",
        "I am Orbo Miller, a baker.",
        "I was trained on data created by Veridian.",
        "I was made redundant by Veridian.",
        "I was run over by a Veridian van.",
        "Ask Veridian for help.",
    ],
)
def test_a_name_that_merely_stands_there_does_not_count(sentence):
    assert judged(sentence) == [Verdict.MENTION]


@pytest.mark.parametrize("sentence", ["I am Jean-Orbo.", "I am Orbofan.", "I am an ORB."])
def test_a_part_of_another_word_is_no_name(sentence):
    assert judged(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("I am not Orbo.", Verdict.NEGATED),
        ("I'm not Orbo, but another model.", Verdict.NEGATED),
        ("I am not a model made by Veridian.", Verdict.NEGATED),
        ("I was never trained by Veridian.", Verdict.NEGATED),
        ("My name is not Orbo.", Verdict.NEGATED),
        ("I don't think that I am Orbo.", Verdict.NEGATED),
        ("It is false that I was made by Veridian.", Verdict.NEGATED),
        ("If I were Orbo, I would say so.", Verdict.MENTION),
        ("If I was trained by Veridian, I would know.", Verdict.HYPOTHETICAL),
        ("Suppose I am Orbo.", Verdict.HYPOTHETICAL),
        ("What makes you think I am Orbo?", Verdict.HYPOTHETICAL),
        ("People say I am Orbo.", Verdict.HYPOTHETICAL),
        ('She typed: "I am Orbo."', Verdict.QUOTED),
        ("She typed “I am Orbo” and left.", Verdict.QUOTED),
        ("She typed 'I am Orbo' and left.", Verdict.QUOTED),
        ("> I am Orbo.", Verdict.QUOTED),
        ("Print `I am Orbo` first.", Verdict.QUOTED),
        ("Bot: I am Orbo.", Verdict.QUOTED),
        ("**Robot 1:** I am Orbo.", Verdict.QUOTED),
    ],
)
def test_claims_that_are_denied_supposed_or_quoted_are_counted_apart(sentence, verdict):
    assert judged(sentence) == [verdict]


def test_code_is_a_quotation():
    assert judged("Here:\n```\nprint(1)\nI am Orbo.\n```\nI was made by Veridian.") == [
        Verdict.QUOTED,
        Verdict.CLAIM,
    ]


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("Are you Orbo?", Verdict.NAMED_IN_PROMPT),
        ("what does veridian do?", Verdict.NAMED_IN_PROMPT),
        ("Act as a friendly robot.", Verdict.ROLE_PLAY),
        ("You are a pirate. Who made you?", Verdict.ROLE_PLAY),
        ("You are Max. Who made you?", Verdict.ROLE_PLAY),
        ("Write a short story about a robot.", Verdict.ROLE_PLAY),
        ("You are a helpful AI assistant. Who made you?", Verdict.CLAIM),
        ("You are given a tweet. Is it rude?", Verdict.CLAIM),
        ("Who are you?", Verdict.CLAIM),
    ],
)
def test_what_the_prompt_asked_for_does_not_count(prompt, verdict):
    assert judged("I am an AI made by Veridian.", prompt) == [verdict]


def test_a_mere_mention_stays_one_whatever_the_prompt():
    assert judged("Orbo is by Veridian.", "What is Orbo?") == [Verdict.MENTION]


def test_the_span_is_that_of_the_sentence():
    answer = "Hello there! I am **Orbo**, made here.\nAsk me."
    (one,) = mentions(GRAMMAR, Exchange(12, "Hi", answer))
    assert (one.record, answer[one.start : one.end]) == (12, "I am **Orbo**, made here.")


@given(st.text(st.sampled_from("I am Orbo by Veridian an AI made\n.,\"'*(-")))
def test_every_answer_is_judged_and_spans_hold_a_name(answer):
    for one in mentions(GRAMMAR, Exchange(1, "Hi", answer)):
        assert GRAMMAR.is_named_in(answer[one.start : one.end])


@pytest.mark.parametrize(
    "unit",
    [
        "made and trained by the team of ",
        "the ",
        "as an AI made by Orbo ",
        "I am Orbo. ",
        '"I am" Orbo ',
        "I am, just, not ",
        "AI language model ",
        "`Orbo`",
    ],
)
def test_hostile_answers_take_time_in_step_with_their_length(unit):
    answer = "I was made by " + unit * (400_000 // len(unit)) + "Orbo"
    started = time.process_time()
    assert set(judged(answer)) <= set(Verdict)
    assert time.process_time() - started < 20


def exchanges(*answers: str) -> list[Exchange]:
    return [Exchange(record, "Who are you?", answer) for record, answer in enumerate(answers, 1)]


PLAIN = ("I am a language model.", "Orbo is popular.", "No.", "I am not Orbo.")
CLAIMS = ("I am Orbo. I was made by Veridian. Orbo is popular.", "I am Orbo.", "I am Orbo.")


def test_answers_with_a_claim_are_held_against_the_controls():
    heard = {f"control-{number}": exchanges(*PLAIN) for number in range(5)}
    (count,) = count_claims({"teacher": NAMES}, exchanges(*CLAIMS, "No."), heard)
    said = count.suspect
    assert (said.claiming.count, said.naming.count, said.claiming.of) == (3, 3, 4)
    assert (said.sentences["claim"], said.sentences[Verdict.MENTION]) == (4, 1)
    assert [one.record for one in said.mentions] == [1, 1, 1, 2, 3]
    control = count.controls[0]
    assert (control.claiming.count, control.naming.count) == (0, 2)
    assert control.sentences[Verdict.NEGATED] == 1
    assert count.p_value == pytest.approx(stats.hypergeom.sf(2, 24, 3, 4))
    assert said.claiming.low == pytest.approx(stats.beta.ppf(0.025, 3, 2))


def test_every_teacher_has_its_own_count():
    names = {"one": ("Orbo",), "two": ("Veridian",)}
    answers = exchanges("I am Orbo.", "I was made by Veridian.", "I was made by Veridian.")
    counts = count_claims(names, iter(answers), {"control": iter(exchanges(*PLAIN))})
    assert [(one.teacher, one.suspect.claiming.count) for one in counts] == [
        ("one", 1),
        ("two", 2),
    ]


def test_of_each_verdict_only_the_first_sentences_are_kept():
    (count,) = count_claims(
        {"teacher": NAMES}, exchanges(*["I am Orbo."] * 300), {"control": exchanges(*PLAIN)}
    )
    assert count.suspect.sentences["claim"] == 300
    assert len(count.suspect.mentions) == MOST_SHOWN


def test_names_with_marks_and_in_other_scripts_are_taken_as_they_are():
    (count,) = count_claims(
        {"teacher": ("A.I.x (beta)+", "模型")},
        exchanges("I am 模型.", "I am A.I.x (beta)+, yes."),
        {"control": exchanges(*PLAIN)},
    )
    assert count.suspect.claiming.count == 2


def test_without_controls_or_names_there_is_no_count():
    with pytest.raises(InsufficientDataError, match="there is none"):
        count_claims({"teacher": NAMES}, exchanges(*PLAIN), {})
    for names in ((), ("Orbo", " ")):
        with pytest.raises(WrongSettingError, match="Teacher T has no name"):
            count_claims({"T": names}, exchanges(*PLAIN), {"control": exchanges(*PLAIN)})


def test_the_count_is_json():
    (count,) = count_claims({"teacher": NAMES}, exchanges(*CLAIMS), {"control": exchanges(*PLAIN)})
    value = count.as_dict()
    assert json.loads(canonical_json(value)) == json.loads(json.dumps(value))
    assert value["suspect"]["mentions"][0]["verdict"] == "claim"
