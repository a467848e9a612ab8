"""Steps on reports: each as it was issued, on what was sealed, printing what its results are."""

import json
import re
from collections import Counter
from functools import lru_cache
from importlib.metadata import entry_points
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from audit.analysis.bundling import layout
from audit.analysis.verifying.chain import single
from audit.analysis.verifying.figures import differences
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.prints import Print, prints_in, prints_of_this_version
from audit.analysis.verifying.reading import Bundle

# Where whoever prints reports says how; this library does not print.
PRINTERS = "touchstone.printers"
RESULTS = "results.json"
_SPACE = re.compile(r"\s+")


def as_issued(bundle: Bundle, found: Found) -> None:
    """Hold every report against the entry of its issue, its results and what is attached."""
    issued = single(bundle, "issued", "finding", found)
    there = set(map(int, bundle.numbered("reports", "report.pdf")))
    for number in sorted(issued.keys() - there):
        found.wrong(layout.report(number, "report.pdf"), "was issued and is not in the bundle")
    for number in sorted(there):
        pdf, results = layout.report(number, "report.pdf"), layout.report(number, RESULTS)
        if found.unless(number in issued, pdf, "no entry of the ledger issues this report"):
            for name, fact in ((pdf, "pdf"), (results, "results")):
                sealed = issued[number].facts[fact]
                what = f"has SHA-256 {bundle.digests.get(name)}; {sealed} was issued"
                found.unless(bundle.digests.get(name) == sealed, name, what)
        _hold_sealed(bundle, number, found)
    found.say(f"{len(there)} reports, {len(issued)} issued")


def _hold_sealed(bundle: Bundle, number: int, found: Found) -> None:
    """Hold plan and result of a report's results.json against those of its finding."""
    name = found.at = layout.report(number, RESULTS)
    document = bundle.json(name)
    for part in ("plan", "result"):
        sealed = bundle.json(layout.finding(number, f"{part}.json"))
        what = f"its {part} is not that of {layout.finding(number, f'{part}.json')}"
        found.unless(document[part] == sealed, name, what)


def attached(bundle: Bundle, found: Found) -> None:
    """Take results.json out of every PDF, and hold it and the digest printed against the file."""
    for one in prints_in(bundle):
        found.at = one.pdf
        results, pdf = (bundle.path(name).read_bytes() for name in (one.results, one.pdf))
        what = f"the {RESULTS} attached in it is not the file beside it"
        found.unless(_inside(pdf) == [results], one.pdf, what)
        digest = bundle.digests[one.results]
        printed = _SPACE.sub("", _texts(pdf)[0])
        what = f"does not print the digest {digest}"
        found.unless(digest in printed, f"{one.pdf}, page 1", what)


def figures(bundle: Bundle, found: Found) -> None:
    """Hold every figure of every PDF's text against the printed form of the results, both ways."""
    printer("printed")
    for one in prints_of_this_version(bundle, found):
        found.at = one.pdf
        results, pdf = (bundle.path(name).read_bytes() for name in (one.results, one.pdf))
        compared, problems = _compared(pdf, results)
        for place, what in problems:
            found.wrong(f"{one.pdf}, {place}", what)
        found.say(f"{one.what}: {compared} figures")


def printed_again(bundle: Bundle, found: Found) -> None:
    """Print every report again from its results and hold it against the PDF."""
    press, prints = printer("press"), []
    for one in prints_of_this_version(bundle, found):
        found.at = one.pdf
        if one.is_numbered:
            found.rest_on(f"{one.what} was numbered when it was printed; it was left out here")
            continue
        again = _again(press, bundle, one)
        if _has_bytes_of(bundle, one, again, found):
            continue
        if _has_words_of(one.pdf, bundle.path(one.pdf).read_bytes(), again, found):
            prints.append(one.pdf)
    if prints:
        raise NotCheckedError(
            f"printed again, {', '.join(prints)} has the same words and other bytes, as of "
            "another version of the press, or of somebody who drew over it: hold the prints "
            "against each other by eye"
        )


def _has_bytes_of(bundle: Bundle, one: Print, again: bytes, found: Found) -> bool:
    """Say whether a report has the bytes of another print; a signed one has more behind them."""
    file = bundle.path(one.pdf).read_bytes()
    if again == file:
        found.say(f"{one.what}: the same bytes")
        return True
    is_signed = bundle.json(one.results).get("signature") is not None
    if not is_signed or not file.startswith(again):
        return False
    found.say(f"{one.what}: the same bytes, and a signature behind them")
    found.rest_on(f"whether the signature in {one.pdf} holds is for pdfsig or a PDF reader to say")
    return True


def _again(press: Any, bundle: Bundle, one: Print) -> bytes:
    try:
        again: bytes = press(bundle.json(one.results))
    except ModuleNotFoundError as error:
        raise NotCheckedError(f"printing needs {error.name}, which is not installed") from error
    return again


def _has_words_of(name: str, printed: bytes, again: bytes, found: Found) -> bool:
    """Hold the words of two prints against each other, page by page; say whether all are there."""
    texts = [[_SPACE.sub(" ", page).strip() for page in _texts(one)] for one in (printed, again)]
    if texts[0] == texts[1]:
        return True
    for page, (one, other) in enumerate(zip(*texts, strict=False), start=1):
        if one != other:
            lost = Counter(one.split()) - Counter(other.split())
            due = Counter(other.split()) - Counter(one.split())
            found.wrong(
                f"{name}, page {page}",
                f"prints {' '.join(list(lost)[:5])!r} where {' '.join(list(due)[:5])!r} is due",
            )
    found.unless(len(texts[0]) == len(texts[1]), name, "has another number of pages")
    return False


@lru_cache(maxsize=8)
def _compared(pdf: bytes, results: bytes) -> tuple[int, list[tuple[str, str]]]:
    """Return how many figures a PDF prints, and where they are not those of its results."""
    due = printer("printed")(json.loads(results))
    return differences(_texts(pdf), due, due["rows"])


@lru_cache(maxsize=8)
def _inside(pdf: bytes) -> list[bytes]:
    """Return each results.json that is attached in a PDF."""
    return list(PdfReader(BytesIO(pdf)).attachments.get(RESULTS, []))


@lru_cache(maxsize=8)
def _texts(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def printer(name: str) -> Any:
    """Return what this installation has for printing; raises NotCheckedError if nothing."""
    for one in entry_points(group=PRINTERS, name=name):
        return one.load()
    raise NotCheckedError(
        f"no program that prints reports is installed ({PRINTERS}: {name}); the "
        f"{layout.VERIFIER} of the bundle carries one"
    )
