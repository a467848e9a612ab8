from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.blobs.stored import place_of
from audit.models import Source
from audit.services.sources import store
from cases.services import evidence
from cases.site import preflight
from tests.making import alpaca, hand_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(matter, alice, settings, tmp_path) -> list[Source]:
    """Three files in a store of their own."""
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    names = ("osier", "larch", "alder")
    return [
        hand_in(matter, name, "control", alpaca([("a?", name)]), alice).source for name in names
    ]


def told() -> str:
    output = StringIO()
    call_command("check_store", stdout=output)
    return output.getvalue()


def test_a_whole_store_is_said_to_be_whole(kept):
    preflight.check_storage(store().root.as_uri())
    assert told() == "Every file that was handed in or issued is there and unchanged.\n"


def test_what_is_missing_or_changed_is_told_with_what_it_is(kept):
    missing, changed = (store().root / place_of(source.sha256) for source in kept[:2])
    missing.unlink()
    changed.chmod(0o644)
    changed.write_bytes(b"forged")
    found = list(evidence.damage())
    assert found[0].startswith(
        f"The stored file {kept[0].sha256} is missing. It is the file 'osier"
    )
    assert found[1].startswith(f"The stored file {kept[1].sha256} has been changed")
    assert len(found) == 2
    with pytest.raises(CommandError, match="Missing or changed: 2"):
        told()


def test_what_nothing_names_is_listed_and_stays(kept):
    orphan = store().put([b"a file whose row was never written"]).sha256
    assert list(evidence.orphans()) == [orphan]
    assert f"Nothing names the stored file {orphan}" in told()
    assert store().has(orphan)
