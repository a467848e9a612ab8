import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.analysis.fusion.pack import load, save
from audit.analysis.fusion.table import figures_table
from tests.analysis.fusion.making import made


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save(made()[1], tmp_path)


def test_a_pack_comes_back_as_it_was_saved_under_a_name_with_its_digest(saved):
    pack = made()[1]
    assert load(saved) == pack
    assert load(saved).digest == pack.digest
    assert saved.name == f"pack-{pack.digest[:16]}"
    assert [one.name for one in saved.iterdir()] == ["pack.json"]
    assert save(pack, saved.parent) == saved


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["fits"][0]["fusion"].update(offset=9.0),
        lambda value: value["fits"][0]["bounds"].update(upper=6.0),
        lambda value: value["domain"]["traits"].update(answer_words=[0.0, 1e6]),
        lambda value: value.update(name="another"),
        lambda value: value.update(format="touchstone-pack/2"),
    ],
)
def test_an_altered_pack_is_refused(saved, change):
    path = saved / "pack.json"
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value), "utf-8")
    with pytest.raises(IntegrityError, match=r"its digest is [0-9a-f]{64}. It was changed"):
        load(saved)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"fits": [{}]}'])
def test_what_is_no_pack_is_refused_with_its_path(saved, text):
    (saved / "pack.json").write_text(text, "utf-8")
    with pytest.raises(IntegrityError, match=r"pack.json is no calibration pack"):
        load(saved)


def test_a_pack_in_the_folder_of_another_is_refused(saved):
    wrong = saved.rename(saved.with_name(f"pack-{'0' * 16}"))
    with pytest.raises(IntegrityError, match="not the pack that its folder is named after"):
        load(wrong)
    # A folder of a name of one's own holds no claim.
    assert load(wrong.rename(wrong.with_name("mine"))) == made()[1]


def test_a_folder_without_a_pack_is_a_wrong_setting(tmp_path):
    with pytest.raises(WrongSettingError, match=r"there is no pack.json in it. Name the folder"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("prompts", "fit"), [(23, None), (24, 24), (47, 24), (48, 48), (59, 48), (60, 60), (900, 60)]
)
def test_the_fit_is_that_of_the_most_prompts_that_are_reached(prompts, fit):
    one = made()[1].fits[-1]
    fits = tuple(replace(one, prompts=count) for count in (48, 24, 60))
    found = replace(made()[1], fits=fits).fit_for(prompts)
    assert (found and found.prompts) == fit


def test_a_pack_names_no_model_of_its_population():
    text = json.dumps(made()[1].as_dict())
    assert not any(one in text for one in ("heron", "moss", "alder", "willow"))


def test_the_table_of_figures_has_a_row_for_each_fit():
    pack = made()[1]
    head, rule, *rows = figures_table(pack).splitlines()
    assert {one.count("|") for one in (head, rule, *rows)} == {10}
    sizes = [str(fit.prompts) for fit in made()[1].fits]
    assert [row.split("|")[1].strip() for row in rows] == sizes
    assert rows[-1].split("|")[2].strip() == "8 / 80"
