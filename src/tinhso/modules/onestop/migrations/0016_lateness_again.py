"""A second apology after a supplement, causes that were not stated in time, and printed books that retention erases."""

import django.db.models.deletion
from django.db import migrations, models

from tinhso.base.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('onestop', '0015_succession'),
    ]

    operations = [
        migrations.CreateModel(
            name='LatenessBefore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('due_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('law', models.CharField(max_length=200)),
                ('cause_by', models.DateTimeField(blank=True, null=True)),
                ('cause', models.CharField(blank=True, choices=[('workload', 'More dossiers than usual'), ('opinion', 'Another body has not given its opinion'), ('survey', 'An inspection on the spot is not finished'), ('applicant', 'Something had to be cleared up with the applicant'), ('law', 'The rules are unclear or have changed'), ('system', 'A technical fault'), ('disaster', 'Storm, flood or another emergency'), ('other', 'Another reason')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('expected_on', models.DateField(blank=True, null=True)),
                ('stated_at', models.DateTimeField(blank=True, null=True)),
                ('stated_by', models.CharField(blank=True, max_length=200)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='latenesses_before', to='onestop.dossier')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('dossier', 'at'), name='onestop_lateness_before_once')],
            },
        ),
        migrations.AddField(
            model_name='lateness',
            name='escalated_at',
            field=models.DateTimeField(blank=True, help_text='when the head was told that no cause was stated in time', null=True),
        ),
        migrations.AddField(
            model_name='lateness',
            name='over_at',
            field=models.DateTimeField(blank=True, help_text='when the dossier was found ended without a cause: nobody states one any more', null=True),
        ),
        migrations.AddField(
            model_name='yearbook',
            name='erased_at',
            field=models.DateTimeField(blank=True, help_text='when the printed volumes went, by the retention rule; their hashes stay', null=True),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('apologised_at__lt', models.F('due_at')), ('finished_at__isnull', True), ('paused_at__isnull', True)), fields=['due_at', 'id'], name='onestop_dossier_lapsing_again'),
        ),
        AddIndexOnline(
            model_name='lateness',
            index=models.Index(condition=models.Q(('over_at__isnull', True), ('stated_at__isnull', True)), fields=['agency_code', 'at', 'dossier'], name='onestop_lateness_open'),
        ),
        AddIndexOnline(
            model_name='lateness',
            index=models.Index(condition=models.Q(('over_at__isnull', True), ('stated_at__isnull', True), models.Q(('office_code', ''), _negated=True)), fields=['office_code', 'at', 'dossier'], name='onestop_lateness_open_office'),
        ),
        AddIndexOnline(
            model_name='lateness',
            index=models.Index(condition=models.Q(('escalated_at__isnull', True), ('over_at__isnull', True), ('stated_at__isnull', True)), fields=['cause_by'], name='onestop_lateness_to_escalate'),
        ),
    ]
