"""A job can take the run of a watch one step on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0012_collections'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('read', 'reading the file'), ('embed', 'embedding the answers'), ('audit', 'computing the statistics'), ('print', 'printing the report'), ('certify', 'recomputing the digests'), ('bundle', 'writing the bundle'), ('produce', 'writing the production'), ('finalise', 'printing the filing'), ('collect', 'asking the model'), ('watch', 'taking a watch on')], max_length=8),
        ),
    ]
