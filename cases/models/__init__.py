"""The tables of the site. What must never happen is a constraint or a trigger here."""

from cases.models.bundles import Bundle
from cases.models.certifications import Certification, CertifiedExhibit, CertifiedFinding
from cases.models.custody import Authority, Checkpoint, CustodyEntry, TimeStamp
from cases.models.designations import Designation
from cases.models.drafts import FilingClause, FilingElement, FilingText
from cases.models.evidence import (
    Erasure,
    EvidenceCheck,
    ExhibitKey,
    ExhibitTree,
    Hold,
    HoldAcknowledgement,
)
from cases.models.filings import Filing, FilingAuthor, FilingPaper, FilingReview
from cases.models.gatherings import Gathering, WatchedFile, WatchedFolder
from cases.models.matters import Exhibit, Finding, Matter, Membership, Party, Report
from cases.models.notices import Notice, NoticeDelivery
from cases.models.privilege import PrivilegeEntry, PrivilegeLog
from cases.models.productions import BatesRange, BatesSeries, Production
from cases.models.redactions import Redaction
from cases.models.timelines import WatchEvent
from cases.models.watches import AnswersErasure, Release, Watch, WatchPlan, WatchRun

__all__ = [
    "AnswersErasure",
    "Authority",
    "BatesRange",
    "BatesSeries",
    "Bundle",
    "Certification",
    "CertifiedExhibit",
    "CertifiedFinding",
    "Checkpoint",
    "CustodyEntry",
    "Designation",
    "Erasure",
    "EvidenceCheck",
    "Exhibit",
    "ExhibitKey",
    "ExhibitTree",
    "Filing",
    "FilingAuthor",
    "FilingClause",
    "FilingElement",
    "FilingPaper",
    "FilingReview",
    "FilingText",
    "Finding",
    "Gathering",
    "Hold",
    "HoldAcknowledgement",
    "Matter",
    "Membership",
    "Notice",
    "NoticeDelivery",
    "Party",
    "PrivilegeEntry",
    "PrivilegeLog",
    "Production",
    "Redaction",
    "Release",
    "Report",
    "TimeStamp",
    "Watch",
    "WatchEvent",
    "WatchPlan",
    "WatchRun",
    "WatchedFile",
    "WatchedFolder",
]
