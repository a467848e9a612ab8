"""AlpacaEval: {"instruction", "output", "generator", "dataset"}.

A record with text in "input", as in the Alpaca training data, asks both: the prompt is then the
instruction and the input with an empty line between them.
"""

from audit.analysis.ingest.formats import Found, Record, name_of, text_of

NAME = "AlpacaEval"


def knows(record: Record) -> bool:
    """Tell whether the fields are those of this format."""
    return "instruction" in record


def found(record: Record) -> Found:
    """Return the instruction and the output."""
    prompt = text_of(record["instruction"], "prompt")
    if record.get("input"):
        prompt = f"{prompt}\n\n{text_of(record['input'], 'input')}"
    return Found(prompt, text_of(record.get("output"), "answer"), name_of(record.get("generator")))
