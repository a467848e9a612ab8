"""A finding that was really computed, with the shipped encoder."""

import pytest

from audit.services import embedding
from cases.services import findings
from tests.making import asked


@pytest.fixture
def computed(alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    made = asked(alice)
    embedding.cut_shards(made.run)
    for shard in made.run.shards.all():
        embedding.embed_shard(shard)
    findings.carry_out(made, by=alice)
    made.run.refresh_from_db()
    return made
