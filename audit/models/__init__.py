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
    FoundFile,
    KeptKey,
    Sitting,
)

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
    "NearMatching",
    "Run",
    "RunInput",
    "Shard",
    "Sitting",
    "Source",
]
