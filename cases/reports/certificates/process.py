"""The process in words: what ran, how accurate it was on known models, what it cannot do."""

from collections.abc import Iterator
from typing import Any

from cases.reports.blocks import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Listing,
    Paragraph,
    Section,
    Steps,
    digest,
)
from cases.reports.names import facts, on_one_line
from cases.reports.validation import validation_of

Row = dict[str, Any]

_STEPS = (
    "Each file is received as bytes, kept under its SHA-256 and never changed.",
    (
        "A reader for its format takes each record with a prompt and an answer; of repeated "
        "prompts the first answer is taken. Texts are brought into Unicode NFC with one form of "
        "line ends."
    ),
    (
        "The plan names files, encoder and parameters by digest. It is sealed into the ledger, "
        "and a signed checkpoint covers it, before any number exists; the database refuses a "
        "result without."
    ),
    "Prompts that all files share are matched, by the same text unless the plan says otherwise.",
    "The encoder makes of each answer a vector of unit length, once, and it is kept.",
    (
        "From answers and vectors the library computes cosines, excesses over the controls, "
        "orders and intervals, with random draws from the plan's seed, and rounds to six "
        "decimals."
    ),
    "The first result is kept with its SHA-256 and entered into the ledger; it cannot be changed.",
)
_NOT_MEASURED = (
    "No figures of accuracy on models of known lineage belong to this record: the plan names no "
    "calibration, or its material was not of the calibration's kind. What shows accuracy here is "
    "the self-test and the recomputation."
)
_MEASURED = (
    "Measured before this matter on models whose lineage is documented: how often the process "
    "misled there. For two models it gives a ratio, of how probable what it finds is under H1 and "
    "under H2. H1: the one was trained on outputs of the other; H2: it was not. Nothing of this "
    "matter is among these figures."
)
_ERRORS = (
    (
        "A file that cannot be read is refused as a whole, with the place and the reason; "
        "nothing of it is used."
    ),
    "A record that cannot be taken is left out, and listed with its place and reason.",
    "A plan with too few controls or too few shared prompts is refused before any number exists.",
    "Bytes that no longer have their digest are refused wherever they are read.",
    (
        "An error ends the computation without a result and is entered into the ledger. A job "
        "that was cut off is done again from the start of its step; the first result stands."
    ),
)
_LIMITS = (
    "Roles and names of models are what the parties assert; the process does not check them.",
    "Of an answer the encoder reads at most {most_tokens} tokens.",
    (
        "Numbers may differ by up to {tolerance:g} on another processor or with another build of "
        "the encoder, shares that count answers by up to {share_tolerance:g}."
    ),
    "What was not asked of a model, or not handed in, is not in the record.",
    "The models themselves are not run; they may answer otherwise today.",
)


def process(held: list[Row]) -> Section:
    """Return what ran: steps, method, encoder, parameters, environment."""
    return Section("process", "The process", (Steps(_STEPS), *_versions(held)))


def _versions(held: list[Row]) -> Iterator[Block]:
    for one in held:
        encoder = one["encoder"]
        yield Heading(f"What computed finding {one['number']}")
        yield Facts(
            (
                ("Method", f"Touchstone {one['method']}"),
                ("Encoder", on_one_line(str(encoder["name"]))),
                ("Digest of the encoder", digest(one["encoder_sha256"])),
                *facts({name: value for name, value in encoder.items() if name != "name"}),
                *facts(one["parameters"]),
                *facts(one["environment"]),
            ),
            46,
        )


def accuracy(held: list[Row]) -> Section:
    """Return how the method did on models of documented lineage, once for each calibration."""
    return Section("accuracy", "Accuracy on models of known lineage", tuple(_accuracies(held)))


def _accuracies(held: list[Row]) -> Iterator[Block]:
    measured = [one for one in held if one["accuracy"]]
    if measured:
        yield Paragraph(_MEASURED)
    for one in held:
        yield Heading(f"For finding {one['number']}")
        if one["accuracy"]:
            yield from _figures(one)
        else:
            yield Paragraph(_NOT_MEASURED)


def _figures(one: Row) -> Iterator[Block]:
    found = one["accuracy"]
    validation, pack = validation_of(found | {"teachers": []}), found["pack"]
    yield Facts(
        (
            ("Calibration", on_one_line(pack["name"])),
            ("SHA-256 of it", digest(pack["digest"])),
            *facts(pack["population"]),
            *validation.figures,
        ),
        46,
    )
    yield Listing(
        f"accuracy-{one['number']}",
        (
            Column("Error rate"),
            Column("Count", "26mm", "right"),
            Column("Share", "18mm", "right"),
            Column(f"Exact interval, {validation.confidence}", "34mm", "right"),
        ),
        tuple(
            (each.name.replace("an LR", "a ratio"), each.count, each.share, each.interval)
            for each in validation.rates
        ),
        size=8,
    )


def errors() -> Section:
    """Return what the process does about errors."""
    return Section("errors", "How errors are handled", (Bullets(_ERRORS),))


def known_limits(held: list[Row]) -> Section:
    """Return what the process cannot do."""
    first = held[0]
    words = {
        "most_tokens": first["encoder"].get("max_tokens", "its own limit of"),
        "tolerance": first["tolerance"],
        "share_tolerance": first["share_tolerance"],
    }
    limits = tuple(one.format(**words) for one in _LIMITS)
    return Section("known_limits", "Known limits of the process", (Bullets(limits),))
