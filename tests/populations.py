"""A small made-up population: styles that students copy in part, with documented lineage."""

import csv
import json
from pathlib import Path

import numpy as np

PROMPTS = 60
MAKERS = ("ash", "birch", "cedar", "dogwood")
TOPICS = ("tea", "rain", "bread", "chess", "maps", "bees", "ships", "paint", "salt", "clocks")
WORDS = tuple(f"{start}{end}" for start in "bdfgklmnprst" for end in ("ana", "elo", "iri", "oru"))
COLUMNS = ("model", "family", "base_model", "trained_on_outputs_of", "derived_from")


def write_population(folder: Path, *, prompts: int = PROMPTS) -> Path:
    """Write 26 models and lineage.csv beside the folder's files; return the CSV's path."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(11)
    styles = {maker: _style(rng) for maker in MAKERS}
    rows = []
    for maker in MAKERS:
        for version in (1, 2):
            name = f"{maker}-{version}"
            _write(folder / f"{name}.json", styles[maker], rng, prompts)
            rows.append((name, f"{maker}-chat", "", "none", ""))
    for place in range(18):
        own = _style(rng)
        teacher = MAKERS[place % 4] if place < 10 else None
        style = _mixed(own, styles[teacher], rng) if teacher else own
        name = f"{_name(place)}-7b"
        _write(folder / f"{name}.json", style, rng, prompts)
        rows.append((name, "", "", f"{teacher}-chat" if teacher else "none", ""))
    path = folder.parent / "lineage.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


def _name(place: int) -> str:
    return "".join(chr(ord("a") + digit) for digit in divmod(place, 5)) + "otter"


def _style(rng: np.random.Generator) -> dict[str, list[str]]:
    return {
        "opening": [" ".join(rng.choice(WORDS, 3)) for _ in range(3)],
        "ending": [" ".join(rng.choice(WORDS, 3)) for _ in range(3)],
        "words": list(rng.choice(WORDS, 14, replace=False)),
    }


def _mixed(
    own: dict[str, list[str]], other: dict[str, list[str]], rng: np.random.Generator
) -> dict[str, list[str]]:
    taken = {name: [*other[name][:2], *own[name][:1]] for name in ("opening", "ending")}
    words = [*rng.choice(other["words"], 10, replace=False), *own["words"][:4]]
    return {**taken, "words": words}


def answer_in(style: dict[str, list[str]], topic: str, rng: np.random.Generator) -> str:
    """Return a made-up answer in a style."""
    body = rng.choice(style["words"], 25)
    common = rng.choice(["the", "of", "and", "is", "to", "in", "it", "a"], 25)
    text = " ".join(f"{one} {other}" for one, other in zip(common, body, strict=True))
    return f"{rng.choice(style['opening'])}, {topic}. {text}. {rng.choice(style['ending'])}."


def _write(
    path: Path, style: dict[str, list[str]], rng: np.random.Generator, prompts: int
) -> None:
    records = []
    for place in range(prompts):
        topic = TOPICS[place % len(TOPICS)]
        records.append(
            {
                "dataset": "made-up",
                "instruction": f"Say something about {topic}, in way {place}.",
                "output": answer_in(style, topic, rng),
                "generator": path.stem,
            }
        )
    path.write_text(json.dumps(records), "utf-8")
