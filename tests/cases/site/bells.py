"""Tasks for the tests of the worker."""

import os
import time
from pathlib import Path

from celery import shared_task


@shared_task(name="bells.ring")
def ring(path: str, seconds: float = 0.0) -> None:
    """Leave a line when the work begins, and another when it is done."""
    with Path(path).open("a") as file:
        file.write(f"begun {os.getpid()} {time.time()}\n")
    time.sleep(seconds)
    with Path(path).open("a") as file:
        file.write(f"done {os.getpid()} {time.time()}\n")
