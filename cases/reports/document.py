"""The frozen document of a report: every fact that the PDF prints, and its results.json."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from audit.analysis.calibration.verbal import SCALE
from audit.analysis.digests import digest_of
from audit.analysis.errors import IntegrityError
from cases.reports.alternatives import not_excluded
from cases.reports.axes import axes_of
from cases.reports.courses import CourseFacts, of_many
from cases.reports.differing import differing
from cases.reports.error_rates import error_rates_of
from cases.reports.likelihood import likelihood_of
from cases.reports.stamped import CheckpointFacts, in_short, time_stamp_of
from cases.rules.words import VERSION

DOCUMENT_FORMAT = "touchstone-report/2"

# An answer is printed up to this many characters and lines; results.json holds more of it.
MOST_CHARACTERS = 1200
MOST_LINES = 60

_OF_FINDING = ("number", "asked_by", "asked_at", "record")
_COMPARE_RESULTS = "Take its SHA-256 and hold it against the one printed on the first page."
_COMPARE_EXHIBITS = (
    "Obtain the file of each exhibit and hold its SHA-256 against the table of exhibits."
)
_NEEDS = "Neither a database nor, after the installation, a network is needed."
_REPLAY = (
    "Carry the sealed plan out again from the files. The command ends with 0 if every value comes "
    "out again within the tolerance that it prints, with 1 if one does not, and with 2 if a file "
    "or the encoder is not the one that the plan names. If the plan names another encoder than "
    "the shipped one, add --encoder and its folder."
)
_NOT_AGAIN = (
    "What the files cannot give again is the asking: the models may answer otherwise today."
)


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """The matter as it is named on the report."""

    name: str
    question: str


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """The finding: who asked, the sealed plan, and the result with its digest.

    `plan` is what `Plan.as_dict` gives, `result` what `pipeline.analyse` gives; times here and
    below are ISO 8601 with an offset. `record` says of a finding of a watch how it came about, and
    `course` which run of the watch it is.
    """

    number: int
    asked_by: str
    asked_at: str
    plan: dict[str, Any]
    plan_sha256: str
    sealed_at: str
    result: dict[str, Any]
    result_sha256: str
    record: str = ""
    course: CourseFacts | None = None


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """When the report is issued and by whom, for which filing, and how it must be handled.

    `filing` is None for the print that the software makes by itself after a finding. A
    `salt` drawn by chance keeps whoever lacks the document from finding out by trying what its
    digest was taken of. `signature` is who will sign what is printed (`SignerFacts`), None where
    nobody will.
    """

    at: str
    by: str
    filing: dict[str, Any] | None = None
    designation: str = ""
    salt: str = ""
    signature: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SoftwareFacts:
    """What computed the numbers; `environment` names libraries, processor and encoding."""

    name: str
    version: str
    environment: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExhibitFacts:
    """One exhibit: what was received, what its party asserts, and its Bates number if any.

    `course` is "ordinary" or "asked" for what a watch collected, "" for what a person handed in.
    """

    label: str
    role: str
    model: str
    party: str
    filename: str
    size: int
    sha256: str
    format: str
    taken: int
    left_out: int
    received_at: str
    received_by: str
    bates: str = ""
    course: str = ""


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """One entry of the chain of custody, with all that its seal covers."""

    matter: int
    number: int
    at: str
    actor: str
    way: str
    act: str
    facts: dict[str, Any]
    previous: str
    seal: str


@dataclass(frozen=True, slots=True)
class CustodyChain:
    """The entries in their order, and one sentence for each place where the chain breaks.

    `checkpoint` is the last over the entries, `plan` the first that covers the sealed plan.
    """

    entries: tuple[CustodyFacts, ...]
    problems: tuple[str, ...]
    checkpoint: CheckpointFacts | None = None
    plan: CheckpointFacts | None = None


def report_document(
    *,
    matter: MatterFacts,
    finding: FindingFacts,
    issue: IssueFacts,
    software: SoftwareFacts,
    exhibits: Iterable[ExhibitFacts],
    custody: CustodyChain,
) -> dict[str, Any]:
    """Return the document; raises IntegrityError if plan or result is not that of its digest."""
    _require_digests(finding)
    return {
        "format": DOCUMENT_FORMAT,
        "matter": asdict(matter),
        "finding": _finding(finding),
        "issued_at": issue.at,
        "issued_by": issue.by,
        "software": asdict(software),
        "plan": finding.plan,
        "plan_sha256": finding.plan_sha256,
        "sealed_at": finding.sealed_at,
        "result": finding.result,
        "result_sha256": finding.result_sha256,
        "against": [*_custody_doubt(custody), *_against(finding)],
        "axes": axes_of(finding.result["teachers"]),
        "exhibits": [asdict(one) for one in exhibits],
        **_custody(custody),
        "reproduce": _reproduce(software),
        "wording": VERSION,
        **_handling(issue),
        "printing": {"most_characters": MOST_CHARACTERS, "most_lines": MOST_LINES},
    } | _likelihood(finding.result)


def _finding(finding: FindingFacts) -> dict[str, Any]:
    told = {name: getattr(finding, name) for name in _OF_FINDING}
    return told | ({"course": finding.course.as_dict()} if finding.course else {})


def _handling(issue: IssueFacts) -> dict[str, Any]:
    return {
        "filing": issue.filing,
        "designation": issue.designation,
        "salt": issue.salt,
        "signature": issue.signature,
    }


def _custody(custody: CustodyChain) -> dict[str, Any]:
    """Return the chain with its checkpoints, and what is said of their time-stamps."""
    return {
        "custody": [asdict(one) for one in custody.entries],
        "custody_problems": list(custody.problems),
        "checkpoint": asdict(custody.checkpoint) if custody.checkpoint else None,
        "plan_checkpoint": asdict(custody.plan) if custody.plan else None,
        "time_stamp": time_stamp_of(custody.checkpoint, custody.plan),
        "stamped_by": in_short(custody.checkpoint),
    }


def _likelihood(result: dict[str, Any]) -> dict[str, Any]:
    """Return the likelihood ratio as it is printed; nothing if the result has none.

    With it go the scale that its words are of, and its error rates where it was validated.
    """
    found = likelihood_of(result)
    if found is None:
        return {}
    rates = error_rates_of(result)
    return {"likelihood": asdict(found), "scale": SCALE.as_dict()} | (
        {"error_rates": asdict(rates)} if rates else {}
    )


def _require_digests(finding: FindingFacts) -> None:
    for name, value, digest in (
        ("plan", finding.plan, finding.plan_sha256),
        ("result", finding.result, finding.result_sha256),
    ):
        if digest_of(value) != digest:
            raise IntegrityError(
                f"The {name} of finding {finding.number} is not what its digest was taken of. "
                "No report can be issued on it."
            )


def _against(finding: FindingFacts) -> list[str]:
    """Return the limits of the answer, those that weigh most against it first."""
    result = finding.result
    limits = result["outcome"]["limits"]
    # The result names the layout baseline first, and only if some teacher leads in it.
    layout_leads = any(one["views"]["layout"]["rank"] == 1 for one in result["teachers"])
    strongest = limits[: 1 + layout_leads]
    return [
        *differing(result),
        *reversed(strongest),
        _not_excluded(result),
        *_earlier(finding.number - 1),
        *_among(finding.course),
        *limits[len(strongest) :],
    ]


def _earlier(plans: int) -> list[str]:
    """Return what it means that other plans were sealed in the matter before this one."""
    if not plans:
        return []
    sealed = "1 earlier plan was" if plans == 1 else f"{plans} earlier plans were"
    choice = "Whoever chooses among several finds a first rank by chance more often than stated."
    return [
        (
            f"{sealed} sealed in this matter; the section on custody lists each with its outcome. "
            f"{choice}"
        )
    ]


def _among(course: CourseFacts | None) -> list[str]:
    return [of_many(course.levels)] if course and len(course.levels) > 1 else []


def _custody_doubt(custody: CustodyChain) -> list[str]:
    if not custody.problems:
        return []
    return [f"The chain of custody does not hold: {custody.problems[0]}"]


def _not_excluded(result: dict[str, Any]) -> str:
    names = "; ".join(name[:1].lower() + name[1:] for name in not_excluded(result))
    return f"Not excluded by this comparison: {names}."


def _reproduce(software: SoftwareFacts) -> list[dict[str, str]]:
    """Return the steps of a repetition, each with its command or an empty text."""
    install = f"Get the source of {software.name} {software.version} and install it."
    steps = (
        (
            "Take results.json out of the PDF of this report; it is attached inside.",
            "pdfdetach -saveall FILE",
        ),
        (_COMPARE_RESULTS, "sha256sum results.json"),
        (_COMPARE_EXHIBITS, "sha256sum FILE..."),
        (f"{install} {_NEEDS}", "pip install '.[models]'"),
        (_REPLAY, "python -m audit.analysis replay results.json FILE..."),
        (_NOT_AGAIN, ""),
    )
    return [{"step": step, "command": command} for step, command in steps]
