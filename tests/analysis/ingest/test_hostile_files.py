import gzip
import io
import json
import time
from dataclasses import replace
from itertools import repeat

import pytest

from audit.analysis.errors import UnreadableSourceError
from audit.analysis.ingest import Limits, open_source, read
from audit.analysis.transcripts import Exchange, LeftOut

GOOD = b'{"instruction": "a?", "output": "b"}'
ARRAY = b"[" + GOOD + b",\n" + GOOD + b"]"
WHOLE_ARRAY = "Export the file again as one whole JSON array"
AGAIN = "Make the file again, or upload it again, whole"
PACKING = "Upload it as JSON or JSON Lines in UTF-8, plain or gzip"
KNOWN = "Upload AlpacaEval, ShareGPT, OpenAI chat or OpenAI fine-tuning records"
LINE = "Put one whole JSON object on each line, or leave this record out"
NO_NAME = "the JSON is broken at character 2 (Expecting property name enclosed in double quotes)"
SMALL = Limits(record_bytes=1_000)


class Dripping(io.BytesIO):
    """A stream that gives at most three bytes at a time, as a slow network may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(3 if size is None or size < 0 else min(size, 3))


def all_of(data: bytes, **kwargs: object) -> list[Exchange | LeftOut]:
    return list(read(io.BytesIO(data), name="t.json", **kwargs))


def refused(data: bytes, **kwargs: object) -> UnreadableSourceError:
    with pytest.raises(UnreadableSourceError) as caught:
        all_of(data, **kwargs)
    return caught.value


def damaged(data: bytes) -> bytes:
    packed = bytearray(gzip.compress(data))
    packed[-8] ^= 0xFF  # in the CRC
    return bytes(packed)


REFUSED = {
    "empty": (b"", "whole file", "it is empty (0 bytes)", "Upload the file again, whole"),
    "white space": (
        b" \n\t\r\n",
        "whole file",
        "it holds only white space",
        "Upload a file with at least one record",
    ),
    "packed white space": (
        gzip.compress(b" \n"),
        "whole file",
        "it holds only white space",
        "Upload a file with at least one record",
    ),
    "nothing packed": (
        gzip.compress(b""),
        "whole file",
        "it holds only white space",
        "Upload a file with at least one record",
    ),
    "no JSON": (
        b"\n  hello",
        "line 2, byte 4",
        "the text is not JSON: it starts with neither [ nor {",
        "Upload a JSON array of records, or JSON Lines with one record on each line",
    ),
    "ZIP": (b"PK\x03\x04....", "first bytes", "it is a ZIP archive, not JSON", PACKING),
    "UTF-16": (
        "[]".encode("utf-16-le").join([b"\xff\xfe", b""]),
        "first bytes",
        "it is UTF-16 text, not JSON",
        PACKING,
    ),
    "gzip cut off": (gzip.compress(ARRAY)[:-9], "gzip data", "the file is cut off", AGAIN),
    "gzip head only": (b"\x1f\x8b\x08", "gzip data", "the file is cut off", AGAIN),
    "gzip with garbage": (
        gzip.compress(ARRAY) + b"garbage",
        "gzip data",
        "the file is damaged (Not a gzipped file (b'ga'))",
        AGAIN,
    ),
    "not UTF-8": (
        b'[\n{"instruction": "a?", "output": "\xff"}]',
        "line 2, byte 36",
        "the text is not valid UTF-8",
        "Save the file as UTF-8 and upload it again",
    ),
    "not UTF-8 in lines": (
        GOOD + b'\n{"instruction": "\xc3\x28"}\n',
        "line 2, byte 55",
        "the text is not valid UTF-8",
        "Save the file as UTF-8 and upload it again",
    ),
    "UTF-8 cut off": (
        GOOD + b"\n\xe2\x82",
        "line 2, byte 38",
        "the text is not valid UTF-8",
        "Save the file as UTF-8 and upload it again",
    ),
    "empty array": (
        b"[ ]",
        "whole file",
        "its array is empty",
        "Upload a file with at least one record",
    ),
    "array cut off": (
        ARRAY[:-10],
        "end of file",
        "the JSON array is cut off (records before the cut: 1)",
        WHOLE_ARRAY,
    ),
    "array not closed": (
        ARRAY[:-1],
        "end of file",
        "the JSON array is cut off (records before the cut: 1)",
        WHOLE_ARRAY,
    ),
    "cut in an escape": (
        b'[{"instruction": "a\\',
        "end of file",
        "the JSON array is cut off (records before the cut: 0)",
        WHOLE_ARRAY,
    ),
    "broken array": (
        b"[" + GOOD + b',\n{"instruction": "a?" "output": "b"}]',
        "record 2 (line 2, byte 61)",
        "the JSON is broken (Expecting ',' delimiter)",
        WHOLE_ARRAY,
    ),
    "comma at the end": (
        b"[" + GOOD + b",]",
        "record 2 (line 1, byte 39)",
        "the JSON is broken (Expecting value)",
        WHOLE_ARRAY,
    ),
    "array closed by a brace": (
        b"[" + GOOD + b"}",
        "record 1 (line 1, byte 38)",
        "the JSON is broken (Extra data)",
        WHOLE_ARRAY,
    ),
    "two arrays": (
        ARRAY + b"\n" + ARRAY,
        "line 2, byte 77",
        "text follows the end of the array",
        WHOLE_ARRAY,
    ),
    "unknown array": (
        b'[{"q": "a?", "a": "b"}]',
        "whole file",
        'its format is not known (the fields of a record are: "q", "a")',
        KNOWN,
    ),
    "array of texts": (
        b'["a?", "b"]',
        "whole file",
        "its format is not known (its records are not JSON objects)",
        KNOWN,
    ),
    "hostile field": (
        b'{"\\u0000\\ud800\\u202e' + b"x" * 99 + b'": 1}',
        "whole file",
        'its format is not known (the fields of a record are: "'
        + "\ufffd" * 3
        + "x" * 37
        + '...")',
        KNOWN,
    ),
    "no answers": (
        b'{"instruction": "a?", "output": ""}\n{"instruction": "b?"}',
        "whole file",
        "no record could be taken; line 1: its answer is empty",
        "Fill in the answer, or leave this record out",
    ),
    "one object over lines": (
        b'{\n"instruction": "a?"\n}',
        "whole file",
        f"no record could be taken; line 1: {NO_NAME}",
        LINE,
    ),
}


@pytest.mark.parametrize(("data", "place", "reason", "mend"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_says_where_why_and_what_to_do(data, place, reason, mend):
    assert str(refused(data)) == f"t.json, {place}: {reason}. {mend}."


def test_a_gzip_file_with_a_wrong_checksum_is_damaged():
    error = refused(damaged(ARRAY))
    assert (error.place, error.mend) == ("gzip data", AGAIN)
    assert error.reason.startswith("the file is damaged (CRC check failed")


def test_gzip_in_pieces_is_one_file():
    data = gzip.compress(ARRAY[:30]) + gzip.compress(ARRAY[30:]) + bytes(10)
    assert len(all_of(data)) == 2


def test_a_bomb_is_stopped_by_its_ratio_long_before_its_end():
    bomb = gzip.compress(b"[" + b" " * 50_000_000)
    limits = Limits(ratio_from_bytes=1_000_000)
    error = refused(bomb, limits=limits)
    assert str(error) == (
        "t.json, gzip data: it unpacks to more than 200 times its size."
        " Split it, or upload it unpacked."
    )


def test_a_bomb_is_stopped_by_the_standard_limits():
    piece = gzip.compress(b" " * 10_000_000)
    assert "200 times" in refused(gzip.compress(b"[") + piece * 8).reason


def test_a_file_that_unpacks_to_too_much_is_refused():
    error = refused(gzip.compress(ARRAY), limits=Limits(unpacked_bytes=10))
    assert error.reason == "it unpacks to more than 10 bytes"


def test_many_records_of_no_known_shape_are_not_read_to_the_end():
    data = b'{"q": 1}\n' * 50 + GOOD
    assert len(all_of(data)) == 51
    error = refused(data, limits=Limits(unknown_records=20))
    assert error.reason.startswith("its format is not known")


def test_a_byte_order_mark_is_passed_over():
    assert len(all_of(b"\xef\xbb\xbf" + ARRAY)) == 2
    assert len(all_of(gzip.compress(b"\xef\xbb\xbf\n" + GOOD))) == 1


@pytest.mark.parametrize(
    "data",
    [ARRAY, GOOD + b"\r\n\r\n" + GOOD, gzip.compress(ARRAY)],
    ids=["array", "lines", "gzip"],
)
def test_how_the_stream_gives_its_bytes_changes_nothing(data):
    assert list(read(Dripping(data), name="t")) == all_of(data)


def test_marks_and_escapes_on_every_border_between_chunks_are_understood():
    text = '\\"],{}[\n\\\\" \u20ac\U0001f600'
    records = [{"instruction": text, "output": text + "x" * n, "n": [[], {}]} for n in range(4)]
    data = json.dumps(records, ensure_ascii=False).encode()
    found = list(read(Dripping(b" \n" + data), name="t"))
    assert [one.answer for one in found] == [record["output"] for record in records]


LEFT_OUT = {
    "half a surrogate pair": (
        b'{"instruction": "a?", "output": "b\\ud800"}',
        "its answer holds half a surrogate pair at character 2",
        "Write the answer as whole characters, or leave this record out",
    ),
    "NUL": (
        b'{"instruction": "a\\u0000?", "output": "b"}',
        "its prompt holds a NUL character, which cannot be stored",
        "Take the \\u0000 out of the prompt, or leave this record out",
    ),
    "key twice": (
        b'{"instruction": "a?", "output": "b", "output": "c"}',
        'it gives "output" more than once in one object',
        "Correct the record, or leave it out",
    ),
    "NaN": (
        b'{"instruction": "a?", "output": "b", "score": NaN}',
        "it holds NaN, which is not JSON",
        "Correct the record, or leave it out",
    ),
    "infinity": (
        b'{"instruction": "a?", "output": "b", "score": -Infinity}',
        "it holds -Infinity, which is not JSON",
        "Correct the record, or leave it out",
    ),
    "huge integer": (
        b'{"instruction": "a?", "output": "b", "score": ' + b"9" * 5_000 + b"}",
        "it holds a number of 5,000 digits",
        "Correct the record, or leave it out",
    ),
    "huge fraction": (
        b'{"instruction": "a?", "output": "b", "score": 1e999}',
        "it holds the number 1e999, which is too large",
        "Correct the record, or leave it out",
    ),
    "deep": (
        b'{"instruction": "a?", "output": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
        "it is nested more than 64 levels deep",
        "Correct the record, or leave it out",
    ),
    "wide": (
        b'{"instruction": "a?", "output": [' + b"[]," * 100_000 + b"0]}",
        "it holds more than 100,000 values",
        "Correct the record, or leave it out",
    ),
    "long": (
        b'{"instruction": "a?", "output": "' + b"x" * 4 * 1024 * 1024 + b'"}',
        "it is longer than 4,194,304 bytes",
        "Shorten the record, or leave it out",
    ),
}


@pytest.mark.parametrize(("record", "reason", "mend"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_hostile_record_is_left_out_and_the_others_are_read(record, reason, mend):
    good = Exchange(1, "a?", "b")
    expected = [good, LeftOut(2, "line 2", reason, mend), replace(good, record=3)]
    assert all_of(b"\n".join([GOOD, record, GOOD])) == expected
    expected[1] = LeftOut(2, "record 2", reason, mend)
    assert all_of(b"[" + b",".join([GOOD, record, GOOD]) + b"]") == expected


def test_a_hostile_first_record_does_not_hide_the_format():
    reading = open_source(io.BytesIO(b'[{"a": NaN},' + GOOD + b"]"), name="t")
    assert reading.format == "AlpacaEval JSON"
    assert [type(one) for one in reading.records] == [LeftOut, Exchange]


def test_a_broken_line_costs_its_record_only():
    found = all_of(GOOD + b"\n\n{oops}\n" + GOOD + b"\n")
    assert found[1] == LeftOut(2, "line 3", NO_NAME, LINE)
    assert [one.record for one in found] == [1, 2, 3]


def test_a_last_line_without_its_end_is_cut_off():
    found = all_of(GOOD + b"\n" + GOOD[:-5])
    assert found[1] == LeftOut(2, "line 2", "the line is cut off", "Upload the file again, whole")


def test_a_whole_last_line_needs_no_line_end():
    assert [type(one) for one in all_of(GOOD + b"\n" + GOOD)] == [Exchange, Exchange]


@pytest.mark.parametrize("chunk", [7, 100_000])
def test_an_overlong_record_is_passed_over_at_any_size_of_chunk(chunk):
    long = b'{"output": "' + b'\\",]}' * 5_000 + b'"}'
    pieces = [GOOD, long, GOOD]

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(chunk, size or 0))

    for data in (b"\n".join(pieces), b"[" + b",".join(pieces) + b"]"):
        found = list(read(Slow(data), name="t", limits=SMALL))
        assert [type(one) for one in found] == [Exchange, LeftOut, Exchange]
        assert found[1].reason == "it is longer than 1,000 bytes"


def test_nesting_without_end_is_neither_held_nor_followed():
    error = refused(b"[" * 3_000_000)
    assert error.reason == "the JSON array is cut off (records before the cut: 0)"


def test_strings_that_never_close_are_not_tried_from_every_quote():
    line = b'{"a": ' + b"[" * 70 + b'"' + b'\\"' * 1_000_000
    start = time.process_time()
    found = all_of(GOOD + b"\n" + line + b"\n" + GOOD)
    assert time.process_time() - start < 5
    assert found[1].reason == "it is nested more than 64 levels deep"


def test_an_object_of_many_keys_is_searched_once():
    keys = ",".join(f'"k{n}": 0' for n in range(90_000))
    line = ("{" + keys + ', "k89999": 1}').encode()
    start = time.process_time()
    found = all_of(GOOD + b"\n" + line + b"\n")
    assert time.process_time() - start < 5
    assert found[1].reason == 'it gives "k89999" more than once in one object'


def test_every_record_is_accounted_for():
    pieces = [GOOD, b"7", b"null", b"[]", b"{}", b'{"messages": 1}', b'"text"', b"1e999", GOOD]
    lines = b"\n \n".join(pieces)
    array = b"[" + b" ,\n".join(pieces) + b"]"
    for data in (lines, array):
        assert [one.record for one in all_of(data)] == list(range(1, len(pieces) + 1))


def test_the_stream_is_left_open_and_read_as_it_is_asked_for():
    data = io.BytesIO(b"\n".join(repeat(GOOD, 100_000)))
    reading = open_source(data, name="t")
    next(reading.records)
    assert data.tell() < 1_000_000
    assert sum(1 for _ in reading.records) == 99_999
    assert not data.closed
