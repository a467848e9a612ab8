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
    ("prompts", "controls", "fit"),
    [
        (22, 90, None),
        # Nearly as many prompts are as good as all of them.
        (23, 5, (24, 5)),
        (24, 4, None),
        (24, 5, (24, 5)),
        (45, 9, (24, 5)),
        (45, 10, (24, 10)),
        (46, 10, (48, 5)),
        (56, 99, (48, 5)),
        (57, 99, (60, 10)),
        (60, 10, (60, 10)),
        (900, 9, (60, 5)),
    ],
)
def test_the_fit_is_that_of_the_most_prompts_and_then_controls_that_are_reached(
    prompts, controls, fit
):
    one = made()[1].fits[0]
    sizes = ((48, 5), (24, 5), (24, 10), (60, 10), (60, 5))
    fits = [replace(one, prompts=size, controls=least, family=False) for size, least in sizes]
    family = replace(one, prompts=1, controls=1, family=True)
    pack = replace(made()[1], fits=(*fits, family))
    found = pack.fit_for(prompts, controls)
    assert (found and (found.prompts, found.controls)) == fit
    assert pack.fit_for(prompts, controls, family=True) == family


def test_a_pack_names_no_model_of_its_population():
    text = json.dumps(made()[1].as_dict())
    assert not any(one in text for one in ("heron", "moss", "alder", "willow"))


def test_the_tables_of_figures_have_a_row_for_each_fit():
    pack = made()[1]
    rows = [one for one in figures_table(pack).splitlines() if one.startswith("|")]
    assert {one.count("|") for one in rows} == {11}
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    told = [(row[1], row[2]) for row in cells if row[1].isdigit()]
    every = [*pack.fits_of(family=False), *pack.fits_of(family=True)]
    assert told == [(str(fit.prompts), str(fit.controls)) for fit in every]
    assert cells[-1][3] == "8 / 80"
