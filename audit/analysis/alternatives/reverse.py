"""The reverse direction: the teacher learned from the suspect."""

from audit.analysis.alternatives.values import Alternative, Declared, Evidence, Status

NAME = "The teacher was trained on outputs of the suspect"
_SYMMETRIC = "Similarity is the same in both directions and shows neither."


def examine_reverse(evidence: Evidence) -> Alternative:
    """Return that the reverse is not excluded, and what the dates of release add, if given."""
    return Alternative(
        NAME,
        Status.NOT_EXCLUDED,
        None,
        None,
        f"{_SYMMETRIC} {_dates(evidence.declared)}".strip(),
        "Evidence from outside the transcripts: dates of training, data and access.",
    )


def _dates(declared: Declared) -> str:
    """Return what dates of release say, which is little: training comes before release."""
    teacher, suspect = declared.teacher_released, declared.suspect_released
    if teacher is None or suspect is None:
        return ""
    said = f"By the parties the teacher was released on {teacher}, the suspect on {suspect}."
    if teacher < suspect:
        return (
            f"{said} That makes this less likely and does not exclude it: the teacher may have "
            "learned from an earlier version of the suspect, or before a release."
        )
    return f"{said} These dates fit this alternative as well as H1, or better."
