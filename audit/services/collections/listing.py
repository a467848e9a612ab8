"""The models that an endpoint says it has: what tells of a new release before it is asked."""

import asyncio

from django.conf import settings

from audit.collect import calling
from audit.collect.providers import provider_of
from audit.collect.secrets import Secret
from audit.collect.values import Address, Listed
from audit.models import Endpoint
from audit.services import keys
from audit.services.collections.words import EndingError

_WITHIN_S = 30.0
_MOST_PAGES = 50


def listed(endpoint: Endpoint) -> tuple[Listed, ...]:
    """Return every model that an endpoint lists; raises EndingError where it lists none."""
    return asyncio.run(_listed(endpoint, keys.key_of(endpoint.key_name)))


async def _listed(endpoint: Endpoint, secret: Secret | None) -> tuple[Listed, ...]:
    spoken = provider_of(endpoint.kind)
    address = Address(endpoint.url, endpoint.model, secret)
    found: list[Listed] = []
    after = ""
    async with calling.client(timeout_s=_WITHIN_S, roots=settings.COLLECT_ROOTS) as http:
        for _ in range(_MOST_PAGES):
            request = spoken.models_request(address, after)
            captured = await calling.call(http, request, secret, within_s=_WITHIN_S)
            reply = captured.reply()
            page = spoken.models(reply) if reply else None
            problem = captured.error or (page.error if page else "")
            if page is None or problem:
                raise EndingError(f"The models of {endpoint.url} cannot be listed: {problem}.")
            found += page.models
            after = page.after
            if not after:
                break
    return tuple(found)
