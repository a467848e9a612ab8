"""Findings whose results are certified to come out again; what came out is written once."""

import django.db.models.deletion
from django.db import migrations, models


_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
FORWARD = f"""
CREATE TRIGGER certifiedfinding_is_never_removed BEFORE DELETE ON cases_certifiedfinding
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER certifiedfinding_is_never_emptied BEFORE TRUNCATE ON cases_certifiedfinding
    FOR EACH STATEMENT {_REFUSED};
CREATE TRIGGER recomputed_is_written_once BEFORE UPDATE ON cases_certifiedfinding FOR EACH ROW
    WHEN (OLD.at IS NOT NULL OR OLD.certification_id <> NEW.certification_id
          OR OLD.finding_id <> NEW.finding_id OR OLD.recorded <> NEW.recorded)
    {_REFUSED};
"""
BACKWARD = """
DROP TRIGGER recomputed_is_written_once ON cases_certifiedfinding;
DROP TRIGGER certifiedfinding_is_never_emptied ON cases_certifiedfinding;
DROP TRIGGER certifiedfinding_is_never_removed ON cases_certifiedfinding;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_bates_and_productions'),
    ]

    operations = [
        migrations.AddField(
            model_name='certification',
            name='relation',
            field=models.CharField(blank=True, default='', max_length=300),
        ),
        migrations.CreateModel(
            name='CertifiedFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded', models.CharField(max_length=64)),
                ('computed', models.CharField(blank=True, max_length=64)),
                ('difference', models.FloatField(blank=True, null=True)),
                ('where', models.CharField(blank=True, max_length=300)),
                ('beyond', models.PositiveIntegerField(blank=True, null=True)),
                ('known_answers', models.JSONField(blank=True, null=True)),
                ('details', models.JSONField(blank=True, null=True)),
                ('tool', models.CharField(blank=True, max_length=300)),
                ('problem', models.TextField(blank=True)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('certification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='cases.certification')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certified', to='cases.finding')),
            ],
            options={
                'ordering': ('finding__number',),
                'constraints': [models.UniqueConstraint(fields=('certification', 'finding'), name='a_finding_is_certified_once_each'), models.CheckConstraint(condition=models.Q(models.Q(('at__isnull', True), ('beyond__isnull', True), ('computed', ''), ('details__isnull', True), ('difference__isnull', True), ('known_answers__isnull', True), ('problem', ''), ('tool', ''), ('where', '')), models.Q(('at__isnull', False), models.Q(('tool', ''), _negated=True), models.Q(models.Q(('problem', ''), _negated=True), models.Q(models.Q(('computed', ''), _negated=True), ('beyond__isnull', False), ('details__isnull', False), ('difference__isnull', False), ('known_answers__isnull', False)), _connector='OR')), _connector='OR'), name='recomputed_whole_or_not_yet')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
