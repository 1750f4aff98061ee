"""What a database URL becomes."""

from __future__ import annotations

from tinhso.site.addresses import plain, without_secrets
from tinhso.site.backup.databases import connection_environment
from tinhso.site.settings.base import POOL, VANISHED, database, replica


def test_options_of_the_driver_go_to_the_driver_and_ours_do_not():
    made = database("postgresql://tinh%40so:a%2Fb@db.example:6432/province?sslmode=verify-full&transaction_pooling=1")
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"]) == ("tinh@so", "a/b", "db.example", "6432")
    assert made["OPTIONS"] == {"connect_timeout": "5", **VANISHED, "sslmode": "verify-full", "pool": POOL}
    assert made["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database("postgresql:///province")["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_nobody_waits_long_for_a_replica():
    made = replica("postgresql://copy.example/province?connect_timeout=1")["replica"]
    assert made["OPTIONS"] == {
        "connect_timeout": "1",
        **VANISHED,
        "pool": {"min_size": 0, "max_size": 8, "timeout": 0.5},
    }


def test_programs_of_postgresql_get_the_url_without_what_is_ours():
    whole = "postgresql://tinh%40so:a%2Fb@db.example:6432/province?options=-c%20work_mem%3D8MB&sslmode=require"
    assert plain(whole) == whole
    assert plain(whole.replace("?", "?transaction_pooling=1&")) == whole
    assert plain(whole + "&transaction_pooling=1") == whole
    assert plain("postgresql:///province?transaction_pooling=1") == "postgresql:///province"
    assert plain("sqlite") == "sqlite"
    found = connection_environment(whole + "&transaction_pooling=1")
    assert (found["PGOPTIONS"], found["PGPASSWORD"], found["PGSSLMODE"]) == ("-c work_mem=8MB", "a/b", "require")


def test_a_url_is_shown_without_its_secrets():
    assert without_secrets("s3://KEY:SE%40CRET@s3.example:9000/files?region=vn-1") == "s3://s3.example:9000/files"
    assert without_secrets("s3://s3.example/files") == "s3://s3.example/files"
    assert without_secrets("") == ""
