"""The battery into a file, for the library's command line and for Django's alike."""

import argparse
import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audit.analysis.battery.choosing import choose
from audit.analysis.battery.prompts import LANGUAGES, VERSION, BatteryPrompt, Kind, digest, load
from audit.analysis.digests import sha256_hex
from audit.analysis.errors import WrongSettingError

_COLUMNS = ("id", "kind", "topic", "length", "language", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that `export` takes."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl|FILE.csv")
    parser.add_argument("--count", type=int, metavar="N", help="how many prompts; default: all")
    for name, values in (("kind", tuple(Kind)), ("language", LANGUAGES)):
        parser.add_argument(
            f"--{name}",
            action="extend",
            nargs="+",
            choices=[str(one) for one in values],
            help=f"only prompts of this {name}; default: every {name}",
        )
    parser.add_argument(
        "--seed", type=int, default=1, help="a larger choice of one seed begins with the smaller"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def export(options: Mapping[str, Any]) -> str:
    """Choose and write as the options of `add_arguments` say; return what to print.

    Raises WrongSettingError if the choice cannot be made or the file cannot be written.
    """
    if options["seed"] < 0:
        raise WrongSettingError(f"The seed is {options['seed']}. Give a whole number from 0 up.")
    prompts = choose(
        options["count"],
        kinds=options["kind"],
        languages=options["language"],
        rng=np.random.default_rng(options["seed"]),
    )
    sha256 = write(prompts, options["out"], force=options["force"])
    return (
        f"{len(prompts)} of the {len(load())} prompts are in {options['out']}\n"
        f"battery version {VERSION}, digest {digest()}\n"
        f"SHA-256 of the file {sha256}"
    )


def write(prompts: Sequence[BatteryPrompt], out: Path, *, force: bool = False) -> str:
    """Write prompts as JSON Lines or CSV, by the suffix; return the SHA-256 (hex) of the file.

    The file is there whole or not at all. Raises WrongSettingError for another suffix, for a file
    that is there already unless `force`, and where nothing can be written.
    """
    if out.suffix not in _FORMS:
        raise WrongSettingError(
            f"{out}: a file of prompts is one of {', '.join(_FORMS)}. Give --out such a name."
        )
    if out.exists() and not force:
        raise WrongSettingError(
            f"{out}: this is there already and was left as it is. Give --out another name, or "
            "--force to write over it."
        )
    content = _FORMS[out.suffix](prompts)
    try:
        _put(content, out)
    except OSError as error:
        raise WrongSettingError(
            f"{out}: the prompts cannot be written there ({error.strerror}). Give --out a file in "
            "a folder that can be written to."
        ) from error
    return sha256_hex(content)


def _put(content: bytes, out: Path) -> None:
    """Write beside the place first and move then, so that no half file ever stands there."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".battery-") as folder:
        part = Path(folder) / out.name
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(out)


def _json_lines(prompts: Sequence[BatteryPrompt]) -> bytes:
    lines = (json.dumps(one.as_dict(), ensure_ascii=False) + "\n" for one in prompts)
    return "".join(lines).encode("utf-8")


def as_csv(prompts: Sequence[BatteryPrompt]) -> bytes:
    """Return CSV that a spreadsheet opens as text: no prompt starts as a formula does."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, _COLUMNS)
    writer.writeheader()
    writer.writerows(one.as_dict() for one in prompts)
    # With the mark in front spreadsheets read UTF-8 and not the code page of the machine.
    return table.getvalue().encode("utf-8-sig")


_FORMS: dict[str, Callable[[Sequence[BatteryPrompt]], bytes]] = {
    ".jsonl": _json_lines,
    ".csv": as_csv,
}
