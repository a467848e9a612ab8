from cases.reports.stamped import NONE, CheckpointFacts, StampFacts, in_short, time_stamp_of

FIRST = StampFacts("CN=First Notary", "2026-03-01T10:00:00+00:00", "77", "1.2.3", independent=True)
OURS = StampFacts(
    "CN=UNTRUSTED TEST AUTHORITY", "2026-03-01T09:00:00+00:00", "1", "2.25.1", independent=False
)


def checkpoint(*stamps: StampFacts, size: int = 40, wanting: str = "") -> CheckpointFacts:
    return CheckpointFacts(size, "2026-03-01T09:59:00+00:00", "note", stamps, wanting)


def test_a_ledger_that_nobody_outside_stamped_is_said_to_have_no_independent_time_stamp():
    for one in (None, checkpoint()):
        assert time_stamp_of(one, one) == NONE
        assert in_short(one) == "none from outside"
    said = time_stamp_of(checkpoint(OURS), checkpoint(OURS))
    assert said.startswith("There is no independent time-stamp.")
    assert said.endswith("runs itself has stamped it, which proves nothing.")
    assert in_short(checkpoint(OURS)) == "none from outside"


def test_stamps_are_told_with_authority_time_and_number_and_what_is_wanting():
    said = time_stamp_of(
        checkpoint(OURS, FIRST, wanting="Only 1 independent."), checkpoint(FIRST, size=31)
    )
    assert "The first 40 entries" in said
    assert "CN=First Notary, 2026-03-01 10:00:00 UTC, number 77" in said
    assert "UNTRUSTED" not in said
    assert "Only 1 independent." in said
    assert "covered by the checkpoint over the first 31 entries, stamped from outside" in said
    assert in_short(checkpoint(OURS, FIRST)) == "CN=First Notary, 2026-03-01 10:00:00 UTC"


def test_a_plan_without_a_stamp_of_its_own_is_said_to_have_none():
    said = time_stamp_of(checkpoint(FIRST), checkpoint())
    assert "checkpoint over the sealed plan has no time-stamp from outside" in said
