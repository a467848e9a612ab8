"""Filings with their texts, reviews and papers; triggers hold to four eyes and to one direction."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Rows that are added and never changed.
APPEND_ONLY = ("filingauthor", "filingreview", "filingpaper")
# What people write: it changes while the filing is a draft.
WRITTEN = ("filingtext", "filingclause", "filingelement")

_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
FORWARD = (
    "".join(
        f"CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED};\n"
        for name in APPEND_ONLY
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED};\n"
        for name in ("filing", *APPEND_ONLY, *WRITTEN)
    )
    + f"CREATE TRIGGER filing_is_never_removed BEFORE DELETE ON cases_filing"
    f" FOR EACH ROW {_REFUSED};\n"
    + """
CREATE FUNCTION cases_refuse_filing_begun_otherwise() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'draft' OR NEW.revision <> 0 OR NOT EXISTS (
        SELECT FROM cases_finding WHERE id = NEW.finding_id AND matter_id = NEW.matter_id
    ) THEN
        RAISE EXCEPTION 'filing % does not begin as a draft on a finding of its matter', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO cases_filingauthor (filing_id, person_id) VALUES (NEW.id, NEW.drafted_by_id);
    RETURN NEW;
END $$;
CREATE TRIGGER filing_begins_as_draft AFTER INSERT ON cases_filing
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_filing_begun_otherwise();

-- A revision is approved by a technical review of it that no later one returns. Its text stands
-- still from the time at which a review is asked for.
CREATE FUNCTION cases_refuse_filing_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('final', 'discarded') THEN
        RAISE EXCEPTION 'filing % is %: % is refused', OLD.id, OLD.state, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.id, OLD.matter_id, OLD.number, OLD.finding_id, OLD.drafted_by_id, OLD.drafted_at)
       IS DISTINCT FROM
       (NEW.id, NEW.matter_id, NEW.number, NEW.finding_id, NEW.drafted_by_id, NEW.drafted_at)
    THEN
        RAISE EXCEPTION 'what filing % is does not change: % is refused', OLD.id, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'review'), ('draft', 'discarded'),
        ('review', 'draft'), ('review', 'reviewed'), ('review', 'discarded'),
        ('reviewed', 'draft'), ('reviewed', 'final'), ('reviewed', 'discarded')
    ) THEN
        RAISE EXCEPTION 'filing % does not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.certification_id IS DISTINCT FROM OLD.certification_id THEN
        NEW.revision := OLD.revision + 1;
        IF NEW.certification_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM cases_certification
            WHERE id = NEW.certification_id AND matter_id = OLD.matter_id
        ) THEN
            RAISE EXCEPTION 'filing % takes a certification of another matter', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.revision < OLD.revision OR (
        NEW.revision > OLD.revision AND (OLD.state, NEW.state) <> ('draft', 'draft')
    ) THEN
        RAISE EXCEPTION 'the text of filing % changes only in a draft', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('reviewed', 'final') AND NOT EXISTS (
        SELECT FROM cases_filingreview r
        WHERE r.filing_id = OLD.id AND r.revision = NEW.revision
          AND r.outcome = 'approved' AND r.kind = 'technical'
          AND NOT EXISTS (
              SELECT FROM cases_filingreview later
              WHERE later.filing_id = OLD.id AND later.revision = NEW.revision
                AND later.outcome = 'returned' AND later.number > r.number
          )
    ) THEN
        RAISE EXCEPTION 'no technical review approves filing % as it is', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'final' AND NOT EXISTS (
        SELECT FROM cases_filingpaper
        WHERE filing_id = OLD.id AND sha256 = NEW.document_sha256
    ) THEN
        RAISE EXCEPTION 'filing % has not its frozen document among its papers', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filing_goes_forward BEFORE UPDATE ON cases_filing
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_filing_step();

-- Locks the filing, so that nothing is written while it takes a step.
CREATE FUNCTION cases_refuse_unless_draft() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_filing bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        of_filing := OLD.filing_id;
    ELSE
        of_filing := NEW.filing_id;
    END IF;
    UPDATE cases_filing SET revision = revision + 1 WHERE id = of_filing AND state = 'draft';
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND OLD.filing_id <> of_filing) THEN
        RAISE EXCEPTION 'filing % is no draft: % of % is refused', of_filing, TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    INSERT INTO cases_filingauthor (filing_id, person_id)
        VALUES (of_filing, NEW.written_by_id) ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
"""
    + "".join(
        f"CREATE TRIGGER {name}_is_written_in_a_draft BEFORE INSERT OR UPDATE OR DELETE"
        f" ON cases_{name} FOR EACH ROW EXECUTE FUNCTION cases_refuse_unless_draft();\n"
        for name in WRITTEN
    )
    + """
CREATE FUNCTION cases_refuse_other_digest() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the digest of clause % is not that of its text', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filingclause_has_its_digest BEFORE INSERT OR UPDATE ON cases_filingclause
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_other_digest();

-- Who wrote any of it is no reviewer of it; a review is of the text as it is.
CREATE FUNCTION cases_refuse_review() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    as_it_is bigint;
BEGIN
    SELECT revision INTO as_it_is FROM cases_filing
        WHERE id = NEW.filing_id AND state IN ('review', 'reviewed') FOR NO KEY UPDATE;
    IF as_it_is IS DISTINCT FROM NEW.revision THEN
        RAISE EXCEPTION 'filing % is not in review as it was reviewed', NEW.filing_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM cases_filingauthor
        WHERE filing_id = NEW.filing_id AND person_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'a person who wrote in filing % does not review it', NEW.filing_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_is_by_another BEFORE INSERT ON cases_filingreview
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_review();

CREATE FUNCTION cases_refuse_paper() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM cases_filing
        WHERE id = NEW.filing_id AND state = 'reviewed' AND finalise_asked_by_id IS NOT NULL
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'filing % is not being finalised: its paper is refused', NEW.filing_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_comes_with_the_end BEFORE INSERT ON cases_filingpaper
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_paper();
"""
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_is_append_only ON cases_{name};\n" for name in APPEND_ONLY)
    + "".join(
        f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n"
        for name in ("filing", *APPEND_ONLY, *WRITTEN)
    )
    + "".join(f"DROP TRIGGER {name}_is_written_in_a_draft ON cases_{name};\n" for name in WRITTEN)
    + """
DROP TRIGGER filing_is_never_removed ON cases_filing;
DROP TRIGGER filing_begins_as_draft ON cases_filing;
DROP TRIGGER filing_goes_forward ON cases_filing;
DROP TRIGGER filingclause_has_its_digest ON cases_filingclause;
DROP TRIGGER review_is_by_another ON cases_filingreview;
DROP TRIGGER paper_comes_with_the_end ON cases_filingpaper;
DROP FUNCTION cases_refuse_filing_begun_otherwise();
DROP FUNCTION cases_refuse_filing_step();
DROP FUNCTION cases_refuse_unless_draft();
DROP FUNCTION cases_refuse_other_digest();
DROP FUNCTION cases_refuse_review();
DROP FUNCTION cases_refuse_paper();
"""
)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_guards_look_at_the_real_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='membership',
            name='level',
            field=models.CharField(choices=[('viewer', 'may read'), ('reviewer', 'may read and review'), ('analyst', 'may read and act')], max_length=8),
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('reviewed', 'reviewed'), ('final', 'final'), ('discarded', 'discarded')], default='draft', max_length=9)),
                ('revision', models.PositiveBigIntegerField(default=0)),
                ('drafted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finalise_asked_at', models.DateTimeField(blank=True, null=True)),
                ('finalised_at', models.DateTimeField(blank=True, null=True)),
                ('document_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('certification', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.certification')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finalise_asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finalised_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='cases.finding')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='cases.matter')),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='FilingAuthor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authors', to='cases.filing')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FilingClause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.CharField(max_length=200)),
                ('version', models.CharField(blank=True, max_length=200)),
                ('effective_from', models.DateField(blank=True, null=True)),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('captured_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=500)),
                ('sha256', models.CharField(max_length=64)),
                ('text', models.TextField()),
                ('gaps', models.TextField(blank=True)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clauses', to='cases.filing')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('instrument', 'effective_from', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='FilingElement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('claim', models.CharField(max_length=200)),
                ('element', models.CharField(max_length=300)),
                ('kind', models.CharField(choices=[('element', 'element'), ('defence', 'defence')], max_length=7)),
                ('evidence', models.TextField(blank=True)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='elements', to='cases.filing')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('place',),
            },
        ),
        migrations.CreateModel(
            name='FilingPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('media', models.CharField(max_length=120)),
                ('filename', models.CharField(max_length=80)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('pages', models.PositiveIntegerField(blank=True, null=True)),
                ('bates_first', models.CharField(blank=True, default='', max_length=40)),
                ('signed', models.BooleanField(default=False)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='cases.filing')),
            ],
            options={
                'ordering': ('kind', 'media'),
            },
        ),
        migrations.CreateModel(
            name='FilingReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(choices=[('technical', 'technical'), ('administrative', 'administrative')], max_length=14)),
                ('outcome', models.CharField(choices=[('approved', 'approved'), ('returned', 'returned')], max_length=8)),
                ('remarks', models.TextField(blank=True)),
                ('revision', models.PositiveBigIntegerField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='cases.filing')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='FilingText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('scope', 'Scope of the instruction'), ('assumptions', 'Assumptions supplied by counsel'), ('remarks', 'Remarks of the author'), ('name', 'Name of the expert'), ('qualifications', 'Qualifications'), ('publications', 'Publications of the last ten years'), ('testimony', 'Testimony of the last four years'), ('compensation', 'Compensation')], max_length=14)),
                ('text', models.TextField()),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='cases.filing')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_filing_per_number'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document_sha256__regex', '^[0-9a-f]{64}$'), ('finalised_at__isnull', False), ('finalised_by__isnull', False), ('state', 'final')), models.Q(models.Q(('state', 'final'), _negated=True), ('document_sha256', ''), ('finalised_at__isnull', True), ('finalised_by__isnull', True)), _connector='OR'), name='filing_is_finalised_whole'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finalise_asked_at__isnull', True), ('finalise_asked_by__isnull', True)), models.Q(('finalise_asked_at__isnull', False), ('finalise_asked_by__isnull', False), ('state__in', ('reviewed', 'final'))), _connector='OR'), name='filing_is_finalised_once_reviewed'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('finalise_asked_by__isnull', True), models.Q(('finalise_asked_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='who_finalises_did_not_draft'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('finalised_by__isnull', True), ('finalised_by', models.F('finalise_asked_by')), _connector='OR'), name='who_finalises_asked_for_it'),
        ),
        migrations.AddConstraint(
            model_name='filingauthor',
            constraint=models.UniqueConstraint(fields=('filing', 'person'), name='an_author_is_entered_once_each'),
        ),
        migrations.AddConstraint(
            model_name='filingclause',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('instrument', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='clause_names_instrument_and_text'),
        ),
        migrations.AddConstraint(
            model_name='filingclause',
            constraint=models.CheckConstraint(condition=models.Q(('effective_from__isnull', True), ('effective_to__isnull', True), ('effective_to__gte', models.F('effective_from')), _connector='OR'), name='clause_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='filingelement',
            constraint=models.UniqueConstraint(fields=('filing', 'place'), name='one_element_per_place'),
        ),
        migrations.AddConstraint(
            model_name='filingelement',
            constraint=models.UniqueConstraint(fields=('filing', 'claim', 'element'), name='an_element_stands_once_in_a_claim'),
        ),
        migrations.AddConstraint(
            model_name='filingelement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claim', ''), _negated=True), models.Q(('element', ''), _negated=True)), name='element_names_its_claim'),
        ),
        migrations.AddConstraint(
            model_name='filingelement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('element', 'defence'))), name='element_or_defence'),
        ),
        migrations.AddConstraint(
            model_name='filingpaper',
            constraint=models.UniqueConstraint(fields=('filing', 'kind', 'media'), name='a_paper_is_printed_once_in_each_form'),
        ),
        migrations.AddConstraint(
            model_name='filingpaper',
            constraint=models.UniqueConstraint(fields=('filing', 'filename'), name='one_paper_per_filename'),
        ),
        migrations.AddConstraint(
            model_name='filingpaper',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='paper_sha256_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='filingpaper',
            constraint=models.CheckConstraint(condition=models.Q(('filename__regex', '^[a-z0-9][a-z0-9._-]*$')), name='paper_has_plain_name'),
        ),
        migrations.AddConstraint(
            model_name='filingreview',
            constraint=models.UniqueConstraint(fields=('filing', 'number'), name='one_review_per_number'),
        ),
        migrations.AddConstraint(
            model_name='filingreview',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('technical', 'administrative')), ('outcome__in', ('approved', 'returned'))), name='review_says_kind_and_outcome'),
        ),
        migrations.AddConstraint(
            model_name='filingreview',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'approved'), models.Q(('remarks', ''), _negated=True), _connector='OR'), name='returned_review_says_why'),
        ),
        migrations.AddConstraint(
            model_name='filingtext',
            constraint=models.UniqueConstraint(fields=('filing', 'kind'), name='one_text_per_kind'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
