"""The question with its hypotheses, and the answer with what weighs against it, on one page."""

from typing import Any

from cases.reports.blocks import (
    Block,
    Bullets,
    Facts,
    Paragraph,
    Section,
    Sides,
    Text,
    strong,
)
from cases.reports.likelihood import hypotheses_of
from cases.reports.names import on_one_line
from cases.reports.names import question as cut

Document = dict[str, Any]


def question(document: Document) -> Section:
    """Return what was asked, and the hypotheses that numbers are held against."""
    hypotheses = hypotheses_of(document["result"])
    return Section(
        "question",
        "The question",
        (
            Paragraph(cut(document["matter"]["question"])),
            Facts(hypotheses, 20),
        ),
        new_page=True,
    )


def answer(document: Document) -> Section:
    """Return the answer beside its limits, the ratio first."""
    limits = Bullets(tuple(document["against"]))
    return Section(
        "answer",
        "The answer and its limits",
        (
            Sides(
                (Paragraph(strong("Answer")), *_answers(document)),
                (Paragraph(strong("What weighs against it and limits it")), limits),
            ),
            Paragraph(_rests_on(document["result"]), "note"),
        ),
    )


def _answers(document: Document) -> tuple[Block, ...]:
    words = document.get("likelihood") or {"ratios": [], "refused": ""}
    texts: list[Text] = [_ratio(one) for one in words["ratios"]]
    texts += [one["answer"] for one in document["result"]["teachers"]]
    texts += [words["refused"]] if words["refused"] else []
    return tuple(map(Paragraph, texts))


def _ratio(one: dict[str, Any]) -> Text:
    said = one["abstains"] or f"{one['meaning']} {one['verbal']}"
    name = on_one_line(f"{one['label']}, {one['model']}")
    return (*strong(one["headline"]), f" for {name}. {said}")


def _rests_on(result: dict[str, Any]) -> str:
    return (
        f"The comparison rests on {result['matched_prompts']} prompts that every exhibit answers."
        f"{nearness(result['matching'])} This report says what was computed from the exhibits; an "
        "opinion on it belongs to the expert who adopts it."
    )


def nearness(matching: dict[str, Any]) -> str:
    """Return how many prompts were matched by nearness; nothing if the plan did not ask for it."""
    if matching["near_prompt"] is None:
        return ""
    return (
        f" {matching['by_text']} of them are the same text in every exhibit, "
        f"{matching['by_nearness']} only nearly so."
    )
