"""The APIs that are spoken: one module each, functions on bytes, without input or output.

No maker's SDK is used: they hide the raw bytes, and retries that must be on record.
"""

from collections.abc import Mapping

from audit.analysis.errors import WrongSettingError
from audit.collect.providers import (
    chat_completions,
    generate_content,
    messages,
    ollama,
    reasoning_completions,
    responses,
)
from audit.collect.values import Provider

PROVIDERS: Mapping[str, Provider] = {
    "chat_completions": chat_completions,
    "reasoning_completions": reasoning_completions,
    "responses": responses,
    "messages": messages,
    "generate_content": generate_content,
    "ollama": ollama,
}


def provider_of(kind: str) -> Provider:
    """Return the module of an API; raises WrongSettingError for one that is not spoken."""
    found = PROVIDERS.get(kind)
    if found is None:
        raise WrongSettingError(f"The API {kind!r} is not spoken: name one of {_names()}.")
    return found


def _names() -> str:
    return ", ".join(PROVIDERS)
