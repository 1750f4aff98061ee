"""What a database URL becomes."""

from __future__ import annotations

from tinhso.site.settings.base import POOL, database, replica


def test_options_of_the_driver_go_to_the_driver_and_ours_do_not():
    made = database("postgresql://tinh%40so:a%2Fb@db.example:6432/province?sslmode=verify-full&transaction_pooling=1")
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"]) == ("tinh@so", "a/b", "db.example", "6432")
    assert made["OPTIONS"] == {"connect_timeout": "5", "sslmode": "verify-full", "pool": POOL}
    assert made["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database("postgresql:///province")["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_nobody_waits_long_for_a_replica():
    made = replica("postgresql://copy.example/province?connect_timeout=1")["replica"]
    assert made["OPTIONS"] == {"connect_timeout": "1", "pool": {"min_size": 0, "max_size": 8, "timeout": 0.5}}
