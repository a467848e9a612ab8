"""Productions, read back by a parser of the test's own and held against what was handed in."""

import gzip
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from audit.blobs.folder import FolderStore
from audit.models import Job
from audit.services.sources import store
from cases.models import Production
from cases.services import (
    bates,
    custody,
    designations,
    erasure,
    evidence,
    exhibits,
    matters,
    productions,
)
from cases.services.exhibits import Deposit
from cases.services.productions import keeping, profiles, volume
from cases.services.productions.documents import NotProduced, Source
from cases.services.sweep import due_work
from cases.tasks import tidy, write_production
from tests.making import alpaca, answers, hand_in
from tests.processes import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = "../../etc/\u00fepass\u00ae\x14wd\r\n=cmd|' /C calc'!A0.json"
KILLED = """
import sys, time
import django; django.setup()
from cases.models import Production
from cases.services.productions import volume
from cases.tasks import write_production
def stalled(found):
    print("writing", flush=True)
    time.sleep(60)
volume.in_words = stalled
write_production(int(sys.argv[1]))
"""


@pytest.fixture
def small(alice):
    """A matter with a suspect, a teacher in a gzip, and a control that cannot be read."""
    opened = matters.open_matter("Small", "Was it?", by=alice)
    hand_in(opened, "suspect", "suspect", _rows("suspect"), alice)
    deposit = Deposit("teacher.JSONL.gz", "teacher", "teacher", "the other side")
    lines = "".join(f"{_chat(number)}\n" for number in range(40))
    teacher = exhibits.receive(opened, [gzip.compress(lines.encode())], deposit, by=alice)
    exhibits.read(teacher, by=alice)
    hand_in(opened, "broken", "control", b"{", alice)
    return opened


def _rows(name: str) -> bytes:
    return alpaca(answers(len(name), 31).items(), name)


def _chat(number: int) -> str:
    said = [("user", f"Ask {number}?"), ("assistant", f"Told {number}.\u00fe")]
    return json.dumps({"messages": [{"role": one, "content": text} for one, text in said]})


def produce(matter, by, prefix="LARK", **how) -> Production:
    """Ask for a production and have it written; raises where the page would say why not."""
    asked = productions.ask(matter, profiles.CONCORDANCE.name, prefix, by=by, **how)
    write_production(asked.pk)
    asked.refresh_from_db()
    job = Job.objects.get(kind=Job.Kind.PRODUCE, subject=asked.pk)
    if job.error:
        raise TouchstoneError(job.error)
    return asked


def opened(made: Production) -> zipfile.ZipFile:
    with store().open(made.sha256) as stream:
        packed = zipfile.ZipFile(io.BytesIO(stream.read()))
    assert packed.testzip() is None
    return packed


def rows_of(data: bytes) -> list[dict[str, str]]:
    """A load file read by its description alone: no code of ours."""
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data[3:].split(b"\r\n")
    assert lines.pop() == b""
    table = []
    for line in lines:
        cells = line.split(b"\x14")
        assert all(one[:2] == one[-2:] == b"\xc3\xbe" and len(one) >= 4 for one in cells)
        inner = [one[2:-2] for one in cells]
        assert not any(b"\xc3\xbe" in one or b"\n" in one or b"\r" in one for one in inner)
        table.append([one.decode() for one in inner])
    head, *rest = table
    assert {len(one) for one in rest} <= {len(head)}
    return [dict(zip(head, one, strict=True)) for one in rest]


def load_file(packed: zipfile.ZipFile) -> list[dict[str, str]]:
    (name,) = (one for one in packed.namelist() if one.startswith("DATA/"))
    return rows_of(packed.read(name))


def blobs() -> set[str]:
    return set(store().digests())


def test_a_production_holds_what_was_handed_in(small, alice):
    before = timezone.now()
    made = produce(small, alice)
    packed = opened(made)
    assert packed.namelist()[0] == "DATA/LARK_VOL001.dat"
    rows = load_file(packed)
    assert [one["BEGBATES"] for one in rows] == [f"LARK000000{number}" for number in (1, 2, 3)]
    assert [one["FILEEXT"] for one in rows] == ["json", "jsonl.gz", "json"]
    assert [one["CUSTODIAN"] for one in rows] == ["the claimant", "the other side", "the claimant"]
    for row, exhibit in zip(rows, small.exhibits.select_related("source"), strict=True):
        native = packed.read(row["NATIVELINK"].replace("\\", "/"))
        assert row["NATIVELINK"] == f"NATIVES\\{row['BEGBATES']}.{row['FILEEXT']}"
        assert row["SHA256"] == hashlib.sha256(native).hexdigest() == exhibit.source.sha256
        assert int(row["FILESIZE"]) == len(native)
        assert row["ENDBATES"] == row["BEGATTACH"] == row["ENDATTACH"] == row["BEGBATES"]
        assert row["AUTHORTYPE"] == "model output"
        assert row["REDACTED"] == "No"
        at = exhibit.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert row["DATERECEIVED"] == at <= before.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(packed.namelist()) == 1 + 2 * 3 + 2


def test_texts_are_the_exchanges_that_were_read(small, alice):
    packed = opened(produce(small, alice))
    text = packed.read("TEXT/LARK0000002.txt").decode()
    assert text.startswith(
        "[record 1] prompt:\nAsk 0?\n\nanswer:\nTold 0.\u00fe\n\n\n[record 2] prompt:\nAsk 1?\n"
    )
    assert text.count("[record ") == 40
    assert packed.read("TEXT/LARK0000003.txt") == b""
    found = json.loads(packed.read("QC.json"))
    assert found["without_text"] == ["LARK0000003"]


def test_the_checks_say_that_in_and_out_balance(small, alice):
    made = produce(small, alice)
    packed = opened(made)
    found = json.loads(packed.read("QC.json"))
    assert found["balances"] is True
    assert found["documents_in_the_matter"] == {"exhibits": 3, "papers of filings": 0}
    sizes = sum(one.source.size for one in small.exhibits.select_related("source"))
    assert found["written"] == made.counts
    assert made.counts == {
        "rows": 3,
        "natives": 3,
        "texts": 3,
        "bytes": sizes,
        "pages": 3,
        "not_produced": 0,
    }
    assert found["digests_recomputed"] == 3
    assert found["fields_empty"] == {"DESIGNATION": 3, "CONFIDENTIALITY": 3}
    assert found["longest_path"]["path"] == "NATIVES/LARK0000002.jsonl.gz"
    words = packed.read("QC.txt").decode()
    assert "produced: 3, on 3 numbers" in words
    assert "empty: LARK0000003" in words


def test_what_was_done_stands_in_the_ledger(small, alice):
    made = produce(small, alice)
    with productions.open_made(made, by=alice) as stream:
        assert stream.read(2) == b"PK"
    acts = list(small.custody.order_by("-number").values_list("act", flat=True)[:4])
    assert acts == ["delivered", "produced", "numbered", "prefix"]
    facts = small.custody.get(act="produced").facts
    assert facts["sha256"] == made.sha256
    assert (facts["first"], facts["last"]) == ("LARK0000001", "LARK0000003")
    assert custody.problems(small) == []


def test_hostile_names_and_values_break_nothing(alice):
    matter = matters.open_matter("Hostile", "Was it?", by=alice)
    deposit = Deposit(HOSTILE, "suspect", "=HYPERLINK(1)", "+party\u2028\u00fe\r\nsecond line")
    exhibits.read(exhibits.receive(matter, [_rows("x")], deposit, by=alice), by=alice)
    packed = opened(produce(matter, alice))
    (row,) = load_file(packed)
    assert row["FILENAME"] == "../../etc/ pass(R) wd\u00ae=cmd|' /C calc'!A0.json"
    assert row["CUSTODIAN"] == "+party\u00ae \u00aesecond line"
    for name in packed.namelist():
        assert ".." not in name
        assert not name.startswith("/")
    found = json.loads(packed.read("QC.json"))
    assert found["characters_replaced"]["count"] == 7
    told = {(one["field"], one["sign"]): one for one in found["characters_replaced"]["places"]}
    assert told["FILENAME", "U+0014"]["by"] == "a space"
    assert told["FILENAME", "U+000D+U+000A"] == {
        "number": "LARK0000001",
        "field": "FILENAME",
        "sign": "U+000D+U+000A",
        "times": 1,
        "by": "\u00ae",
    }
    assert {one["field"] for one in found["cells_like_formulas"]["places"]} == {"CUSTODIAN"}
    assert "\x14" not in packed.read("QC.txt").decode()


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x9b", "\t"])
def test_signs_that_steer_become_spaces_and_are_told(sign):
    line, told = profiles.CONCORDANCE.row({"TITLE": f"a{sign}b"})
    assert rows_of(profiles.CONCORDANCE.header() + line)[0]["TITLE"] == "a b"
    assert told == [profiles.Replaced("TITLE", sign, 1, " ")]


def test_another_way_to_write_load_files_is_only_another_row(small, alice, monkeypatch):
    other = replace(
        profiles.CONCORDANCE,
        name="Concordance, Windows",
        codec="cp1252",
        mark=b"",
        fields=("BEGBATES", "SHA256"),
    )
    monkeypatch.setitem(profiles.PROFILES, other.name, other)
    asked = productions.ask(small, other.name, "LARK", by=alice)
    write_production(asked.pk)
    asked.refresh_from_db()
    data = opened(asked).read("DATA/LARK_VOL001.dat")
    assert data.startswith(b"\xfeBEGBATES\xfe\x14\xfeSHA256\xfe\r\n\xfeLARK0000001\xfe\x14")
    assert asked.profile == "Concordance, Windows"


def test_what_was_withdrawn_or_erased_is_named_with_its_reason(small, alice):
    produce(small, alice)
    first, second, _ = small.exhibits.select_related("source", "matter").order_by("number")
    exhibits.withdraw(first, "handed in by mistake", by=alice)
    erasure.erase(second, "asked for by a person", by=alice)
    hand_in(small, "late", "control", _rows("late"), alice)
    packed = opened(produce(small, alice))
    assert [one["BEGBATES"] for one in load_file(packed)] == ["LARK0000003", "LARK0000004"]
    found = json.loads(packed.read("QC.json"))
    assert [(one["what"], one["reason"]) for one in found["not_produced"]] == [
        ("exhibit A", "withdrawn: handed in by mistake"),
        ("exhibit B", "erased: asked for by a person"),
    ]
    assert found["documents_in_the_matter"] == {"exhibits": 4, "papers of filings": 0}
    assert "exhibit B, erased: asked for by a person" in packed.read("QC.txt").decode()


def test_documents_bear_the_marks_that_they_have_now(small, alice):
    designations.designate(small.exhibits.get(number=2), "SOURCE CODE", "", by=alice)
    rows = load_file(opened(produce(small, alice)))
    assert [one["DESIGNATION"] for one in rows] == ["", "SOURCE CODE", ""]
    assert [one["CONFIDENTIALITY"] for one in rows] == ["", "SOURCE CODE", ""]


def test_numbers_left_out_are_told(small, alice):
    produce(small, alice)
    exhibits.withdraw(small.exhibits.get(number=2), "a mistake", by=alice)
    found = json.loads(opened(produce(small, alice)).read("QC.json"))
    assert found["numbers_left_out"] == {
        "count": 1,
        "places": [{"from": "LARK0000002", "to": "LARK0000002"}],
    }


def test_a_native_of_fifty_megabytes_is_streamed(small, alice):
    piece = np.random.default_rng(5).bytes(1 << 20)
    deposit = Deposit("big.bin", "control", "big", "the claimant")
    big = exhibits.receive(small, (piece for _ in range(50)), deposit, by=alice)
    exhibits.read(big, by=alice)
    tracemalloc.start()
    made = produce(small, alice)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.size > 50 << 20
    assert peak < 16 << 20
    assert opened(made).read("NATIVES/LARK0000004.bin") == piece * 50


def test_a_changed_blob_fails_and_keeps_nothing(small, alice):
    source = small.exhibits.get(number=1).source
    path = FolderStore(Path(settings.DATA) / "blobs")._path(source.sha256)
    path.chmod(0o644)
    right = path.read_bytes()
    path.write_bytes(right.replace(b"r", b"R", 1))
    before = blobs()
    with pytest.raises(TouchstoneError, match=source.sha256):
        produce(small, alice)
    # Other tests hand in the same bytes, which are kept once.
    path.write_bytes(right)
    assert blobs() == before
    assert Production.objects.get().made_at is None


def test_bytes_that_change_while_they_are_written_are_caught(small, alice, monkeypatch):
    class Swapped:
        """Passes the store's own check, and gives out other bytes."""

        def open(self, sha256):
            with store().open(sha256) as stream:
                return io.BytesIO(stream.read()[:-1] + b"?")

    before = blobs()
    monkeypatch.setattr(volume, "store", Swapped)
    with pytest.raises(TouchstoneError, match="The native file of LARK0000001 has the SHA-256"):
        produce(small, alice)
    assert blobs() == before


def test_a_missing_native_fails(small, alice):
    source = small.exhibits.get(number=3).source
    store().remove(source.sha256)
    with pytest.raises(TouchstoneError, match="missing"):
        produce(small, alice)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"counted": lambda _: 4}, "the matter has 4 documents, of which 3 are produced and 0"),
        ({"documents": lambda _: iter(())}, "the matter has 3 documents, of which 0 are produced"),
        (
            {"not_produced": lambda _: iter([NotProduced("paper", "x.pdf", "0" * 64, "why")])},
            "of which 3 are produced and 1 named as not produced",
        ),
    ],
)
def test_a_production_that_does_not_balance_fails_and_keeps_nothing(
    small, alice, monkeypatch, source, words
):
    before = blobs()
    monkeypatch.setattr(keeping, "SOURCES", (replace(keeping.EXHIBITS, **source),))
    with pytest.raises(TouchstoneError, match=words):
        produce(small, alice)
    assert blobs() == before


def test_numbers_that_overlap_fail(small, alice, monkeypatch):
    def twice(matter):
        for _ in range(2):
            yield from keeping.EXHIBITS.documents(matter)

    monkeypatch.setattr(keeping, "SOURCES", (replace(keeping.EXHIBITS, documents=twice),))
    with pytest.raises(TouchstoneError, match="The number LARK0000001 overlaps"):
        produce(small, alice)


def test_a_second_kind_of_document_plugs_in(small, alice, monkeypatch):
    def papers(matter):
        (given,) = matter.bates_series.get().ranges.filter(paper="filing 1, report")
        one = next(keeping.EXHIBITS.documents(matter))
        yield replace(one, numbers=given, values=dict(one.values) | {"AUTHORTYPE": "human"})

    source = Source(
        "papers", lambda _: [("filing 1, report", 12)], papers, lambda _: iter(()), lambda _: 1
    )
    monkeypatch.setattr(keeping, "SOURCES", (keeping.EXHIBITS, source))
    packed = opened(produce(small, alice))
    last = load_file(packed)[-1]
    assert (last["BEGBATES"], last["ENDBATES"]) == ("LARK0000004", "LARK0000015")
    assert last["AUTHORTYPE"] == "human"
    found = json.loads(packed.read("QC.json"))
    assert found["documents_in_the_matter"] == {"exhibits": 3, "papers": 1}
    assert found["written"]["pages"] == 15


def test_nothing_is_produced_before_all_is_read(small, alice):
    deposit = Deposit("late.json", "control", "late", "the claimant")
    exhibits.receive(small, [b"[]"], deposit, by=alice)
    with pytest.raises(TouchstoneError, match="Exhibit D has not been read yet"):
        produce(small, alice)


def test_a_matter_without_exhibits_has_nothing_to_produce(alice):
    matter = matters.open_matter("Empty", "Was it?", by=alice)
    with pytest.raises(bates.BatesRefusedError, match="no Bates prefix yet"):
        productions.ask(matter, profiles.CONCORDANCE.name, by=alice)
    with pytest.raises(TouchstoneError, match="there is nothing to produce"):
        produce(matter, alice)


def test_a_kill_in_the_midst_leaves_nothing_and_the_next_worker_makes_it(small, alice):
    asked = productions.ask(small, profiles.CONCORDANCE.name, "LARK", by=alice)
    before = blobs()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(asked.pk)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url()},
    ) as writer:
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
    asked.refresh_from_db()
    assert asked.made_at is None
    assert blobs() == before
    Job.objects.filter(subject=asked.pk).update(touched_at="2020-01-01T00:00:00Z")
    assert due_work().productions == (asked.pk,)
    write_production(asked.pk)
    asked.refresh_from_db()
    assert [one["BEGBATES"] for one in load_file(opened(asked))] == [
        f"LARK000000{number}" for number in (1, 2, 3)
    ]
    assert small.custody.filter(act="numbered").count() == 1


def test_an_erasure_has_no_production_handed_out_any_more(small, alice):
    made = produce(small, alice)
    erasure.erase(small.exhibits.get(number=1), "asked for", by=alice)
    made.refresh_from_db()
    assert made.removed_at is not None
    assert not store().has(made.sha256)
    with pytest.raises(productions.ProductionGoneError, match="is not here"):
        productions.open_made(made, by=alice)


def test_an_erasure_that_is_cut_off_is_tidied_up(small, alice, monkeypatch):
    made = produce(small, alice)
    monkeypatch.setattr(productions, "remove_outdated", lambda: None)
    erasure.erase(small.exhibits.get(number=1), "asked for", by=alice)
    found = []
    evidence.check(found.append)
    (told,) = (one for one in found if made.sha256 in one.where)
    assert "a production that was removed" in told.what
    monkeypatch.undo()
    tidy()
    assert not store().has(made.sha256)


def test_what_is_written_while_an_exhibit_is_erased_is_not_kept(small, alice, monkeypatch):
    def erasing(files):
        erasure.erase(small.exhibits.get(number=1), "asked for", by=alice)
        return [b"packed"]

    monkeypatch.setattr(keeping, "zipped", erasing)
    monkeypatch.setattr(keeping, "snapshot", nullcontext)
    with pytest.raises(TouchstoneError, match="An exhibit was erased while"):
        produce(small, alice)
    assert not store().has(hashlib.sha256(b"packed").hexdigest())


def test_the_daily_look_finds_a_production_that_is_gone(small, alice):
    made = produce(small, alice)
    store().remove(made.sha256)
    found = []
    evidence.check(found.append)
    (told,) = (one for one in found if made.sha256 in one.where)
    assert told.grave
    assert f"production 1 of matter {small.pk}" in told.what


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_production SET sha256 = repeat('0', 64)",
        "UPDATE cases_production SET counts = '{}'",
        "UPDATE cases_production SET prefix = 'OTHER'",
        "UPDATE cases_production SET number = 9",
        "UPDATE cases_production SET size = 1",
        "DELETE FROM cases_production",
        "TRUNCATE cases_production",
    ],
)
def test_the_database_lets_no_made_production_be_changed(small, alice, change):
    produce(small, alice)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_the_command_writes_the_file_and_tells(small, tmp_path, capsys):
    place = tmp_path / "volume.zip"
    call_command("produce", small.pk, out=place, prefix="LARK", digits=5)
    told = capsys.readouterr().out
    made = Production.objects.get()
    assert hashlib.sha256(place.read_bytes()).hexdigest() == made.sha256
    assert f"SHA-256 {made.sha256}; in {place}" in told
    assert [path.name for path in tmp_path.iterdir()] == ["volume.zip"]
    with zipfile.ZipFile(place) as packed:
        assert load_file(packed)[0]["BEGBATES"] == "LARK00001"
    with pytest.raises(CommandError, match="is there already"):
        call_command("produce", small.pk, out=place)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "no Bates prefix yet"),
        ({"prefix": "no"}, "cannot be used"),
        ({"prefix": "LARK", "profile": "Summation"}, "no profile 'Summation'"),
        ({"prefix": "LARK", "username": "nobody"}, "no user nobody"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_told(small, tmp_path, how, words):
    with pytest.raises(CommandError, match=words):
        call_command("produce", small.pk, out=tmp_path / "volume.zip", **how)
    assert list(tmp_path.iterdir()) == []
