"""When the gateway is next asked about a payment. Rows that know no turn, and code that gives none, mean: at once."""

import datetime

from django.db import migrations, models

AT_ONCE = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Migration(migrations.Migration):
    dependencies = [("onestop", "0002_search")]
    operations = [
        migrations.AddField(
            model_name="payment",
            name="next_at",
            field=models.DateTimeField(
                db_default=AT_ONCE,
                default=AT_ONCE,
                help_text="when the gateway is next asked about it, or to give it back",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="tries",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="how often the gateway was asked in this state"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state__in", ["started", "excess"])), fields=["next_at"], name="onestop_payment_turn"
            ),
        ),
        # orders were looked for by their age; now by their turn
        migrations.RemoveIndex(model_name="payment", name="onestop_payment_open"),
    ]
