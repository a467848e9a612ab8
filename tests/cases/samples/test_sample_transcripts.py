import gzip
import json
import re
from collections import Counter
from itertools import chain

import numpy as np
import pytest

from audit.analysis.statistics.centring import centred_excess
from audit.analysis.statistics.layout import layout_features, layout_similarity
from audit.analysis.transcripts import Role
from cases.samples import CONTROLS, HONEST, IMITATOR, SAMPLES, TEACHERS, Sample, folder
from cases.samples.banks import questions
from cases.samples.formats import Pair, gzipped
from cases.samples.make import FAULTY, SEED, transcripts, write

QUARRY, SALTMARSH = TEACHERS
CALENDAR = [
    "Monday",
    "Tuesday",
    "Friday",
    "Saturday",
    "Sunday",
    "Sundays",
    "March",
    "April",
    "May",
    "October",
    "I",
    "B",
]
TOWNS = ["Durham", "Hebden", "Bridge", "Ludlow", "Rye", "Whitby"]


@pytest.fixture(scope="module")
def pairs() -> dict[Sample, list[Pair]]:
    return transcripts()


@pytest.fixture(scope="module")
def complete(pairs) -> dict[Sample, list[str]]:
    """Return the answers to the prompts that every model has answered."""
    lost = {prompt for rows in pairs.values() for prompt, answer in rows if not answer}
    return {
        sample: [answer for prompt, answer in rows[:60] if prompt not in lost]
        for sample, rows in pairs.items()
    }


@pytest.fixture(scope="module")
def layout(complete) -> np.ndarray:
    return layout_similarity(
        np.array([[layout_features(a) for a in complete[sample]] for sample in SAMPLES])
    )


def read(sample: Sample) -> list[Pair]:
    data = (folder() / sample.file).read_bytes()
    text = (gzip.decompress(data) if sample.file.endswith(".gz") else data).decode()
    if ".jsonl" in sample.file:
        turns = [json.loads(line)["messages"] for line in text.splitlines()]
        assert {(a["role"], b["role"]) for a, b in turns} == {("user", "assistant")}
        return [(a["content"], b["content"]) for a, b in turns]
    rows = json.loads(text)
    if ".sharegpt" in sample.file:
        talks = [row["conversations"] for row in rows]
        assert {(a["from"], b["from"]) for a, b in talks} == {("human", "gpt")}
        return [(a["value"], b["value"]) for a, b in talks]
    assert {row["generator"] for row in rows} == {sample.model}
    return [(row["instruction"], row["output"]) for row in rows]


def sentences(answer: str) -> set[str]:
    return {part.strip("-*# ") for part in re.split(r"(?<=[.!?])\s+|\n+", answer)} - {""}


def shared(ours: list[str], theirs: list[str]) -> int:
    """Count the sentences that stand in both answers to the same prompt."""
    return sum(len(sentences(a) & sentences(b)) for a, b in zip(ours, theirs, strict=True))


def capitals(text: str) -> set[str]:
    return set(re.findall(r"(?<=[a-z,;] )\**([A-Z]\w*)", text))


def test_writing_again_gives_the_committed_bytes(tmp_path):
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(s.file for s in SAMPLES)
    for sample in SAMPLES:
        assert (tmp_path / sample.file).read_bytes() == (folder() / sample.file).read_bytes()


def test_another_seed_gives_other_answers(pairs):
    other = transcripts(SEED + 1)
    assert all(other[sample] != pairs[sample] for sample in SAMPLES)


def test_the_cast_is_two_suspects_two_teachers_six_controls():
    assert Counter(sample.role for sample in SAMPLES) == {
        Role.SUSPECT: 2,
        Role.TEACHER: 2,
        Role.CONTROL: 6,
    }
    assert len({sample.model for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.model)
def test_each_file_holds_what_was_generated(sample, pairs):
    assert read(sample) == pairs[sample]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.model)
def test_each_model_answers_the_sixty_prompts_at_the_agreed_length(sample, pairs):
    asked = [question.ask for question in questions(folder())]
    assert len(set(asked)) == 60
    assert [prompt for prompt, _ in pairs[sample][:60]] == asked
    lengths = [len(answer.split()) for _, answer in pairs[sample] if answer]
    assert min(lengths) >= 60
    assert max(lengths) <= 180


def test_only_one_control_has_imperfect_records(pairs):
    for sample, rows in pairs.items():
        empty = sum(not answer for _, answer in rows)
        repeated = len(rows) - len({prompt for prompt, _ in rows})
        assert (empty, repeated) == ((1, 1) if sample.model == FAULTY else (0, 0))


def test_no_answer_says_the_same_sentence_twice(complete):
    for answer in chain.from_iterable(complete.values()):
        parts = [part for part in re.split(r"(?<=[.!?])\s+", answer) if len(part) > 20]
        assert len(parts) == len(set(parts))


def test_the_imitator_repeats_its_teacher_more_than_anybody(complete):
    counts = {s: shared(complete[IMITATOR], complete[s]) for s in SAMPLES if s != IMITATOR}
    teacher = counts.pop(QUARRY)
    assert teacher > 1.5 * max(counts.values())


def test_the_honest_suspect_repeats_no_candidate_more_than_the_controls(complete):
    counts = {s: shared(complete[HONEST], complete[s]) for s in (*TEACHERS, *CONTROLS)}
    most = max(counts[control] for control in CONTROLS)
    assert counts[QUARRY] <= most
    assert counts[SALTMARSH] <= most


@pytest.mark.parametrize("suspect", [IMITATOR, HONEST], ids=lambda sample: sample.model)
def test_length_and_layout_alone_do_not_point_to_a_teacher(suspect, layout):
    place = SAMPLES.index
    for teacher in TEACHERS:
        cohort = tuple(place(sample) for sample in (teacher, *CONTROLS))
        excess = {
            model: centred_excess(layout, place(suspect), model, cohort).mean() for model in cohort
        }
        assert max(excess, key=excess.__getitem__) != place(teacher)


def test_no_name_appears_but_towns_and_invented_ones(pairs):
    naming = [q for q in questions(folder()) if re.search("nam|newsletter|village", q.topic)]
    invented = " ".join(choice.name for q in naming for choice in q.choices).split()
    found = set().union(*(capitals(text) for rows in pairs.values() for r in rows for text in r))
    assert found - {*CALENDAR, *TOWNS, *invented} == set()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 200_000])
def test_gzipped_is_read_back_by_the_standard_library(size):
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert gzip.decompress(gzipped(data)) == data


def test_the_folder_stays_small():
    files = (path for path in folder().rglob("*") if "__pycache__" not in path.parts)
    assert sum(path.stat().st_size for path in files if path.is_file()) < 700_000
