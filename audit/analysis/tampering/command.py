"""`tamper` on the command line: a table of what was tried and what was found."""

import argparse
import base64
import sys
from collections import Counter
from pathlib import Path

from audit.analysis.custody.notes import SigningKey
from audit.analysis.errors import WrongSettingError
from audit.analysis.tampering import TRIALS, Outcome, attempts, hands
from audit.analysis.verifying.reading import Bundle

_MOST_SAID = 160


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bundle and the key of an insider."""
    parser.add_argument("bundle", type=Path, help="the folder of the bundle; it is not changed")
    parser.add_argument(
        "--signing-key", type=Path, metavar="FILE", help="the site's secret key, in base64"
    )
    parser.add_argument(
        "--hand",
        action="append",
        choices=("stranger", "forger", "insider"),
        help="who tampers; an insider needs the site's secret key; default: all that can",
    )


def run(given: argparse.Namespace) -> int:
    """Try everything; 0 if all was found and named, else 1."""
    missed = 0
    everyone = hands(_key(given))
    for hand in given.hand or everyone:
        key = everyone[hand]
        outcomes = []
        for one in attempts(given.bundle, hand, key, TRIALS):
            sys.stdout.write(f"{_row(one)}\n")
            sys.stdout.flush()
            outcomes.append(one)
        tried = [one for one in outcomes if not one.skipped]
        lost = [one for one in tried if not one.found]
        missed += len(lost)
        sys.stdout.write(f"{hand}: {len(tried) - len(lost)} of {len(tried)} found and named; ")
        sys.stdout.write(f"{len(outcomes) - len(tried)} do not apply; {_by_step(tried)}\n\n")
    return 1 if missed else 0


def _row(one: Outcome) -> str:
    if one.skipped:
        return f"{one.hand:9} does not apply  {one.trial.name}: {one.skipped}"
    said = f"{one.named.where}: {one.named.what}" if one.named else "NOTHING NAMES IT"
    steps = ",".join(map(str, one.steps)) or "none"
    verdict = "found" if one.found else "MISSED"
    return f"{one.hand:9} {verdict:6}  {one.trial.name} | steps {steps} | {said[:_MOST_SAID]}"


def _by_step(tried: list[Outcome]) -> str:
    steps = Counter(step for one in tried for step in one.steps)
    return "failed by step: " + ", ".join(f"{step}: {steps[step]}" for step in sorted(steps))


def _key(given: argparse.Namespace) -> SigningKey | None:
    if given.signing_key is None:
        return None
    try:
        seed = base64.b64decode(given.signing_key.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as error:
        raise WrongSettingError(
            f"{given.signing_key}: the key cannot be read ({error})."
        ) from error
    return SigningKey(Bundle(given.bundle).key.name, seed)
