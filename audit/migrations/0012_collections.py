"""Models are asked, by leave and under a sealed plan; no call that was made is changed or lost."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

STAY = {
    "authorisations_stay": "audit_authorisation",
    "sittings_stay": "audit_sitting",
    "certificates_stay": "audit_certificate",
    "capturestamps_stay": "audit_capturestamp",
}
GO_NOT = {"collections_go_not": "audit_collection", "calls_go_not": "audit_call"}
NOT_EMPTIED = {
    "authorisations_are_never_emptied": "audit_authorisation",
    "collections_are_never_emptied": "audit_collection",
    "sittings_are_never_emptied": "audit_sitting",
    "calls_are_never_emptied": "audit_call",
    "certificates_are_never_emptied": "audit_certificate",
    "capturestamps_are_never_emptied": "audit_capturestamp",
}
FORWARD = """
CREATE FUNCTION audit_require_authorisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.audit_authorisation
        WHERE id = NEW.authorisation_id AND endpoint_id = NEW.endpoint_id
          AND (until IS NULL OR until > now())
    ) THEN
        RAISE EXCEPTION 'audit_collection: the authorisation is not of this endpoint, or is over'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION audit_require_running() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.audit_collection c
        JOIN public.audit_sitting s ON s.collection_id = c.id
        WHERE c.id = NEW.collection_id AND s.id = NEW.sitting_id AND c.state = 'running'
          AND s.number = (
              SELECT max(number) FROM public.audit_sitting WHERE collection_id = c.id
          )
    ) THEN
        RAISE EXCEPTION 'audit_call: the collection is not running, or the sitting is not its last'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER endpoint_stays BEFORE UPDATE ON audit_endpoint FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR OLD.url <> NEW.url OR OLD.model <> NEW.model
          OR OLD.key_name <> NEW.key_name OR OLD.made_at <> NEW.made_at)
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER collection_is_authorised BEFORE INSERT ON audit_collection
    FOR EACH ROW EXECUTE FUNCTION audit_require_authorisation();
CREATE TRIGGER collection_plan_stays BEFORE UPDATE ON audit_collection FOR EACH ROW
    WHEN (OLD.plan IS DISTINCT FROM NEW.plan OR OLD.plan_digest <> NEW.plan_digest
          OR OLD.endpoint_id <> NEW.endpoint_id OR OLD.authorisation_id <> NEW.authorisation_id
          OR OLD.sealed_at <> NEW.sealed_at)
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER collection_ends_once BEFORE UPDATE ON audit_collection FOR EACH ROW
    WHEN (OLD.state IN ('stopped', 'done', 'failed')
          AND (OLD.state <> NEW.state OR OLD.problem <> NEW.problem
               OR OLD.ended_at IS DISTINCT FROM NEW.ended_at))
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER capture_is_written_once BEFORE UPDATE ON audit_collection FOR EACH ROW
    WHEN (OLD.capture_sha256 <> ''
          AND (OLD.capture_sha256 <> NEW.capture_sha256
               OR OLD.capture_size IS DISTINCT FROM NEW.capture_size))
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER call_of_a_running_collection BEFORE INSERT ON audit_call
    FOR EACH ROW EXECUTE FUNCTION audit_require_running();
CREATE TRIGGER call_is_completed_once BEFORE UPDATE ON audit_call FOR EACH ROW
    WHEN (OLD.state <> 'in flight' OR OLD.collection_id <> NEW.collection_id
          OR OLD.sitting_id <> NEW.sitting_id OR OLD.prompt <> NEW.prompt
          OR OLD.repeat <> NEW.repeat OR OLD.attempt <> NEW.attempt
          OR OLD.request <> NEW.request OR OLD.started_at <> NEW.started_at)
    EXECUTE FUNCTION audit_refuse_change();
"""
FORWARD += "".join(
    f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();\n"
    for name, table in STAY.items()
)
FORWARD += "".join(
    f"CREATE TRIGGER {name} BEFORE DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();\n"
    for name, table in GO_NOT.items()
)
FORWARD += "".join(
    f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();\n"
    for name, table in NOT_EMPTIED.items()
)
BACKWARD = """
DROP FUNCTION audit_require_authorisation() CASCADE;
DROP FUNCTION audit_require_running() CASCADE;
DROP TRIGGER endpoint_stays ON audit_endpoint;
DROP TRIGGER collection_plan_stays ON audit_collection;
DROP TRIGGER collection_ends_once ON audit_collection;
DROP TRIGGER capture_is_written_once ON audit_collection;
DROP TRIGGER call_is_completed_once ON audit_call;
"""
BACKWARD += "".join(
    f"DROP TRIGGER {name} ON {table};\n"
    for name, table in (*STAY.items(), *GO_NOT.items(), *NOT_EMPTIED.items())
)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0011_jobs_write_productions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('confirmed_by', models.CharField(max_length=255)),
                ('basis', models.TextField()),
                ('terms_allow', models.BooleanField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('der', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='KeptKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('wrapped', models.BinaryField()),
                ('kept_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('read', 'reading the file'), ('embed', 'embedding the answers'), ('audit', 'computing the statistics'), ('print', 'printing the report'), ('certify', 'recomputing the digests'), ('bundle', 'writing the bundle'), ('produce', 'writing the production'), ('finalise', 'printing the filing'), ('collect', 'asking the model')], max_length=8),
        ),
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('url', models.CharField(max_length=500)),
                ('model', models.CharField(max_length=255)),
                ('key_name', models.CharField(blank=True, max_length=60)),
                ('price_in', models.BigIntegerField(default=0)),
                ('price_out', models.BigIntegerField(default=0)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'url', 'model', 'key_name'), name='one_endpoint_per_address'), models.CheckConstraint(condition=models.Q(('price_in__gte', 0), ('price_out__gte', 0)), name='prices_are_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.JSONField()),
                ('plan_digest', models.CharField(db_index=True, max_length=64)),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('running', 'running'), ('paused', 'paused'), ('stopped', 'stopped'), ('done', 'done'), ('failed', 'failed')], default='running', max_length=8)),
                ('problem', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('capture_sha256', models.CharField(blank=True, max_length=64)),
                ('capture_size', models.BigIntegerField(blank=True, null=True)),
                ('authorisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.authorisation')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collections', to='audit.endpoint')),
            ],
        ),
        migrations.AddField(
            model_name='authorisation',
            name='endpoint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='audit.endpoint'),
        ),
        migrations.CreateModel(
            name='FoundFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.CharField(max_length=500)),
                ('name', models.CharField(max_length=1024)),
                ('size', models.BigIntegerField()),
                ('changed', models.CharField(max_length=100)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.source')),
            ],
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('facts', models.JSONField()),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='audit.collection')),
            ],
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prompt', models.PositiveIntegerField()),
                ('repeat', models.PositiveIntegerField()),
                ('attempt', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('in flight', 'in flight'), ('answered', 'answered'), ('refused', 'refused'), ('failed', 'failed')], default='in flight', max_length=9)),
                ('final', models.BooleanField(default=False)),
                ('request', models.BinaryField()),
                ('response', models.BinaryField(blank=True, null=True)),
                ('facts', models.JSONField(default=dict)),
                ('problem', models.TextField(blank=True)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('tokens_in', models.BigIntegerField(blank=True, null=True)),
                ('tokens_out', models.BigIntegerField(blank=True, null=True)),
                ('tokens', models.BigIntegerField(default=0)),
                ('cost', models.BigIntegerField(default=0)),
                ('assumed', models.BooleanField(default=False)),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='audit.collection')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='audit.sitting')),
            ],
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.CheckConstraint(condition=models.Q(('plan_digest__regex', '^[0-9a-f]{64}$')), name='collection_plan_has_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('capture_sha256', ''), ('capture_size__isnull', True)), models.Q(('capture_sha256__regex', '^[0-9a-f]{64}$'), ('capture_size__gt', 0), ('state__in', ['stopped', 'done', 'failed'])), _connector='OR'), name='capture_is_written_at_the_end'),
        ),
        migrations.AddConstraint(
            model_name='collection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='failed_collection_says_why'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.CheckConstraint(condition=models.Q(('terms_allow', True)), name='authorised_only_where_terms_allow'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by', ''), _negated=True), models.Q(('basis', ''), _negated=True)), name='authorisation_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='foundfile',
            constraint=models.UniqueConstraint(fields=('folder', 'name'), name='one_file_per_name'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.UniqueConstraint(fields=('collection', 'number'), name='one_sitting_per_number'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('collection', 'prompt', 'repeat', 'attempt'), name='each_attempt_once'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'in flight')), fields=('collection', 'prompt', 'repeat'), name='one_call_in_flight_per_question'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('final', True)), fields=('collection', 'prompt', 'repeat'), name='each_question_settled_once'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('final', False), ('state', 'in flight')), models.Q(models.Q(('state', 'in flight'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='call_ends_when_something_came'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['in flight', 'failed']), ('final', True), _connector='OR'), name='answers_and_refusals_settle'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='failed_call_says_why'),
        ),
        migrations.CreateModel(
            name='CaptureStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=300)),
                ('authority', models.TextField()),
                ('at', models.DateTimeField()),
                ('answer', models.BinaryField()),
                ('certificates', models.TextField()),
                ('independent', models.BooleanField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stamps', to='audit.collection')),
            ],
            options={
                'ordering': ('at',),
                'constraints': [models.UniqueConstraint(fields=('collection', 'url'), name='an_authority_stamps_a_capture_once')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
