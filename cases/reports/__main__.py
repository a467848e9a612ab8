"""`python -m cases.reports`: a press of its own, which takes JSON in and gives a PDF out.

Its process is limited in time and memory, and holds nothing but the one document. It ends with 3
and says why on standard error if the document cannot be printed.
"""

import json
import resource
import sys

from cases.reports.pdf import PrintingError, pressed

CANNOT = 3


def main(seconds: int, most_bytes: int) -> int:
    """Print what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # Of memory in use, not of addresses: what draws charts reserves far more than it takes.
    resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.buffer.write(pressed(json.load(sys.stdin)))
    except PrintingError as error:
        sys.stderr.write(str(error))
        return CANNOT
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
