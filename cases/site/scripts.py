"""What draws charts on a page, made from what draws them in print: a finder of static files."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

from cases.reports.charts import drawing

NAME = "cases/vega.js"


class MadeScripts(BaseFinder):
    """Finds the script in the data folder and makes it if it is not there, once a version."""

    def check(self, **_: Any) -> list[CheckMessage]:
        """Return that nothing is wrong: there is nothing to set."""
        return []

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Return the file, or the files."""
        found = [str(_folder() / NAME)] if path == NAME else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the file and where it is."""
        del ignore_patterns  # They are for the files of others.
        yield NAME, FileSystemStorage(_folder())


def _folder() -> Path:
    """Return the folder of this version, with the script in it."""
    folder: Path = settings.DATA / "scripts" / drawing.VERSION
    script = folder / NAME
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        half = script.with_suffix(f".{os.getpid()}")
        half.write_text(drawing.script(), encoding="utf-8")
        half.replace(script)
    return folder
