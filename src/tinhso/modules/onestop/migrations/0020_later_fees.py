"""Fees that become due after a dossier was looked at, groups claimed for paying less, and dossiers that a transfer names."""

import django.db.models.deletion
import tinhso.kernel.journal.ids
from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    # one table after the other: who works meanwhile holds a dossier and wants its payment, never both are kept from them
    atomic = False

    dependencies = [
        ('onestop', '0019_filed_on'),
    ]

    operations = [
        AddColumn(
            model_name='dossier',
            name='later_vnd',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='of the fee, what was demanded after the dossier was looked at; đồng'),
        ),
        AddColumn(
            model_name='dossier',
            name='result_waits',
            field=models.BooleanField(db_default=True, default=True, help_text='whether the result waits while something is owed'),
        ),
        AddColumn(
            model_name='statementline',
            name='proposed',
            field=models.JSONField(blank=True, help_text='codes of dossiers that its text names', null=True),
        ),
        migrations.AlterField(
            model_name='duechange',
            name='kind',
            field=models.CharField(choices=[('supplement', 'supplement'), ('postponed', 'postponed'), ('payment', 'payment')], max_length=12),
        ),
        migrations.AlterField(
            model_name='statementline',
            name='found',
            field=models.CharField(choices=[('matched', 'Agrees with the books'), ('amount', 'Amount differs'), ('doubled', 'Paid twice'), ('unknown', 'Unknown reference'), ('unnamed', 'In the bank, not in the books'), ('named', 'Names a dossier by its code'), ('changed', 'An earlier file told this number of the bank otherwise'), ('not_due', 'Nothing was due'), ('refunded_twice', 'Given back twice'), ('out', 'Went out, not in the books')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['account', 'day'], name='onestop_bankline_day'),
        ),
        migrations.CreateModel(
            name='FeeClaim',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('group', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=300)),
                ('name_en', models.CharField(blank=True, max_length=300)),
                ('evidence', models.JSONField(default=list, help_text='codes of the papers by which it is shown')),
                ('law', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('claimed', 'Claimed, not looked at yet'), ('confirmed', 'Confirmed'), ('refused', 'Not confirmed')], default='claimed', max_length=10)),
                ('claimed_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, help_text='why it was refused, or on what it was confirmed', max_length=1000)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='onestop.dossier')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('dossier', 'group'), name='onestop_claim_once')],
            },
        ),
        migrations.CreateModel(
            name='FeeDemand',
            fields=[
                ('id', models.UUIDField(default=tinhso.kernel.journal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(help_text='of the dossier, from 1')),
                ('item', models.CharField(help_text='code in the fee rule', max_length=60)),
                ('name', models.CharField(max_length=300)),
                ('name_en', models.CharField(blank=True, max_length=300)),
                ('amount_vnd', models.PositiveBigIntegerField()),
                ('value_vnd', models.PositiveBigIntegerField(blank=True, help_text='the value of which it is a part', null=True)),
                ('basis', models.CharField(blank=True, help_text='the paper that the sum rests on, as the officer names it', max_length=500)),
                ('steps', models.JSONField(default=list, help_text='how the sum was found, in both languages')),
                ('law', models.CharField(max_length=300)),
                ('holds', models.CharField(help_text='work, result or nothing (law.later_fees.Holds)', max_length=8)),
                ('stands', models.CharField(blank=True, help_text='text by which the clock stands; empty: it runs', max_length=200)),
                ('state', models.CharField(choices=[('open', 'To be paid'), ('paid', 'Paid'), ('withdrawn', 'Demand withdrawn')], default='open', max_length=10)),
                ('pay_by', models.DateField()),
                ('asked_by', models.CharField(blank=True, help_text='empty: a rule demanded it', max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('remind_at', models.DateTimeField(blank=True, help_text='when the payer is next reminded; empty: no more', null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=200)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, help_text='why it was withdrawn', max_length=1000)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='onestop.dossier')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='onestop.payment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['remind_at'], name='onestop_demand_turn')],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'number'), name='onestop_demand_number')],
            },
        ),
    ]
