"""
ClamAV by its daemon, over the INSTREAM command (clamd(8)): the file goes in pieces, each behind its length.

`settings.CLAMD` is `host:port` or the path of a Unix socket. clamd's own `StreamMaxLength` must be at least
`settings.MAX_FILE_BYTES`, or large files are refused as unscanned: no file comes in that nobody looked at.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from typing import BinaryIO

from django.conf import settings

from tinhso.kernel.documents.public import ScannerAway

PIECE_BYTES = 64 * 1024
CONNECT_SECONDS = 5
ANSWER_SECONDS = 120
"""For the whole answer, once the file is sent."""
_LONGEST_ANSWER = 4096
_FOUND = re.compile(r"^stream: (.+) FOUND$")


class ClamdScanner:
    """A malware scanner in another process. Raises ScannerAway for whatever is not a clear answer."""

    name = "clamd"

    def __init__(self, address: str = "") -> None:
        self.address = address or settings.CLAMD

    def scan(self, file: BinaryIO) -> str:
        """Return the name of the malware, empty when clamd says OK. Raises ScannerAway."""
        file.seek(0)
        try:
            with self._connect() as line:
                line.settimeout(ANSWER_SECONDS)
                answer = _ask(line, file)
        except (OSError, UnicodeDecodeError) as error:
            raise ScannerAway from error
        if answer == "stream: OK":
            return ""
        found = _FOUND.match(answer)
        if found is None:
            raise ScannerAway
        return found.group(1)

    def _connect(self) -> socket.socket:
        if self.address.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(CONNECT_SECONDS)
            try:
                line.connect(self.address)
            except OSError:
                line.close()
                raise
            return line
        host, _colon, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


def _ask(line: socket.socket, file: BinaryIO) -> str:
    """Send the file and return the answer, which ends with a zero byte."""
    line.sendall(b"zINSTREAM\0")
    try:
        while piece := file.read(PIECE_BYTES):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # clamd hangs up in mid-stream when the file is over its limit; its answer, if any, still waits to be read
        pass
    answer, end = b"", time.monotonic() + ANSWER_SECONDS
    while len(answer) < _LONGEST_ANSWER and not answer.endswith(b"\0"):
        # the time is for the whole answer: one byte now and then must not hold a request for hours
        line.settimeout(max(end - time.monotonic(), 0.01))
        if not (got := line.recv(1024)):
            break
        answer += got
    return answer.rstrip(b"\0\n").decode()
