"""ZIP files that say nothing of when or where they were made: equal content, equal bytes."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

# The earliest that a ZIP can name.
_WHEN = (1980, 1, 1, 0, 0, 0)
_READ_BY_ALL = 0o100644 << 16


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files by name as a ZIP, in their order."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # As on Unix wherever it is made.
            entry.create_system = 3
            entry.external_attr = _READ_BY_ALL
            archive.writestr(entry, data)
    return out.getvalue()
