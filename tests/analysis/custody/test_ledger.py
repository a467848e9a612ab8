import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.analysis.custody.ledger import START, Entry, broken_links, moment, seal

FIRST = Entry(7, 1, "2026-01-02T03:04:05.000006+00:00", "alice", "opened", {"n": "例"}, START)


def chain(length: int) -> list[tuple[Entry, str]]:
    made, previous = [], START
    for number in range(1, length + 1):
        entry = replace(FIRST, number=number, previous=previous, way="page", facts={"n": number})
        previous = seal(entry)
        made.append((entry, previous))
    return made


@pytest.mark.parametrize("way", ["", "page"])
def test_the_seal_is_what_anyone_computes_with_plain_json(way):
    said = {"act": "opened", "actor": "alice", "at": FIRST.at, "facts": {"n": "例"}}
    said |= {"matter": 7, "number": 1, "previous": START} | ({"way": way} if way else {})
    plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    assert seal(replace(FIRST, way=way)) == hashlib.sha256(plain).hexdigest()


def test_a_moment_is_utc_with_microseconds_even_where_there_are_none():
    there = datetime(2026, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    assert moment(there) == "2026-01-02T03:04:05.000000+00:00"


@given(st.integers(1, 12), st.data())
def test_any_one_entry_changed_missing_or_out_of_place_is_found(length, data):
    whole = chain(length)
    assert broken_links(whole) == []
    place = data.draw(st.integers(0, length - 1))
    entry, sealed = whole[place]
    change = data.draw(
        st.sampled_from([{"actor": "bob"}, {"way": ""}, {"facts": {}}, {"at": ""}, {"matter": 8}])
    )
    changed = [*whole[:place], (replace(entry, **change), sealed), *whole[place + 1 :]]
    assert f"Entry {place + 1} is not what was sealed." in broken_links(changed)
    if place < length - 1:
        assert broken_links(whole[:place] + whole[place + 1 :])
        swapped = whole.copy()
        swapped[place : place + 2] = reversed(swapped[place : place + 2])
        assert broken_links(swapped)


def test_a_piece_is_held_onto_what_stands_before_it():
    whole = chain(6)
    assert broken_links(whole[3:], previous=whole[2][1], number=3) == []
    assert broken_links(whole[3:], previous=whole[1][1], number=3) == [
        "Entry 4 is not sealed onto the one before it."
    ]
