"""The sandbox as one thing: made, started, stopped. Tests start their own on free ports."""

from __future__ import annotations

import socket
from dataclasses import replace
from threading import Thread
from typing import Self

from tinhso.sandbox.config import Config
from tinhso.sandbox.mailbox import Mailbox, smtp_server
from tinhso.sandbox.national import NationalPortal
from tinhso.sandbox.payment.gateway import Gateway
from tinhso.sandbox.phone import Phone
from tinhso.sandbox.registers import Registers
from tinhso.sandbox.store import Store
from tinhso.sandbox.vneid.keys import Keys
from tinhso.sandbox.vneid.provider import Provider
from tinhso.sandbox.web import STYLE, App, Request, Response, page, serve


def home(_request: Request) -> Response:
    """Say what is here."""
    links = (
        '<ul><li><a href="/mail/">Hộp thư / Mailbox</a></li><li><a href="/sms/">Tin nhắn / Short messages</a></li><li><a href="/payment/">Cổng thanh toán / Payment gateway</a></li>'
        '<li><a href="/national/">Cổng Dịch vụ công quốc gia / National portal</a></li>'
        '<li><a href="/registers/">Cơ sở dữ liệu của bộ, ngành / Registers</a></li>'
        '<li><a href="/vneid/.well-known/openid-configuration">VNeID (OpenID Connect)</a></li></ul>'
    )
    return page("Hệ thống ngoài, bản thử / Sandbox", links)


class Sandbox:
    """All stand-ins in one process. Use it as a context manager, or call `start` and `stop`."""

    def __init__(self, config: Config, *, port: int, smtp_port: int) -> None:
        """Bind both ports on 127.0.0.1 (0 takes a free one; `config.url` then follows). Raises OSError when taken."""
        self.app = App()
        self.http = serve(self.app, port)
        self.port = int(self.http.server_address[1])
        if port == 0:
            url = f"http://127.0.0.1:{self.port}"
            config = replace(config, url=url, issuer=f"{url}/vneid")
        self.config = config
        config.data.mkdir(parents=True, exist_ok=True)
        self.store = Store(config.data / "sandbox.sqlite3")
        self.provider = Provider(config, Keys(config.data))
        self.gateway = Gateway(config, self.store)
        self.national = NationalPortal(config, self.store)
        self.registers = Registers(config)
        self.smtp_port = smtp_port or _free_port()
        self.smtp = smtp_server(self.store, self.smtp_port)
        self.app.add("GET", "/", home)
        self.app.add("GET", "/sandbox.css", lambda _request: Response(STYLE, type="text/css"))
        shown = (Mailbox(self.store), Phone(config, self.store))
        for part in (self.provider, self.gateway, *shown, self.national, self.registers):
            part.add_to(self.app)
        self._thread = Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)

    def start(self) -> None:
        """Answer on both ports from now on."""
        self.smtp.start()
        self.gateway.callbacks.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop and close everything."""
        self.http.shutdown()
        self.http.server_close()
        self.smtp.stop()
        self.gateway.callbacks.stop()
        self.store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
