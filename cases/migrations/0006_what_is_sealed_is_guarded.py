"""What is sealed stays; results wait for a checkpoint; under a hold nothing goes."""

from django.db import migrations, models

# Rows that are added and never changed.
APPEND_ONLY = (
    "checkpoint",
    "timestamp",
    "exhibittree",
    "certification",
    "holdacknowledgement",
    "erasure",
    "finding",
)
# Rows that are never removed; what may change in them is said below.
NEVER_REMOVED = ("certifiedexhibit", "hold", "exhibit")

_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
FORWARD = (
    "".join(
        f"CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED};\n"
        for name in APPEND_ONLY
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_removed BEFORE DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED};\n"
        for name in NEVER_REMOVED
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED};\n"
        for name in (*APPEND_ONLY, *NEVER_REMOVED, "exhibitkey")
    )
    + """
CREATE TRIGGER certified_is_written_once BEFORE UPDATE ON cases_certifiedexhibit FOR EACH ROW
    WHEN (OLD.at IS NOT NULL OR OLD.certification_id <> NEW.certification_id
          OR OLD.exhibit_id <> NEW.exhibit_id OR OLD.recorded <> NEW.recorded)
    EXECUTE FUNCTION cases_refuse_change();
CREATE TRIGGER hold_is_released_once BEFORE UPDATE ON cases_hold FOR EACH ROW
    WHEN (OLD.released_at IS NOT NULL OR OLD.matter_id <> NEW.matter_id
          OR OLD.number <> NEW.number OR OLD.reason <> NEW.reason
          OR OLD.issued_at <> NEW.issued_at OR OLD.issued_by_id <> NEW.issued_by_id)
    EXECUTE FUNCTION cases_refuse_change();
CREATE TRIGGER exhibit_stays_what_it_is BEFORE UPDATE ON cases_exhibit FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.source_id <> NEW.source_id
          OR OLD.party_id <> NEW.party_id OR OLD.number <> NEW.number OR OLD.role <> NEW.role
          OR OLD.model_name <> NEW.model_name OR OLD.filename <> NEW.filename
          OR OLD.received_at <> NEW.received_at OR OLD.received_by_id <> NEW.received_by_id
          OR (OLD.withdrawn_at IS NOT NULL
              AND OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at))
    EXECUTE FUNCTION cases_refuse_change();

CREATE FUNCTION cases_is_held(held_matter bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM cases_hold WHERE matter_id = held_matter AND released_at IS NULL
    )
$$;
CREATE FUNCTION cases_refuse_under_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_matter bigint;
BEGIN
    IF TG_TABLE_NAME = 'cases_exhibit' THEN
        of_matter := NEW.matter_id;
    ELSE
        SELECT matter_id INTO of_matter FROM cases_exhibit WHERE id = NEW.exhibit_id;
    END IF;
    IF cases_is_held(of_matter) THEN
        RAISE EXCEPTION 'matter % is under a legal hold: % of % is refused',
            of_matter, TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exhibit_stands_under_hold BEFORE UPDATE OF withdrawn_at ON cases_exhibit
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION cases_refuse_under_hold();
CREATE TRIGGER nothing_is_erased_under_hold BEFORE INSERT ON cases_erasure
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_under_hold();

CREATE FUNCTION cases_refuse_without_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR NOT EXISTS (
        SELECT FROM cases_erasure WHERE exhibit_id = OLD.exhibit_id
    ) THEN
        RAISE EXCEPTION 'the key of an exhibit goes only with its erasure: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER key_goes_only_with_erasure BEFORE UPDATE OR DELETE ON cases_exhibitkey
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_without_erasure();

-- A text that was read stays while one exhibit of its file is not erased. So a hold on any of
-- the matters in which the file stands keeps it: there nothing is erased.
CREATE FUNCTION cases_refuse_while_exhibited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM audit_source s JOIN cases_exhibit e ON e.source_id = s.id
        LEFT JOIN cases_erasure x ON x.exhibit_id = e.id
        WHERE s.id = OLD.source_id AND s.state = 'read' AND x.id IS NULL
    ) THEN
        RAISE EXCEPTION '% of what was read of an exhibit is refused: %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER exchange_stays_while_exhibited BEFORE UPDATE OR DELETE ON audit_exchange
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_while_exhibited();
CREATE TRIGGER left_out_stays_while_exhibited BEFORE UPDATE OR DELETE ON audit_leftoutrecord
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_while_exhibited();
CREATE TRIGGER exchanges_are_never_emptied BEFORE TRUNCATE ON audit_exchange
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change();

-- A vector is evicted only when no exchange has its text any more.
CREATE FUNCTION cases_refuse_while_its_text_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_exchange WHERE answer_key = OLD.text_key)
       OR EXISTS (SELECT FROM audit_exchange WHERE prompt_key = OLD.text_key) THEN
        RAISE EXCEPTION 'the text of vector % stands in an exhibit: DELETE is refused', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER vector_stays_with_its_text BEFORE DELETE ON audit_embedding
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_while_its_text_stands();

CREATE FUNCTION cases_refuse_without_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_finding f WHERE f.run_id = NEW.id AND NOT EXISTS (
            SELECT FROM cases_checkpoint c
            WHERE c.matter_id = f.matter_id AND c.size >= f.plan_entry
        )
    ) THEN
        RAISE EXCEPTION 'no checkpoint covers the plan of run %: its result is refused', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER result_comes_after_checkpoint BEFORE UPDATE OF result ON audit_run FOR EACH ROW
    WHEN (OLD.result IS NULL AND NEW.result IS NOT NULL)
    EXECUTE FUNCTION cases_refuse_without_checkpoint();
"""
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_is_append_only ON cases_{name};\n" for name in APPEND_ONLY)
    + "".join(f"DROP TRIGGER {name}_is_never_removed ON cases_{name};\n" for name in NEVER_REMOVED)
    + "".join(
        f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n"
        for name in (*APPEND_ONLY, *NEVER_REMOVED, "exhibitkey")
    )
    + """
DROP TRIGGER certified_is_written_once ON cases_certifiedexhibit;
DROP TRIGGER hold_is_released_once ON cases_hold;
DROP TRIGGER exhibit_stays_what_it_is ON cases_exhibit;
DROP TRIGGER exhibit_stands_under_hold ON cases_exhibit;
DROP TRIGGER nothing_is_erased_under_hold ON cases_erasure;
DROP TRIGGER key_goes_only_with_erasure ON cases_exhibitkey;
DROP TRIGGER exchange_stays_while_exhibited ON audit_exchange;
DROP TRIGGER left_out_stays_while_exhibited ON audit_leftoutrecord;
DROP TRIGGER exchanges_are_never_emptied ON audit_exchange;
DROP TRIGGER vector_stays_with_its_text ON audit_embedding;
DROP TRIGGER result_comes_after_checkpoint ON audit_run;
DROP FUNCTION cases_refuse_without_checkpoint();
DROP FUNCTION cases_refuse_while_its_text_stands();
DROP FUNCTION cases_refuse_while_exhibited();
DROP FUNCTION cases_refuse_without_erasure();
DROP FUNCTION cases_refuse_under_hold();
DROP FUNCTION cases_is_held(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0007_texts_are_found_by_answer"),
        ("cases", "0005_findings_name_their_entry"),
    ]
    operations = [
        migrations.AlterField(
            model_name="finding", name="plan_entry", field=models.PositiveBigIntegerField()
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('follows__isnull', True), ('number', 1), ('why', '')), models.Q(('follows__isnull', False), ('number__gt', 1), models.Q(('why', ''), _negated=True)), _connector='OR'), name='another_plan_names_one_before_and_why'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
