"""
Empties what should not have been kept: VNeID's raw claims, citizens' passwords and second factors, second homes of addresses.

Citizens and businesses come by VNeID: a password, a code or a passkey of theirs was a way past it. Code of before runs on:
it reads the owner's address when the account has none.
"""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import migrations

BATCH = 1000


def forget_claims(apps, schema_editor):
    rows = apps.get_model("socialaccount", "SocialAccount").objects
    after = 0
    while page := list(rows.filter(pk__gt=after).only("pk", "extra_data").order_by("pk")[:BATCH]):
        changed = []
        for row in page:
            said = row.extra_data if isinstance(row.extra_data, dict) else {}
            kept = {"level": said["level"]} if isinstance(said.get("level"), int) else {}
            if kept != row.extra_data:
                row.extra_data = kept
                changed.append(row)
        rows.bulk_update(changed, ["extra_data"])
        after = page[-1].pk


def close_second_ways(apps, schema_editor):
    accounts = apps.get_model("identity", "Account").objects.filter(official__isnull=True)
    apps.get_model("mfa", "Authenticator").objects.filter(user__official__isnull=True).delete()
    for account in accounts.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).only("pk").iterator():
        accounts.filter(pk=account.pk).update(password=make_password(None))


def one_home(apps, schema_editor):
    accounts = apps.get_model("identity", "Account").objects
    for owner in ("person", "business"):
        for account in accounts.exclude(email="").filter(**{f"{owner}__email": ""}).select_related(owner).iterator():
            person = getattr(account, owner)
            person.email = account.email
            person.save(update_fields=["email"])
    accounts.exclude(email="").update(email="")
    # made by the library from the accounts' addresses, when a password was reset
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_one_use_codes_and_token_levels'),
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
    ]

    operations = [
        migrations.RunPython(forget_claims, migrations.RunPython.noop),
        migrations.RunPython(close_second_ways, migrations.RunPython.noop),
        migrations.RunPython(one_home, migrations.RunPython.noop),
    ]
