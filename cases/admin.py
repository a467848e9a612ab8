"""Accounts in the administration: changes are entered into the matters of their persons."""

from collections.abc import Iterable

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from cases.models import CustodyEntry
from cases.services import matters

# What a changed field of an account comes to, by the new value.
_CHANGES = {
    "is_active": {True: "activated", False: "deactivated"},
    "is_staff": {True: "let into the administration", False: "shut out of the administration"},
    "is_superuser": {True: "made an administrator", False: "no administrator any more"},
}


class AccountAdmin(UserAdmin):  # type: ignore[type-arg] # takes none when it runs
    """Django's own, with custody: an account that stands in a ledger is never deleted."""

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: "ModelForm[User]",
        change: bool,  # noqa: FBT001 - Django calls it so
    ) -> None:
        """Save an account, and enter into the matters of its person what became of it."""
        with transaction.atomic():
            before = User.objects.select_for_update().get(pk=obj.pk) if change else None
            super().save_model(request, obj, form, change)
            for words in _changes(before, obj) if before is not None else ():
                matters.record_account(obj, words, by=_administrator(request))

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name
        form_url: str = "",
    ) -> HttpResponse:
        """Set a password, which lets whoever knows it act for the person, and enter that."""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            # Only a password that was set leads on to another page.
            if request.method == "POST" and response.status_code == 302:  # noqa: PLR2004
                person = User.objects.get(pk=id)
                matters.record_account(person, "password set", by=_administrator(request))
        return response

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the entries of an account among what keeps it from being deleted."""
        objs = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        names = [one.get_username() for one in objs if isinstance(one, User)]
        acts = CustodyEntry.objects.filter(actor__in=names).order_by("pk")[:1]
        protected = [*protected, *(f"custody entry: {one}" for one in acts)]
        return deleted, counts, lacking, protected


def _changes(before: User, after: User) -> list[str]:
    said = [
        words[getattr(after, field)]
        for field, words in _CHANGES.items()
        if getattr(before, field) != getattr(after, field)
    ]
    if before.username != after.username:
        said.append(f"named {before.username} before")
    return said


def _administrator(request: HttpRequest) -> User:
    return User.objects.get(username=request.user.get_username())


admin.site.unregister(User)
admin.site.register(User, AccountAdmin)
