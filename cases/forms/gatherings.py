"""What comes in when a folder is named whose files are to become exhibits, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from audit.analysis.errors import WrongSettingError
from audit.collect.roots import joined
from cases.models import Exhibit
from cases.services import folders
from cases.services.captures import As


class FolderForm(forms.Form):
    """A folder below one that the site names, and as what its files are handed in."""

    root = forms.ChoiceField(
        label="Folder or bucket", help_text="Those that whoever runs this site has named."
    )
    below = forms.CharField(
        max_length=200,
        required=False,
        label="Folder below it",
        help_text="Such as in/2026. Leave it empty to take all that lies there.",
    )
    role = forms.ChoiceField(
        choices=Exhibit.Role.choices,
        help_text="Whose answers the files are said to hold. This is the party's assertion.",
    )
    model_name = forms.CharField(
        max_length=folders.LONGEST_MODEL,
        label="Model",
        help_text="As the party asserts it; the name of each file is added to it.",
    )
    party = forms.CharField(max_length=200, label="Handed in by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        root: Any = self.fields["root"]
        root.choices = [(one, one) for one in settings.COLLECT_FOLDERS]

    def clean(self) -> dict[str, Any]:
        """Put the address together."""
        given = super().clean() or self.cleaned_data
        if "root" in given and "below" in given:
            try:
                given["url"] = joined(given["root"], given["below"])
            except WrongSettingError as error:
                self.add_error("below", str(error))
        return given

    def url(self) -> str:
        """Return the address of the folder."""
        found: str = self.cleaned_data["url"]
        return found

    def given(self) -> As:
        """Return as what its files are handed in."""
        data = self.cleaned_data
        return As(data["role"], data["model_name"], data["party"])
