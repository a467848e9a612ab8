"""The tables of the site. What must never happen is a constraint or a trigger here."""

from cases.models.bundles import Bundle
from cases.models.certifications import Certification, CertifiedExhibit, CertifiedFinding
from cases.models.custody import Authority, Checkpoint, CustodyEntry, TimeStamp
from cases.models.evidence import (
    Erasure,
    EvidenceCheck,
    ExhibitKey,
    ExhibitTree,
    Hold,
    HoldAcknowledgement,
)
from cases.models.matters import Exhibit, Finding, Matter, Membership, Party, Report

__all__ = [
    "Authority",
    "Bundle",
    "Certification",
    "CertifiedExhibit",
    "CertifiedFinding",
    "Checkpoint",
    "CustodyEntry",
    "Erasure",
    "EvidenceCheck",
    "Exhibit",
    "ExhibitKey",
    "ExhibitTree",
    "Finding",
    "Hold",
    "HoldAcknowledgement",
    "Matter",
    "Membership",
    "Party",
    "Report",
    "TimeStamp",
]
