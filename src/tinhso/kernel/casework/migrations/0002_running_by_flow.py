"""
How many cases run on each version of a flow is read from an index of the open ones.

Building it reads the table of cases once: seconds at a million. Code of before runs on it unchanged.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["flow"], condition=Q(state="open"), name="casework_case_running"),
        ),
    ]
