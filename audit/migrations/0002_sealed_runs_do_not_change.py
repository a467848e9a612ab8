"""A sealed plan never changes, a result is written once, and vectors are never rewritten."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % of what is sealed is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sealed_plan_stays BEFORE UPDATE ON audit_run FOR EACH ROW
    WHEN (OLD.plan IS DISTINCT FROM NEW.plan OR OLD.plan_digest <> NEW.plan_digest
          OR OLD.encoder_id <> NEW.encoder_id OR OLD.sealed_at <> NEW.sealed_at)
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER result_is_written_once BEFORE UPDATE ON audit_run FOR EACH ROW
    WHEN (OLD.result IS NOT NULL AND (OLD.result IS DISTINCT FROM NEW.result
          OR OLD.result_digest <> NEW.result_digest
          OR OLD.environment IS DISTINCT FROM NEW.environment
          OR OLD.finished_at IS DISTINCT FROM NEW.finished_at))
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER run_stays BEFORE DELETE ON audit_run
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER inputs_stay BEFORE UPDATE OR DELETE ON audit_runinput
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER vector_stays BEFORE UPDATE ON audit_embedding
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = """
DROP TRIGGER sealed_plan_stays ON audit_run;
DROP TRIGGER result_is_written_once ON audit_run;
DROP TRIGGER run_stays ON audit_run;
DROP TRIGGER inputs_stay ON audit_runinput;
DROP TRIGGER vector_stays ON audit_embedding;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
