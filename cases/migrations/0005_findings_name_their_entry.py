"""Findings from before name the entry that sealed their plan, and the finding before them."""

from django.db import migrations

FORWARD = """
UPDATE cases_finding AS f SET plan_entry = (
    SELECT e.number FROM cases_custodyentry e
    WHERE e.matter_id = f.matter_id AND e.act = 'planned'
      AND e.facts ->> 'finding' = f.number::text
);
UPDATE cases_finding AS f SET
    follows_id = (
        SELECT b.id FROM cases_finding b
        WHERE b.matter_id = f.matter_id AND b.number = f.number - 1
    ),
    why = 'sealed by an earlier version, which did not ask why'
WHERE f.number > 1;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_checkpoints_and_holds")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
