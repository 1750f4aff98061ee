import django.db.models.deletion
from django.db import migrations, models

import tinhso.kernel.journal.ids
from tinhso.base.columns import AddColumn
from tinhso.base.online import AddIndexOnline


class Migration(migrations.Migration):
    # the indexes on dossiers are made while everybody goes on working
    atomic = False

    dependencies = [("onestop", "0009_erased_at")]

    operations = [
        migrations.CreateModel(
            name='YearBook',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('desk_code', models.CharField(max_length=35)),
                ('head_code', models.CharField(blank=True, help_text='agency above the desk, whose leader heads it', max_length=35)),
                ('year', models.PositiveSmallIntegerField()),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=200)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.CharField(blank=True, max_length=200)),
                ('lines', models.PositiveIntegerField(default=0, help_text='the last number, once it is closed')),
                ('drawn_at', models.DateTimeField(blank=True, help_text='when the last volume was printed', null=True)),
                ('document_id', models.UUIDField(blank=True, help_text='the closing page, signed: it names every volume', null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(('closed_at__isnull', False), ('drawn_at__isnull', True)), fields=['closed_at'], name='onestop_book_to_draw'),
                    models.Index(fields=['-year', '-desk_code'], name='onestop_book_years'),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=('desk_code', 'year'), name='onestop_book_one_a_year'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BookVolume',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('first', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('document_id', models.UUIDField()),
                ('sha256', models.CharField(max_length=64)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='volumes', to='onestop.yearbook')),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=('book', 'number'), name='onestop_book_volume_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='BookNote',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('text', models.CharField(max_length=500)),
                ('by', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='onestop.yearbook')),
            ],
            options={
                "indexes": [
                    models.Index(fields=['book', 'number'], name='onestop_book_note'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('direction', models.CharField(choices=[('in', 'Dossiers, from the post to the desk'), ('out', 'Results, from the desk to the post')], max_length=3)),
                ('agent_code', models.CharField(max_length=35)),
                ('desk_code', models.CharField(max_length=35)),
                ('number', models.PositiveIntegerField(default=0)),
                ('year', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('draft', 'Being made'), ('sent', 'On its way'), ('closed', 'Received')], default='draft', max_length=6)),
                ('tracking', models.CharField(blank=True, help_text='number under which the post follows the parcel', max_length=60)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=200)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('sent_by', models.CharField(blank=True, max_length=200)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=['agent_code', '-id'], name='onestop_handover_agent'),
                    models.Index(fields=['desk_code', '-id'], name='onestop_handover_desk'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HandOverItem',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('direction', models.CharField(choices=[('in', 'Dossiers, from the post to the desk'), ('out', 'Results, from the desk to the post')], max_length=3)),
                ('papers', models.CharField(blank=True, help_text='what lies in the envelope', max_length=500)),
                ('state', models.CharField(choices=[('waiting', 'Not checked yet'), ('there', 'Received whole'), ('missing', 'Missing'), ('damaged', 'Damaged or not whole')], default='waiting', max_length=8)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('checked_by', models.CharField(blank=True, max_length=200)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handed', to='onestop.dossier')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='onestop.handover')),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('dossier', 'direction'), name='onestop_handover_item_one_open'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Lateness',
            fields=[
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='lateness', serialize=False, to='onestop.dossier')),
                ('agency_code', models.CharField(max_length=35)),
                ('office_code', models.CharField(blank=True, max_length=35)),
                ('number', models.PositiveIntegerField(help_text="number of form 04 in the agency's year")),
                ('due_at', models.DateTimeField(help_text='the due moment that passed')),
                ('at', models.DateTimeField(help_text='when the apology went out')),
                ('law', models.CharField(max_length=200)),
                ('cause_by', models.DateTimeField(blank=True, help_text='by when the head states the cause', null=True)),
                ('cause', models.CharField(blank=True, choices=[('workload', 'More dossiers than usual'), ('opinion', 'Another body has not given its opinion'), ('survey', 'An inspection on the spot is not finished'), ('applicant', 'Something had to be cleared up with the applicant'), ('law', 'The rules are unclear or have changed'), ('system', 'A technical fault'), ('disaster', 'Storm, flood or another emergency'), ('other', 'Another reason')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('expected_on', models.DateField(blank=True, null=True)),
                ('stated_at', models.DateTimeField(blank=True, null=True)),
                ('stated_by', models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(('stated_at__isnull', True)), fields=['agency_code', 'at', 'dossier'], name='onestop_lateness_agency'),
                    models.Index(condition=models.Q(('stated_at__isnull', True), models.Q(('office_code', ''), _negated=True)), fields=['office_code', 'at', 'dossier'], name='onestop_lateness_office'),
                ],
            },
        ),
        AddColumn(
            model_name='counter',
            name='closed_at',
            field=models.DateTimeField(blank=True, help_text='its book was closed: no number is given any more', null=True),
        ),
        AddColumn(
            model_name='dossier',
            name='agent_code',
            field=models.CharField(db_default='', default='', help_text='postal agent that took it for the desk', max_length=35),
        ),
        AddColumn(
            model_name='dossier',
            name='apologised_at',
            field=models.DateTimeField(blank=True, help_text='when the apology for lateness went out', null=True),
        ),
        AddColumn(
            model_name='dossier',
            name='book_year',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='year of the follow-up book in which form_number is its line; 0: in none yet'),
        ),
        AddColumn(
            model_name='duechange',
            name='cause',
            field=models.CharField(blank=True, db_default='', default='', help_text='class, CauseClass', max_length=12),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('apologised_at__isnull', True), ('due_at__isnull', False), ('finished_at__isnull', True), ('paused_at__isnull', True)), fields=['due_at', 'id'], name='onestop_dossier_lapsing'),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('book_year__gt', 0)), fields=['desk_code', 'book_year', 'form_number'], name='onestop_dossier_book'),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('book_year', 0), ('received_at__isnull', False)), fields=['id'], name='onestop_dossier_bookless'),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('agent_code', ''), _negated=True), fields=['agent_code', 'id'], name='onestop_dossier_agent'),
        ),
    ]
