"""What is stored of an audit. Evidence is known here only by the SHA-256 of its bytes."""

from audit.models.audits import (
    Embedding,
    Encoder,
    EncodingWay,
    Exchange,
    Job,
    LeftOutRecord,
    NearMatching,
    Run,
    RunInput,
    Shard,
    Source,
)
from audit.models.collecting import (
    Authorisation,
    Call,
    CaptureStamp,
    Certificate,
    Collection,
    Endpoint,
    KeptKey,
    Sitting,
)
from audit.models.found import FoundFile, ListedBody, Listing

__all__ = [
    "Authorisation",
    "Call",
    "CaptureStamp",
    "Certificate",
    "Collection",
    "Embedding",
    "Encoder",
    "EncodingWay",
    "Endpoint",
    "Exchange",
    "FoundFile",
    "Job",
    "KeptKey",
    "LeftOutRecord",
    "ListedBody",
    "Listing",
    "NearMatching",
    "Run",
    "RunInput",
    "Shard",
    "Sitting",
    "Source",
]
