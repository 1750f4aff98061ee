import uuid
from datetime import UTC, datetime

import pytest
from tests.doors import come_in

from tinhso.base.actors import Actor, ActorKind, Holding
from tinhso.kernel.documents.tests.bucket import make_bucket, s3_server, url_of

AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
TU = Actor(ActorKind.CITIZEN, "citizen:tu", "Nguyễn Thị Tư", "vneid:2", 2)
HUNG = Actor(
    ActorKind.OFFICIAL,
    "official:hung",
    "Lê Văn Hùng",
    "passkey",
    3,
    (Holding("H47.20", ("H47", "H47.20"), "P2", frozenset({"processor"})),),
)
MINH = Actor(
    ActorKind.OFFICIAL,
    "official:minh",
    "Trần Văn Minh",
    "passkey",
    3,
    (Holding("H47.12", ("H47", "H47.12"), "P1", frozenset({"leader"})),),
)


@pytest.fixture(autouse=True)
def _folders(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def at():
    return AT


@pytest.fixture
def tu():
    return TU


@pytest.fixture
def hung():
    return HUNG


@pytest.fixture
def minh():
    return MINH


@pytest.fixture
def files(settings):
    """Every regular file under the store, by path."""
    return lambda: sorted(p for p in settings.FILES_DIR.rglob("*") if p.is_file() and p.name != ".lock")


@pytest.fixture
def people(db, at):
    """Two citizens with accounts: bà Tư and her neighbour."""
    from tinhso.base.actors import system
    from tinhso.kernel.identity import public as identity

    def person(number, name, username):
        demo = system("demo")
        found = identity.add_person(citizen_number=number, full_name=name, actor=demo, at=at)
        return identity.add_account(username, person=found, actor=demo, at=at)

    return person("049165000123", "Nguyễn Thị Tư", "tu"), person("049165000222", "Lê Văn Xóm", "xom")


@pytest.fixture
def tu_client(client, people):
    return come_in(client, people[0])


@pytest.fixture
def neighbour(people):
    from django.test import Client

    return come_in(Client(), people[1])


@pytest.fixture(scope="session")
def s3():
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket(s3, settings):
    """Files in a bucket of their own; its name."""
    name = f"files-{uuid.uuid4().hex}"
    make_bucket(s3, name)
    settings.FILES, settings.FILE_STORE = url_of(s3, name), "tinhso.adapters.s3.S3Store"
    return name


@pytest.fixture(params=["folder", "bucket"])
def either_store(request):
    """The test runs on both stores."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return request.param
