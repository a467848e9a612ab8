from datetime import date
from pathlib import Path

import pytest

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.population.documented import Documented, provider_of
from audit.analysis.population.table import read_table

HEADER = "model,family,base_model,trained_on_outputs_of,derived_from"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "lineage.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_each_cell_is_read_as_what_it_says(tmp_path):
    path = written(
        tmp_path,
        "\ufeff" + HEADER + ",lineage,released,preference_tuned,mixture",
        "heron-1,harbour-heron,,none,,,2023-03-14,no,",
        '"moss, the second",,fen-7b,harbour-heron;quarry-flint,heron-1,bog,,yes,yes',
        "",
        "reed,,,unknown,,,,,no",
        "rush,,,,,,,,",
    )
    heron, moss, reed, rush = read_table(path)
    assert heron == Documented(
        "heron-1",
        family="harbour-heron",
        teachers=frozenset(),
        released=date(2023, 3, 14),
        preference_tuned=False,
    )
    assert moss == Documented(
        "moss, the second",
        base_model="fen-7b",
        teachers=frozenset({"harbour-heron", "quarry-flint"}),
        derived_from="heron-1",
        lineage="bog",
        preference_tuned=True,
        mixture=True,
    )
    assert (reed.teachers, reed.mixture) == (None, False)
    assert rush == Documented("rush")


def test_columns_may_stand_in_any_order_and_none_means_nothing_given(tmp_path):
    path = written(
        tmp_path,
        "derived_from,trained_on_outputs_of,base_model,family,model",
        "none,none,unknown,none,reed",
    )
    assert read_table(path) == (Documented("reed", teachers=frozenset()),)


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        (["model,family"], "line 1", 'lacks column "base_model", "trained_on_outputs_of", "deri'),
        ([HEADER + ",teacher", "a,,,none,,"], "line 1", 'unknown column "teacher"'),
        ([HEADER + ",model", "a,,,none,,b"], "line 1", 'doubles column "model"'),
        ([HEADER], "whole file", "documents no model"),
        ([""], "whole file", "documents no model"),
        ([HEADER, "a,,,none,", "b,,,none,", "a,,,unknown,"], "line 4", '"a" has line 2 already'),
        ([HEADER, ",,,none,"], "line 2", "names no model"),
        ([HEADER, "a,,,none"], "line 2", "it has 4 cells, and the header has 5"),
        ([HEADER, "a,,,none,,"], "line 2", "it has 6 cells, and the header has 5"),
        ([HEADER, 'a,"x" y,,none,'], "line 2", "the CSV is broken"),
        ([HEADER, '"a\nb",,,none,'], "line 3", 'its "model" has white space'),
        ([HEADER, "a ,,,none,"], "line 2", 'its "model" has white space'),
        ([HEADER, "a\u200b,,,none,"], "line 2", 'its "model" has white space'),
        ([HEADER, "a,x-y;x-z,,none,"], "line 2", '"x-y;x-z" is not the name of one family'),
        ([HEADER, "a,-y,,none,"], "line 2", '"-y" is not the name of one family'),
        ([HEADER, "a,,,x-y;none,"], "line 2", '"x-y;none" is no list of families'),
        ([HEADER, "a,,,None,"], "line 2", '"None" is no list of families'),
        ([HEADER, "a,,,x-y; x-z,"], "line 2", "white space around a family"),
        ([HEADER, "a,,,x-y;x-y,"], "line 2", "one family twice"),
        ([HEADER, "a,,,x-y;,"], "line 2", '"" is not the name of one family'),
        ([HEADER, "a,,,none,b;c"], "line 2", '"b;c" in "derived_from" is more than one model'),
        ([HEADER, "a,,,none,a"], "line 2", "derived from itself: a from a"),
        (
            [HEADER, "z,,,none,a", "a,,,none,b", "b,,,none,c", "c,,,none,a"],
            "line 3",
            "derived from itself: a from b from c from a",
        ),
        ([HEADER + ",released", "a,,,none,,2023-02-30"], "line 2", '"2023-02-30" is no date'),
        ([HEADER + ",released", "a,,,none,,20230228"], "line 2", '"20230228" is no date'),
        ([HEADER + ",mixture", "a,,,none,,maybe"], "line 2", '"maybe" in "mixture" is neither'),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, lines, place, reason):
    with pytest.raises(UnreadableSourceError) as caught:
        read_table(written(tmp_path, *lines))
    assert (caught.value.file, caught.value.place) == ("lineage.csv", place)
    assert reason in caught.value.reason
    assert caught.value.mend


def test_bytes_that_are_no_text_and_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "lineage.csv"
    with pytest.raises(UnreadableSourceError, match="cannot be opened"):
        read_table(path)
    path.write_bytes(HEADER.encode() + b"\na\xff,,,none,\n")
    with pytest.raises(UnreadableSourceError, match="line 2: it is not UTF-8"):
        read_table(path)


def test_a_provider_is_what_stands_before_the_first_dash():
    assert [provider_of(one) for one in ("harbour-heron-2", "harbour", "")] == [
        "harbour",
        "harbour",
        "",
    ]
