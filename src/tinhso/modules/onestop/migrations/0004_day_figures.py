"""What each day brought, counted by the worker, and the indexes that it counts by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onestop", "0003_payment_turns")]
    operations = [
        migrations.CreateModel(
            name="DayFigures",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("received", models.PositiveIntegerField(default=0)),
                ("online", models.PositiveIntegerField(default=0, help_text="of the received: filed online")),
                (
                    "judged",
                    models.PositiveIntegerField(default=0, help_text="results that have a due moment to compare with"),
                ),
                ("on_time", models.PositiveIntegerField(default=0)),
                ("ratings", models.PositiveIntegerField(default=0)),
                ("score_sum", models.PositiveIntegerField(default=0, help_text="of the ratings, 1 to 5 each")),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["received_at", "way"], name="onestop_dossier_received"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["finished_at", "state"], name="onestop_dossier_finished"),
        ),
    ]
