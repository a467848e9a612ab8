"""A source whose exhibits are all erased is said to be."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0007_texts_are_found_by_answer'),
    ]

    operations = [
        migrations.AlterField(
            model_name='source',
            name='state',
            field=models.CharField(choices=[('received', 'waiting to be read'), ('read', 'read'), ('unreadable', 'cannot be read'), ('erased', 'erased')], default='received', max_length=12),
        ),
    ]
