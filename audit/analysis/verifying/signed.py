"""Steps 3 to 5: the list of files is signed, by a key that the checker knows; counts are right."""

from audit.analysis.bundling import layout
from audit.analysis.custody import notes
from audit.analysis.custody.notes import VerifierKey
from audit.analysis.digests import chunks_of
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying.bag import parsed
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle


def signed_list(bundle: Bundle, found: Found) -> None:
    """Hold every file against the list that the site signed."""
    found.at = layout.NOTE
    text, _ = notes.opened(bundle.text(layout.NOTE), [bundle.key])
    first, *lines = text.splitlines()
    if first != layout.LIST:
        raise IntegrityError(f"{layout.NOTE} is signed, but is not a list of a bundle's files.")
    signed = parsed(lines, layout.NOTE)
    there = {name: one for name, one in bundle.digests.items() if name not in layout.UNLISTED}
    for name in sorted(signed.keys() - there.keys()):
        found.wrong(name, "was signed as part of this bundle and is missing")
    for name in sorted(there.keys() - signed.keys()):
        found.wrong(name, "was not part of this bundle when it was signed")
    for name in sorted(there.keys() & signed.keys()):
        what = f"was signed with SHA-256 {signed[name]} and has {there[name]}"
        found.unless(signed[name] == there[name], name, what)
    found.say(f"signed by {bundle.key}")


def known_key(bundle: Bundle, found: Found) -> None:
    """Hold the bundle's keys against those that the checker got from elsewhere."""
    if not bundle.trust.keys:
        raise NotCheckedError(
            f"the key {bundle.key.name} is asserted by the bundle itself: whoever made the bundle "
            "anew could have put another there. Get the site's key from the site by another way "
            "and give it with --key"
        )
    known = [VerifierKey.parsed(one.strip()) for one in bundle.trust.keys]
    for one in bundle.keys:
        found.unless(one in known, layout.KEYS, f"names {one}, which is not a key that you gave")


def counts(bundle: Bundle, found: Found) -> None:
    """Hold what is there against the numbers that the matter had when it was bundled."""
    found.at = layout.INDEX
    stated = bundle.index["counts"]
    counted = counted_in(bundle)
    for name in layout.COUNTED:
        # A bundle from before a kind of thing was counted has none of it.
        have = stated.get(name, 0)
        what = f"states {have} {name.replace('_', ' ')}; {counted[name]} are there"
        found.unless(have == counted[name], layout.INDEX, what)
    found.say(", ".join(f"{many:,} {name.replace('_', ' ')}" for name, many in counted.items()))


def counted_in(bundle: Bundle) -> dict[str, int]:
    """Return how much of everything that is counted lies in the bundle."""
    exhibits = bundle.numbered("exhibits", "exhibit.json")
    natives = [name for name in bundle.on_disk if "/native" in name]
    answers = [name for name in bundle.on_disk if name.endswith(".tsr")]
    of_captures = [name for name in answers if name.startswith("data/captures/")]
    checkpoints = [name for name in bundle.on_disk if name.endswith(".note") and "/" in name]
    texts = [name for name in bundle.on_disk if name.endswith("/texts.txt")]
    exchanges = [layout.exhibit(label, "exchanges.jsonl") for label in exhibits]
    left_out = [layout.exhibit(label, "left-out.jsonl") for label in exhibits]
    return {
        "exhibits": len(exhibits),
        "bytes_of_exhibits": sum(bundle.on_disk[name] for name in natives),
        "exchanges": _lines(bundle, exchanges),
        "left_out": _lines(bundle, left_out),
        "findings": len(bundle.numbered("findings", "finding.json")),
        "results": len(bundle.numbered("findings", "result.json")),
        "reports": len(bundle.numbered("reports", "report.pdf")),
        "filings": len(bundle.numbered("filings", layout.FILING)),
        "entries": _lines(bundle, [layout.ENTRIES]),
        "checkpoints": len(checkpoints),
        "stamps": len(answers) - len(of_captures),
        "vectors": _lines(bundle, texts),
        "capture_stamps": len(of_captures),
        **_watched_in(bundle),
    }


def _watched_in(bundle: Bundle) -> dict[str, int]:
    watches = list(map(int, bundle.numbered("watches", layout.WATCH)))
    files = {"ordinary_runs": layout.ORDINARY, "asked_runs": layout.ASKED}
    rows = {
        what: _lines(bundle, [layout.watch(number, name) for number in watches])
        for what, name in (files | {"notices": layout.NOTICES}).items()
    }
    captures = bundle.numbered("captures", layout.CAPTURE)
    return {"watches": len(watches), "captures": len(captures)} | rows


def _lines(bundle: Bundle, names: list[str]) -> int:
    """Return how many lines the files have that are there."""
    return sum(_line_ends(bundle, name) for name in names if bundle.has(name))


def _line_ends(bundle: Bundle, name: str) -> int:
    with bundle.path(name).open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in chunks_of(stream))
