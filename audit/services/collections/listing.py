"""The models that an endpoint says it has: what tells of a new release before it is asked.

Each page is kept with its request, headers and bytes, whatever came of it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from audit.analysis.digests import digest_of, sha256_hex
from audit.collect import calling
from audit.collect.calling import Captured
from audit.collect.providers import provider_of
from audit.collect.secrets import Secret
from audit.collect.values import Address, Listed, Request
from audit.models import Endpoint, ListedBody, Listing
from audit.services import keys
from audit.services.collections.recording import keep_certificates
from audit.services.collections.words import EndingError

_WITHIN_S = 30.0
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """What an endpoint lists, or why it lists nothing; `digest` names what is kept of the look."""

    models: tuple[Listed, ...]
    problem: str
    digest: str


Exchange = tuple[Request, Captured]


def listed(endpoint: Endpoint) -> tuple[Listed, ...]:
    """Return every model that an endpoint lists; raises EndingError where it lists none."""
    found = look(endpoint)
    if found.problem:
        raise EndingError(found.problem)
    return found.models


def look(endpoint: Endpoint) -> Looked:
    """Ask for the list of models, and keep what went out and came in."""
    models, problem, exchanges = asyncio.run(_asked(endpoint, keys.key_of(endpoint.key_name)))
    said = f"The models of {endpoint.url} cannot be listed: {problem}." if problem else ""
    return Looked(() if problem else models, said, _kept(endpoint, exchanges))


async def _asked(
    endpoint: Endpoint, secret: Secret | None
) -> tuple[tuple[Listed, ...], str, list[Exchange]]:
    """Return what is listed, what is wrong with the last page, and every exchange."""
    spoken = provider_of(endpoint.kind)
    address = Address(endpoint.url, endpoint.model, secret)
    found: list[Listed] = []
    exchanges: list[Exchange] = []
    after = ""
    async with calling.client(timeout_s=_WITHIN_S, roots=settings.COLLECT_ROOTS) as http:
        for _ in range(_MOST_PAGES):
            request = spoken.models_request(address, after)
            captured = await calling.call(http, request, secret, within_s=_WITHIN_S)
            exchanges.append((request, captured))
            reply = captured.reply()
            page = spoken.models(reply) if reply else None
            problem = captured.error or (page.error if page else "")
            if page is None or problem:
                return (), problem, exchanges
            found += page.models
            after = page.after
            if not after:
                return tuple(found), "", exchanges
    return (), f"it has more than {_MOST_PAGES} pages", exchanges


@transaction.atomic
def _kept(endpoint: Endpoint, exchanges: list[Exchange]) -> str:
    """Keep a look, and return the digest that names it."""
    shown = [_shown(request, captured) for request, captured in exchanges]
    for _, captured in exchanges:
        keep_certificates(captured.certificates)
        ListedBody.objects.get_or_create(
            sha256=sha256_hex(captured.body), defaults={"body": captured.body}
        )
    digest = digest_of({"endpoint": str(endpoint), "exchanges": shown})
    Listing.objects.create(endpoint=endpoint, exchanges=shown, digest=digest)
    return digest


def _shown(request: Request, captured: Captured) -> dict[str, Any]:
    return {
        "request": {
            "method": request.method,
            "url": captured.url,
            "headers": [list(pair) for pair in captured.request_headers],
        },
        "response": {
            "status": captured.status,
            "headers": [list(pair) for pair in captured.headers],
            "body_sha256": sha256_hex(captured.body),
        },
        "problem": captured.error,
        "connection": captured.facts,
        "began": captured.began.as_dict(),
        "ended": captured.ended.as_dict() if captured.ended else None,
    }
