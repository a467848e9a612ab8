import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.analysis.ingest import open_source
from audit.analysis.transcripts import Exchange, LeftOut

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "transcripts" / "alpaca_eval"
MIB = 1024 * 1024
MOST_MIB = 120

# ru_maxrss would count the parent's memory too: the kernel carries it over into a new program.
READ = """
import re, sys
from pathlib import Path
from audit.analysis.ingest import open_source
with open(sys.argv[1], "rb") as stream:
    count = sum(1 for _ in open_source(stream, name="large").records)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(count, int(peak) // 1024)
"""


linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")


def counted(path: Path) -> tuple[int, int]:
    """Read a file in a process of its own; its records and its peak memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", READ, path], capture_output=True, text=True, cwd=ROOT, check=True
    )
    count, peak = done.stdout.split()
    return int(count), int(peak)


def records(size: int) -> Iterator[bytes]:
    """Make about `size` bytes of records with text outside ASCII."""
    answer = 'caf\u00e9 \U0001f600 and \\ "more", [so] {on}\n' * 60
    made = number = 0
    while made < size:
        number += 1
        record = {"instruction": f"Question {number}?", "output": f"{number} {answer}"}
        text = json.dumps(record, ensure_ascii=False).encode()
        made += len(text)
        yield text


def write(path: Path, size: int, *, is_array: bool) -> int:
    start, between, end = (b"[", b",\n", b"]") if is_array else (b"", b"\n", b"\n")
    count = 0
    with path.open("wb") as target:
        for record in records(size):
            target.write(start if count == 0 else between)
            target.write(record)
            count += 1
        target.write(end)
    return count


@linux
@pytest.mark.slow
@pytest.mark.parametrize("is_array", [True, False], ids=["array", "lines"])
def test_a_file_of_200_mb_is_read_in_little_memory(tmp_path, is_array):
    written = write(tmp_path / "large", 200 * MIB, is_array=is_array)
    count, peak = counted(tmp_path / "large")
    assert count == written
    assert peak < MOST_MIB


@linux
def test_the_longest_record_is_read_in_little_memory(tmp_path):
    text = "x" * (4 * MIB - 200) + "\U0001f600"
    record = json.dumps({"instruction": "a?", "output": text}, ensure_ascii=False)
    (tmp_path / "large").write_text(f"[{record},\n{record}]", encoding="utf-8")
    count, peak = counted(tmp_path / "large")
    assert count == 2
    assert peak < MOST_MIB


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared transcripts are absent")
def test_real_transcripts_are_read_with_every_record_accounted_for():
    paths = sorted(SHARED.glob("*.json.gz"))[::35]
    assert len(paths) == 5
    for path in paths:
        rows = json.loads(gzip.decompress(path.read_bytes()))
        with path.open("rb") as stream:
            found = list(open_source(stream, name=path.name).records)
        assert len(found) == len(rows)
        for row, one in zip(rows, found, strict=True):
            if isinstance(one, Exchange):
                assert (one.prompt, one.answer) == (row["instruction"], row["output"])
            else:
                assert isinstance(one, LeftOut)
                assert not (row["output"] or "").strip()
