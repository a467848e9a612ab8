import gzip
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.ingest import open_source, read
from audit.analysis.transcripts import Exchange, LeftOut


def said(role: str, content: object) -> dict[str, object]:
    return {"role": role, "content": content}


def response(content: object, **more: object) -> dict[str, object]:
    message = {"role": "assistant", "content": content}
    return {"model": "served-1", "choices": [{"index": 0, "message": message}], **more}


def alpaca(prompt: str, answer: str) -> dict[str, object]:
    return {"instruction": prompt, "output": answer, "generator": "made-up"}


def sharegpt(prompt: str, answer: str) -> dict[str, object]:
    turns = [{"from": "human", "value": prompt}, {"from": "gpt", "value": answer}]
    return {"id": "x_1", "conversations": turns}


def fine_tuning(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [said("user", prompt), said("assistant", answer)]}


def fine_tuning_in_parts(prompt: str, answer: str) -> dict[str, object]:
    asked, told = ([{"type": "text", "text": text}] for text in (prompt, answer))
    return {"messages": [said("user", asked), said("assistant", told)]}


def chat(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [said("user", prompt)], "response": response(answer)}


def in_request(prompt: str, answer: str) -> dict[str, object]:
    return {
        "request": {"model": "asked", "messages": [said("user", prompt)]},
        "response": response(answer),
    }


def in_bodies(prompt: str, answer: str) -> dict[str, object]:
    return {
        "request": {"url": "/v1", "body": {"messages": [said("user", prompt)]}},
        "response": {"status_code": 200, "body": response(answer)},
        "error": None,
    }


def batch(prompt: str, answer: str) -> dict[str, object]:
    return {
        "custom_id": "1",
        "body": {"messages": [said("user", prompt)]},
        "response": {"status_code": 200, "body": response(answer)},
    }


def flat(prompt: str, answer: str) -> dict[str, object]:
    return {"request": {"messages": [said("user", prompt)]}, **response(answer)}


def array(records: list[object]) -> bytes:
    return json.dumps(records, ensure_ascii=False, indent=1).encode()


def escaped_array(records: list[object]) -> bytes:
    return json.dumps(records, ensure_ascii=True).encode()


def lines(records: list[object]) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode()


SHAPES = {
    alpaca: "AlpacaEval",
    sharegpt: "ShareGPT",
    fine_tuning: "OpenAI fine-tuning",
    fine_tuning_in_parts: "OpenAI fine-tuning",
    chat: "OpenAI chat",
    in_request: "OpenAI chat",
    in_bodies: "OpenAI chat",
    batch: "OpenAI chat",
    flat: "OpenAI chat",
}
LAYOUTS = {array: "JSON", escaped_array: "JSON", lines: "JSONL"}
# What a database keeps: no NUL and no halves of surrogate pairs; and not only white space.
TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda text: text.strip())


def all_of(data: bytes) -> list[Exchange | LeftOut]:
    return list(read(io.BytesIO(data), name="file"))


def one_of(record: object) -> Exchange | LeftOut:
    """What becomes of a record that follows a good one."""
    first, second = all_of(lines([alpaca("a?", "b"), record]))
    assert first == Exchange(1, "a?", "b", "made-up")
    return second


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@settings(max_examples=25, deadline=None)
@given(pairs=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_text_comes_out_as_it_went_in(shape, layout, pack, pairs):
    data = pack(layout([shape(*pair) for pair in pairs]))
    reading = open_source(io.BytesIO(data), name="file")
    end = ", gzip" if pack is gzip.compress else ""
    assert reading.description == f"{SHAPES[shape]} {LAYOUTS[layout]}{end}"
    records = list(reading.records)
    assert [(one.prompt, one.answer) for one in records] == pairs
    assert [one.record for one in records] == list(range(1, len(pairs) + 1))


@pytest.mark.parametrize(
    ("record", "model"),
    [
        (alpaca("a?", "b"), "made-up"),
        (alpaca("a?", "b") | {"generator": None}, ""),
        (alpaca("a?", "b") | {"generator": "x\0y"}, ""),
        (in_request("a?", "b"), "served-1"),
        (fine_tuning("a?", "b") | {"model": "ft"}, "ft"),
        (in_request("a?", "b") | {"response": response("b", model=7)}, "asked"),
    ],
)
def test_the_model_is_what_the_file_says(record, model):
    assert one_of(record) == Exchange(2, "a?", "b", model)


def test_the_first_prompt_and_answer_of_a_conversation_are_taken():
    record = fine_tuning("first?", "one")
    record["messages"] = [
        said("system", "Be brief."),
        said("developer", "Be kind."),
        *record["messages"],
        said("user", "second?"),
        said("assistant", "two"),
    ]
    assert one_of(record) == Exchange(2, "first?", "one")


def test_an_instruction_with_an_input_asks_both():
    assert one_of(alpaca("Sum up.", "b") | {"input": "Long."}).prompt == "Sum up.\n\nLong."


def test_text_parts_are_joined_by_line_ends():
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert one_of({"messages": [said("user", parts), said("assistant", "c")]}).prompt == "a\nb"


def test_records_of_several_known_formats_may_stand_in_one_file():
    data = array([sharegpt("a?", "b"), alpaca("c?", "d"), chat("e?", "f")])
    reading = open_source(io.BytesIO(data), name="file")
    assert [one.prompt for one in reading.records] == ["a?", "c?", "e?"]
    assert reading.format == "ShareGPT JSON"


ANSWER = "Fill in the answer, or leave this record out"
ADD = "Add the answer, or leave this record out"
AGAIN = "Ask the model again, or leave this record out"
PARTS = "Leave out records with images, sound, files or tool calls"
SHAPE = 'Give each message as {"role", "content"}, or leave this record out'
TURNS = 'Give each turn as {"from", "value"}, or leave this record out'
KNOWN = (
    "Replace it by one of AlpacaEval, ShareGPT, OpenAI chat or OpenAI fine-tuning records,"
    " or leave it out"
)
IMAGE = [{"type": "image_url", "image_url": {"url": "x"}}]
LEFT_OUT = {
    "no answer": ({"instruction": "a?"}, "it has no answer", ADD),
    "null answer": (alpaca("a?", "b") | {"output": None}, "it has no answer", ADD),
    "empty answer": (alpaca("a?", ""), "its answer is empty", ANSWER),
    "blank answer": (sharegpt("a?", " \n\t\u3000"), "its answer is empty", ANSWER),
    "answer no text": (
        alpaca("a?", "b") | {"output": 7},
        "its answer is not text",
        "Give the answer as a JSON string, or leave this record out",
    ),
    "no prompt": (
        alpaca("a?", "b") | {"instruction": None},
        "it has no prompt",
        "Add the prompt, or leave this record out",
    ),
    "blank prompt": (
        fine_tuning(" ", "b"),
        "its prompt is empty",
        "Fill in the prompt, or leave this record out",
    ),
    "NUL": (
        fine_tuning("a?", "b\0c"),
        "its answer holds a NUL character, which cannot be stored",
        "Take the \\u0000 out of the answer, or leave this record out",
    ),
    "no turns": (
        {"conversations": []},
        "it does not start with a prompt of the user",
        "Begin the record with the user's turn, or leave it out",
    ),
    "only a prompt": ({"messages": [said("user", "a?")]}, "it has no answer", ADD),
    "two prompts": (
        {"messages": [said("user", "a?"), said("user", "b?"), said("assistant", "c")]},
        "its first prompt is not followed by an answer of the assistant",
        "Put one prompt and its answer at the start of the record, or leave it out",
    ),
    "turns no list": (
        {"conversations": "a?"},
        'its "conversations" is not a list of turns',
        TURNS,
    ),
    "turn no object": ({"conversations": ["a?", "b"]}, 'a turn has no "from"', TURNS),
    "messages no list": ({"messages": {}}, 'its "messages" is not a list of messages', SHAPE),
    "message no role": ({"messages": [{"content": "a"}]}, 'a message has no "role"', SHAPE),
    "image": (
        {"messages": [said("user", IMAGE), said("assistant", "b")]},
        "its prompt has a part that is not text",
        PARTS,
    ),
    "tool call": (
        {"messages": [said("user", "a?"), said("assistant", None), said("tool", "x")]},
        "it has no answer",
        ADD,
    ),
    "error": (
        {"messages": [said("user", "a?")], "error": {"code": "rate_limit"}},
        "its response is an error",
        AGAIN,
    ),
    "error response": (
        {"request": {"messages": [said("user", "a?")]}, "response": {"error": {"code": 1}}},
        "its response is an error",
        AGAIN,
    ),
    "error status": (
        batch("a?", "b") | {"response": {"status_code": 429, "body": {}}},
        "its response has an error status",
        AGAIN,
    ),
    "no choices": (
        {"messages": [said("user", "a?")], "response": {"choices": []}},
        "its response has no choice with a message",
        "Add the response as the API gave it, or leave this record out",
    ),
    "refusal": (
        {
            "messages": [said("user", "a?")],
            "response": {"choices": [{"message": {"content": None, "refusal": "No."}}]},
        },
        'its answer is given as a "refusal", not as content',
        "Leave this record out",
    ),
    "answer in the request": (
        {
            "messages": [said("user", "a?"), said("assistant", "b"), said("user", "c?")],
            "response": response("d"),
        },
        "its request already holds an answer, which may not be the model's own",
        "Hand in the record of the first request, with one prompt and no answer",
    ),
    "response alone": (
        {"custom_id": "1", "response": {"status_code": 200, "body": response("b")}},
        'it has no request with "messages"',
        "Add its request to the record, or leave it out",
    ),
    "no object": (
        ["a?", "b"],
        "it is not a record of a known format (its records are not JSON objects)",
        KNOWN,
    ),
    "unknown": (
        {"question": "a?", "reply": "b"},
        'it is not a record of a known format (the fields of a record are: "question", "reply")',
        KNOWN,
    ),
}


@pytest.mark.parametrize(("record", "reason", "mend"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_record_that_cannot_be_used_is_left_out_with_its_reason(record, reason, mend):
    assert one_of(record) == LeftOut(2, "line 2", reason, mend)
