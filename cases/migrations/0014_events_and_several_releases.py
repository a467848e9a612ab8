"""Events on the timeline of a watch; several releases noticed by one look, each audited once."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
FORWARD = f"""
CREATE TRIGGER watchevent_is_append_only BEFORE UPDATE OR DELETE ON cases_watchevent
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER watchevent_is_never_emptied BEFORE TRUNCATE ON cases_watchevent
    FOR EACH STATEMENT {_REFUSED};
"""
BACKWARD = """
DROP TRIGGER watchevent_is_append_only ON cases_watchevent;
DROP TRIGGER watchevent_is_never_emptied ON cases_watchevent;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0013_jobs_take_watches_on'),
        ('cases', '0013_watches'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WatchEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('terms', 'change of terms'), ('teacher', 'snapshot of a teacher'), ('other', 'other event'), ('nothing', 'nothing: entered in error')], max_length=7)),
                ('happened_on', models.DateField()),
                ('text', models.CharField(max_length=500)),
                ('source', models.CharField(max_length=500)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('entered_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='one_release_per_look',
        ),
        migrations.RemoveConstraint(
            model_name='watchrun',
            name='a_watch_runs_once_when_due',
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('first_look', 'endpoint'), name='one_release_per_look_and_model'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'look')), fields=('watch', 'due_at'), name='a_watch_looks_once_when_due'),
        ),
        migrations.AddConstraint(
            model_name='watchrun',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'audit')), fields=('watch', 'due_at', 'release'), name='a_release_is_audited_once_when_due'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='exhibit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='cases.watchevent'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='watch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.watch'),
        ),
        migrations.AddConstraint(
            model_name='watchevent',
            constraint=models.UniqueConstraint(fields=('watch', 'number'), name='one_event_per_number'),
        ),
        migrations.AddConstraint(
            model_name='watchevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('terms', 'teacher', 'other', 'nothing'))), name='watch_event_is_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='watchevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='watch_event_says_what_and_where_from'),
        ),
        migrations.AddConstraint(
            model_name='watchevent',
            constraint=models.CheckConstraint(condition=models.Q(('sha256', ''), ('sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='watch_event_digest_is_one'),
        ),
        migrations.AddConstraint(
            model_name='watchevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'nothing'), _negated=True), ('replaces__isnull', False), _connector='OR'), name='nothing_replaces_something'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
