"""Texts are found by the digest of the answer; digests are recomputed in the background."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_what_is_sealed_is_never_emptied'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('read', 'reading the file'), ('embed', 'embedding the answers'), ('audit', 'computing the statistics'), ('print', 'printing the report'), ('certify', 'recomputing the digests')], max_length=8),
        ),
        migrations.AddIndex(
            model_name='exchange',
            index=models.Index(fields=['answer_key'], name='exchange_answer_key'),
        ),
    ]
