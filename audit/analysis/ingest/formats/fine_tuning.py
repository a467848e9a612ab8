"""OpenAI fine-tuning: {"messages": [{"role", "content"}]}; the first prompt and answer count."""

from audit.analysis.ingest.formats import Found, Record, first_exchange, name_of, turns_of

NAME = "OpenAI fine-tuning"


def knows(record: Record) -> bool:
    """Tell whether the fields are those of this format."""
    beside = ("response", "choices", "error")
    return "messages" in record and not any(record.get(name) for name in beside)


def found(record: Record) -> Found:
    """Return the first prompt and answer of the example."""
    prompt, answer = first_exchange(turns_of(record["messages"]))
    return Found(prompt, answer, name_of(record.get("model")))
