"""Prompts can be embedded before the answers, and what they are matched to is kept."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_sealed_runs_do_not_change")]
    operations = [
        migrations.AddField(
            model_name="shard",
            name="part",
            field=models.CharField(
                choices=[("prompt", "prompts"), ("answer", "answers")],
                default="answer",
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            model_name="shard",
            constraint=models.CheckConstraint(
                condition=models.Q(part__in=["prompt", "answer"]),
                name="shard_of_prompts_or_of_answers",
            ),
        ),
        migrations.CreateModel(
            name="NearMatching",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rows", models.JSONField()),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="near_matching",
                        to="audit.run",
                    ),
                ),
            ],
        ),
    ]
