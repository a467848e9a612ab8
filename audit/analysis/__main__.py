"""The opposing expert's door: `python -m audit.analysis replay RESULTS.json FILE...`."""

import argparse
import json
import sys
from pathlib import Path

from audit.analysis.digests import digest_of
from audit.analysis.encoders import load
from audit.analysis.errors import IntegrityError, TouchstoneError
from audit.analysis.plan import Plan
from audit.analysis.replay import TOLERANCE, differences, replay

MOST_PRINTED = 20


def main(arguments: list[str]) -> int:
    """Run the command; 0 if every number comes out again, 1 if one does not, 2 on bad input."""
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
    given = parser.parse_args(arguments)
    try:
        return _replay(given.results, given.files, given.encoder)
    except (TouchstoneError, OSError, json.JSONDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _replay(results: Path, files: list[Path], encoder: str) -> int:
    document = json.loads(results.read_text(encoding="utf-8"))
    plan = Plan.from_dict(document["plan"])
    if plan.digest != document["plan_sha256"]:
        raise IntegrityError(f"{results}: the plan is not the plan that its digest was taken of.")
    if digest_of(document["result"]) != document["result_sha256"]:
        raise IntegrityError(f"{results}: the result is not what its digest was taken of.")
    found = list(differences(document["result"], replay(plan, files, load(encoder))))
    for one in found[:MOST_PRINTED]:
        sys.stdout.write(f"{one.where}: printed {one.printed}, replayed {one.replayed}\n")
    verdict = "every value comes out again" if not found else f"{len(found)} values differ"
    sys.stdout.write(f"{verdict} (tolerance {TOLERANCE})\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
