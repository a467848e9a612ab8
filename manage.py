#!/usr/bin/env python
"""Command line of Touchstone."""

import os
import sys

from django.core.management import execute_from_command_line

from audit.analysis.errors import WrongSettingError


def main() -> None:
    """Run one command; a wrong setting ends it with its sentence and no traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.site.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSettingError as error:
        sys.exit(f"touchstone: {error}")


if __name__ == "__main__":
    main()
