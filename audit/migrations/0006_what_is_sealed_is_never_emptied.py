"""Sealed plans, results, inputs and matched prompts cannot be emptied at one stroke either."""

from django.db import migrations

TRIGGERS = {
    "runs_are_never_emptied": "audit_run",
    "inputs_are_never_emptied": "audit_runinput",
    "matchings_are_never_emptied": "audit_nearmatching",
}
FORWARD = "".join(
    f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();\n"
    for name, table in TRIGGERS.items()
)
BACKWARD = "".join(f"DROP TRIGGER {name} ON {table};\n" for name, table in TRIGGERS.items())


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_shards_count_attempts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
