"""Bates numbers: in order, once, and for good, whoever asks at the same time."""

from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as some

from cases.models import BatesRange, BatesSeries
from cases.rules.numbering import PREFIX
from cases.services import bates, custody, matters
from cases.services.bates import BatesRefusedError


@pytest.fixture
def series(matter, alice):
    return bates.choose(matter, "LARK", by=alice)


def test_an_exhibit_takes_one_number_and_a_paper_one_a_page(matter, exhibits, series, alice):
    first = bates.number(matter, exhibits[0], 1, by=alice)
    paper = bates.number(matter, "filing 1, report", 12, by=alice)
    second = bates.number(matter, exhibits[1], 1, by=alice)
    assert [str(one) for one in (first, paper, second)] == [
        "LARK0000001",
        "LARK0000002",
        "LARK0000014",
    ]
    entry = matter.custody.order_by("-number").first()
    assert (entry.act, entry.facts) == (
        "numbered",
        {
            "first": "LARK0000014",
            "last": "LARK0000014",
            "documents": 1,
            "what": [f"exhibit {exhibits[1].label}"],
        },
    )
    assert custody.problems(matter) == []


def test_whoever_asks_again_gets_the_same_number_and_no_entry(matter, exhibits, series, alice):
    once = bates.number(matter, exhibits[0], 1, by=alice)
    entries = matter.custody.count()
    bates.choose(matter, "OTHER", by=alice)
    assert bates.number(matter, exhibits[0], 1, by=alice) == once
    assert matter.custody.count() == entries + 1


def test_a_paper_keeps_the_pages_that_it_was_numbered_with(matter, series, alice):
    bates.number(matter, "report", 12, by=alice)
    with pytest.raises(BatesRefusedError, match="12 numbers from LARK0000001 on already, and 13"):
        bates.number(matter, "report", 13, by=alice)


def test_another_prefix_numbers_what_has_no_number_yet(matter, exhibits, series, alice):
    one, other = exhibits[:2]
    bates.number(matter, one, 1, by=alice)
    bates.choose(matter, "SALT-", 4, by=alice)
    found = bates.number_all(matter, [(one, 1), (other, 1)], by=alice)
    assert [str(each) for each in found] == ["LARK0000001", "SALT-0001"]


@pytest.mark.parametrize(
    "prefix", ["", "lark", "LARK7", "A B", "=A", "../A", "A\n", "Ä", "A" * 16]
)
def test_a_prefix_that_is_not_plain_is_refused_here_and_in_the_database(matter, alice, prefix):
    with pytest.raises(BatesRefusedError, match="with a letter first and no digit last"):
        bates.choose(matter, prefix, by=alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        BatesSeries.objects.create(matter=matter, prefix=prefix, begun_by=alice)


@given(some.text("AZ09-_a. ", max_size=17))
def test_a_prefix_and_a_number_can_be_told_apart(prefix):
    if PREFIX.fullmatch(prefix):
        assert prefix == f"{prefix}0000001".rstrip("0123456789")
        assert len(prefix) <= 15


def test_without_a_prefix_nothing_is_numbered(matter, exhibits, alice):
    with pytest.raises(BatesRefusedError, match="no Bates prefix yet"):
        bates.number(matter, exhibits[0], 1, by=alice)


def test_a_prefix_is_not_begun_twice(matter, series, alice):
    bates.choose(matter, "OTHER", by=alice)
    with pytest.raises(BatesRefusedError, match="has been used in this matter, with 7 digits"):
        bates.choose(matter, "LARK", by=alice)


def test_numbers_never_get_longer_than_their_digits(matter, alice):
    bates.choose(matter, "TINY", 3, by=alice)
    bates.number(matter, "long", 998, by=alice)
    with pytest.raises(BatesRefusedError, match="3 digits of TINY do not suffice for number 1000"):
        bates.number(matter, "one more", 2, by=alice)
    assert str(bates.number(matter, "the last", 1, by=alice)) == "TINY999"


def give(series, first, last, **what):
    return BatesRange.objects.create(
        series=series, first=first, last=last, given_by=series.begun_by, **what
    )


@pytest.mark.parametrize(
    ("first", "last"), [(5, 5), (1, 4), (1, 20), (10, 11), (9, 30), (3, 3), (0, 0), (12, 11)]
)
def test_the_database_refuses_numbers_that_were_passed_or_make_no_sense(series, first, last):
    give(series, 5, 10, paper="one")
    with pytest.raises(DatabaseError), transaction.atomic():
        give(series, first, last, paper="other")
    assert give(series, 11, 12, paper="other").last == 12


def test_ranges_that_overlap_are_refused_without_the_trigger_too(series):
    give(series, 5, 10, paper="one")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_batesrange DISABLE TRIGGER number_is_new")
    with pytest.raises(IntegrityError, match="numbers_never_overlap"), transaction.atomic():
        give(series, 10, 11, paper="other")


def test_series_do_not_get_in_one_anothers_way(series, alice):
    other = bates.choose(series.matter, "OTHER", by=alice)
    give(series, 1, 9_999_999, paper="one")
    assert give(other, 1, 9_999_999, paper="one").first == 1


def test_the_database_refuses_more_digits_than_a_series_has(matter, alice):
    tiny = bates.choose(matter, "TINY", 3, by=alice)
    with pytest.raises(DatabaseError, match="more than the 3 digits"), transaction.atomic():
        give(tiny, 999, 1000, paper="one")


def test_an_exhibit_gets_no_number_of_another_matter(exhibits, alice):
    other = matters.open_matter("Another", "Whose?", by=alice)
    series = bates.choose(other, "ELSE", by=alice)
    with pytest.raises(DatabaseError, match="stands in another matter"), transaction.atomic():
        give(series, 1, 1, exhibit=exhibits[0])


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["cases_batesrange", "cases_batesseries CASCADE"])
def test_numbers_that_were_given_are_never_changed_or_taken_back(series, statement, table):
    give(series, 1, 1, paper="one")
    table = table if "TRUNCATE" in statement else table.split()[0]
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement.format(table)}")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_gap_or_overlap(matter, alice):
    bates.choose(matter, "LARK", by=alice)
    failed = []

    def ask(who):
        try:
            for each in range(5):
                bates.number(matter, f"paper {who}.{each}", 3, by=alice)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says it
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(who,)) for who in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    ranges = sorted(BatesRange.objects.values_list("first", "last"))
    assert [number for first, last in ranges for number in range(first, last + 1)] == list(
        range(1, 91)
    )
    assert custody.problems(matter) == []
