"""What the tests of backups stand on."""

from tests.proof.world import _loaded, left
from tests.snapshot import province, snapshots

from tinhso.modules.onestop.tests.conftest import own_folders

__all__ = ["_loaded", "left", "own_folders", "province", "snapshots"]
