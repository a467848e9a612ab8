"""Blocks of a document on a page. Every filter returns escaped text, all that hides named."""

from collections.abc import Callable
from typing import Any

from django.template import Context, Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cases.reports.glyphs import visible

register = Library()

_FIRST_RIGHT_TO_LEFT = "\u0590"

_STYLES: dict[str, str] = {
    "strong": "<strong>{}</strong>",
    "quiet": '<span class="quiet">{}</span>',
    "digest": '<code class="digest">{}</code>',
    "code": "<code>{}</code>",
    "shared": "<mark>{}</mark>",
    "quote": '<bdi class="quote">{}</bdi>',
}


@register.filter
def inline(text: Any) -> SafeString:
    """Return a text of a block: a string, or strings and [text, style, key] in a list."""
    if isinstance(text, str):
        return _isolated(text)
    return mark_safe("".join(_span(one) for one in text))  # noqa: S308 - each part is escaped


def _span(one: Any) -> SafeString:
    if isinstance(one, str):
        return _isolated(one)
    words, style, to = one
    if style == "section":
        return format_html('<a href="#section-{}">{}</a>', to, words)
    return format_html(_STYLES[style], _isolated(words))


def _isolated(text: str) -> SafeString:
    """Return a text escaped; one that may run from right to left turns nothing beside it."""
    if text.isascii() or max(text) < _FIRST_RIGHT_TO_LEFT:
        return escape(visible(text))
    return format_html("<bdi>{}</bdi>", visible(text))


@register.simple_tag(takes_context=True)
def drawing(context: Context, key: str) -> SafeString:
    """Draw the chart of this key, with whatever the page was given to draw it by."""
    draw: Callable[[str], str] = context["draw"]
    return mark_safe(draw(key))  # noqa: S308 - cases.reports.charts.inline leaves nothing that acts
