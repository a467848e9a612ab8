from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from audit.analysis.population.documented import Documented
from audit.analysis.population.lineage import lineage_of, read_lineage


def lines_of(*rows: Documented) -> list[set[str]]:
    """The groups with more than one model."""
    groups = lineage_of(rows).groups
    found = [{one for one, line in groups.items() if line == each} for each in range(len(groups))]
    return [one for one in found if len(one) > 1]


def names(*models: str) -> tuple[Documented, ...]:
    return tuple(Documented(one) for one in models)


def test_one_line_by_descent_also_through_a_model_without_a_row():
    assert lines_of(
        Documented("reed"),
        Documented("moss", derived_from="reed"),
        Documented("fern", derived_from="gone"),
        Documented("sedge", derived_from="gone"),
        Documented("heath"),
    ) == [{"fern", "sedge"}, {"moss", "reed"}]


def test_a_parent_without_a_row_ties_by_its_name():
    assert lines_of(
        Documented("fern", derived_from="reed-7b-beta"), Documented("reed-13b"), *names("heath")
    ) == [{"fern", "reed-13b"}]


def test_one_line_by_provider_and_by_what_the_file_declares():
    assert lines_of(
        Documented("heron", family="harbour-heron"),
        Documented("gull", family="harbour-gull"),
        Documented("flint", family="quarry-flint"),
        Documented("a1", lineage="bog"),
        Documented("b1", lineage="bog"),
    ) == [{"a1", "b1"}, {"gull", "heron"}]


def test_one_line_by_the_first_telling_word_of_the_name():
    assert lines_of(*names("Reed-13b", "reed_7b-v2", "reed2", "reeds")) == [
        {"Reed-13b", "reed_7b-v2", "reed2"}
    ]
    assert lines_of(
        *names("chat-reed", "Meta-Reed-8B", "chat-moss", "7b-instruct", "13b-chat")
    ) == [{"chat-reed", "Meta-Reed-8B"}]


def test_lines_join_through_others():
    assert lines_of(
        Documented("reed-7b", lineage="bog"),
        Documented("reed-13b"),
        Documented("moss", lineage="bog"),
        Documented("fern", derived_from="moss"),
    ) == [{"reed-7b", "reed-13b", "moss", "fern"}]


def test_a_student_that_bears_its_teachers_name_is_not_of_the_teachers_line():
    heron = Documented("heron-1", family="harbour-heron", teachers=frozenset())
    student = Documented("heron1-moss-7b", teachers=frozenset({"harbour-heron"}))
    moss = Documented("moss-13b")
    assert lines_of(heron, student, moss) == [{"heron1-moss-7b", "moss-13b"}]
    tuned = Documented("heron1-moss-7b", teachers=student.teachers, derived_from="heron-1")
    assert lines_of(heron, tuned, moss) == [{"heron-1", "heron1-moss-7b", "moss-13b"}]
    unknown = Documented("heron1-moss-7b")
    assert lines_of(heron, unknown, moss) == [{"heron-1", "heron1-moss-7b"}]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=31))
def test_groups_are_the_components_of_the_graph_of_descent(parents):
    # Names of one letter and a number have no word, so that descent alone ties.
    made_from = [min(parent, place) for place, parent in enumerate(parents)]
    rows = [
        Documented(f"m{place:02}", derived_from="" if parent == place else f"m{parent:02}")
        for place, parent in enumerate(made_from)
    ]
    count = len(rows)
    graph = coo_array((np.ones(count), (range(count), made_from)), shape=(count, count))
    _, expected = connected_components(graph, directed=False)
    groups = lineage_of(rows[::-1]).groups
    assert list(groups.values()) == expected.tolist()


def test_the_order_of_the_rows_is_of_no_account():
    rows = [*names("reed-1", "moss", "reed-2"), Documented("heron", family="harbour-heron")]
    assert lineage_of(rows) == lineage_of(rows[::-1])
    assert list(lineage_of(rows).groups.items()) == [
        ("heron", 0),
        ("moss", 1),
        ("reed-1", 2),
        ("reed-2", 2),
    ]


def test_what_is_asked_of_a_model():
    lineage = lineage_of(
        [
            Documented("heron", family="harbour-heron", teachers=frozenset()),
            Documented("reed", base_model="fen-7b", teachers=frozenset({"harbour-heron"})),
            Documented("moss", derived_from="reed"),
            Documented("fern", derived_from="moss"),
            Documented("sedge", base_model="bog-1b", derived_from="gone"),
        ]
    )
    assert lineage.teachers_of("heron") == frozenset()
    assert lineage.teachers_of("reed") == {"harbour-heron"}
    assert lineage.teachers_of("moss") is None
    assert lineage.teachers_of("nobody") is None
    assert (lineage.family_of("heron"), lineage.family_of("nobody")) == ("harbour-heron", "")
    assert lineage.families() == ("harbour-heron",)
    assert lineage.descent_of("fern") == ("fern", "moss", "reed")
    assert lineage.descent_of("sedge") == ("sedge", "gone")
    bases = [lineage.base_of(one) for one in ("fern", "sedge", "heron", "gone")]
    assert bases == ["fen-7b", "bog-1b", "", ""]


def test_descent_ends_in_rows_made_in_a_circle():
    rows = [Documented(one, derived_from=other) for one, other in ("ab", "bc", "cb")]
    assert lineage_of(rows).descent_of("a") == ("a", "b", "c")


def test_models_without_a_row_are_added_as_unknown_and_tie_by_name():
    lineage = lineage_of([Documented("reed-7b", family="harbour-reed", teachers=frozenset())])
    whole = lineage.with_unknown(["reed-13b", "moss", "reed-7b"])
    assert whole.rows["reed-7b"] == lineage.rows["reed-7b"]
    assert whole.teachers_of("moss") is None
    assert whole.groups == {"moss": 0, "reed-13b": 1, "reed-7b": 1}


def test_a_teacher_that_no_model_is_of_is_told_and_not_refused(tmp_path: Path):
    path = tmp_path / "lineage.csv"
    path.write_text(
        "model,family,base_model,trained_on_outputs_of,derived_from\n"
        "heron,harbour-heron,,none,\n"
        "moss,,,harbour-heron;harbour-hern,\n"
        "reed,,,harbour-hern,\n"
    )
    (warning,) = read_lineage(path).warnings
    assert warning.startswith('"harbour-hern" is named as a teacher of moss, reed, and no model')
