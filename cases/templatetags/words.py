"""Text, numbers and times as the pages write them. Every filter returns text to be escaped."""

import re
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Page
from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()

# Characters that a reader cannot see, or that turn what follows around: control characters but
# tab and line feed, soft hyphen, marks and overrides of direction, zero-width and tag characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_KILO = 1000
_SHORT = 12


@register.filter
def visible(text: str) -> str:
    """Return the text with each hidden character spelt out, as in [U+202E]."""
    return _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", str(text))


@register.filter
def decimals(value: float) -> str:
    """Return a fraction with three decimals and a true minus sign."""
    written = f"{value:.3f}"
    return "0.000" if written == "-0.000" else written.replace("-", "\N{MINUS SIGN}")


@register.filter
def percent(value: float) -> str:
    """Return a share as a percentage."""
    return f"{value * 100:g} %"


@register.filter
def count(value: int) -> str:
    """Return a count with its thousands set apart."""
    return f"{value:,}"


@register.filter
def size(value: int) -> str:
    """Return a number of bytes in the largest decimal unit that it fills."""
    amount, units = float(value), iter(("bytes", "kB", "MB", "GB"))
    unit = next(units)
    while amount >= _KILO and unit != "GB":
        amount, unit = amount / _KILO, next(units)
    return f"{value:,} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """Return a time in UTC, to the minute, with the exact time for machines."""
    exact = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{} UTC</time>', exact.isoformat(), f"{exact:%Y-%m-%d %H:%M}"
    )


@register.inclusion_tag("_digest.html")
def digest(value: str) -> dict[str, str]:
    """Show the start of a SHA-256; it opens to the whole."""
    return {"short": value[:_SHORT], "whole": value}


@register.simple_tag(takes_context=True)
def page_query(context: Context, name: str, number: int) -> str:
    """Return the query of this page with one page number changed and all else kept."""
    query = context["request"].GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], name: str, what: str) -> dict[str, Any]:
    """Show the way to the pages before and after; nothing if there is only one."""
    return {"request": context["request"], "page": page, "name": name, "what": what}
