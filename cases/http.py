"""What goes between browser and views: who asks, what is entered of it, what no cache may keep."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from cases.models import CustodyEntry
from cases.queries import AccessRefused
from cases.services import custody


class SignedInRequest(HttpRequest):
    """A request that has passed the login check: its user is a person."""

    user: User


def never_cached(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep every page out of caches: a matter must not be read from a browser after sign-out."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        add_never_cache_headers(response)
        return response

    return answer


class KeptInCustody:
    """Says that what is done in a request comes in by a page; enters what a guard refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with whatever is done meanwhile done on a page."""
        before = custody.way.set(CustodyEntry.Way.PAGE)
        try:
            return self._get_response(request)
        finally:
            custody.way.reset(before)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record a refusal; the person is answered like anyone who asks for what is not there."""
        if isinstance(exception, AccessRefused) and isinstance(request.user, User):
            custody.record_refusal(exception.matter_id, request.path, by=request.user)
