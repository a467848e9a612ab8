"""The type of a signed-in request."""

from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """A request that has passed the login check: its user is a person."""

    user: User
