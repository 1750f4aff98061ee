"""No page shows an official a link to a page that refuses them: followed over the demonstration, for each set of roles."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from tests.journeys.house import ROOT, environment_of, prepared


@pytest.mark.parametrize("pack", ["quang-nam", "nghich"])
def test_every_link_that_an_official_is_shown_opens(pack, tmp_path):
    shutil.copytree(prepared(pack), tmp_path, dirs_exist_ok=True)
    told = {**environment_of(pack, tmp_path, 8000)}
    told["PYTHONPATH"] += f":{ROOT}"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.links.crawl"], cwd=ROOT, env=told, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    assert found["asked"] > 300
    assert found["refused"] == []
