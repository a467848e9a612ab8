"""OpenAI-compatible chat completions whose answers are limited by max_completion_tokens.

https://platform.openai.com/docs/api-reference/chat: models that reason refuse max_tokens, which
is deprecated, and older servers know nothing else. What is thought counts into the limit.
"""

from audit.collect.providers import chat_completions
from audit.collect.values import Address, Ask, Listing, Reading, Reply, Request

NAME = "OpenAI-compatible chat completions, for models that reason"
TAKES_SEED = True


def request(ask: Ask, address: Address) -> Request:
    """Return POST /chat/completions."""
    return chat_completions.limited_by("max_completion_tokens", ask, address)


def reading(reply: Reply) -> Reading:
    """Return the first choice, as of any chat completion."""
    return chat_completions.reading(reply)


def models_request(address: Address, after: str = "") -> Request:
    """Return GET /models, the same list as for chat completions."""
    return chat_completions.models_request(address, after)


def models(reply: Reply) -> Listing:
    """Return the models listed."""
    return chat_completions.models(reply)
