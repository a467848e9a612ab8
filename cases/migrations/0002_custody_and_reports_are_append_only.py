"""Custody entries and issued reports can be added, never changed and never removed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER custody_is_append_only BEFORE UPDATE OR DELETE ON cases_custodyentry
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_change();
CREATE TRIGGER reports_are_append_only BEFORE UPDATE OR DELETE ON cases_report
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_change();
"""
BACKWARD = """
DROP TRIGGER custody_is_append_only ON cases_custodyentry;
DROP TRIGGER reports_are_append_only ON cases_report;
DROP FUNCTION cases_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
