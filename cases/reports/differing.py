"""What is said where the likelihood ratio speaks for H1 and the comparison by rank does not."""

from typing import Any

# What the comparison by rank comes to where it speaks for H1 at all.
_FOR_H1 = frozenset({"stands_out", "limited"})
_WHY = (
    "the ratio weighs wording against a reference population, the rank compares what is said with "
    "these controls alone. Neither overrules the other; where they differ, rest no more on the "
    "ratio than the comparison by rank allows."
)


def differing(result: dict[str, Any]) -> list[str]:
    """Return for which teachers the two do not agree, in a sentence; nothing if there are none."""
    found = result.get("likelihood")
    codes = {one["label"]: one["code"] for one in result["teachers"]}
    raised = [
        one["label"]
        for one in (found["teachers"] if found else ())
        if (one["log10_lr"] or 0) > 0 and not _FOR_H1 & _codes_of(one, codes)
    ]
    if not raised:
        return []
    names = ", ".join(raised)
    return [f"For {names} the likelihood ratio and the comparison by rank do not agree: {_WHY}"]


def _codes_of(one: dict[str, Any], codes: dict[str, str]) -> set[str]:
    """Return what each file of a teacher comes to by rank."""
    return {codes[label] for label in one.get("files", [one["label"]]) if label in codes}
