from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_years")]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("token", models.UUIDField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
