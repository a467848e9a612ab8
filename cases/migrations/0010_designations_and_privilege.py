"""Designations with their history, redacted versions, and the privilege log."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Rows that are added and never changed.
APPEND_ONLY = ("designation", "redaction", "privilegelog")
_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
_ORDER = "'', 'CONFIDENTIAL', 'HIGHLY CONFIDENTIAL - ATTORNEYS'' EYES ONLY', 'SOURCE CODE'"
FORWARD = (
    "".join(
        f"CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED};\n"
        for name in APPEND_ONLY
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED};\n"
        for name in (*APPEND_ONLY, "privilegeentry")
    )
    + f"""
CREATE TRIGGER privilegeentry_is_never_removed BEFORE DELETE ON cases_privilegeentry
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER privilegeentry_keeps_its_number BEFORE UPDATE ON cases_privilegeentry FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.number <> NEW.number
          OR OLD.redaction_id IS DISTINCT FROM NEW.redaction_id)
    {_REFUSED};

CREATE FUNCTION cases_refuse_designation() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY[{_ORDER}];
    before cases_designation;
BEGIN
    SELECT * INTO before FROM cases_designation WHERE exhibit_id = NEW.exhibit_id
        ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(before.number, 0) + 1 THEN
        RAISE EXCEPTION 'designation % of exhibit % does not follow the one before it: refused',
            NEW.number, NEW.exhibit_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF array_position(ranks, NEW.mark::text)
       < array_position(ranks, coalesce(before.mark, '')::text)
       AND btrim(NEW.reason) = '' THEN
        RAISE EXCEPTION 'the designation of exhibit % is lowered without a reason: refused',
            NEW.exhibit_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER designation_follows_the_one_before BEFORE INSERT ON cases_designation
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_designation();
"""
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_is_append_only ON cases_{name};\n" for name in APPEND_ONLY)
    + "".join(
        f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n"
        for name in (*APPEND_ONLY, "privilegeentry")
    )
    + """
DROP TRIGGER privilegeentry_is_never_removed ON cases_privilegeentry;
DROP TRIGGER privilegeentry_keeps_its_number ON cases_privilegeentry;
DROP TRIGGER designation_follows_the_one_before ON cases_designation;
DROP FUNCTION cases_refuse_designation();
"""
)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0009_filings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Designation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('mark', models.CharField(blank=True, choices=[('', 'none'), ('CONFIDENTIAL', 'CONFIDENTIAL'), ("HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY", "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY"), ('SOURCE CODE', 'SOURCE CODE')], default='', max_length=60)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='PrivilegeEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('date', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(max_length=100)),
                ('author', models.CharField(max_length=200)),
                ('recipients', models.CharField(blank=True, max_length=500)),
                ('basis', models.CharField(max_length=200)),
                ('description', models.CharField(max_length=1000)),
                ('custodian', models.CharField(blank=True, max_length=200)),
                ('pages', models.CharField(blank=True, max_length=100)),
                ('treatment', models.CharField(choices=[('withheld', 'withheld'), ('redacted', 'redacted')], max_length=8)),
                ('category', models.CharField(blank=True, max_length=100)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='PrivilegeLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('mode', models.CharField(choices=[('itemised', 'itemised: each document'), ('categorical', 'categorical: each category')], max_length=11)),
                ('entries', models.PositiveIntegerField()),
                ('json_sha256', models.CharField(max_length=64)),
                ('pdf_sha256', models.CharField(max_length=64)),
                ('csv_sha256', models.CharField(max_length=64)),
                ('designation', models.CharField(blank=True, default='', max_length=60)),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('made_from', models.CharField(default='report', max_length=40)),
                ('origin_sha256', models.CharField(max_length=64)),
                ('origin_results_sha256', models.CharField(max_length=64)),
                ('grounds', models.JSONField()),
                ('designation', models.CharField(blank=True, default='', max_length=60)),
                ('pdf_sha256', models.CharField(max_length=64)),
                ('results_sha256', models.CharField(max_length=64)),
                ('pages', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.AddField(
            model_name='matter',
            name='order_502d',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.AddField(
            model_name='report',
            name='designation',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('designation__in', ('', 'CONFIDENTIAL', "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY", 'SOURCE CODE'))), name='report_bears_a_mark_of_the_list'),
        ),
        migrations.AddField(
            model_name='designation',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='designation',
            name='exhibit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='designations', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='privilegeentry',
            name='changed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privilegeentry',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='privilege_entries', to='cases.matter'),
        ),
        migrations.AddField(
            model_name='privilegelog',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privilegelog',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='privilege_logs', to='cases.matter'),
        ),
        migrations.AddField(
            model_name='redaction',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='cases.finding'),
        ),
        migrations.AddField(
            model_name='redaction',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privilegeentry',
            name='redaction',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='log_entry', to='cases.redaction'),
        ),
        migrations.AddConstraint(
            model_name='designation',
            constraint=models.UniqueConstraint(fields=('exhibit', 'number'), name='one_designation_per_number'),
        ),
        migrations.AddConstraint(
            model_name='designation',
            constraint=models.CheckConstraint(condition=models.Q(('mark__in', ('', 'CONFIDENTIAL', "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY", 'SOURCE CODE'))), name='designation_is_one_of_the_list'),
        ),
        migrations.AddConstraint(
            model_name='privilegelog',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_privilege_log_per_number'),
        ),
        migrations.AddConstraint(
            model_name='privilegelog',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['itemised', 'categorical'])), name='privilege_log_is_of_one_mode'),
        ),
        migrations.AddConstraint(
            model_name='privilegelog',
            constraint=models.CheckConstraint(condition=models.Q(('designation__in', ('', 'CONFIDENTIAL', "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY", 'SOURCE CODE'))), name='privilege_log_bears_a_mark_of_the_list'),
        ),
        migrations.AddConstraint(
            model_name='privilegelog',
            constraint=models.CheckConstraint(condition=models.Q(('csv_sha256__regex', '^[0-9a-f]{64}$'), ('json_sha256__regex', '^[0-9a-f]{64}$'), ('pdf_sha256__regex', '^[0-9a-f]{64}$')), name='privilege_log_names_its_digests'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.UniqueConstraint(fields=('finding', 'number'), name='one_redaction_per_number'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.CheckConstraint(condition=models.Q(('designation__in', ('', 'CONFIDENTIAL', "HIGHLY CONFIDENTIAL - ATTORNEYS' EYES ONLY", 'SOURCE CODE'))), name='redaction_bears_a_mark_of_the_list'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.CheckConstraint(condition=models.Q(('origin_results_sha256__regex', '^[0-9a-f]{64}$'), ('origin_sha256__regex', '^[0-9a-f]{64}$'), ('pdf_sha256__regex', '^[0-9a-f]{64}$'), ('results_sha256__regex', '^[0-9a-f]{64}$')), name='redaction_names_its_digests'),
        ),
        migrations.AddConstraint(
            model_name='redaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pdf_sha256', models.F('origin_sha256')), _negated=True), models.Q(('results_sha256', models.F('origin_results_sha256')), _negated=True)), name='redaction_is_another_file_than_its_origin'),
        ),
        migrations.AddConstraint(
            model_name='privilegeentry',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_privilege_entry_per_number'),
        ),
        migrations.AddConstraint(
            model_name='privilegeentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('author', ''), _negated=True), models.Q(('basis', ''), _negated=True), models.Q(('description', ''), _negated=True)), name='privilege_entry_makes_its_claim'),
        ),
        migrations.AddConstraint(
            model_name='privilegeentry',
            constraint=models.CheckConstraint(condition=models.Q(('treatment__in', ['withheld', 'redacted'])), name='privilege_entry_is_withheld_or_redacted'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
