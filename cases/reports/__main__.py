"""`python -m cases.reports FORM`: a press of its own, which takes JSON in and gives a file out.

Its process is limited in time and memory, and holds nothing but the one document. It ends with 3
and says why on standard error if the document cannot be printed.
"""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings

from cases.reports import docx, html, pdf, tables
from cases.reports.pdf import PrintingError
from cases.reports.report import report_of

CANNOT = 3

# A PDF is pressed from its sheet, the others from the frozen document of a report.
FORMS: dict[str, Callable[[Any], bytes]] = {
    "pdf": pdf.pressed,
    "html": lambda document: html.render(report_of(document)),
    "docx": lambda document: docx.render(report_of(document)),
    "tables": lambda document: tables.archive(report_of(document)),
}


def main(form: str, seconds: int, most_bytes: int) -> int:
    """Print what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # Of memory in use, not of addresses: what draws charts reserves far more than it takes.
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Of no site: templates ask whether they should translate.
    settings.configure(USE_I18N=False)
    try:
        sys.stdout.buffer.write(FORMS[form](json.load(sys.stdin)))
    except PrintingError as error:
        sys.stderr.write(str(error))
        return CANNOT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
