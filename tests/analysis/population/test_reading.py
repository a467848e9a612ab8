import gzip
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from audit.analysis.errors import InsufficientDataError, UnreadableSourceError, WrongSettingError
from audit.analysis.population.documented import Documented
from audit.analysis.population.lineage import Lineage, lineage_of, read_lineage
from audit.analysis.population.reading import read_population
from audit.analysis.population.values import Kind, Left, Population, subset
from audit.analysis.text import text_key

SHARED = Path(__file__).resolve().parents[4] / "shared" / "transcripts" / "alpaca_eval"
PROMPTS = tuple(f"Question {number}?" for number in range(10))
Said = Mapping[str, str | None]


def said(model: str, prompts: tuple[str, ...] = PROMPTS) -> dict[str, str | None]:
    return {one: f"{model} on {one} caf\u00e9 \U0001f600" for one in prompts}


def as_array(answers: Said) -> bytes:
    rows = [{"instruction": one, "output": answer} for one, answer in answers.items()]
    return json.dumps(rows).encode()


def as_lines(answers: Said) -> bytes:
    lines = [
        {"conversations": [{"from": "human", "value": one}, {"from": "gpt", "value": answer}]}
        for one, answer in answers.items()
    ]
    return "".join(json.dumps(one) + "\n" for one in lines).encode()


def documented(*models: str) -> Lineage:
    return lineage_of(Documented(one, teachers=frozenset()) for one in models)


def filled(folder: Path, *models: str) -> Lineage:
    """Put whole files of the models into the folder, in turn in one format and another."""
    for place, model in enumerate(models):
        if place % 2:
            path, data = folder / f"{model}.jsonl.gz", gzip.compress(as_lines(said(model)))
        else:
            path, data = folder / f"{model}.json", as_array(said(model))
        path.write_bytes(data)
    return documented(*models)


def gone(population: Population, kind: Kind) -> dict[str, str]:
    return {one.name: one.reason for one in population.left if one.kind == kind}


def test_files_of_two_formats_stand_in_rows_by_the_key_of_the_prompt(tmp_path):
    lineage = filled(tmp_path, "moss-v1.2", "fern")
    seen: list[tuple[int, int]] = []
    found = read_population(tmp_path, lineage, on_progress=lambda *done: seen.append(done))
    assert found.models == ("fern", "moss-v1.2")
    assert found.prompts == tuple(sorted(PROMPTS, key=text_key))
    assert found.answers == tuple(
        tuple(said(model)[one] for one in found.prompts) for model in found.models
    )
    assert (found.lineage, found.undocumented, found.left) == (lineage, (), ())
    assert seen == [(1, 2), (2, 2)]


def test_prompts_are_one_that_differ_in_form_only_and_the_first_answer_counts(tmp_path):
    filled(tmp_path, "moss")
    wording = {"Caf\u00e9?\n": "first", " Cafe\u0301?": "second", "Caf\u00e9?": "third"}
    (tmp_path / "fern.json").write_bytes(as_array(said("fern") | wording))
    (tmp_path / "reed.json").write_bytes(as_array(said("reed") | {"Cafe\u0301?": "own"}))
    found = read_population(tmp_path, documented("moss", "fern", "reed"), least_models=0.6)
    place = found.prompts.index("Caf\u00e9?\n")
    assert [row[place] for row in found.answers] == ["first", None, "own"]
    (left,) = found.left
    assert (left.kind, left.name, left.place) == (Kind.RECORD, "fern.json", "record 12")
    assert (left.count, left.reason) == (
        2,
        "its prompt has an answer already, and the first counts",
    )
    assert str(left).startswith("record fern.json, record 12: its prompt has an answer already")
    assert "(and 1 more)" in str(left)


def test_missing_answers_are_none_and_their_records_are_told(tmp_path):
    filled(tmp_path, "moss", "reed", "fern")
    holes: Said = said("sedge") | {PROMPTS[1]: "", PROMPTS[4]: None, PROMPTS[7]: " "}
    (tmp_path / "sedge.json").write_bytes(as_array(holes))
    lineage = documented("moss", "reed", "fern", "sedge")
    found = read_population(tmp_path, lineage, least_models=0.75)
    row = dict(zip(found.prompts, found.answers[found.models.index("sedge")], strict=True))
    assert {one for one, answer in row.items() if answer is None} == {
        PROMPTS[one] for one in (1, 4, 7)
    }
    told = [(one.place, one.reason, one.count) for one in found.left]
    assert told == [
        ("record 2", "its answer is empty", 2),
        ("record 5", "it has no answer", 1),
    ]


def test_prompts_and_then_models_are_kept_by_their_shares(tmp_path):
    lineage = filled(tmp_path, "a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1")
    (tmp_path / "half.json").write_bytes(as_array(said("half", PROMPTS[:5])))
    (tmp_path / "less.json").write_bytes(as_array(said("less", (*PROMPTS[:4], "Own?"))))
    lineage = documented(*lineage.rows, "half", "less")
    found = read_population(tmp_path, lineage, least_models=0.8)
    assert set(found.prompts) == set(PROMPTS)
    assert found.models == ("a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1", "half")
    assert gone(found, Kind.PROMPT) == {
        text_key("Own?"): "1 of 10 models answered it, and 80% are needed"
    }
    assert gone(found, Kind.MODEL) == {
        "less": "4 of the 10 kept prompts have an answer, and 50% are needed"
    }
    strict = read_population(tmp_path, lineage)
    assert set(strict.prompts) == set(PROMPTS[:5])
    assert len(gone(strict, Kind.PROMPT)) == 6
    assert "less" in strict.models


def test_damaged_and_strange_files_are_left_out_and_told(tmp_path):
    lineage = filled(tmp_path, "moss", "fern")
    whole = as_array(said("cut") | {"Only here?": "x"})
    (tmp_path / "cut.json").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "torn.json.gz").write_bytes(gzip.compress(whole)[:-20])
    (tmp_path / "other.json").write_text('[{"text": "no record"}]')
    (tmp_path / "README.md").write_text("what this is")
    (tmp_path / ".hidden.json").write_bytes(as_array(said("hidden")))
    (tmp_path / "folder.json").mkdir()
    found = read_population(tmp_path, lineage)
    assert found.models == ("fern", "moss")
    reasons = gone(found, Kind.FILE)
    assert set(reasons) == {
        *("cut.json", "torn.json.gz", "other.json"),
        *("README.md", ".hidden.json", "folder.json"),
    }
    assert "cut off" in reasons["cut.json"]
    assert "cut off" in reasons["torn.json.gz"]
    assert "format is not known" in reasons["other.json"]
    assert "not a file with the name of a model" in reasons["README.md"]
    assert found.digest == read_population(filled_alone(tmp_path), lineage).digest


def filled_alone(folder: Path) -> Path:
    alone = folder / "alone"
    alone.mkdir()
    filled(alone, "moss", "fern")
    return alone


def test_broken_lines_are_counted_by_their_mend(tmp_path):
    lineage = filled(tmp_path, "moss", "fern")
    broken = b'{"a\n' + b'{"instruction": \n' * 3 + as_lines(said("fern"))
    (tmp_path / "fern.jsonl.gz").write_bytes(broken)
    (left,) = read_population(tmp_path, lineage).left
    assert (left.kind, left.name, left.place, left.count) == (
        Kind.RECORD,
        "fern.jsonl.gz",
        "line 1",
        4,
    )


def test_models_without_a_row_are_background_and_rows_without_a_file_are_told(tmp_path):
    filled(tmp_path, "moss", "fern", "reed-7b")
    found = read_population(tmp_path, documented("moss", "fern", "reed-13b"))
    assert found.models == ("fern", "moss", "reed-7b")
    assert found.undocumented == ("reed-7b",)
    assert found.lineage.teachers_of("reed-7b") is None
    assert found.lineage.groups["reed-7b"] == found.lineage.groups["reed-13b"]
    assert gone(found, Kind.MODEL) == {"reed-13b": "no file of the folder is named after it"}


def test_folders_that_make_no_population_are_refused(tmp_path):
    lineage = documented("moss", "fern")
    with pytest.raises(UnreadableSourceError, match="it is not a folder"):
        read_population(tmp_path / "none", lineage)
    with pytest.raises(InsufficientDataError, match="no transcript file that could be read"):
        read_population(tmp_path, lineage)
    (tmp_path / "moss.json").write_text("[")
    with pytest.raises(InsufficientDataError, match=r"could be read. file moss.json, end of file"):
        read_population(tmp_path, lineage)
    filled(tmp_path, "moss", "fern")
    with pytest.raises(InsufficientDataError, match=r"None of the 2 models .* has a line"):
        read_population(tmp_path, documented("reed", "sedge"))
    (tmp_path / "moss.json").write_bytes(as_array(said("moss", ("Other?",))))
    with pytest.raises(
        InsufficientDataError, match=r"by 90% of the 2 models .* answered one are 1"
    ):
        read_population(tmp_path, lineage)
    (tmp_path / "fern.json").write_bytes(as_array(said("fern")))
    with pytest.raises(UnreadableSourceError, match=r"fern.jsonl.gz.*fern.json is of the model"):
        read_population(tmp_path, lineage)


def test_the_digest_is_of_what_was_said_and_of_nothing_else(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    lineage = filled(one, "moss", "fern")
    filled(other, "fern", "moss")
    found = read_population(one, lineage)
    assert found.digest == read_population(other, lineage).digest
    (other / "fern.json").write_bytes(as_array(said("fern") | {PROMPTS[3]: "Another."}))
    changed = [
        read_population(other, lineage),
        read_population(one, lineage_of([*lineage.rows.values(), Documented("reed")])),
        read_population(one, lineage_of([Documented("moss"), lineage.rows["fern"]])),
        subset(found, models=["moss"]),
        subset(found, prompts=range(9)),
    ]
    assert len({found.digest, *(each.digest for each in changed)}) == 6


def test_a_subset_keeps_order_lineage_and_what_was_left_out():
    population = Population(
        ("fern", "moss", "reed"),
        ("a", "b", "c"),
        (("1", "2", "3"), ("4", None, "6"), ("7", "8", "9")),
        documented("fern", "moss"),
        ("reed",),
        (Left(Kind.FILE, "x", "", "", ""),),
    )
    part = subset(population, models=["reed", "moss"], prompts=[2, 1, 2])
    assert part.models == ("moss", "reed")
    assert part.prompts == ("b", "c")
    assert part.answers == ((None, "6"), ("8", "9"))
    assert part.lineage is population.lineage
    assert (part.undocumented, part.left) == (("reed",), population.left)
    assert subset(population, models=["fern"]).undocumented == ()
    assert subset(population) == population
    with pytest.raises(WrongSettingError, match=r"no such models: sedge. It has 3"):
        subset(population, models=["sedge"])
    for wrong in (3, -1):
        with pytest.raises(WrongSettingError, match=f"no such places of prompts: {wrong}"):
            subset(population, prompts=[wrong])


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared transcripts are absent")
def test_real_files_are_read_as_they_stand(tmp_path):
    names = [path.name for path in sorted(SHARED.glob("*.json.gz"))[3:153:40]]
    for name in [*names, "lineage.csv"]:
        shutil.copy(SHARED / name, tmp_path)
    found = read_population(tmp_path, read_lineage(tmp_path / "lineage.csv"))
    assert [f"{model}.json.gz" for model in found.models] == names
    assert len(found.prompts) > 790
    for name, row in zip(names, found.answers, strict=True):
        first: dict[str, str] = {}
        for one in json.loads(gzip.decompress((SHARED / name).read_bytes())):
            if (one["output"] or "").strip():
                first.setdefault(text_key(one["instruction"]), one["output"])
        assert row == tuple(first.get(text_key(prompt)) for prompt in found.prompts)
    assert len(gone(found, Kind.MODEL)) == len(found.lineage.rows) - len(names)
    assert set(gone(found, Kind.FILE)) == {"lineage.csv"}
