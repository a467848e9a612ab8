"""Which folders may be watched: those at or below the roots that a site names, and no other."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, quote, unquote, urlsplit

from audit.analysis.errors import WrongSettingError
from audit.analysis.text import is_storable


def require_below(url: str, roots: Iterable[str], private: Path) -> None:
    """Refuse a folder that lies below no root, or that shows what the site keeps for itself."""
    parts = urlsplit(url)
    if not any(_is_below(parts, urlsplit(root)) for root in roots):
        raise WrongSettingError(
            f"Files may not be taken from {url}: it is not below a folder or bucket that this site"
            " names. Whoever runs the site sets COLLECT_FOLDERS."
        )
    if parts.scheme == "file" and _touches(_folder(parts), Path(os.path.realpath(private))):
        raise WrongSettingError(
            f"Files may not be taken from {url}: the site keeps its own data there."
        )


def joined(root: str, below: str) -> str:
    """Return the address of a folder below a root; raises WrongSettingError for what is none."""
    inner = PurePosixPath(below.strip().strip("/"))
    if ".." in inner.parts or not is_storable(below) or "\\" in below:
        raise WrongSettingError(
            "The folder is named by its way below the root, such as in/2026: without .. in it."
        )
    parts = urlsplit(root)
    tail = "" if inner == PurePosixPath() else f"/{quote(str(inner))}"
    return parts._replace(path=parts.path.rstrip("/") + tail).geturl()


def _is_below(parts: SplitResult, root: SplitResult) -> bool:
    if parts.scheme != root.scheme:
        return False
    if parts.scheme == "file":
        # Of both as they are once every link is followed.
        return _folder(parts).is_relative_to(_folder(root))
    if (parts.netloc, parts.query) != (root.netloc, root.query):
        return False
    prefix, start = (unquote(one.path).strip("/") for one in (parts, root))
    return not start or prefix == start or prefix.startswith(f"{start}/")


def _folder(parts: SplitResult) -> Path:
    return Path(os.path.realpath(unquote(parts.path)))


def _touches(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
