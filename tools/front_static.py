"""
Gather the static files of every app under hashed names, with .gz and .br beside them, into build/collected.

Run by tools/build_front.py in a process of its own. It reads the list of apps from the settings but starts none of them:
a fault in a module must not keep the styles from being built.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
# reading the settings must leave no trace in the data folder
os.environ["TINHSO_SECRET_KEY"] = os.environ.get("TINHSO_SECRET_KEY") or "not used: nothing is signed while building"


def static_folders(apps: list[str]) -> list[Path]:
    """Return the `static` folders of the apps, in their order; an app may be named by its config class."""
    found: list[Path] = []
    for app in apps:
        package = app.split(".apps.")[0]
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(place) / "static"
            if folder.is_dir() and folder not in found:
                found.append(folder)
    return found


def main() -> None:
    """Collect, hash and compress."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    from tinhso.site.settings import base

    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATICFILES_DIRS=[ROOT / "build" / "static", *static_folders(base.INSTALLED_APPS)],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_URL=base.STATIC_URL,
        STATIC_ROOT=base.STATIC_ROOT,
        STORAGES=base.STORAGES,
        USE_TZ=True,
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)


if __name__ == "__main__":
    main()
