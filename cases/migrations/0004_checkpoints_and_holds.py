"""Checkpoints with their time-stamps, holds, certifications, erasures, trees of exhibits."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0007_texts_are_found_by_answer'),
        ('cases', '0003_ledger_keeps_ways_and_refuses_truncation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=300, unique=True)),
                ('tried_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'authorities',
            },
        ),
        migrations.CreateModel(
            name='Certification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('capacity', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='CertifiedExhibit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded', models.CharField(max_length=64)),
                ('computed', models.CharField(blank=True, max_length=64)),
                ('size', models.BigIntegerField(blank=True, null=True)),
                ('tool', models.CharField(blank=True, max_length=120)),
                ('problem', models.TextField(blank=True)),
                ('at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('exhibit__number',),
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveBigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('peaks', models.JSONField()),
                ('note', models.TextField()),
                ('note_sha256', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('size',),
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='EvidenceCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('looked_at', models.JSONField(default=dict)),
                ('found', models.JSONField(default=list)),
                ('problems', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'ordering': ('-started_at',),
            },
        ),
        migrations.CreateModel(
            name='ExhibitKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wrapped', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='ExhibitTree',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveBigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('release_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='HoldAcknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='TimeStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=300)),
                ('authority', models.TextField()),
                ('at', models.DateTimeField()),
                ('serial', models.CharField(max_length=60)),
                ('policy', models.CharField(max_length=200)),
                ('accuracy_s', models.FloatField(blank=True, null=True)),
                ('answer', models.BinaryField()),
                ('certificates', models.TextField()),
                ('independent', models.BooleanField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('at',),
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='cases.finding'),
        ),
        migrations.AddField(
            model_name='finding',
            name='plan_entry',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='why',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='matter',
            name='keep_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='certification',
            name='certifier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certification',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certifications', to='cases.matter'),
        ),
        migrations.AddField(
            model_name='certifiedexhibit',
            name='certification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exhibits', to='cases.certification'),
        ),
        migrations.AddField(
            model_name='certifiedexhibit',
            name='exhibit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certified', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checkpoints', to='cases.matter'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='exhibit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='exhibitkey',
            name='exhibit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='leaf_key', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='exhibittree',
            name='exhibit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='tree', to='cases.exhibit'),
        ),
        migrations.AddField(
            model_name='hold',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='cases.matter'),
        ),
        migrations.AddField(
            model_name='hold',
            name='released_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holdacknowledgement',
            name='hold',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='cases.hold'),
        ),
        migrations.AddField(
            model_name='holdacknowledgement',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='timestamp',
            name='checkpoint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stamps', to='cases.checkpoint'),
        ),
        migrations.AddConstraint(
            model_name='certification',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_certification_per_number'),
        ),
        migrations.AddConstraint(
            model_name='certification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('capacity', ''), _negated=True)), name='certification_names_its_person'),
        ),
        migrations.AddConstraint(
            model_name='certifiedexhibit',
            constraint=models.UniqueConstraint(fields=('certification', 'exhibit'), name='an_exhibit_is_certified_once_each'),
        ),
        migrations.AddConstraint(
            model_name='certifiedexhibit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at__isnull', True), ('computed', ''), ('problem', ''), ('size__isnull', True), ('tool', '')), models.Q(('at__isnull', False), models.Q(('tool', ''), _negated=True), models.Q(models.Q(('computed', ''), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR')), _connector='OR'), name='certified_whole_or_not_yet'),
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.UniqueConstraint(fields=('matter', 'size'), name='one_checkpoint_per_size'),
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='checkpoint_covers_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='checkpoint',
            constraint=models.CheckConstraint(condition=models.Q(('root__regex', '^[0-9a-f]{64}$')), name='checkpoint_root_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='erasure_says_why'),
        ),
        migrations.AddConstraint(
            model_name='exhibittree',
            constraint=models.CheckConstraint(condition=models.Q(('root__regex', '^[0-9a-f]{64}$')), name='tree_root_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_hold_per_number'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hold_says_why'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('release_reason', ''), ('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False), models.Q(('release_reason', ''), _negated=True)), _connector='OR'), name='release_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='holdacknowledgement',
            constraint=models.UniqueConstraint(fields=('hold', 'person'), name='a_hold_is_acknowledged_once_each'),
        ),
        migrations.AddConstraint(
            model_name='timestamp',
            constraint=models.UniqueConstraint(fields=('checkpoint', 'url'), name='an_authority_stamps_a_checkpoint_once'),
        ),
    ]
