import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.errors import InsufficientDataError
from audit.analysis.population.documented import Documented
from audit.analysis.population.labels import (
    MIXTURE,
    PLAIN,
    PREFERENCE,
    SAME_BASE,
    SAME_LINE,
    Pair,
    independent_controls,
    labelled_pairs,
)
from audit.analysis.population.lineage import Lineage, lineage_of, read_lineage

SHARED = Path(__file__).resolve().parents[4] / "shared"
SCORE = SHARED / "bench" / "score.py"
HERON = Documented("heron", "harbour-heron", "tide", frozenset())
GULL = Documented("gull", "harbour-gull", "", frozenset())
FLINT = Documented("flint", "quarry-flint", "fen-7b", frozenset())
NONE: frozenset[str] = frozenset()

shared = pytest.mark.shared
needs_score = pytest.mark.skipif(not SCORE.is_file(), reason="the shared benchmark is absent")


def labels(*rows: Documented) -> dict[tuple[str, str], bool]:
    return {(one.suspect, one.family): one.is_h1 for one in labelled_pairs(lineage_of(rows))}


def marks(suspect: Documented, family: str, *others: Documented) -> tuple[str, ...]:
    pairs = labelled_pairs(lineage_of([suspect, *others]))
    (found,) = (one for one in pairs if (one.suspect, one.family) == (suspect.model, family))
    return found.marks


def test_a_documented_teacher_is_h1_and_another_provider_h2():
    moss = Documented("moss", teachers=frozenset({"harbour-heron"}))
    reed = Documented("reed", teachers=NONE)
    assert labels(HERON, GULL, FLINT, moss, reed, Documented("fern")) == {
        ("flint", "harbour-gull"): False,
        ("flint", "harbour-heron"): False,
        ("gull", "quarry-flint"): False,
        ("heron", "quarry-flint"): False,
        ("moss", "harbour-heron"): True,
        ("moss", "quarry-flint"): False,
        ("reed", "harbour-gull"): False,
        ("reed", "harbour-heron"): False,
        ("reed", "quarry-flint"): False,
    }


def test_what_is_derived_from_a_model_of_the_provider_has_no_truth_with_it():
    child = Documented("child", teachers=NONE, derived_from="gull")
    grandchild = Documented("grandchild", teachers=NONE, derived_from="child")
    found = labels(HERON, GULL, FLINT, child, grandchild)
    assert {one for one in found if one[0] == "child"} == {("child", "quarry-flint")}
    # As the rule is written, it looks at the parent only.
    assert ("grandchild", "harbour-gull") in found


def test_pairs_are_in_order():
    pairs = labelled_pairs(lineage_of([FLINT, HERON, GULL]))
    assert pairs == tuple(sorted(pairs, key=lambda one: (one.suspect, one.family)))
    assert pairs[0] == Pair("flint", "harbour-gull", is_h1=False, marks=(PLAIN,))


def test_same_base_is_marked_by_documents_alone():
    of_fen = Documented("moss", base_model="fen-7b", teachers=NONE)
    assert marks(of_fen, "quarry-flint", FLINT) == (SAME_BASE,)
    assert marks(of_fen, "harbour-heron", HERON) == (PLAIN,)
    inherits = Documented("fern", teachers=NONE, derived_from="moss")
    assert marks(inherits, "quarry-flint", FLINT, of_fen) == (SAME_BASE,)
    bare = Documented("reed", teachers=NONE)
    assert marks(bare, "harbour-gull", GULL) == (PLAIN,)


def test_one_line_with_the_teacher_is_marked():
    named = Documented("flint-large", teachers=NONE)
    assert marks(named, "quarry-flint", FLINT) == (SAME_LINE,)


@pytest.mark.parametrize(
    ("name", "said", "marked"),
    [
        ("moss-7b-DPO", None, True),
        ("moss_dpo2", None, True),
        ("moss-RLHF-x", None, True),
        ("SimPO-moss", None, True),
        ("moss-tempo-ppot", None, False),
        ("moss", None, False),
        ("moss-dpo", False, False),
        ("moss", True, True),
    ],
)
def test_tuning_by_preferences_is_told_by_the_column_and_else_by_the_name(name, said, marked):
    moss = Documented(name, teachers=NONE, preference_tuned=said)
    assert (PREFERENCE in marks(moss, "quarry-flint", FLINT)) == marked
    child = Documented("fern", teachers=NONE, derived_from=name)
    assert (PREFERENCE in marks(child, "quarry-flint", FLINT, moss)) == marked


def test_a_mixture_is_told_by_the_column_or_by_several_teachers():
    both = frozenset({"harbour-heron", "quarry-flint"})
    assert marks(Documented("moss", teachers=both), "quarry-flint", HERON, FLINT) == (MIXTURE,)
    told = Documented("moss", teachers=frozenset({"quarry-flint"}), mixture=True)
    assert marks(told, "quarry-flint", FLINT) == (MIXTURE,)
    one = Documented("moss", teachers=frozenset({"quarry-flint"}))
    assert marks(one, "quarry-flint", FLINT) == (PLAIN,)


def cohort(*rows: Documented) -> Lineage:
    return lineage_of([HERON, GULL, FLINT, Documented("moss-7b", teachers=NONE), *rows])


@pytest.mark.parametrize(
    ("row", "is_control"),
    [
        (Documented("reed", teachers=NONE), True),
        (Documented("reed", teachers=frozenset({"quarry-flint"})), True),
        (Documented("reed"), False),
        (Documented("reed", teachers=frozenset({"harbour-heron"})), False),
        (Documented("reed", teachers=frozenset({"harbour-gull"})), False),
        (Documented("reed", "harbour-reed", teachers=NONE), False),
        (Documented("reed", teachers=NONE, derived_from="heron"), False),
        (Documented("reed", teachers=NONE, derived_from="gone"), False),
        (Documented("reed", teachers=NONE, derived_from="flint"), True),
        (Documented("reed", teachers=NONE, derived_from="moss-7b"), False),
        (Documented("moss-13b", teachers=NONE), False),
        (Documented("heron-2", teachers=NONE), False),
    ],
)
def test_a_control_is_documented_to_be_independent_of_both(row, is_control):
    found = independent_controls(cohort(row), "moss-7b", "harbour-heron")
    assert (row.model in found) == is_control
    assert set(found) - {row.model} == {"flint"}


def test_a_model_trained_by_way_of_its_parent_is_no_control():
    parent = Documented("reed", teachers=frozenset({"harbour-heron"}))
    child = Documented("fern", teachers=NONE, derived_from="reed")
    assert independent_controls(cohort(parent, child), "moss-7b", "harbour-heron") == ("flint",)


def test_controls_are_not_given_for_a_suspect_without_a_line():
    with pytest.raises(InsufficientDataError, match="nobody has no line in the lineage"):
        independent_controls(cohort(), "nobody", "harbour-heron")


def score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored(module: ModuleType, rows: dict[str, dict[str, str]]) -> set[tuple[str, str, bool]]:
    """What the benchmark's own script takes for the truth of every model and family."""
    families = {row["family"] for row in rows.values() if row["family"]}
    asked = [{"suspect": one, "teacher_family": each} for one in rows for each in families]
    return {
        (suspect, family, is_h1)
        for suspect, family, _, is_h1, _ in module.labelled_pairs(asked, rows)
    }


def ours(lineage: Lineage) -> list[tuple[str, str, bool]]:
    return [(one.suspect, one.family, one.is_h1) for one in labelled_pairs(lineage)]


@shared
@needs_score
def test_pairs_are_those_of_the_benchmark():
    path = SHARED / "transcripts" / "alpaca_eval" / "lineage.csv"
    module, found = score(), ours(read_lineage(path))
    assert len(found) == len(set(found)) > 400
    assert set(found) == scored(module, module.read_lineage(path))


FAMILIES = ("harbour-heron", "harbour-gull", "quarry-flint", "quarry", "mill-corn")


@shared
@needs_score
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("", *FAMILIES)),
            st.none() | st.frozensets(st.sampled_from((*FAMILIES, "mill-rye")), max_size=3),
            st.integers(-1, 9),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_pairs_are_those_of_the_benchmark_for_any_lineage(drawn):
    rows = [
        Documented(
            f"m{place}",
            family,
            teachers=teachers,
            derived_from=f"m{parent}" if parent > place else "",
        )
        for place, (family, teachers, parent) in enumerate(drawn)
    ]
    cells = {
        row.model: {
            "family": row.family,
            "trained_on_outputs_of": "unknown"
            if row.teachers is None
            else ";".join(row.teachers) or "none",
            "derived_from": row.derived_from,
        }
        for row in rows
    }
    found = ours(lineage_of(rows))
    assert len(found) == len(set(found))
    assert set(found) == scored(score(), cells)
