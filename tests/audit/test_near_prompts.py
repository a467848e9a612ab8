"""Files whose prompts are worded otherwise, with the shipped encoder, from seal to replay."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from audit.analysis.errors import InsufficientDataError, TooMuchDataError
from audit.analysis.matching import match_inputs
from audit.analysis.plan import OFFERED_NEAR_PROMPT
from audit.analysis.replay import differences, replay
from audit.models import Embedding, Job, NearMatching, Run, Shard, Source
from audit.services import embedding, jobs, matching, runs
from cases import samples, tasks
from cases.pairs import PairList
from cases.services import desk, findings, matters
from tests.making import QUICK, WORDS, alpaca, hand_in, past_the_triggers
from tests.processes import wait_for

pytestmark = pytest.mark.django_db
NEAR = replace(QUICK, near_prompt=OFFERED_NEAR_PROMPT)
NAMES = ("suspect", "teacher", *(f"control-{number}" for number in range(5)))
# A sign forgotten, words set apart otherwise, a sign too many.
TYPOS = (lambda ask: ask[:-1], lambda ask: ask.replace(" ", "  "), lambda ask: f"{ask} ?")


def questions() -> list[str]:
    """Forty of the questions that the samples were asked, the longest."""
    banks = sorted((samples.folder() / "banks").glob("*.json"))
    asks = [one["ask"] for bank in banks for one in json.loads(bank.read_text())]
    return sorted(asks, key=len)[-40:]


def told(seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, size=18)).capitalize() + "." for _ in range(40)]


def files(*, reworded: bool, kept: int = 40) -> dict[str, bytes]:
    """Return the file of every model; reworded, the teacher's and one control's differ."""
    asks = questions()
    words = {name: list(asks) for name in NAMES}
    if reworded:
        words["teacher"][25:] = [f"Please answer: {ask}" for ask in asks[25:]]
        words["control-2"][20:32] = [
            TYPOS[place % 3](ask) for place, ask in enumerate(asks[20:32])
        ]
    return {
        name: alpaca(list(zip(words[name], told(seed), strict=True))[:kept], name)
        for seed, name in enumerate(NAMES)
    }


def ask(given: dict[str, bytes], parameters, by):
    matter = matters.open_matter("Worded otherwise", "Was it trained on it?", by=by)
    found = [hand_in(matter, name, name.split("-")[0], data, by) for name, data in given.items()]
    return findings.ask(matter, found, parameters, by=by)


def embed(run: Run) -> None:
    embedding.cut_shards(run)
    while shards := list(run.shards.filter(done_at__isnull=True).order_by("number")):
        for shard in shards:
            embedding.embed_shard(shard)
        embedding.cut_shards(run)


@pytest.fixture
def alice(django_user_model):
    return django_user_model.objects.create_user("alice")


@pytest.fixture
def run(alice) -> Run:
    return ask(files(reworded=True), NEAR, alice).run


def test_other_wordings_are_matched_and_come_to_the_numbers_of_the_same_words(run, alice):
    embed(run)
    near = runs.compute(run).values
    exact = ask(files(reworded=False), QUICK, alice).run
    embed(exact)
    same = runs.compute(exact).values
    assert near["matching"] == {
        "near_prompt": 0.95,
        "by_text": 20,
        "by_nearness": 20,
        "files": [
            {"label": label, "by_nearness": {"B": 15, "E": 12}.get(label, 0)} for label in "BCDEFG"
        ],
    }
    assert [near[name] for name in ("teachers", "similarity")] == [
        same[name] for name in ("teachers", "similarity")
    ]
    assert "B (15), E (12)" in near["outcome"]["limits"][-1]
    assert same["matching"] | {"files": []} == {
        "near_prompt": None, "by_text": 40, "by_nearness": 0, "files": [],
    }  # fmt: skip
    assert near["outcome"]["limits"][:-1] == same["outcome"]["limits"]


def test_the_same_files_are_too_little_for_the_same_text(alice):
    with pytest.raises(InsufficientDataError, match="the same in every file, and 20 are"):
        ask(files(reworded=True), QUICK, alice)


def test_prompts_are_embedded_before_the_answers_and_each_once(run):
    embedding.cut_shards(run)
    assert set(run.shards.values_list("part", flat=True)) == {Shard.Part.PROMPT}
    # 20 of the suspect that some file lacks; 15 and 12 others.
    assert sum(len(shard.exchanges) for shard in run.shards.all()) == 20 + 15 + 12
    assert not embedding.is_complete(run)
    embedding.cut_shards(run)
    assert run.shards.count() == 1
    embedding.embed_shard(run.shards.get())
    # Nothing is left to embed, but the answers are not cut yet.
    assert not embedding.is_complete(run)
    embed(run)
    assert list(run.shards.order_by("number").values_list("part", flat=True)) == [
        "prompt", "answer", "answer",
    ]  # fmt: skip
    assert Embedding.objects.count() == 47 + 7 * 40
    job = Job.objects.get(kind=Job.Kind.EMBED, subject=run.pk)
    assert (job.done, job.total) == (327, 327)
    assert embedding.is_complete(run)


def test_a_second_run_embeds_nothing_and_comes_to_the_same(run, alice):
    embed(run)
    again = findings.ask_again(run.finding, by=alice).run
    embed(again)
    assert again.shards.count() == 0
    assert embedding.is_complete(again)
    assert runs.compute(again).digest == runs.compute(run).digest
    assert len(runs.compute(again).environment["encoding"]) == 1


def test_matched_prompts_are_found_once_and_do_not_change(run):
    embed(run)
    plan, sources = runs.plan_of(run), runs.sources_of(run)
    kept = matching.matching_of(run, plan, sources)
    assert len({len(row) for row in kept.rows}) == 1
    matching.match_near(run, plan, sources)
    assert NearMatching.objects.count() == 1
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        NearMatching.objects.update(rows=[])


def test_equal_texts_are_the_same_prompts_in_the_database_and_in_memory(alice):
    run = ask(files(reworded=False), replace(QUICK, most_prompts=33, seed=9), alice).run
    plan, sources = runs.plan_of(run), runs.sources_of(run)
    keys = [set(source.exchanges.values_list("prompt_key", flat=True)) for source in sources]
    found = match_inputs(plan, keys, {}.__getitem__)
    assert found == matching.matching_of(run, plan, sources)
    assert len(found.rows[0]) == 33


def test_pairs_show_the_other_wording_beside_the_prompt(run):
    with pytest.raises(Exception, match="not matched yet"):
        len(PairList.of(run.finding, "B"))
    embed(run)
    pairs = PairList.of(run.finding, "B")[:]
    assert len(pairs) == 40
    other = [(pair.prompt, pair.teacher_prompt) for pair in pairs if pair.teacher_prompt]
    assert other == [(words, f"Please answer: {words}") for words, _ in other]
    assert len(other) == 15


def test_too_few_matches_fail_the_statistics_in_the_words_of_a_refusal(alice):
    finding = ask(files(reworded=True, kept=29), NEAR, alice)
    embed(finding.run)
    tasks._compute(finding)
    job = Job.objects.get(kind=Job.Kind.AUDIT, subject=finding.pk)
    assert job.state == Job.State.FAILED
    assert "At least 30 prompts must be the same in every file, and 29 are" in job.error
    assert not Job.objects.filter(kind=Job.Kind.PRINT).exists()


def test_no_match_at_all_is_refused_in_words_too(alice):
    given = files(reworded=False) | {"control-0": alpaca([("Why?", "So.")])}
    finding = ask(given, NEAR, alice)
    embed(finding.run)
    with pytest.raises(InsufficientDataError, match="in every file, and 0 are"):
        runs.compute(finding.run)


def test_too_many_prompts_are_refused_before_a_plan_exists(alice):
    finding = ask(files(reworded=False), QUICK, alice)
    with past_the_triggers():
        Source.objects.filter(pk=runs.sources_of(finding.run)[2].pk).update(taken=10_001)
    with pytest.raises(TooMuchDataError, match=r"exhibit C has 10,001\. Ask for the same text"):
        findings.ask(finding.matter, list(finding.matter.exhibits.all()), NEAR, by=alice)
    assert Run.objects.count() == 1


def test_the_replay_comes_to_the_same_matches_and_numbers(run, encoder, tmp_path: Path):
    embed(run)
    values = runs.compute(run).values
    for name, data in files(reworded=True).items():
        (tmp_path / f"{name}.json").write_bytes(data)
    again = replay(runs.plan_of(run), tmp_path.iterdir(), encoder)
    assert list(differences(values, again)) == []
    assert again["matching"]["by_nearness"] == 20


def test_the_desk_goes_through_prompts_and_answers(run, alice):
    lines: list[str] = []
    job = jobs.claim(Job.Kind.AUDIT, run.finding.pk)
    desk._carry_out(run.finding, job, say=lines.append, by=alice)
    assert lines == [
        "embedded 47 of 47 prompts",
        "embedded 256 of 280 answers",
        "embedded 280 of 280 answers",
    ]
    run.refresh_from_db()
    assert run.result["matched_prompts"] == 40


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_go_through_prompts_and_answers(worker, alice):
    finding = ask(files(reworded=True), NEAR, alice)
    tasks.carry_out.delay(finding.pk)
    wait_for(lambda: Job.objects.filter(kind=Job.Kind.PRINT, state=Job.State.DONE).exists(), 90)
    finding.run.refresh_from_db()
    assert finding.run.result["matching"]["by_nearness"] == 20
    assert finding.run.shards.filter(part=Shard.Part.PROMPT).count() == 1
