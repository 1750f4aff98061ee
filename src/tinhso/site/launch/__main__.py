"""The launcher's second half: the shell script brings Python and packages, this runs the verb."""

from __future__ import annotations

import importlib
import os
import sys

VERBS: dict[str, tuple[str, str]] = {
    "up": ("tinhso.site.launch.up", "run the whole platform: web, worker, sandbox (--port, --data, --pack, --empty)"),
    "test": ("tinhso.site.launch.check", "run all tests (arguments go to pytest)"),
    "lint": ("tinhso.site.launch.check", "check style, types, arrows between packages, translations"),
    "bench": ("tinhso.site.launch.check", "measure: `bench list`, `bench seed`, `bench NAME`"),
    "load": ("tinhso.site.launch.manage", "check and load a province pack: load DIR [--dry-run]"),
    "import": ("tinhso.site.launch.manage", "import procedures FILE: facts of the national portal's records"),
    "journal": ("tinhso.site.launch.manage", "journal verify | seal | roots | dead | replay"),
    "documents": ("tinhso.site.launch.manage", "documents check: missing, orphaned, corrupt files"),
    "people": ("tinhso.site.launch.manage", "list the demonstration people and how they sign in"),
    "code": ("tinhso.site.launch.manage", "print the current one-time code of a demonstration official"),
    "token": ("tinhso.site.launch.manage", "issue a bearer token for the API"),
    "where": ("tinhso.site.launch.look", "tell which view, template and permission serve an address"),
    "modules": ("tinhso.site.launch.look", "list what every module lends: menus, events, permissions, systems"),
    "refusals": ("tinhso.site.launch.look", "list every refusal with its text and law, for a lawyer to read"),
    "settings": ("tinhso.site.launch.look", "list every environment variable with its default"),
    "manage": ("tinhso.site.launch.manage", "any other Django command"),
    "help": ("tinhso.site.launch.look", "this list"),
}


def main(argv: list[str]) -> int:
    """Run the verb and return its exit code; an unknown verb prints the list and returns 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    verb = argv[0] if argv else "help"
    if verb in {"-h", "--help"}:
        verb = "help"
    if verb not in VERBS:
        sys.stderr.write(f"Không có lệnh «{verb}». / There is no verb “{verb}”.\n\n")
        verb, code = "help", 2
    else:
        code = 0
    module = importlib.import_module(VERBS[verb][0])
    return int(module.run(verb, argv[1:]) or code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
