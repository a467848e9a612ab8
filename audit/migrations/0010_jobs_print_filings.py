"""Jobs print filings."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0009_jobs_write_bundles'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('read', 'reading the file'), ('embed', 'embedding the answers'), ('audit', 'computing the statistics'), ('print', 'printing the report'), ('certify', 'recomputing the digests'), ('bundle', 'writing the bundle'), ('finalise', 'printing the filing')], max_length=8),
        ),
    ]
