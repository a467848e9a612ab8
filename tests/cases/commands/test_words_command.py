from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def test_phrase_place_reason_and_mend_are_printed_and_the_status_is_one(tmp_path):
    path = tmp_path / "opinion.txt"
    path.write_text("The rank is 1.\nIt proves\ntraining.\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match=r"Not to be said: 1\. Rules words-"):
        call_command("words", str(path), stdout=out)
    line = out.getvalue()
    assert f'{path}, line 2: "proves": A statistical comparison proves nothing' in line
    assert "Instead: the findings support H1 over H2" in line


def test_a_text_without_such_phrases_passes(tmp_path):
    path = tmp_path / "opinion.txt"
    path.write_text("The findings support H1 over H2. They prove nothing.", encoding="utf-8")
    out = StringIO()
    call_command("words", str(path), stdout=out)
    assert out.getvalue().startswith("Nothing is refused. Rules words-")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"gone\.txt"):
        call_command("words", str(tmp_path / "gone.txt"))
