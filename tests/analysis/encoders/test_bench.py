import json
import re

import pytest

from audit.analysis.encoders import bench


@pytest.mark.parametrize("given", [True, False], ids=["a file", "made texts"])
def test_the_bench_prints_both_speeds_and_their_agreement(given, tmp_path, monkeypatch, capsys):
    path = tmp_path / "answers.json"
    rows = [{"output": f"Answer {number}: ice flows slowly."} for number in range(9)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    arguments = ["bench", *([str(path)] if given else []), "--texts", "6", "--rounds", "1"]
    monkeypatch.setattr("sys.argv", [*arguments, "--backend", "torch"])
    bench.main()
    printed = capsys.readouterr().out
    assert printed.startswith("texts    6, ")
    assert re.search(r"ratio +\d+\.\d\d\n", printed)
    assert float(re.search(r"min ([\d.]+)", printed)[1]) >= 0.999
