"""A figure on a page: the picture, what is said of it, and its numbers as a table."""

from typing import Any

from django.template import Context, Library

from cases.reports.chart import Chart

register = Library()


@register.inclusion_tag("findings/_figure.html", takes_context=True)
def figure(context: Context, key: str, caption: str = "", *, table: bool = True) -> dict[str, Any]:
    """Show the figure with this key; nothing where the result has nothing to draw for it.

    `table` is false where its numbers stand beside it anyway.
    """
    chart: Chart | None = context["charts"].get(key)
    return {
        "chart": chart,
        "caption": caption,
        "table": table,
        "matter": context["matter"],
        "finding": context["finding"],
    }


@register.filter
def cells(row: tuple[str, ...], words: int) -> list[tuple[str, bool]]:
    """Return the cells of a row, each with whether it is a number."""
    return [(cell, place >= words) for place, cell in enumerate(row)]


@register.filter
def excess_key(teacher: dict[str, Any], view: str) -> str:
    """Return the key of the figure of a teacher's excess under a view."""
    return f"excess-{teacher['label']}-{view.replace('_', '-')}"


@register.filter
def in_key(label: str) -> str:
    """Return the label of a teacher, which may be several, as a part of a key."""
    return label.replace("+", "-")
