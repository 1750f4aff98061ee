"""The province with its designer Khôi and its legal officer Thịnh."""

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import load_province, province, snapshots, with_province
from tests.world import AT, at_now, official

from tinhso.kernel.identity.public import Account

__all__ = ["at_now", "load_province", "province", "snapshots", "with_province"]


def come(username, at=AT):
    return come_in(Client(), Account.objects.get(username=username), at=at, level=2)


@pytest.fixture
def khoi(province):
    return official("khoi")


@pytest.fixture
def thinh(province):
    return official("thinh")
