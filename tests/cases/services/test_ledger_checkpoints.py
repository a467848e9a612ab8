import pytest
from django.db import DatabaseError, transaction

from audit.analysis.asserted import NOTHING
from audit.analysis.custody import checkpoints as rule
from audit.analysis.custody.leaves import Disclosure
from audit.analysis.custody.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from audit.analysis.errors import IntegrityError
from audit.analysis.plan import Parameters
from audit.models import Run
from audit.services import sources
from cases.models import Checkpoint, ExhibitKey
from cases.services import checkpoints, custody, trees
from tests import cast
from tests.making import alpaca, hand_in, past_the_triggers

pytestmark = pytest.mark.django_db
DATA = alpaca([("a?", "yes"), ("b?", ""), ("c?", "no"), ("d?", "no")])


def grow(matter, entries: int) -> Checkpoint:
    for number in range(entries):
        custody.record(matter, "note", {"n": number}, by=matter.opened_by)
    return checkpoints.cover(matter)


def opened(checkpoint: Checkpoint) -> rule.Checkpoint:
    return rule.opened(checkpoint.note, checkpoints.verifier_keys())


def test_a_checkpoint_is_signed_over_every_entry_and_continues_the_one_before(matter):
    first, second = grow(matter, 3), grow(matter, 6)
    leaves = [leaf_hash(bytes.fromhex(one.seal)) for one in matter.custody.all()]
    assert (first.size, second.size) == (len(leaves) - 6, len(leaves))
    signed = opened(second)
    assert signed.origin in checkpoints.origins_of(matter)
    verify_inclusion(leaves[2], 2, signed.size, inclusion_proof(leaves, 2), signed.root)
    proof = consistency_proof(leaves, first.size)
    verify_consistency(first.size, opened(first).root, signed.size, signed.root, proof)
    with sources.store().open(second.note_sha256) as kept:
        assert kept.read().decode() == second.note


def test_a_ledger_that_has_not_grown_has_the_checkpoint_it_had(matter):
    assert grow(matter, 1) == checkpoints.cover(matter)
    assert matter.checkpoints.count() == 1


def test_a_checkpoint_goes_on_from_the_one_before_without_reading_its_entries(matter):
    grow(matter, 5)
    with past_the_triggers():
        matter.custody.filter(number__lt=4).delete()
    assert grow(matter, 1).size == matter.custody.last().number


def test_matters_whose_ledger_has_grown_are_due(matter, mallory):
    own = mallory.memberships.get().matter
    assert set(checkpoints.uncovered(9)) == {matter, own}
    grow(matter, 1)
    assert list(checkpoints.uncovered(9)) == [own]
    custody.record(matter, "note", {}, by=matter.opened_by)
    assert list(checkpoints.uncovered(1)) == [matter]


def test_a_result_is_refused_until_a_checkpoint_covers_its_plan(matter, exhibits, alice):
    grow(matter, 1)
    finding = cast._ask(matter, exhibits, by=alice, said=(NOTHING, Parameters()))
    given = {"result": {}, "result_digest": "a" * 64, "finished_at": finding.asked_at}
    with pytest.raises(DatabaseError, match="no checkpoint covers the plan"), transaction.atomic():
        Run.objects.filter(pk=finding.run_id).update(**given)
    assert checkpoints.require(finding).size >= finding.plan_entry
    assert Run.objects.filter(pk=finding.run_id).update(**given) == 1


def test_the_key_of_the_site_is_for_its_owner_alone(settings):
    kept = settings.DATA / "signing_key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert checkpoints.signing_key().name.startswith("touchstone-")


def test_one_exchange_of_an_exhibit_can_be_shown_without_the_rest(matter, alice):
    exhibit = hand_in(matter, "osier", "control", DATA, alice)
    entered = matter.custody.get(act="read").facts
    assert (entered["leaves"], entered["root"]) == (3, exhibit.tree.root)
    key = trees.key_of(exhibit)
    leaves = list(trees.leaves_of(exhibit.source, key))
    exchanges = list(trees.exchanges_of(exhibit.source))
    shown = Disclosure.made(exchanges[1], key, leaves, 1)
    shown.verify_under(exhibit.tree.size, bytes.fromhex(exhibit.tree.root))
    with pytest.raises(IntegrityError):
        Disclosure.made(exchanges[0], key, leaves, 1)


def test_two_exhibits_of_one_file_have_trees_that_tell_nothing_of_each_other(
    matter, mallory, alice
):
    first = hand_in(matter, "osier", "control", DATA, alice)
    second = hand_in(mallory.memberships.get().matter, "osier", "control", DATA, mallory)
    assert first.source == second.source
    assert first.tree.root != second.tree.root


def test_a_key_is_kept_encrypted_and_opens_for_its_exhibit_alone(matter, alice):
    exhibit = hand_in(matter, "osier", "control", DATA, alice)
    other = hand_in(matter, "larch", "control", alpaca([("a?", "x")]), alice)
    assert trees.key_of(exhibit) not in bytes(exhibit.leaf_key.wrapped)
    with past_the_triggers():
        ExhibitKey.objects.filter(exhibit=other).update(wrapped=exhibit.leaf_key.wrapped)
    with pytest.raises(IntegrityError, match="key of exhibit B cannot be opened"):
        trees.key_of(other)
