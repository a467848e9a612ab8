"""Where the tests keep their things: a folder for the run, and in it one for each worker."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Set by the process that was started first; the workers of pytest-xdist inherit it.
_ROOT = "TOUCHSTONE_TESTS"


def new_data_folder() -> Path:
    """Make the data folder of this process; it goes when the process that was first ends."""
    data = root() / os.environ.get("PYTEST_XDIST_WORKER", "first")
    data.mkdir(mode=0o700)
    share_encoders(data)
    return data


def share_encoders(data: Path) -> None:
    """Let a data folder that exists have the converted encoders of the whole run.

    A graph is converted once a run and not once a folder: that takes many seconds of processor.
    """
    (data / "encoders").symlink_to(root() / "encoders", target_is_directory=True)


def root() -> Path:
    """Return the folder of the run."""
    if _ROOT not in os.environ:
        made = Path(tempfile.mkdtemp(prefix="touchstone-tests-")).resolve()
        (made / "encoders").mkdir()
        os.environ[_ROOT] = str(made)
        atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(os.environ[_ROOT])
