"""What goes into a call to a model and what comes out of it, whatever API speaks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from audit.collect.secrets import Secret

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a model.

    What is None is not sent. `extra` goes into the body as it stands, over what stands there; a
    value of None takes a field out.
    """

    prompt: str
    system: str = ""
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int = 1024
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is asked: the base address of an API, the model's name, and the key."""

    url: str
    model: str
    key: Secret | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes of one request; `prompt_at` is the JSON pointer of the prompt in the body."""

    method: str
    url: str
    headers: Headers
    body: bytes = b""
    prompt_at: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers, and the body without its transfer encodings."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens a provider says it read and wrote; None where it does not say.

    `thought` are those among the written that were spent on thinking.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    thought: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says: an answer, a refusal or an error, and what served it.

    `answer_at` are JSON pointers: the answer is what stands there, laid end to end, or, where
    `answer_after` is given, what of it comes after that mark. At `thought_at` stands what was
    thought before. `wait_s` is for how long the body asks to be left alone. One that is `barred`
    says that no request with this key or account will do better.
    """

    answer: str = ""
    answer_at: tuple[str, ...] = ()
    answer_after: str = ""
    thought_at: tuple[str, ...] = ()
    model: str = ""
    fingerprint: str = ""
    request_id: str = ""
    finish: str = ""
    usage: Usage = Usage()
    refusal: str = ""
    error: str = ""
    wait_s: float = 0.0
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of a provider's list; `made` and `digest` are as the provider writes them."""

    name: str
    made: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list of models; `after` asks for the next page, "" where there is none."""

    models: tuple[Listed, ...] = ()
    after: str = ""
    error: str = ""


class Provider(Protocol):
    """What the module of each API offers: functions on bytes, without any input or output."""

    NAME: str
    # Whether the API takes a seed; one that does not is never given one.
    TAKES_SEED: bool

    def request(self, ask: Ask, address: Address) -> Request:
        """Return the request that puts a question."""

    def reading(self, reply: Reply) -> Reading:
        """Return what a reply says; nothing in it makes this fail."""

    def models_request(self, address: Address, after: str = "") -> Request:
        """Return the request for a page of the list of models."""

    def models(self, reply: Reply) -> Listing:
        """Return what a reply lists."""
