"""Steps 1 and 2: the bag is complete both ways, and every digest is that of the bytes."""

import re

from audit.analysis.bundling import layout
from audit.analysis.errors import IntegrityError
from audit.analysis.verifying.outcome import Found
from audit.analysis.verifying.reading import Bundle

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
_OUTSIDE = re.compile(r"(^|/)\.\.?(/|$)|^/|//")
_NUMBERED = re.compile(r"data/(?:findings|reports)/([^/]*)/")
_PLAIN = re.compile(r"[1-9][0-9]{0,8}")
_NEEDED = (
    layout.DECLARATION,
    layout.INFO,
    layout.MANIFEST,
    layout.TAG_MANIFEST,
    layout.NOTE,
    layout.README,
    layout.INDEX,
    layout.KEYS,
    layout.CRATE,
    layout.STATEMENT,
    layout.ENVIRONMENT,
    layout.ENTRIES,
    layout.PROOFS,
)


def complete(bundle: Bundle, found: Found) -> None:
    """Hold the files against the two manifests, both ways, and against what every bundle has."""
    payload, tags = _manifests(bundle, found)
    for name in sorted(name for name in tags if name.startswith(layout.PAYLOAD)):
        found.wrong(layout.TAG_MANIFEST, f"names {name}, which stands in {layout.MANIFEST} alone")
    for name in bundle.strange:
        found.wrong(name, "is a link or no plain file; a bundle holds plain files only")
    named = payload | tags
    for name in sorted(named.keys() - bundle.on_disk.keys()):
        found.wrong(name, "is named in the manifest and missing")
    for name in sorted(bundle.on_disk.keys() - named.keys() - {layout.TAG_MANIFEST}):
        found.wrong(name, "is in no manifest: it was added")
    for name in _NEEDED:
        found.unless(name in bundle.on_disk, name, "is missing; every bundle has it")
    _hold_names(bundle, found)
    _hold_oxum(bundle, payload, found)
    found.say(f"{len(bundle.on_disk)} files, {sum(bundle.on_disk.values()):,} bytes")


def digests(bundle: Bundle, found: Found) -> None:
    """Hold the digest of every file against its manifest."""
    payload, tags = _manifests(bundle, found)
    named = payload | tags
    for name, sha256 in sorted(named.items()):
        if name in bundle.digests:
            is_same = bundle.digests[name] == sha256
            found.unless(
                is_same, name, f"has SHA-256 {bundle.digests[name]}; the manifest has {sha256}"
            )
    found.say(f"{len(bundle.digests)} files hashed")


def _manifests(bundle: Bundle, found: Found) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the manifest of the payload names, and that of the other files."""
    read = []
    for found.at in (layout.MANIFEST, layout.TAG_MANIFEST):
        read.append(listed(bundle, found.at))
    return read[0], read[1]


def listed(bundle: Bundle, manifest: str) -> dict[str, str]:
    """Return the SHA-256 by path of a manifest; raises IntegrityError at a line that is none."""
    return parsed(bundle.text(manifest).splitlines(), manifest)


def parsed(lines: list[str], where: str) -> dict[str, str]:
    """Return the SHA-256 by path of the lines of a manifest."""
    named: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None or _OUTSIDE.search(match[2]) or match[2] in named:
            raise IntegrityError(
                f"{where}, line {number}: this is not a digest and the path of one more file of "
                "the bundle."
            )
        named[match[2]] = match[1]
    return named


def _hold_names(bundle: Bundle, found: Found) -> None:
    """Note names that could be taken for another's: 01 for 1, or A for a where these are one."""
    folded: dict[str, str] = {}
    for name in sorted(bundle.on_disk):
        other = folded.setdefault(name.casefold(), name)
        found.unless(other == name, name, f"is the same name as {other} on some machines")
        numbered = _NUMBERED.match(name)
        is_plain = numbered is None or _PLAIN.fullmatch(numbered[1]) is not None
        found.unless(is_plain, name, "has a number that no finding or report has")


def _hold_oxum(bundle: Bundle, payload: dict[str, str], found: Found) -> None:
    """Hold number and size of the payload against what bag-info.txt says of them."""
    sizes = [size for name, size in bundle.on_disk.items() if name.startswith(layout.PAYLOAD)]
    oxum = f"Payload-Oxum: {sum(sizes)}.{len(sizes)}"
    found.unless(
        oxum in bundle.text(layout.INFO).splitlines(),
        layout.INFO,
        f"does not say what is there, {oxum}",
    )
    outside = [name for name in payload if not name.startswith(layout.PAYLOAD)]
    found.unless(not outside, layout.MANIFEST, f"names files outside {layout.PAYLOAD}: {outside}")
