"""The state of the site as numbers, for staff and for whoever has the token."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cases.services import metrics


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Answer staff, and who shows METRICS_TOKEN as a bearer token; others find no page."""
    if not (_has_token(request) or (request.user.is_authenticated and request.user.is_staff)):
        raise Http404("No such page.")
    return HttpResponse(metrics.text(), content_type=metrics.MEDIA_TYPE)


def _has_token(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    shown = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(shown.encode(), wanted.encode())
