"""Where everything stands in a bundle; the one list of names for who writes and who checks."""

FORMAT = "touchstone-bundle/1"
# The first line of the signed list, by which no other note can pass for one.
LIST = "touchstone-bundle-list/1"

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
NOTE = "bundle.note"
README = "README.txt"
VERIFIER = "verify.pyz"
# What the signed list cannot name: itself, and the two lists that repeat it.
UNLISTED = frozenset({NOTE, MANIFEST, TAG_MANIFEST})

PAYLOAD = "data/"
INDEX = "data/bundle.json"
KEYS = "data/keys.txt"
CRATE = "data/ro-crate-metadata.json"
STATEMENT = "data/statement.json"
ENVIRONMENT = "data/environment.json"
ENTRIES = "data/ledger/entries.jsonl"
PROOFS = "data/ledger/proofs.json"
CERTIFICATIONS = "data/certifications.json"
HOLDS = "data/holds.json"
# What is said of a filing, beside its papers.
FILING = "filing.json"

# What a watch is, with its plans and releases, and what it told people of.
WATCH = "watch.json"
NOTICES = "notices.jsonl"
# Runs of a schedule alone, and those that a person asked for: never in one list.
ORDINARY = "ordinary-course.jsonl"
ASKED = "as-asked.jsonl"
# What is said of the capture of a collection, and its calls where no exhibit holds them.
CAPTURE = "capture.json"
CALLS = "calls.jsonl"

# What is counted twice, once in the database and once in what was written.
COUNTED = (
    "exhibits",
    "bytes_of_exhibits",
    "exchanges",
    "left_out",
    "findings",
    "results",
    "reports",
    "filings",
    "entries",
    "checkpoints",
    "stamps",
    "vectors",
    "watches",
    "ordinary_runs",
    "asked_runs",
    "notices",
    "captures",
    "capture_stamps",
)


def exhibit(label: str, name: str) -> str:
    """Return the path of one file of an exhibit."""
    return f"data/exhibits/{label}/{name}"


def finding(number: int, name: str) -> str:
    """Return the path of one file of a finding."""
    return f"data/findings/{number}/{name}"


def report(number: int, name: str) -> str:
    """Return the path of one file of the report on a finding."""
    return f"data/reports/{number}/{name}"


def filing(number: int, name: str) -> str:
    """Return the path of one file of a final filing."""
    return f"data/filings/{number}/{name}"


def watch(number: int, name: str) -> str:
    """Return the path of one file of a watch."""
    return f"data/watches/{number}/{name}"


def capture(collection: int, name: str) -> str:
    """Return the path of one file of the capture of a collection."""
    return f"data/captures/{collection}/{name}"


def capture_stamp(collection: int, number: int, ending: str) -> str:
    """Return the path of an authority's answer on a capture (tsr), or its certificates (pem)."""
    return capture(collection, f"{number}.{ending}")


def checkpoint(size: int) -> str:
    """Return the path of the checkpoint over so many entries."""
    return f"data/ledger/checkpoints/{size}.note"


def stamp(size: int, number: int, ending: str) -> str:
    """Return the path of an authority's answer (tsr), or of its certificates (pem)."""
    return f"data/ledger/stamps/{size}-{number}.{ending}"


def vectors(encoder: str, name: str) -> str:
    """Return the path of the vectors of an encoder, known by its digest, or of their texts."""
    return f"data/vectors/{encoder}/{name}"
