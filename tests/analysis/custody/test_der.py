import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.custody.der import values, within

texts = st.lists(st.sampled_from([0, 1, 127, 128, 255, 256, 70_000]).map(bytes), max_size=4)


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
def test_values_stand_where_another_library_wrote_them(rows):
    inner = [[core.OctetString(one).dump() for one in row] for row in rows]
    whole = core.Sequence(
        contents=b"".join(core.Sequence(contents=b"".join(row)).dump() for row in inner)
    )
    data = whole.dump()
    for place, row in enumerate(inner):
        start, stop = within(data, (0, place))
        found = list(values(data, start, stop))
        assert [data[tag:end] for tag, _, end in found] == row
        assert [data[body:end] for _, body, end in found] == [
            core.OctetString.load(one).native for one in row
        ]
    start, stop = within(data, (0, len(inner)))
    assert start == stop


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_values_in_a_row_or_refused(data):
    try:
        found = list(values(data, 0, len(data)))
    except ValueError:
        return
    assert [tag for tag, _, _ in found] == [0, *[end for _, _, end in found]][: len(found)]
    assert not data or found[-1][2] == len(data)


@pytest.mark.parametrize("data", [b"\x04", b"\x04\x01", b"\x04\x82\x01", b"\x04\x81\x02\x00"])
def test_a_value_that_is_cut_off_is_refused(data):
    with pytest.raises(ValueError, match="the value at byte 0 runs over its end"):
        list(values(data, 0, len(data)))
