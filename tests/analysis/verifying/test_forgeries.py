"""Bundles whose maker has the key and makes everything anew: what tells against them is named."""

import os

import pytest

from audit.analysis.bundling import layout
from audit.analysis.digests import canonical_json, digest_of, sha256_hex
from audit.analysis.tampering import FORGER, remaking
from audit.analysis.tampering.draft import Draft
from audit.analysis.verifying import Effort, Trust, verify
from audit.analysis.verifying.outcome import State
from audit.analysis.verifying.page import page_of

# The fixture fills a database; with the mark pytest-django makes one.
pytestmark = pytest.mark.django_db

PLAN, RESULT = layout.finding(1, "plan.json"), layout.finding(1, "result.json")
RESULTS, PDF = layout.report(1, "results.json"), layout.report(1, "report.pdf")


def told(draft, act, number=1):
    found = [one for one in draft.entries() if one["act"] == act]
    return next(one["facts"] for one in found if one["facts"].get("finding", number) == number)


def append(draft, *acts):
    entries = draft.entries()
    last = {name: value for name, value in entries[-1].items() if name != "seal"}
    new = [last | {"act": act, "facts": facts} for act, facts in acts]
    draft.write_entries(remaking.chain(entries + new))


def enter(draft, act, change):
    """Change the facts of the first entry of an act, and seal the chain anew."""
    entries = draft.entries()
    change(entries[draft.entry(act)]["facts"])
    draft.write_entries(remaking.chain(entries))


def another_result(draft, plan):
    """Put the result of another plan in the place of what was found, in the report too."""
    draft.edit(RESULT, lambda value: value.update(plan_sha256=digest_of(plan)))
    draft.edit(RESULTS, lambda value: value.update(result=draft.json(RESULT)))
    return {"plan": digest_of(plan), "result": digest_of(draft.json(RESULT))}


def seal_and_find_a_second_time(draft):
    draft.edit(PLAN, lambda plan: plan["parameters"].update(alpha=0.5))
    plan = draft.json(PLAN)
    result = another_result(draft, plan)
    planned = told(draft, "planned") | {"plan": digest_of(plan)}
    append(draft, ("planned", planned), ("found", told(draft, "found") | result))
    return "both say planned of finding 1"


def receive_a_second_time(draft):
    again = told(draft, "received") | {"sha256": "0" * 64}
    append(draft, ("received", again))
    return "both say received of exhibit A"


def drop_a_control_after_the_plan_was_sealed(draft):
    plan = draft.json(PLAN)
    plan["inputs"].pop()
    result = another_result(draft, plan)
    enter(draft, "found", lambda facts: facts.update(result))
    return "was sealed for finding 1"


def swap_roles_in_the_plan(draft):
    def swapped(plan):
        plan["inputs"][1]["role"], plan["inputs"][2]["role"] = "control", "teacher"

    draft.edit(PLAN, swapped)
    enter(draft, "planned", lambda facts: facts.update(plan=digest_of(draft.json(PLAN))))
    return "it was received as"


def call_a_read_file_unreadable(draft):
    name = layout.exhibit("B", "exhibit.json")
    draft.edit(name, lambda value: value.update(state="unreadable"))
    return "says 'unreadable' of an exhibit that was read"


def say_that_a_record_was_left_out(draft):
    draft.write(layout.exhibit("A", "left-out.jsonl"), b'{"record":1}\n')
    return "has 1 records; when exhibit A was read 0 were left out"


def back_date_a_finding(draft):
    def back_dated(value):
        value.update(sealed_at="2020-01-01T00:00:00+00:00")
        value.update(finished_at="2020-01-02T00:00:00+00:00")

    draft.edit(layout.finding(1, "finding.json"), back_dated)
    return "was sealed at 2020-01-01"


def say_a_thing_twice(draft):
    draft.write(RESULT, b'{"outcome":{"code":"support"},' + draft.read(RESULT)[1:])
    return "a name stands twice in an object"


def say_a_thing_twice_in_the_ledger(draft):
    lines = draft.lines(layout.ENTRIES)
    lines[0] = b'{"act":"approved",' + lines[0][1:]
    draft.write_lines(layout.ENTRIES, lines)
    return "a name stands twice in an object"


def give_no_number(draft):
    name = layout.exhibit("A", "exhibit.json")
    draft.write(name, draft.read(name).replace(b'"taken":32', b'"taken":NaN'))
    return "NaN is no number of JSON"


def lay_another_finding_beside_one(draft):
    for name in ("plan.json", "result.json", "finding.json"):
        draft.write(f"data/findings/01/{name}", draft.read(layout.finding(1, name)))
    return "has a number that no finding or report has"


def use_a_name_that_is_one_with_another(draft):
    draft.write("data/exhibits/a/native.json", b"[]")
    return "is the same name as data/exhibits/A/native.json on some machines"


def print_another_file(draft):
    draft.write(PDF, b"%PDF-1.7 no more of it")
    enter(draft, "issued", lambda facts: facts.update(pdf=sha256_hex(draft.read(PDF))))
    return "cannot be read (Pdf"


FORGERIES = (
    seal_and_find_a_second_time,
    receive_a_second_time,
    drop_a_control_after_the_plan_was_sealed,
    swap_roles_in_the_plan,
    call_a_read_file_unreadable,
    say_that_a_record_was_left_out,
    back_date_a_finding,
    say_a_thing_twice,
    say_a_thing_twice_in_the_ledger,
    give_no_number,
    lay_another_finding_beside_one,
    use_a_name_that_is_one_with_another,
    print_another_file,
)


@pytest.fixture
def draft(bundle, tmp_path):
    """A copy without time-stamps, whose maker can sign whatever they like."""
    copy = Draft(bundle.place, tmp_path / "copy")
    copy.remove_all("data/ledger/stamps/")
    copy.edit(layout.INDEX, lambda index: index.update(stamps=[]))
    return copy


def signed_anew(draft):
    remaking.signatures(draft, FORGER)
    return draft.root


def looked_at(draft):
    return verify(signed_anew(draft), Trust((str(FORGER.verifier),)), Effort.LOOKING)


def test_a_copy_made_anew_without_a_change_fails_nowhere_and_says_what_it_rests_on(draft):
    verification = looked_at(draft)
    assert verification.failed == ()
    page = " ".join(page_of(verification).split())
    assert "But: that the plan of finding 1 came first rests on the site's ledger alone" in page


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_tells_against_a_forgery_is_named(draft, forgery):
    said = forgery(draft)
    problems = [one for step in looked_at(draft).failed for one in step.problems]
    assert any(said in f"{one.where} {one.what}" for one in problems), problems


def test_a_stamp_from_after_the_result_is_not_said_to_come_before_it(bundle, tmp_path):
    copy = Draft(bundle.place, tmp_path / "copy")
    found = copy.entry("found")

    def later(index):
        for one in index["stamps"]:
            if one["checkpoint"] <= found:
                one["at"] = "2999-01-01T00:00:00+00:00"

    copy.edit(layout.INDEX, later)
    step = verify(copy.root, bundle.trust, Effort.LOOKING).steps[12]
    assert step.state is State.PASS
    assert "no independent time-stamp was made between plan and result" in step.limits[0]


def test_a_ledger_that_was_cut_is_found_by_whoever_kept_a_checkpoint(draft):
    whole = signed_anew(draft)
    notes = tuple(one.read_text() for one in (whole / "data/ledger/checkpoints").glob("*.note"))
    last = len(draft.entries())
    key = (str(FORGER.verifier),)
    assert verify(whole, Trust(key, notes=notes), Effort.LOOKING).failed == ()
    draft.write_entries(draft.entries()[:-1])
    step = verify(signed_anew(draft), Trust(key, notes=notes), Effort.LOOKING).steps[6]
    assert [one.where for one in step.problems] == [
        f"the checkpoint that you gave over {last} entries"
    ]


def test_a_file_in_both_lists_cannot_have_two_digests(bundle, tmp_path):
    copy = Draft(bundle.place, tmp_path / "copy")
    right = f"{sha256_hex(copy.read(layout.INDEX))}  {layout.INDEX}"
    wrong = f"{'0' * 64}  {layout.INDEX}"
    listed = [
        wrong.encode() if right.encode() == one else one for one in copy.lines(layout.MANIFEST)
    ]
    copy.write_lines(layout.MANIFEST, listed)
    remaking.lists(copy)
    copy.write_lines(layout.TAG_MANIFEST, [*copy.lines(layout.TAG_MANIFEST), right.encode()])
    step = verify(copy.root, bundle.trust, Effort.LOOKING).steps[0]
    assert [one.where for one in step.problems] == [layout.TAG_MANIFEST]


def test_no_name_moves_the_cursor_or_stops_the_page(bundle, tmp_path):
    copy = Draft(bundle.place, tmp_path / "copy")
    copy.write("data/\x1b[2JNothing that was checked fails.\u202e", b"")
    (copy.root / os.fsdecode(b"data/\xff")).write_bytes(b"")
    verification = verify(copy.root, bundle.trust, Effort.LOOKING)
    page = page_of(verification)
    assert page.encode()
    assert all(one.isprintable() for one in page.replace("\n", ""))
    assert r"data/\x1b[2JNothing" in page


def test_what_is_drawn_over_a_print_is_not_passed(bundle, tmp_path):
    pytest.importorskip("typst")
    copy = Draft(bundle.place, tmp_path / "copy")
    copy.write(PDF, copy.read(PDF) + canonical_json("seen and approved"))
    step = verify(copy.root, bundle.trust, Effort.PRINTING).steps[17]
    assert step.state is State.NOT_CHECKED
    assert "the same words and other bytes" in step.reason
