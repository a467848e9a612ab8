"""Text of others made fit for print: what cannot be seen is named, what has no glyph is boxed."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

# The characters that Typst 0.15 has a regular and a bold glyph for in its own fonts; under PDF/A
# one character without a glyph fails the whole report. A test prints every one of them.
_COVERED_RANGES = (
    "20-7E A0-AC AE-34E 350-377 37A-37F 384-38A 38C 38E-3A1 3A3-4FF 510-513 51A-51D 531-556 "
    "559-58A 58D-58F 591-5C7 5D0-5EA 5EF-5F4 606-607 609-60A 60C 615 61B 61F 621-63A 640-655 "
    "65A 660-66D 674 679-67B 67E-680 683-684 686-687 691 698 6A4 6A9 6AF 6BE 6CC 6F0-6F9 E3F "
    "E81-E82 E84 E87-E88 E8A E8D E94-E97 E99-E9F EA1-EA3 EA5 EA7 EAA-EAB EAD-EB9 EBB-EBC "
    "EC8-ECD 10D0-10FF 13A0-13F5 13F8-13FD 1AB0-1ACE 1D00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D "
    "1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF "
    "1FF2-1FF4 1FF6-1FFE 2000-200A 2010-2027 202F-2037 2039-2040 2042 2044-204B 204F 2052 2054 "
    "205F 2070-2071 2074-208E 2090-209C 20A0-20C0 20D0-20F0 2100-2103 2105-2106 2109 210C-210F "
    "2111 2113 2115-2117 2119-211A 211C-211E 2120 2122 2124 2126-2127 212A-212B 212E 2135-2139 "
    "2148 214F-2151 2153-2184 2189 2190-2220 2222-222D 2234-223D 2241-226B 226D-228B 228D-22A5 "
    "22B2-22B5 22B8 22C2-22C6 22CD-22D1 22DA-22E9 22EF 2300-2306 2308-2315 2318-2319 231C-2322 "
    "2325-232B 2335-237A 237D 2380-2383 2388-238B 2395 239B-23AE 23CE-23CF 23D3 2422-2423 "
    "2460-262F 2638-268B 2690-269C 26A0-26A5 26AD-26AE 26B0-26B2 2701-2704 2706-2709 270C-2727 "
    "2729-274B 274D 274F-2752 2756 2758-275E 2761-277F 2794 2798-27AF 27B1-27BE 27C2 27C5-27C6 "
    "27DC 27E0 27E6-27EB 27F5-27F7 2800-28FF 2987-2988 2997-2998 29EB 29FA-29FB 2A00 2A2F "
    "2A6A-2A6B 2B05-2B0D 2B12-2B1A 2C60-2C71 2C74-2C77 2C79-2C7A 2C7C-2CF3 2CF9-2CFF 2E17-2E18 "
    "2E1F 2E22-2E25 2E2E 301A-301B A46A-A46B A640-A641 A648-A649 A656-A657 A708-A716 A71B-A727 "
    "A72D A730 A735 A789-A78E A790-A791 A7AA A7F8-A7F9 AB66 AB70-ABBF FB00-FB06 FB13-FB17 "
    "FB1D-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 FB46-FB4F FB52-FB81 FB8A-FB95 FB9E-FB9F "
    "FBAA-FBAD FBE8-FBE9 FBFC-FBFF FE20-FE2F FE66 FE70-FE74 FE76-FEFC FFFC-FFFD 10140-1018E "
    "102E0-102FB 1D106-1D107 1D55A 1D703 1F12F "
)
BOX = "\u25a1"
# Where a line may break although the text has no such place; the template takes it out again.
BREAK = "\u200b"
_LONG_RUN = re.compile(r"\S{25,}")
_PIECE, _LONGEST_PIECE = 8, 16
_DIGEST = re.compile("[0-9a-f]+")
# Between these a break would make another figure of what is printed: 10.5 read as 1 and 0.5.
_OF_FIGURES = re.compile(r"(?<=.)(?=[\d.,+\-\u2212])|(?<=\d)(?=\w)")
# More marks than this on one letter would climb over the lines above.
_MOST_MARKS = 3
_TAB = " " * 4

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
# Letters and marks that Unicode calls default ignorable: they have no look of their own either.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def _covered(ranges: str) -> frozenset[str]:
    ends = [tuple(int(end, 16) for end in one.split("-")) for one in ranges.split()]
    return frozenset(chr(code) for one in ends for code in range(one[0], one[-1] + 1))


COVERED = frozenset(one for one in _covered(_COVERED_RANGES) if not _IGNORABLE.match(one))


def printable(text: str) -> str:
    """Return the text with lines kept and everything else made visible, harmless and breakable.

    Control, format and private characters become <U+XXXX>, so no direction is overridden and
    nothing hides; a character without a glyph becomes BOX.
    """
    return _LONG_RUN.sub(_with_breaks, _visible(text, _shown))


def visible(text: str) -> str:
    """Return the text with lines and tabs kept and all else that cannot be seen named.

    For pages and files, whose readers have glyphs of their own: nothing is boxed or broken.
    """
    return _visible(text, _seen)


def all_printable(value: Any) -> Any:
    """Return a JSON value with every text in it made printable."""
    return _in_all(printable, value)


def _in_all(change: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _in_all(change, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_in_all(change, one) for one in value]
    return value


def on_one_line(text: str, most: int) -> str:
    """Return printable text on one line; what takes more than `most` ends in an ellipsis."""
    shown = _visible(text[: most + 1], _shown).replace("\n", _named("\n"))
    kept = shown if len(shown) <= most else shown[: most - 1] + "\u2026"
    return _LONG_RUN.sub(_with_breaks, kept)


def with_unseen_named(text: str) -> str:
    """Return the text on one line with what cannot be seen named; what has no glyph stays."""
    return visible(text).replace("\n", _named("\n")).replace("\t", _TAB)


def in_pictures(text: str) -> str:
    """Return printable text without places to break, as no line of a picture is broken."""
    return _visible(text, _shown)


def all_in_pictures(value: Any) -> Any:
    """Return a JSON value with every text in it fit for pictures."""
    return _in_all(in_pictures, value)


def _visible(text: str, look: Callable[[str], str]) -> str:
    marks = 0
    out = []
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        out.append(_named(character) if marks > _MOST_MARKS else look(character))
    return "".join(out)


def _shown(character: str) -> str:
    if character == "\t":
        return _TAB
    if character == "\n" or character in COVERED:
        return character
    seen = _seen(character)
    return BOX if seen == character else seen


def _seen(character: str) -> str:
    if character in "\n\t" or character in COVERED:
        return character
    unseen = unicodedata.category(character) in _UNSEEN or _IGNORABLE.match(character)
    return _named(character) if unseen else character


def _named(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def _with_breaks(run: re.Match[str]) -> str:
    text, pieces, start = run.group(), [], 0
    barred = (
        set() if _DIGEST.fullmatch(text) else {one.start() for one in _OF_FIGURES.finditer(text)}
    )
    while start < len(text):
        near, far = start + _PIECE, start + _LONGEST_PIECE
        end = next((one for one in range(near, far) if one not in barred), far)
        pieces.append(text[start:end])
        start = end
    return BREAK.join(pieces)
