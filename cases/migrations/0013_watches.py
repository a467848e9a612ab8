"""Watches with their plans, releases, runs and notices; what was seen is never changed."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# Rows that are added and never changed.
APPEND_ONLY = ("watchplan", "release")
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
        for name in ("watch", "watchrun", "notice")
    )
    + "".join(
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED};\n"
        for name in ("watch", "watchrun", "notice", *APPEND_ONLY)
    )
    + f"""
CREATE TRIGGER watch_keeps_its_number BEFORE UPDATE ON cases_watch FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.number <> NEW.number
          OR OLD.opened_by_id <> NEW.opened_by_id OR OLD.opened_at <> NEW.opened_at)
    {_REFUSED};
CREATE TRIGGER watchrun_ends_once BEFORE UPDATE ON cases_watchrun FOR EACH ROW
    WHEN (OLD.state <> 'open' OR OLD.watch_id <> NEW.watch_id OR OLD.plan_id <> NEW.plan_id
          OR OLD.kind <> NEW.kind OR OLD.due_at <> NEW.due_at
          OR OLD.ordinary_course <> NEW.ordinary_course
          OR (OLD.collection_id IS NOT NULL
              AND OLD.collection_id IS DISTINCT FROM NEW.collection_id)
          OR (OLD.exhibit_id IS NOT NULL AND OLD.exhibit_id IS DISTINCT FROM NEW.exhibit_id)
          OR (OLD.finding_id IS NOT NULL AND OLD.finding_id IS DISTINCT FROM NEW.finding_id))
    {_REFUSED};
CREATE TRIGGER notice_is_acknowledged_once BEFORE UPDATE ON cases_notice FOR EACH ROW
    WHEN (OLD.watch_id <> NEW.watch_id OR OLD.kind <> NEW.kind OR OLD.key <> NEW.key
          OR OLD.text <> NEW.text OR OLD.created_at <> NEW.created_at
          OR OLD.run_id IS DISTINCT FROM NEW.run_id OR OLD.acknowledged_at IS NOT NULL)
    {_REFUSED};
"""
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_is_append_only ON cases_{name};\n" for name in APPEND_ONLY)
    + "".join(
        f"DROP TRIGGER {name}_is_never_removed ON cases_{name};\n"
        for name in ("watch", "watchrun", "notice")
    )
    + "".join(
        f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n"
        for name in ("watch", "watchrun", "notice", *APPEND_ONLY)
    )
    + "DROP TRIGGER watch_keeps_its_number ON cases_watch;\n"
    "DROP TRIGGER watchrun_ends_once ON cases_watchrun;\n"
    "DROP TRIGGER notice_is_acknowledged_once ON cases_notice;\n"
)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0013_jobs_take_watches_on'),
        ('cases', '0012_certified_findings'),
        ('django_celery_beat', '0019_alter_periodictasks_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('active', 'active'), ('paused', 'paused')], default='active', max_length=6)),
                ('zone', models.CharField(max_length=60)),
                ('missed', models.CharField(choices=[('once', 'run once'), ('skip', 'skip')], default='once', max_length=4)),
                ('next_at', models.DateTimeField(db_index=True)),
                ('failed_in_a_row', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('emails', models.JSONField(blank=True, default=list)),
                ('webhook', models.CharField(blank=True, max_length=500)),
                ('webhook_key', models.CharField(blank=True, max_length=60)),
                ('quiet_from', models.TimeField(blank=True, null=True)),
                ('quiet_to', models.TimeField(blank=True, null=True)),
                ('digest_at', models.TimeField(blank=True, null=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watches', to='cases.matter')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('schedule', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='watch', to='django_celery_beat.periodictask')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('noticed_by', models.CharField(choices=[('first', 'the first look'), ('list', "the provider's list of models"), ('name', 'another served name'), ('fingerprint', 'another fingerprint'), ('behaviour', 'other answers to the sentinel prompts')], max_length=11)),
                ('noticed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('served_model', models.CharField(blank=True, max_length=500)),
                ('fingerprint', models.CharField(blank=True, max_length=500)),
                ('why', models.TextField()),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.endpoint')),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='cases.watch')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='WatchPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('plan', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sealed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='cases.watch')),
            ],
            options={
                'ordering': ('version',),
            },
        ),
        migrations.CreateModel(
            name='WatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('look', 'look'), ('audit', 'audit')], max_length=5)),
                ('due_at', models.DateTimeField()),
                ('ordinary_course', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('open', 'under way'), ('done', 'done'), ('failed', 'failed'), ('skipped', 'skipped')], default='open', max_length=7)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('chunk', models.PositiveIntegerField(blank=True, null=True)),
                ('p_value', models.FloatField(blank=True, null=True)),
                ('statistic', models.FloatField(default=0.0)),
                ('tokens', models.BigIntegerField(default=0)),
                ('cost', models.BigIntegerField(default=0)),
                ('facts', models.JSONField(default=dict)),
                ('likeness', models.JSONField(default=dict)),
                ('series', models.JSONField(default=list)),
                ('problem', models.TextField(blank=True)),
                ('collection', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='watch_run', to='audit.collection')),
                ('compared_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.watchrun')),
                ('exhibit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='watch_run', to='cases.exhibit')),
                ('finding', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='watch_run', to='cases.finding')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='cases.watchplan')),
                ('release', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='cases.release')),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='cases.watch')),
            ],
            options={
                'ordering': ('-due_at', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='release',
            name='first_look',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='noticed', to='cases.watchrun'),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('threshold', 'threshold'), ('change', 'change'), ('failure', 'failure'), ('budget', 'budget'), ('missed', 'missed schedule')], max_length=9)),
                ('key', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.watch')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.watchrun')),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='NoticeDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'email'), ('webhook', 'webhook')], max_length=7)),
                ('not_before', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.TextField(blank=True)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='cases.notice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('given_up_at__isnull', True), ('sent_at__isnull', True)), fields=['not_before'], name='notices_to_be_sent')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='one_delivery_per_channel')],
            },
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_watch_per_number'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_to__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False)), _connector='OR'), name='quiet_hours_begin_and_end'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(('webhook', ''), models.Q(('webhook_key', ''), _negated=True), _connector='OR'), name='webhooks_are_signed'),
        ),
        migrations.AddConstraint(
            model_name='watchplan',
            constraint=models.UniqueConstraint(fields=('watch', 'version'), name='one_plan_per_version'),
        ),
        migrations.AddConstraint(
            model_name='watchplan',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='watch_plan_has_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='watchplan',
            constraint=models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('why', ''), _negated=True), _connector='OR'), name='another_watch_plan_says_why'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.UniqueConstraint(fields=('watch', 'due_at', 'kind'), name='a_watch_runs_once_when_due'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.UniqueConstraint(fields=('compared_with', 'chunk'), name='answers_are_compared_once'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'look'), ('state', 'open')), fields=('watch',), name='one_look_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='watch_run_ends_with_a_time'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'skipped']), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='failed_watch_run_says_why'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'audit'), _negated=True), ('release__isnull', False), _connector='OR'), name='an_audit_is_of_a_release'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('watch', 'number'), name='one_release_per_number'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('first_look',), name='one_release_per_look'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='release_says_why'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('watch', 'key'), name='one_notice_per_event'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='notice_says_something'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='notice_is_acknowledged_by_a_person'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
