"""The opposing expert's door, without Django.

`python -m audit.analysis verify BUNDLE` checks a bundle, step by step;
`python -m audit.analysis tamper BUNDLE` tries to tamper with copies of one;
`python -m audit.analysis replay RESULTS.json FILE...` computes a report's numbers again;
`python -m audit.analysis battery --out FILE` writes prompts to put to models;
`python -m audit.analysis figures` prints the error rates of a calibration pack.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from audit.analysis import battery
from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.encoders import load
from audit.analysis.errors import IntegrityError, TouchstoneError
from audit.analysis.fusion.pack import DEFAULT
from audit.analysis.fusion.pack import load as load_pack
from audit.analysis.fusion.table import figures_table
from audit.analysis.plan import Plan
from audit.analysis.replay import SHARE_TOLERANCE, TOLERANCE, differences, replay
from audit.analysis.tampering import command as tampering
from audit.analysis.verifying import command as verifying
from audit.analysis.version import VERSION

MOST_PRINTED = 20
# What results had not in them before there was such a thing.
ADDED = ("counts", "likenesses", "tests")


def main(arguments: list[str]) -> int:
    """Run the command; 0 if every number comes out again, 1 if one does not, 2 on bad input."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (TouchstoneError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audit.analysis")
    commands = parser.add_subparsers(dest="command", required=True)
    again = commands.add_parser("replay", help="compute a report's numbers again from raw files")
    again.add_argument("results", type=Path, help="the results.json of the report")
    again.add_argument(
        "files", type=Path, nargs="+", help="the files of transcripts, in any order"
    )
    again.add_argument(
        "--encoder", default="", help="a model folder or name; default: the shipped"
    )
    again.set_defaults(run=lambda given: _replay(given.results, given.files, given.encoder))
    verify = commands.add_parser("verify", help="check a bundle, step by step")
    verifying.add_arguments(verify)
    verify.set_defaults(run=verifying.run)
    tamper = commands.add_parser("tamper", help="try to tamper with copies of a bundle")
    tampering.add_arguments(tamper)
    tamper.set_defaults(run=tampering.run)
    prompts = commands.add_parser("battery", help="write prompts to put to models")
    battery.add_arguments(prompts)
    prompts.set_defaults(run=_battery)
    figures = commands.add_parser("figures", help="print the figures of a calibration pack")
    figures.add_argument("--pack", default=DEFAULT, help="folder of a pack; default: the shipped")
    figures.set_defaults(run=_figures)
    return parser


def _figures(given: argparse.Namespace) -> int:
    sys.stdout.write(f"{figures_table(load_pack(given.pack))}\n")
    return 0


def _battery(given: argparse.Namespace) -> int:
    sys.stdout.write(f"{battery.export(vars(given))}\n")
    return 0


def _replay(results: Path, files: list[Path], encoder: str) -> int:
    data = results.read_bytes()
    plan, printed = _sealed(data, results)
    sys.stdout.write(
        f"SHA-256 of {results.name}: {sha256_hex(data)}; hold it against the report\n"
    )
    if plan.method != VERSION:
        sys.stdout.write(f"sealed with version {plan.method}, replayed with version {VERSION}\n")
    replayed = replay(plan, files, load(encoder))
    lacking = [name for name in ADDED if name not in printed]
    if lacking:
        sys.stdout.write(f"printed by an earlier version, without: {', '.join(lacking)}\n")
    found = list(
        differences(printed, {name: replayed[name] for name in replayed.keys() - lacking})
    )
    for one in found[:MOST_PRINTED]:
        sys.stdout.write(f"{one.where}: printed {one.printed}, replayed {one.replayed}\n")
    verdict = "every value comes out again" if not found else f"values that differ: {len(found)}"
    sys.stdout.write(f"{verdict} (tolerance {TOLERANCE}, of shares {SHARE_TOLERANCE})\n")
    return 1 if found else 0


def _sealed(data: bytes, results: Path) -> tuple[Plan, dict[str, Any]]:
    """Return plan and result of a report; raises IntegrityError if they are not its own."""
    try:
        document = json.loads(data)
        for name in ("plan", "result"):
            if digest_of(document[name]) != document[f"{name}_sha256"]:
                raise IntegrityError(
                    f"{results}: the {name} is not the {name} that its digest was taken of."
                )
        return Plan.from_dict(document["plan"]), document["result"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IntegrityError(
            f"{results}: this is not a results.json of version {VERSION} ({error!r}). Take it out "
            "of the report, or install the version that the report names."
        ) from error


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
