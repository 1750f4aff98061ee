"""nginx of Debian's with the configuration we ship: only its ports, its name, its certificate and its folder are changed."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.operating import debian

from tinhso.base.clock import now

SHIPPED = debian.ROOT / "deploy" / "nginx" / "tinhso.conf"
MAIN = """
daemon off; {user} worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/tinhso.conf;
}}
"""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    probes = [socket.socket() for _port in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def certificate(folder: Path) -> None:
    """Make a key and its certificate for this machine."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    at = now()
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(at).not_valid_after(at + timedelta(days=1)).add_extension(names, critical=True)
    signed = made.sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def configure(folder: Path, run: Path, http: int, https: int, instances: tuple[int, int]) -> Path:
    """Write the shipped configuration for this machine into the folder; return the main file."""
    text = SHIPPED.read_text(encoding="utf-8")
    text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
        ("dichvucong.tinh.example", "localhost"),
        ("/etc/ssl/tinhso/fullchain.pem", str(folder / "fullchain.pem")),
        ("/etc/ssl/private/tinhso.pem", str(folder / "key.pem")),
        ("/run/tinhso/", f"{run}/"),
        ("127.0.0.1:8001", f"127.0.0.1:{instances[0]}"),
        ("127.0.0.1:8002", f"127.0.0.1:{instances[1]}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "tinhso.conf").write_text(text, encoding="utf-8")
    certificate(folder)
    main = folder / "nginx.conf"
    # its workers must see the marks in a folder of ours; on a server /run/tinhso is open to look into
    user = "user root;" if os.getuid() == 0 else ""
    main.write_text(MAIN.format(folder=folder, user=user))
    return main


@contextmanager
def serving(main: Path, port: int) -> Iterator[None]:
    """Run nginx until the end of the block."""
    server = debian.program("nginx")
    command = [str(server), "-p", str(main.parent), "-c", str(main), "-e", str(main.parent / "error.log")]
    process = subprocess.Popen(command, env=debian.environment("nginx"))
    try:
        for _try in range(100):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)
