"""A document as DOCX, for whoever has to write in it, and read back: all that knows python-docx.

The edited file is nobody's evidence: what was printed and issued stays as it was.
"""

from cases.reports.artefacts import Artefact
from cases.reports.texts_read import Part

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def render(artefact: Artefact) -> bytes:
    """Return the DOCX; equal input, equal bytes."""
    from cases.reports.docx.document import written

    return written(artefact)


def parts_of(data: bytes) -> tuple[Part, ...]:
    """Return the text of a DOCX, its quotations marked; raises UnreadableFileError."""
    from cases.reports.docx.reading import read

    return read(data)
