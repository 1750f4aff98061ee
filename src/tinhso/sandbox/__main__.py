"""`python -m tinhso.sandbox --port 8010 --data DIR [--smtp-port 8011]`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path
from threading import Event

from tinhso.sandbox.config import from_environment
from tinhso.sandbox.server import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until SIGTERM or Ctrl-C. Returns 1 when a port is taken."""
    parser = argparse.ArgumentParser(prog="python -m tinhso.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--smtp-port", type=int, help="default: port + 1")
    parser.add_argument("--data", type=Path, default=Path("var/data/sandbox"))
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: over.set())
    try:
        sandbox = Sandbox(
            from_environment(options.port, options.data),
            port=options.port,
            smtp_port=options.smtp_port or options.port + 1,
        )
        sandbox.start()
    except OSError as fault:
        sys.stderr.write(f"Không mở được cổng. / A port is taken: {fault}\n")
        return 1
    sys.stdout.write(f"{sandbox.config.url}/\n")
    sys.stdout.flush()
    over.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
