"""A live store that was tampered with by whoever has the database or the disk."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.analysis.custody import ledger
from audit.analysis.digests import canonical_json, digest_of
from audit.blobs.stored import place_of
from audit.models import Embedding, Encoder, Exchange, Run, Source
from audit.services import embedding, runs
from audit.services.sources import PROBE, store
from cases.models import (
    Checkpoint,
    CustodyEntry,
    EvidenceCheck,
    Exhibit,
    ExhibitKey,
    ExhibitTree,
    Finding,
    Matter,
    Membership,
    Report,
    TimeStamp,
)
from cases.services import checkpoints, custody, erasure, evidence, findings, holds, stamping
from cases.services.evidence.guards import GUARDS
from cases.tasks import check_evidence
from tests.making import asked, matter_with_exhibits, past_the_triggers
from tests.stamped import answering, authority, trust
from tests.stamped import stamping as honest

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def asked_for(settings, tmp_path, alice):
    """A finding without its result in a store of its own."""
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    store().put([PROBE])
    return asked(alice, controls=5, count=30)


@pytest.fixture
def kept(settings, tmp_path, asked_for, alice):
    """A finding with a made result and report, stamped checkpoints and a hold: all is well."""
    matter, run = asked_for.matter, asked_for.run
    result = {"teachers": [{"rank": 2}], "outcome": {"code": "not_shown"}}
    runs.keep(run, runs.Computed(result, digest_of(result), {}))
    custody.record(matter, "found", {"finding": 1, "result": digest_of(result)}, by=alice)
    pdf, results = (store().put([name.encode()]).sha256 for name in ("pdf", "results"))
    issued = {"pdf_sha256": pdf, "results_sha256": results}
    Report.objects.create(finding=asked_for, **issued, issued_by=alice)
    custody.record(matter, "issued", {"finding": 1, "pdf": pdf, "results": results}, by=alice)
    holds.issue(matter, "Letter of 3 May", by=alice)
    _stamp(matter, settings, tmp_path)
    run.refresh_from_db()
    return SimpleNamespace(matter=matter, finding=asked_for, alice=alice)


def _stamp(matter, settings, tmp_path) -> None:
    one, two = authority("First Notary"), authority("Second Notary")
    with answering(honest(one)) as first, answering(honest(two)) as second:
        trust(settings, tmp_path, [first, second], one, two)
        stamping.stamp(checkpoints.cover(matter))


def grave() -> list[str]:
    said: list[str] = []
    evidence.check(lambda found: said.append(str(found)) if found.grave else None)
    return said


def path_of(sha256: str):
    path = store().root / place_of(sha256)
    path.chmod(0o644)
    return path


def flip_a_byte_of_an_exhibit(kept) -> str:
    path = path_of(kept.matter.exhibits.first().source.sha256)
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    return "has been changed: its bytes now have"


def remove_a_report(kept) -> str:
    path_of(kept.finding.report.pdf_sha256).unlink()
    return "is missing. It is report.pdf of finding 1 of matter"


def change_an_entry(kept) -> str:
    CustodyEntry.objects.filter(matter=kept.matter, number=3).update(actor="bob")
    return "ledger: Entry 3 is not what was sealed."


def back_date_an_entry(kept) -> str:
    CustodyEntry.objects.filter(matter=kept.matter, number=4).update(
        at=timezone.now() - timedelta(days=9)
    )
    return "ledger: Entry 4 is not what was sealed."


def remove_an_entry(kept) -> str:
    CustodyEntry.objects.filter(matter=kept.matter, number=5).delete()
    return "ledger: Entry 5 is missing"


def rebuild_the_chain(kept) -> str:
    """Change an act and seal the whole chain anew: by itself it holds."""
    rows = list(kept.matter.custody.order_by("number"))
    CustodyEntry.objects.filter(matter=kept.matter).delete()
    previous = "0" * 64
    for row in rows:
        row.actor = "mallory" if row.number == 2 else row.actor
        row.previous = previous
        row.seal = previous = custody.ledger.seal(custody._entry(row))
        row.pk = None
        row.save(force_insert=True)
    assert custody.problems(kept.matter) == []
    return "does not lead to the root that was signed"


def rebuild_the_chain_without_its_checkpoints(kept) -> str:
    TimeStamp.objects.all().delete()
    Checkpoint.objects.all().delete()
    rebuild_the_chain(kept)
    return "found as a file: Its row is gone, and the ledger"


def cut_the_end_of_the_ledger(kept) -> str:
    last = kept.matter.custody.last()
    last.delete()
    return "entries were removed"


def forge_a_checkpoint(kept) -> str:
    Checkpoint.objects.update(root="a" * 64)
    return "Size or root of its row are not those that were signed."


def swap_two_stamps(kept) -> str:
    one, two = TimeStamp.objects.all()[:2]
    TimeStamp.objects.filter(pk=one.pk).update(answer=two.answer)
    return "Its row does not say what the authority said."


def pass_a_stamp_to_another_checkpoint(kept) -> str:
    stamp, other = TimeStamp.objects.first(), Checkpoint.objects.order_by("size").first()
    TimeStamp.objects.filter(pk=stamp.pk).update(checkpoint=other)
    return "The time stamp is not for this message"


def back_date_a_stamp(kept) -> str:
    TimeStamp.objects.update(at=timezone.now() - timedelta(days=99))
    return "Its row does not say what the authority said."


def change_a_text(kept) -> str:
    row = Exchange.objects.order_by("pk")[0]
    Exchange.objects.filter(pk=row.pk).update(answer="Another answer.")
    return "do not lead to the root over 30 that was sealed"


def remove_a_text(kept) -> str:
    Exchange.objects.order_by("pk")[0].delete()
    return "Its 29 exchanges do not lead to the root over 30"


def change_a_number(kept) -> str:
    result = kept.finding.run.result
    result["teachers"][0]["rank"] = 1
    Run.objects.update(result=result)
    return "Its result is not what its digest was taken of."


def change_a_number_and_its_digest(kept) -> str:
    result = kept.finding.run.result | {"outcome": {"code": "support"}}
    Run.objects.update(result=result, result_digest=digest_of(result))
    return "result of finding 1: Its result is not what was entered into the ledger."


def change_a_plan(kept) -> str:
    plan = kept.finding.run.plan
    plan["parameters"]["alpha"] = 0.5
    Run.objects.update(plan=plan, plan_digest=digest_of(plan))
    return "plan of finding 1: Its plan is not what was entered into the ledger."


def remove_a_null_result(kept) -> str:
    Report.objects.all().delete()
    Finding.objects.all().delete()
    return "result of finding 1: It was entered into the ledger and its row is gone."


def swap_the_roles_of_exhibits(kept) -> str:
    Exhibit.objects.filter(number=2).update(role="control")
    return "exhibit B: Its role is not what was entered into the ledger."


def swap_the_files_of_exhibits(kept) -> str:
    one, two = Exhibit.objects.order_by("number")[2:4]
    Exhibit.objects.filter(pk=one.pk).update(source=two.source, withdrawn_at=timezone.now())
    return "exhibit C: Its sha256 is not what was entered into the ledger."


def lift_a_hold(kept) -> str:
    kept.matter.holds.update(
        released_at=timezone.now(), released_by=kept.alice, release_reason="x"
    )
    return "release of hold 1: There is no entry in the ledger for it."


def let_a_stranger_in(kept) -> str:
    mallory = User.objects.create_user("mallory")
    Membership.objects.create(matter=kept.matter, user=mallory, level="analyst")
    return "permission of mallory: The ledger says none and the row says analyst."


def take_a_key_away(kept) -> str:
    ExhibitKey.objects.all()[0].delete()
    return "exhibit A: Exhibit A has no key"


def put_a_trigger_out_of_force(kept) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_custodyentry DISABLE TRIGGER custody_is_append_only")
    return "trigger custody_is_append_only: It is out of force."


def make_a_guard_refuse_nothing(kept) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        )
    return "Its function refuses nothing."


def back_date_an_entry_as_it_is_entered(kept) -> str:
    last = kept.matter.custody.last()
    entry = ledger.Entry(
        matter=kept.matter.pk,
        number=last.number + 1,
        at=ledger.moment(timezone.now() - timedelta(days=9)),
        actor="alice",
        act="note",
        facts={},
        previous=last.seal,
    )
    values = asdict(entry) | {"matter": kept.matter}
    CustodyEntry.objects.create(**values, seal=ledger.seal(entry))
    return f"ledger: Entry {entry.number} is dated "


def back_date_an_exhibit(kept) -> str:
    Exhibit.objects.filter(number=1).update(received_at=LONG_AGO)
    return "exhibit A: Its time is not what was entered into the ledger."


def have_somebody_else_hand_an_exhibit_in(kept) -> str:
    mallory = User.objects.create_user("mallory")
    Exhibit.objects.filter(number=1).update(received_by=mallory)
    return "exhibit A: Its person is not what was entered into the ledger."


def back_date_a_plan(kept) -> str:
    Run.objects.update(sealed_at=LONG_AGO)
    return "plan of finding 1: Its time is not what was entered into the ledger."


def back_date_a_result(kept) -> str:
    Run.objects.update(finished_at=LONG_AGO)
    return "result of finding 1: Its time is not what was entered into the ledger."


def back_date_a_report(kept) -> str:
    Report.objects.update(issued_at=LONG_AGO)
    return "report on finding 1: Its time is not what was entered into the ledger."


def back_date_a_hold(kept) -> str:
    kept.matter.holds.update(issued_at=LONG_AGO)
    return "hold 1: Its time is not what was entered into the ledger."


def back_date_a_tree(kept) -> str:
    ExhibitTree.objects.update(made_at=LONG_AGO)
    return "tree of exhibit A: Its time is not what was entered into the ledger."


def put_another_question(kept) -> str:
    Matter.objects.filter(pk=kept.matter.pk).update(question="Was it not?")
    return "opening of it: Its question is not what was entered into the ledger."


def keep_for_less_long(kept) -> str:
    Matter.objects.filter(pk=kept.matter.pk).update(keep_until=LONG_AGO)
    return "retention of it: There is no entry in the ledger for it."


def say_that_a_file_was_not_read(kept) -> str:
    Source.objects.filter(exhibits__number=1).update(state="unreadable", problem="x")
    return "tree of exhibit A: Its state is not what was entered into the ledger."


def place_a_plan_earlier(kept) -> str:
    Finding.objects.update(plan_entry=1)
    return "plan of finding 1: Its place in the ledger is not what was entered into the ledger."


def name_another_encoder(kept) -> str:
    Encoder.objects.update(identity={"name": "another"})
    return "Its encoder is not that of the plan that was sealed."


TAMPERINGS = [
    put_another_question,
    keep_for_less_long,
    say_that_a_file_was_not_read,
    place_a_plan_earlier,
    name_another_encoder,
    back_date_an_entry_as_it_is_entered,
    back_date_an_exhibit,
    have_somebody_else_hand_an_exhibit_in,
    back_date_a_plan,
    back_date_a_result,
    back_date_a_report,
    back_date_a_hold,
    back_date_a_tree,
    flip_a_byte_of_an_exhibit,
    remove_a_report,
    change_an_entry,
    back_date_an_entry,
    remove_an_entry,
    rebuild_the_chain,
    rebuild_the_chain_without_its_checkpoints,
    cut_the_end_of_the_ledger,
    forge_a_checkpoint,
    swap_two_stamps,
    pass_a_stamp_to_another_checkpoint,
    back_date_a_stamp,
    change_a_text,
    remove_a_text,
    change_a_number,
    change_a_number_and_its_digest,
    change_a_plan,
    remove_a_null_result,
    swap_the_roles_of_exhibits,
    swap_the_files_of_exhibits,
    lift_a_hold,
    let_a_stranger_in,
    take_a_key_away,
    put_a_trigger_out_of_force,
    make_a_guard_refuse_nothing,
]


def test_a_store_as_it_was_left_is_clean(kept):
    output = StringIO()
    call_command("check_evidence", stdout=output)
    assert output.getvalue().endswith("Everything is as it was left.\n")
    assert "(to know)" not in output.getvalue()


def test_every_tampering_is_found_and_said_where(kept, tmp_path):
    shutil.copytree(tmp_path / "blobs", tmp_path / "untouched")
    assert grave() == []
    missed = {}
    for tamper in TAMPERINGS:
        before = transaction.savepoint()
        with past_the_triggers():
            said = tamper(kept)
        found = grave()
        assert evidence.latest().problems == len(found)
        if not any(said in one for one in found):
            missed[tamper.__name__] = found
        transaction.savepoint_rollback(before)
        kept.finding.refresh_from_db()
        shutil.rmtree(tmp_path / "blobs")
        shutil.copytree(tmp_path / "untouched", tmp_path / "blobs")
    assert missed == {}
    assert grave() == []


def test_a_changed_vector_is_found_by_computing_anew(asked_for, alice):
    embedding.cut_shards(asked_for.run)
    for shard in asked_for.run.shards.all():
        embedding.embed_shard(shard)
    findings.carry_out(asked_for, by=alice)
    call_command("check_evidence", "--replay", stdout=StringIO())
    one = Embedding.objects.order_by("pk")[0]
    with past_the_triggers():
        vector = bytearray(one.vector)
        vector[3] ^= 0x40
        Embedding.objects.filter(pk=one.pk).update(vector=bytes(vector))
    assert grave() == []
    with pytest.raises(CommandError, match="not as it was left: 1"):
        call_command("check_evidence", "--replay", stdout=StringIO())


def test_the_outcome_can_be_read_by_a_machine(kept):
    path_of(kept.finding.report.pdf_sha256).unlink()
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("check_evidence", "--json", stdout=output)
    told = json.loads(output.getvalue())
    assert (told["clean"], told["problems"]) == (False, 1)
    assert told["found"][0]["kind"] == "file"
    assert told["looked_at"]["exchanges"] == 7 * 30


def test_every_trigger_is_watched(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
        assert set(cursor.fetchall()) == GUARDS


def test_what_is_only_worth_knowing_is_no_problem(kept, settings):
    settings.TIMESTAMP_URLS = []
    store().put([b"a file whose row was never written"])
    custody.record(kept.matter, "note", {}, by=kept.alice)
    checkpoints.cover(kept.matter)
    output = StringIO()
    call_command("check_evidence", stdout=output)
    assert "(to know) stored file" in output.getvalue()
    assert "No independent time-stamp" in output.getvalue()


def test_an_erased_exhibit_is_not_missed(alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    matter, found = matter_with_exhibits(alice, controls=1)
    erasure.erase(found[0], "asked for", by=alice)
    assert grave() == []
    store().put([canonical_json({"not": "it"})])
    with past_the_triggers():
        Exhibit.objects.filter(pk=found[0].pk).update(withdrawn_at=None)
    assert any("withdrawal of exhibit A" in one for one in grave())
    assert matter.custody.filter(act="erased").count() == 1


def test_an_account_that_was_renamed_is_no_tampering(kept):
    kept.alice.username = "alice-b"
    kept.alice.save()
    facts = {"person": "alice-b", "change": "named alice before"}
    custody.record(kept.matter, "account", facts, by=kept.alice)
    assert grave() == []


def test_the_sweep_is_made_once_a_day_and_few_outcomes_are_kept(kept):
    check_evidence()
    check_evidence()
    assert EvidenceCheck.objects.count() == 1
    EvidenceCheck.objects.bulk_create(EvidenceCheck() for _ in range(40))
    EvidenceCheck.objects.update(started_at=timezone.now() - timedelta(days=2))
    check_evidence()
    assert EvidenceCheck.objects.count() == 30
