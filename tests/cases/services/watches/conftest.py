"""What the tests of watches have in common: a line of models that a local provider plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import samples
from tests.watching import Line, answers_of


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A line whose first release is the honest sample."""
    playing = Line(tmp_path)
    playing.release(answers=answers_of(samples.HONEST))
    yield playing
    playing.stop()
