"""What goes between browser and views: the type of a request, and what no cache may keep."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


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
