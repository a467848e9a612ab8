"""The bundle described for machines: RO-Crate 1.2 metadata over its payload."""

from collections.abc import Iterable, Mapping
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Written
from audit.analysis.bundling.statement import Made

_CONTEXT = "https://w3id.org/ro/crate/1.2/context"
_PROFILE = "https://w3id.org/ro/crate/1.2"
_TOOL = "#touchstone"
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_KINDS = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".npy": "application/octet-stream",
    ".txt": "text/plain",
    ".note": "text/plain",
    ".pem": "application/x-pem-file",
    ".tsr": "application/timestamp-reply",
    ".gz": "application/gzip",
}


def crate_of(
    name: str, at: str, payload: Mapping[str, Written], everything: Iterable[Made], version: str
) -> dict[str, Any]:
    """Return the metadata of a bundle made at a time (ISO 8601) of these files and findings."""
    actions = [_action(one, version) for one in everything]
    files = [_file(path, one) for path, one in payload.items()]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": "The evidence of one matter, which can be checked without its site.",
        "datePublished": at,
        "license": "Confidential: for those to whom it was handed in this matter.",
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": [{"@id": one["@id"]} for one in actions],
    }
    tool = {
        "@id": _TOOL,
        "@type": "SoftwareApplication",
        "name": "Touchstone",
        "softwareVersion": version,
    }
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": _PROFILE},
        "about": {"@id": "./"},
    }
    return {"@context": [_CONTEXT, _TERMS], "@graph": [about, root, tool, *actions, *files]}


def _file(path: str, written: Written) -> dict[str, Any]:
    ending = f".{path.rpartition('.')[2]}"
    return {
        "@id": path.removeprefix(layout.PAYLOAD),
        "@type": "File",
        "contentSize": str(written.size),
        "encodingFormat": _KINDS.get(ending, "application/octet-stream"),
        "sha256": written.sha256,
    }


def _action(one: Made, version: str) -> dict[str, Any]:
    return {
        "@id": f"#finding-{one.finding}",
        "@type": "CreateAction",
        "name": f"Finding {one.finding}, computed by Touchstone {version}",
        "startTime": one.sealed_at,
        "endTime": one.finished_at,
        "instrument": {"@id": _TOOL},
        "object": [{"@id": path.removeprefix(layout.PAYLOAD)} for path in sorted(one.used)],
        "result": [{"@id": path.removeprefix(layout.PAYLOAD)} for path in sorted(one.made)],
    }
