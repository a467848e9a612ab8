"""What the prompts of a run were matched to is written once."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER matching_stays BEFORE UPDATE OR DELETE ON audit_nearmatching
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = "DROP TRIGGER matching_stays ON audit_nearmatching;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_shards_of_prompts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
