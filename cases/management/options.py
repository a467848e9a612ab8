"""Options of commands out of the fields of forms, and what is given back into the forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError, CommandParser

# Options whose names have always been shorter than those of their fields.
_SHORT = {"key_name": "key"}
# Fields of text in which several values stand, and what stands between them.
_MANY = {"emails": ", ", "sentinels": "\n", "own": "\n"}
_LONGEST_CHOICE = 8
_Form = TypeVar("_Form", bound=forms.Form)


def add_fields(parser: CommandParser, form: type[forms.Form]) -> None:
    """Declare an option for each field; one that is not given is as on the page."""
    for name, field in form.base_fields.items():
        if not isinstance(field, forms.BooleanField):
            parser.add_argument(_flag(name), dest=name, **_how(name, field))


def data_of(
    form: forms.Form, options: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, SimpleUploadedFile]]:
    """Return what a page would send that shows this form, and whose fields are set so."""
    data, files = {}, {}
    for name, field in form.fields.items():
        value = options.get(name)
        if isinstance(field, forms.FileField):
            if value is not None:
                files[name] = _file(value)
        elif value is None:
            data[name] = _sent(form[name])
        elif isinstance(field, forms.ModelMultipleChoiceField):
            data[name] = list(_chosen(name, field, value))
        else:
            data[name] = _MANY[name].join(value) if name in _MANY else value
    return {name: value for name, value in data.items() if value is not None}, files


def checked(form: _Form) -> _Form:
    """Return a form that is valid; raises CommandError with what is wrong, option by option."""
    if form.is_valid():
        return form
    wrong = [
        f"{_flag(name)}: {' '.join(map(str, errors))}" if name in form.fields else f"{errors[0]}"
        for name, errors in form.errors.items()
    ]
    raise CommandError("\n".join(wrong))


def _flag(name: str) -> str:
    return f"--{_SHORT.get(name, name).replace('_', '-')}"


def _how(name: str, field: Any) -> dict[str, Any]:
    label = field.label or name.replace("_", " ").capitalize()
    words = f"{label}. {field.help_text}".strip()
    how: dict[str, Any] = {"help": words.replace("%", "%%"), "metavar": "VALUE"}
    if isinstance(field, forms.ModelMultipleChoiceField):
        return how | {"nargs": "+", "metavar": "EXHIBIT"}
    if isinstance(field, forms.FileField):
        return how | {"type": Path, "metavar": "FILE"}
    if isinstance(field, forms.ChoiceField):
        known: Any = field.choices
        choices = [str(value) for value, _ in known]
        shown = "|".join(one for one in choices if one)
        return how | ({"metavar": shown} if len(choices) <= _LONGEST_CHOICE else {})
    return how | ({"nargs": "+"} if name in _MANY else {})


def _sent(field: forms.BoundField) -> Any:
    value = field.value()
    if isinstance(value, list):
        return [getattr(one, "pk", one) for one in value]
    return field.field.prepare_value(value)


def _file(path: Path) -> SimpleUploadedFile:
    try:
        return SimpleUploadedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}. Give another.") from error


def _chosen(name: str, field: Any, labels: list[str]) -> Iterator[int]:
    there = {str(one.label): one.pk for one in field.queryset}
    for label in labels:
        if label not in there:
            found = ", ".join(there) or "none"
            raise CommandError(f"{_flag(name)}: there is no exhibit {label} to choose: {found}.")
        yield there[label]
