"""The method in words with its sources, and the plan that was sealed before any number existed."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from cases.reports.apart import asserted_of
from cases.reports.blocks import (
    Block,
    Facts,
    Heading,
    Paragraph,
    Section,
    Steps,
    Text,
    digest,
    strong,
)
from cases.reports.names import chosen, facts, moment, question, value
from cases.reports.sections.answer import nearness

Row = dict[str, Any]

_NOT_CHOSEN = {"near_prompt": "the same text only", "pack": "none, so no likelihood ratio"}

_WORDS = json.loads(files("cases.reports.sections").joinpath("method.json").read_text("utf-8"))


def method(document: Row) -> Section:
    """Return the steps of the method, the sealed plan, and what made the vectors."""
    return Section("method", "The method and the sealed plan", tuple(_blocks(document)))


def _blocks(document: Row) -> Iterator[Block]:
    plan, environment = document["plan"], document["software"]["environment"]
    yield Steps(tuple(_steps(document)))
    yield Heading("The plan, sealed before any number existed")
    yield Facts(tuple(_plan(document)))
    if asserted := asserted_of(plan):
        yield Heading("What is asserted beyond the roles, sealed with the plan")
        yield Paragraph("Whoever asked for the finding asserts this; nothing here has checked it.")
        yield Facts(asserted)
    yield Heading("The encoder and how the vectors were made")
    encoder = ("SHA-256 of the encoder", digest(plan["encoder_digest"]))
    yield Facts((encoder, *facts(plan["encoder"]), *facts(environment)))


def _steps(document: Row) -> Iterator[Text]:
    result, parameters = document["result"], _parameters(document["plan"])
    near = nearness(result["matching"])
    told = f"{_WORDS['near'].format(parameters['near_prompt'])}{near}" if near else ""
    for step in _WORDS["steps"]:
        filled = step["words"].format(
            prompts=result["matched_prompts"], nearness=told, **parameters
        )
        yield (*strong(step["head"]), f" {filled}")


def _parameters(plan: Row) -> dict[str, str]:
    return {
        name: _NOT_CHOSEN[name] if one is None else chosen(one)
        for name, one in plan["parameters"].items()
    }


def _plan(document: Row) -> Iterator[tuple[str, Text]]:
    plan = document["plan"]
    yield "Sealed", moment(document["sealed_at"])
    yield "SHA-256 of the plan", digest(document["plan_sha256"])
    yield "SHA-256 of the result", digest(document["result_sha256"])
    yield "Question of the plan", question(plan["question"])
    yield "Version of the method", chosen(plan["method"])
    for name, one in _parameters(plan).items():
        yield name.replace("_", " "), value(one)
