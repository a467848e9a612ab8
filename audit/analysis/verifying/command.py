"""`verify` on the command line."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from audit.analysis.errors import TouchstoneError, WrongSettingError
from audit.analysis.verifying import Effort, verify
from audit.analysis.verifying.page import page_of
from audit.analysis.verifying.reading import Trust


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bundle and what the checker brings along."""
    parser.add_argument("bundle", type=Path, help="the folder of the bundle")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="the site's public key, got from the site by another way; may be given several times",
    )
    parser.add_argument(
        "--roots", type=Path, metavar="PEM", help="root certificates of time-stamping authorities"
    )
    parser.add_argument(
        "--note",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a checkpoint of this ledger that you were given earlier; may be given several times",
    )
    parser.add_argument(
        "--quick", action="store_true", help="do not compute, print and encode anything again"
    )
    parser.add_argument("--remarks", action="store_true", help="say what was looked at as well")
    parser.add_argument("--json", action="store_true", help="write all of it as JSON instead")


def main(arguments: list[str]) -> int:
    """Run `verify` alone, as the verifier of a bundle does; 2 if there is no bundle to check."""
    parser = argparse.ArgumentParser(prog="verify", description="Check a bundle, step by step.")
    add_arguments(parser)
    try:
        return run(parser.parse_args(arguments))
    except (TouchstoneError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def run(given: argparse.Namespace) -> int:
    """Check the bundle; 0 if no step failed, 1 if one did; raises if it is no bundle."""
    effort = Effort.LOOKING if given.quick else Effort.ENCODING
    verification = verify(given.bundle, trust_of(given.key, given.roots, given.note), effort)
    if given.json:
        text = json.dumps(verification.as_dict(), indent=1) + "\n"
    else:
        text = page_of(verification, remarks=given.remarks)
    sys.stdout.write(text)
    return verification.exit_code


def trust_of(keys: list[str], roots: Path | None, notes: Sequence[Path] = ()) -> Trust:
    """Return what the checker brings along; raises WrongSettingError if it cannot be read."""
    certificates = _read(roots, "the root certificates") if roots else b""
    given = (_read(one, "the checkpoint").decode(errors="replace") for one in notes)
    return Trust(tuple(keys), certificates, tuple(given))


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongSettingError(f"{path}: {what} cannot be read ({error.strerror}).") from error
