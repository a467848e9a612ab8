"""Bates numbers are given once and for good; productions are made whole and once."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
TABLES = ("batesseries", "batesrange", "production")
FORWARD = (
    "".join(
        f"CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED};\n"
        for name in TABLES[:2]
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED};\n"
        for name in TABLES
    )
    + f"""
CREATE TRIGGER production_is_never_removed BEFORE DELETE ON cases_production
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER production_is_made_once BEFORE UPDATE ON cases_production FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.number <> NEW.number
          OR OLD.profile <> NEW.profile OR OLD.prefix <> NEW.prefix
          OR OLD.asked_at <> NEW.asked_at OR OLD.asked_by_id <> NEW.asked_by_id
          OR (OLD.made_at IS NOT NULL
              AND (OLD.made_at IS DISTINCT FROM NEW.made_at OR OLD.sha256 <> NEW.sha256
                   OR OLD.size IS DISTINCT FROM NEW.size OR OLD.counts <> NEW.counts)))
    {_REFUSED};

-- A number has as many digits as its series says, comes after all before it, and is given to what
-- stands in the same matter.
CREATE FUNCTION cases_refuse_number() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its cases_batesseries%ROWTYPE;
BEGIN
    SELECT * INTO its FROM cases_batesseries WHERE id = NEW.series_id;
    PERFORM FROM cases_matter WHERE id = its.matter_id FOR UPDATE;
    IF NEW.last >= 10::numeric ^ its.digits THEN
        RAISE EXCEPTION 'number % has more than the % digits of %', NEW.last, its.digits, its.prefix
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM cases_batesrange WHERE series_id = NEW.series_id AND last >= NEW.first
    ) THEN
        RAISE EXCEPTION 'number % of % was passed already', NEW.first, its.prefix
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.exhibit_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM cases_exhibit WHERE id = NEW.exhibit_id AND matter_id = its.matter_id
    ) THEN
        RAISE EXCEPTION 'the exhibit stands in another matter than the series %', its.prefix
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_is_new BEFORE INSERT ON cases_batesrange
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_number();
"""
)
BACKWARD = (
    """
DROP TRIGGER number_is_new ON cases_batesrange;
DROP FUNCTION cases_refuse_number();
DROP TRIGGER production_is_made_once ON cases_production;
DROP TRIGGER production_is_never_removed ON cases_production;
"""
    + "".join(f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n" for name in TABLES)
    + "".join(f"DROP TRIGGER {name}_is_append_only ON cases_{name};\n" for name in TABLES[:2])
)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_designations_and_privilege'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BatesSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=15)),
                ('digits', models.PositiveSmallIntegerField(default=7)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bates_series', to='cases.matter')),
            ],
            options={
                'verbose_name_plural': 'bates series',
                'ordering': ('-begun_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='BatesRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.PositiveBigIntegerField()),
                ('last', models.PositiveBigIntegerField()),
                ('paper', models.CharField(blank=True, default='', max_length=200)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('exhibit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bates', to='cases.exhibit')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ranges', to='cases.batesseries')),
            ],
            options={
                'ordering': ('series', 'first'),
            },
        ),
        migrations.CreateModel(
            name='Production',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('profile', models.CharField(max_length=100)),
                ('prefix', models.CharField(max_length=15)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('size', models.BigIntegerField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='productions', to='cases.matter')),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.AddConstraint(
            model_name='batesseries',
            constraint=models.UniqueConstraint(fields=('matter', 'prefix'), name='one_series_per_prefix'),
        ),
        migrations.AddConstraint(
            model_name='batesseries',
            constraint=models.CheckConstraint(condition=models.Q(('prefix__regex', '^[A-Z]([A-Z0-9_-]{0,13}[A-Z_-])?$')), name='prefix_is_plain'),
        ),
        migrations.AddConstraint(
            model_name='batesseries',
            constraint=models.CheckConstraint(condition=models.Q(('digits__gte', 3), ('digits__lte', 10)), name='digits_are_three_to_ten'),
        ),
        migrations.AddConstraint(
            model_name='batesrange',
            constraint=models.CheckConstraint(condition=models.Q(('first__gte', 1), ('last__gte', models.F('first')), ('last__lt', 10000000000)), name='numbers_begin_before_they_end'),
        ),
        migrations.AddConstraint(
            model_name='batesrange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exhibit__isnull', False), ('paper', '')), models.Q(('exhibit__isnull', True), models.Q(('paper', ''), _negated=True)), _connector='OR'), name='numbers_belong_to_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='batesrange',
            constraint=models.UniqueConstraint(condition=models.Q(('paper', ''), _negated=True), fields=('series', 'paper'), name='a_paper_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='batesrange',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('series_id'), '*', models.Value(10000000000)), '+', models.F('first')), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('series_id'), '*', models.Value(10000000000)), '+', models.F('last')), models.Value('[]'), function='int8range'), '&&')], name='numbers_never_overlap'),
        ),
        migrations.AddConstraint(
            model_name='production',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_production_per_number'),
        ),
        migrations.AddConstraint(
            model_name='production',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('made_at__isnull', True), ('sha256', ''), ('size__isnull', True)), models.Q(('made_at__isnull', False), ('sha256__regex', '^[0-9a-f]{64}$'), ('size__isnull', False)), _connector='OR'), name='production_is_made_whole'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
