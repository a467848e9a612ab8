"""Folders that others fill, and collections begun for a matter: each comes to one exhibit."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TABLES = ("watchedfolder", "watchedfile", "gathering")
_REFUSED = "EXECUTE FUNCTION cases_refuse_change();\n"
_ONE_EXHIBIT = "OR (OLD.exhibit_id IS NOT NULL AND OLD.exhibit_id IS DISTINCT FROM NEW.exhibit_id)"
FORWARD = (
    "".join(
        f"CREATE TRIGGER {name}_is_never_removed BEFORE DELETE ON cases_{name}"
        f" FOR EACH ROW {_REFUSED}"
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON cases_{name}"
        f" FOR EACH STATEMENT {_REFUSED}"
        for name in TABLES
    )
    + f"""
CREATE TRIGGER watchedfolder_stays_what_it_is BEFORE UPDATE ON cases_watchedfolder FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.number <> NEW.number OR OLD.url <> NEW.url
          OR OLD.role <> NEW.role OR OLD.model_name <> NEW.model_name OR OLD.party <> NEW.party
          OR OLD.opened_by_id <> NEW.opened_by_id OR OLD.opened_at <> NEW.opened_at
          OR (OLD.state = 'closed' AND NEW.state <> 'closed'))
    {_REFUSED}
CREATE TRIGGER watchedfile_becomes_one_exhibit BEFORE UPDATE ON cases_watchedfile FOR EACH ROW
    WHEN (OLD.folder_id <> NEW.folder_id OR OLD.name <> NEW.name OR OLD.changed <> NEW.changed
          OR (OLD.sha256 <> '' AND OLD.sha256 <> NEW.sha256) {_ONE_EXHIBIT})
    {_REFUSED}
CREATE TRIGGER gathering_becomes_one_exhibit BEFORE UPDATE ON cases_gathering FOR EACH ROW
    WHEN (OLD.matter_id <> NEW.matter_id OR OLD.collection_id <> NEW.collection_id
          OR OLD.role <> NEW.role OR OLD.model_name <> NEW.model_name OR OLD.party <> NEW.party
          OR OLD.begun_by_id <> NEW.begun_by_id OR OLD.begun_at <> NEW.begun_at {_ONE_EXHIBIT})
    {_REFUSED}
"""
)
BACKWARD = "".join(
    f"DROP TRIGGER {name}_is_never_removed ON cases_{name};\n"
    f"DROP TRIGGER {name}_is_never_emptied ON cases_{name};\n"
    for name in TABLES
) + (
    "DROP TRIGGER watchedfolder_stays_what_it_is ON cases_watchedfolder;\n"
    "DROP TRIGGER watchedfile_becomes_one_exhibit ON cases_watchedfile;\n"
    "DROP TRIGGER gathering_becomes_one_exhibit ON cases_gathering;\n"
)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0014_listings_and_found_files'),
        ('cases', '0015_closed_watches_and_entered_releases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WatchedFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('url', models.CharField(max_length=500)),
                ('role', models.CharField(choices=[('suspect', 'suspect'), ('teacher', 'teacher'), ('control', 'control')], max_length=10)),
                ('model_name', models.CharField(max_length=80)),
                ('party', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('open', 'watched'), ('closed', 'no longer watched')], default='open', max_length=6)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.TextField(blank=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='folders', to='cases.matter')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='WatchedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=1024)),
                ('size', models.BigIntegerField()),
                ('changed', models.CharField(max_length=100)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('problem', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('exhibit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='watched_file', to='cases.exhibit')),
                ('folder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='cases.watchedfolder')),
            ],
            options={
                'ordering': ('-at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Gathering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('suspect', 'suspect'), ('teacher', 'teacher'), ('control', 'control')], max_length=10)),
                ('model_name', models.CharField(max_length=120)),
                ('party', models.CharField(max_length=200)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('problem', models.TextField(blank=True)),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('collection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gathering', to='audit.collection')),
                ('exhibit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gathering', to='cases.exhibit')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gatherings', to='cases.matter')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('model_name', ''), _negated=True), models.Q(('party', ''), _negated=True)), name='gathering_is_named')],
            },
        ),
        migrations.AddConstraint(
            model_name='watchedfolder',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_folder_per_number'),
        ),
        migrations.AddConstraint(
            model_name='watchedfolder',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('matter', 'url'), name='a_folder_is_watched_once'),
        ),
        migrations.AddConstraint(
            model_name='watchedfolder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('model_name', ''), _negated=True), models.Q(('party', ''), _negated=True)), name='folder_is_named'),
        ),
        migrations.AddConstraint(
            model_name='watchedfile',
            constraint=models.UniqueConstraint(fields=('folder', 'name', 'changed'), name='a_file_is_handed_in_once'),
        ),
        migrations.AddConstraint(
            model_name='watchedfile',
            constraint=models.CheckConstraint(condition=models.Q(('exhibit__isnull', True), ('problem', ''), _connector='OR'), name='a_file_is_an_exhibit_or_has_a_problem'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
