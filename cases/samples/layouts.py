"""How an invented model sets out what it says: prose, paragraphs, lists or headings."""

import numpy as np

from cases.samples.banks import Style
from cases.samples.drafts import Draft, Option, Tip
from cases.samples.draws import count


def lay_out(draft: Draft, style: Style, rng: np.random.Generator) -> str:
    """Return the text of the answer in one of the layouts that the style uses."""
    names = list(style.layouts)
    name = names[count(list(style.layouts.values()), rng)]
    bold = rng.random() < style.bold
    options = [_option(option, bold=bold) for option in draft.options]
    tips = [_tip(tip) for tip in draft.tips]
    if name == "headed":
        return _headed(draft, options, tips, style.headings)
    if name in {"bullets", "numbered"}:
        return _listed(draft, options, tips, numbered=name == "numbered")
    if name == "paragraphs":
        return _joined("\n\n", draft.opening + " " + options[0], *_rest(options, tips, draft))
    return " ".join([draft.opening, *options, *tips, draft.closing])


def _headed(draft: Draft, options: list[str], tips: list[str], headings: tuple[str, ...]) -> str:
    first, second = headings
    points = "\n".join(f"- {tip}" for tip in tips)
    blocks = (draft.opening, f"## {first}", *options, f"## {second}", points, draft.closing)
    return _joined("\n\n", *blocks)


def _listed(draft: Draft, options: list[str], tips: list[str], *, numbered: bool) -> str:
    lines = [
        f"{number}. {line}" if numbered else f"- {line}"
        for number, line in enumerate([*options, *tips], start=1)
    ]
    return _joined("\n\n", draft.opening, "\n".join(lines), draft.closing)


def _rest(options: list[str], tips: list[str], draft: Draft) -> tuple[str, ...]:
    return " ".join(options[1:]), " ".join([*tips, draft.closing])


def _joined(gap: str, *blocks: str) -> str:
    return gap.join(block for block in blocks if block)


def _option(option: Option, *, bold: bool) -> str:
    name = f"**{option.name}**" if bold else option.name
    return " ".join([option.frame.format(c=name), *option.details])


def _tip(tip: Tip) -> str:
    return tip.bridge + tip.text[0].lower() + tip.text[1:] if tip.bridge else tip.text
