"""Guards look at the real tables, results are never inserted, and what was read stays read."""

from django.db import migrations

# A session may have temporary tables, or schemas before this one, with the names of ours. Functions
# that look something up in a table name where they look; temporary tables come last there.
GUARDS = (
    "cases_is_held(bigint)",
    "cases_refuse_under_hold()",
    "cases_refuse_without_erasure()",
    "cases_refuse_while_exhibited()",
    "cases_refuse_while_its_text_stands()",
    "cases_refuse_without_checkpoint()",
)
FORWARD = (
    "".join(
        f"ALTER FUNCTION {one} SET search_path = pg_catalog, public, pg_temp;\n" for one in GUARDS
    )
    + """
CREATE TRIGGER run_begins_without_result BEFORE INSERT ON audit_run FOR EACH ROW
    WHEN (NEW.result IS NOT NULL OR NEW.result_digest <> '' OR NEW.finished_at IS NOT NULL)
    EXECUTE FUNCTION audit_refuse_change();

CREATE FUNCTION cases_refuse_plan_after_result() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_run WHERE id = NEW.run_id AND result IS NOT NULL) THEN
        RAISE EXCEPTION 'run % has its result already: a finding of it is refused', NEW.run_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_comes_before_result BEFORE INSERT ON cases_finding
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_plan_after_result();

-- A file that was read stays so, and stays the same, while one exhibit of it is not erased: the
-- guard of its texts rests on this row.
CREATE FUNCTION cases_refuse_while_not_erased() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_exhibit e LEFT JOIN cases_erasure x ON x.exhibit_id = e.id
        WHERE e.source_id = OLD.id AND x.id IS NULL
    ) THEN
        RAISE EXCEPTION '% of a file that was read is refused: an exhibit of it stands', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_stays_read_while_exhibited BEFORE UPDATE ON audit_source FOR EACH ROW
    WHEN (OLD.state = 'read' AND (NEW.state <> 'read' OR OLD.sha256 <> NEW.sha256
          OR OLD.size <> NEW.size OR OLD.taken <> NEW.taken OR OLD.left_out <> NEW.left_out))
    EXECUTE FUNCTION cases_refuse_while_not_erased();
"""
)
BACKWARD = (
    """
DROP TRIGGER file_stays_read_while_exhibited ON audit_source;
DROP FUNCTION cases_refuse_while_not_erased();
DROP TRIGGER finding_comes_before_result ON cases_finding;
DROP FUNCTION cases_refuse_plan_after_result();
DROP TRIGGER run_begins_without_result ON audit_run;
"""
    + "".join(f"ALTER FUNCTION {one} RESET search_path;\n" for one in GUARDS)
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_bundles")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
