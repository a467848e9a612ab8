"""Measuring that can be stopped: each block of prompts is kept on disk once it is measured."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from audit.analysis.signals.cohort import Block, Cohort, Measured, measure_block

Progress = Callable[[int, int], None]


def measure_resumably(
    cohort: Cohort,
    blocks: Sequence[NDArray[np.intp]],
    folder: Path,
    *,
    done: Progress,
) -> Measured:
    """Return the sums of every signal, block by block; blocks that `folder` holds are read.

    `folder` must belong to this cohort and to these blocks: name it after their digest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    measured = []
    for place, block in enumerate(blocks):
        path = folder / f"block-{place:04d}.npz"
        if not path.exists():
            _keep(measure_block(cohort, block), path)
        measured.append(_kept(path))
        done(place + 1, len(blocks))
    return Measured(tuple(measured), cohort.weights)


def _keep(block: Block, path: Path) -> None:
    parts: dict[str, Any] = {"both": block.both, "answered": block.answered}
    for name, square in block.answers.items():
        parts[f"answers.{name}"] = square
    for name, counts in block.habits.items():
        parts[f"data.{name}"] = counts.data
        parts[f"indices.{name}"] = counts.indices
        parts[f"indptr.{name}"] = counts.indptr
        parts[f"shape.{name}"] = np.array(counts.shape)
    draft = path.with_suffix(".part")
    with draft.open("wb") as stream:
        np.savez_compressed(stream, **parts)
    draft.replace(path)


def _kept(path: Path) -> Block:
    with np.load(path, allow_pickle=False) as parts:
        answers = _named(parts.files, "answers")
        habits = _named(parts.files, "data")
        return Block(
            {name: parts[f"answers.{name}"] for name in answers},
            parts["both"],
            {
                name: sparse.csr_matrix(
                    (parts[f"data.{name}"], parts[f"indices.{name}"], parts[f"indptr.{name}"]),
                    shape=tuple(parts[f"shape.{name}"]),
                )
                for name in habits
            },
            parts["answered"],
        )


def _named(files: Sequence[str], kind: str) -> list[str]:
    return [one.removeprefix(f"{kind}.") for one in files if one.startswith(f"{kind}.")]
