"""Watches that are closed for good, and releases that a person enters."""

from django.db import migrations, models


FORWARD = """
CREATE TRIGGER watch_stays_closed BEFORE UPDATE ON cases_watch FOR EACH ROW
    WHEN (OLD.state = 'ended' AND NEW.state <> 'ended')
    EXECUTE FUNCTION cases_refuse_change();
"""
BACKWARD = "DROP TRIGGER watch_stays_closed ON cases_watch;"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_events_and_several_releases'),
    ]

    operations = [
        migrations.AlterField(
            model_name='watch',
            name='state',
            field=models.CharField(choices=[('active', 'active'), ('paused', 'paused'), ('ended', 'closed')], default='active', max_length=6),
        ),
        migrations.AlterField(
            model_name='release',
            name='noticed_by',
            field=models.CharField(choices=[('first', 'the first look'), ('list', "the provider's list of models"), ('name', 'another served name'), ('fingerprint', 'another fingerprint'), ('behaviour', 'other answers to the sentinel prompts'), ('person', 'a person')], max_length=11),
        ),
        migrations.AddField(
            model_name='release',
            name='announced_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('noticed_by', 'person'), _negated=True), ('announced_on__isnull', False), _connector='OR'), name='entered_release_says_when'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(condition=models.Q(('noticed_by', 'person')), fields=('watch', 'endpoint', 'announced_on'), name='a_release_is_entered_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
