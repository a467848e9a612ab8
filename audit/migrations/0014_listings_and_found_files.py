"""Lists of models are kept as they came; a file that cannot be taken says why."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TABLES = ("listing", "listedbody")
_REFUSED = "EXECUTE FUNCTION audit_refuse_change();\n"
FORWARD = "".join(
    f"CREATE TRIGGER {name}s_stay BEFORE UPDATE OR DELETE ON audit_{name} FOR EACH ROW {_REFUSED}"
    f"CREATE TRIGGER {name}s_are_never_emptied BEFORE TRUNCATE ON audit_{name}"
    f" FOR EACH STATEMENT {_REFUSED}"
    for name in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER {name}s_stay ON audit_{name};\n"
    f"DROP TRIGGER {name}s_are_never_emptied ON audit_{name};\n"
    for name in TABLES
)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0013_jobs_take_watches_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListedBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('body', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='foundfile',
            name='problem',
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exchanges', models.JSONField()),
                ('digest', models.CharField(db_index=True, max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='audit.endpoint')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='listing_has_a_digest')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
