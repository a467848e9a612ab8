"""How often the method errs: known rates with exact bounds, who measured them, and when."""

from typing import Any

from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Rule,
    Section,
    Text,
    digest,
)
from cases.reports.figures import decimals
from cases.reports.names import moment, on_one_line

Row = dict[str, Any]

_NONE = (
    "No error rate of a likelihood ratio goes with this finding, as none was asked for or none "
    "can be given for this material."
)
_WHAT = (
    "The rate of error is known here as far as it was measured on pairs of models whose truth is "
    "documented: how often a ratio spoke for the wrong hypothesis. It is potential as far as this "
    "case differs from those pairs."
)
_BOUND = (
    "Upper bound: one-sided, exact, of confidence {confidence} (Clopper and Pearson 1934), "
    "rounded up. Were the true share above it, a count this low or lower would come up in fewer "
    "than 5 of 100 such validations. It is not the probability that the share is below it. It "
    "takes pairs for independent, which pairs of one suspect are not, and is then too low; where "
    "no pair misled, the last column has the bound with each independent line of suspects "
    "counted once."
)
_RANK = (
    "The comparison by rank has no measured rate of error on documented models. If under H2 the "
    "teacher is exchangeable with the controls, it ranks first by chance in 1 of {models} cases "
    "({p}) for one teacher; whether it is exchangeable is an assumption that no rate stands for."
)
_ASIDE = (
    (
        "By language, by family of models, by kind of prompt or by degree of training: not held "
        "in the result."
    ),
    (
        "Whether a model of this case is itself in the reference population: not checked, as the "
        "pack names none of its models."
    ),
    "Pairs whose truth was hidden from whoever ran the method (blind proficiency): not held.",
)


def validation(document: Row) -> Section:
    """Return the rates of error, and who measured them on what."""
    rates = document.get("error_rates")
    blocks = _measured(document, rates) if rates else (Paragraph(_NONE),)
    return Section("validation", "Validation and rates of error", (*blocks, *_by_rank(document)))


def _measured(document: Row, rates: Row) -> tuple[Block, ...]:
    found = document["result"]["likelihood"]
    return (
        Paragraph(_WHAT),
        Facts(_who(document), 40),
        *(Paragraph(one) for one in _repeated(found)),
        Heading("False positives: pairs under H2 whose ratio speaks for H1"),
        _rates("false-positives", rates["false_positive"]),
        *(Paragraph(_applies(*one)) for one in rates["applies"]),
        Heading("False negatives: pairs under H1 whose ratio speaks for H2"),
        _rates("false-negatives", rates["false_negative"]),
        Paragraph(_BOUND.format(confidence=rates["confidence"]), "note"),
        Heading("How far the ratios can be taken at their word"),
        Facts(tuple(tuple(one) for one in rates["calibration"]), 78),
        *_by_size(found),
        Heading("Not held"),
        Bullets(_ASIDE),
    )


def _who(document: Row) -> tuple[tuple[str, Text], ...]:
    found, pack = document["result"]["likelihood"], document["result"]["likelihood"]["pack"]
    known = pack["population"]
    return (
        ("Validated by", "the makers of the software; by nobody independent of them"),
        ("On", (f"{known['models']:,} models, {known['prompts']:,} prompts, with the line of "
         "models of each pair left out of the fit that weighed it")),
        ("Calibration pack", (f"{on_one_line(pack['name'])}\n", *digest(pack["digest"]))),
        ("Before this case", ("The pack carries no date of its own. Its digest stands in the plan "
         f"that was sealed {moment(document['sealed_at'])}, before any number of this case.")),
        ("For material of", _size(found["size"])),
    )  # fmt: skip


def _size(size: Row) -> str:
    held = f", {size['calibrated_controls']:,} controls" if "calibrated_controls" in size else ""
    return f"{size['calibrated_at']:,} prompts{held} and more; here {size['prompts']:,} prompts"


def _repeated(found: Row) -> tuple[str, ...]:
    """Say where a pair of models was counted more than once, on other prompts."""
    counted, known = found["validation"]["misleading"]["h2_above_1"]["of"], found["pack"]
    pairs = known["population"]["h2_pairs"]
    if counted <= pairs:
        return ()
    said = (
        f"The {counted:,} pairs under H2 that are counted below are {pairs:,} pairs of models on "
        "several sets of prompts each, and likewise under H1."
    )
    return (said,)


def _rates(key: str, rates: list[Row]) -> Listing:
    columns = (
        Column("A ratio that misleads by", "1fr"),
        Column("Pairs", "24mm", "right"),
        Column("Share", "14mm", "right"),
        Column("95 % interval", "28mm", "right"),
        Column("Upper 95 % bound", "18mm", "right"),
        Column("By independent lines", "30mm", "right"),
    )
    parts = ("name", "count", "share", "interval", "upper", "lines")
    rows = tuple(tuple(one[part] for part in parts) for one in rates)
    return Listing(key, columns, rows, rule=Rule.REFERENCE)


def _applies(label: str, name: str) -> str:
    return f"The rate that goes with the ratio given for {label} is that of {name}."


def _by_size(found: Row) -> tuple[Block, ...]:
    """Return the false positives by number of prompts, where the result has them."""
    sizes = [one for one in found["validation"]["by_size"] if "misleading" in one]
    if not sizes:
        return ()
    columns = (
        Column("Prompts", "1fr", "right"),
        Column("Controls", "1fr", "right"),
        Column("Under H2 with an LR above 1", "2fr", "right"),
    )
    rows = tuple(
        (f"{one['prompts']:,}", f"{one['controls']:,}", decimals(one["misleading"]))
        for one in sizes
    )
    caption = "The only strata that the result holds: by the number of prompts."
    return (
        Heading("False positives by number of prompts"),
        Listing("false-positives-by-size", columns, rows, caption, Rule.REFERENCE),
    )


def _by_rank(document: Row) -> tuple[Block, ...]:
    first = document["result"]["teachers"][0]["views"]["embedding"]
    said = _RANK.format(models=first["of"], p=f"p = {decimals(first['floor'])}")
    return (Heading("The comparison by rank"), Paragraph(said))
