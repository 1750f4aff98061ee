"""Each demand for a fee is paid once: a fee that rises after it was paid is asked for a second time."""

import django.db.models.deletion
from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    # one table after the other: who works meanwhile holds a dossier and wants its payment, never both are kept from them
    atomic = False

    dependencies = [
        ('onestop', '0016_lateness_again'),
    ]

    operations = [
        AddColumn(
            model_name='dossier',
            name='demand',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='which demand for the fee stands: one more each time a paid fee rises'),
        ),
        AddColumn(
            model_name='dossier',
            name='settled_vnd',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='of the fee, what was paid on earlier demands; đồng'),
        ),
        AddColumn(
            model_name='payment',
            name='demand',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='which demand of the dossier it pays'),
        ),
        migrations.AddField(
            model_name='payment',
            name='fee_steps',
            field=models.JSONField(blank=True, help_text='how the fee was found that it paid; empty: as the dossier has it now', null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='of',
            field=models.ForeignKey(blank=True, help_text='the payment of which this part goes back', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='backs', to='onestop.payment'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'paid')), fields=('dossier', 'demand'), name='onestop_payment_demand_once'),
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='onestop_payment_paid_once',
        ),
    ]
