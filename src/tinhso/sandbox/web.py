"""A very small web server: requests, answers, routes, pages. Threads, 127.0.0.1 only, no framework."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

log = logging.getLogger(__name__)
MOST_BODY_BYTES = 1_000_000


@dataclass(slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]

    @property
    def form(self) -> list[tuple[str, str]]:
        """Return the fields of a posted form, in order."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> dict[str, Any]:
        """Return a posted JSON object. Raises ValueError for anything else."""
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("not an object")  # noqa: TRY004 - one kind of refusal for all that is no object
        return found


@dataclass(slots=True)
class Response:
    """What is answered."""

    body: bytes | str = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)


type Handler = Callable[..., Response]


class App:
    """Routes by method and path pattern; `{name}` in a pattern is one segment."""

    def __init__(self) -> None:
        """Start with no route."""
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, methods: str, pattern: str, handler: Handler) -> None:
        """Answer `methods` (`GET POST`) at `pattern` with `handler(request, **segments)`."""
        made = re.compile("^" + re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern)) + "$")
        self._routes += [(method, made, handler) for method in methods.split()]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = _read(environ)
        try:
            response = self.answer(request)
        except Exception:
            log.exception("%s %s", request.method, request.path)
            response = Response("Sandbox error; see its log.", 500, "text/plain; charset=utf-8")
        body = response.body.encode() if isinstance(response.body, str) else response.body
        headers = [
            ("Content-Type", response.type),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"),
            *response.headers,
        ]
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [b"" if request.method == "HEAD" else body]

    def answer(self, request: Request) -> Response:
        """Return the answer of the first route that fits."""
        method = "GET" if request.method == "HEAD" else request.method
        other = False
        for allowed, pattern, handler in self._routes:
            match = pattern.match(request.path)
            if match and allowed == method:
                return handler(request, **match.groupdict())
            other = other or bool(match)
        return Response("", 405 if other else 404, "text/plain; charset=utf-8")


def _read(environ: dict[str, Any]) -> Request:
    size = min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BODY_BYTES)
    try:
        cookies = {name: one.value for name, one in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        cookies = {}
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
        query=parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers={
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        },
        body=environ["wsgi.input"].read(size) if size else b"",
        cookies=cookies,
    )


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        log.debug(format, *args)

    def address_string(self) -> str:
        # the parent looks the name up in DNS
        return str(self.client_address[0])


def serve(app: App, port: int) -> WSGIServer:
    """Return a server bound to 127.0.0.1; port 0 takes a free one. The caller runs `serve_forever`."""
    return make_server("127.0.0.1", port, app, server_class=_Server, handler_class=_Quiet)


def page(title: str, *parts: str, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Return a page. `parts` are HTML already; everything that came from outside goes through `text`."""
    body = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{text(title)}</title>'
        '<link rel="stylesheet" href="/sandbox.css"></head><body><p class="banner">Môi trường thử: không có thật. '
        f'<span lang="en">Sandbox: nothing here is real.</span></p><main><h1>{text(title)}</h1>{"".join(parts)}'
        "</main></body></html>"
    )
    return Response(body, status, headers=list(headers))


def text(value: object) -> str:
    """Return a value safe to stand in HTML, in text and in quoted attributes."""
    return html.escape(str(value), quote=True)


def hidden(**fields: str) -> str:
    """Return hidden inputs."""
    return "".join(f'<input type="hidden" name="{text(name)}" value="{text(value)}">' for name, value in fields.items())


def redirect(url: str, *, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Send the browser elsewhere with GET."""
    return Response("", 303, headers=[("Location", url), ("Cache-Control", "no-store"), *headers])


def as_json(data: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Return JSON."""
    return Response(json.dumps(data, ensure_ascii=False), status, "application/json", list(headers))


STYLE = """
:root{--ink:#17202a;--line:#626d79;--blue:#0b4f9e;--warn:#654200;--page:#f7f6f3}
*{box-sizing:border-box}body{margin:0;font:17px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}
.banner{margin:0;padding:8px 16px;background:#fff1cc;color:var(--warn);font-weight:600;text-align:center}
main{max-width:46em;margin:0 auto;padding:16px}h1{font-size:26px;line-height:1.35}
ul.pick{list-style:none;padding:0}ul.pick li{margin:8px 0}
button,.button{display:inline-block;min-height:48px;padding:10px 16px;font:inherit;border:2px solid var(--blue);border-radius:4px;
background:var(--blue);color:#fff;cursor:pointer;text-decoration:none}
button.plain{background:#fff;color:var(--blue)}ul.pick button{width:100%;text-align:left;background:#fff;color:var(--ink)}
ul.pick small{display:block;color:#3d4752}input[type=text]{font:inherit;padding:10px;border:2px solid var(--line);border-radius:4px;width:14em}
label{display:block;font-weight:600;margin-bottom:4px}:focus-visible{outline:3px solid #17202a;outline-offset:2px;box-shadow:0 0 0 3px #fd0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:8px;border-bottom:1px solid #c2c9d0;vertical-align:top}
pre{white-space:pre-wrap;background:#fff;padding:12px;border:1px solid #c2c9d0}.error{color:#960f0c;font-weight:600}
.qr{width:240px;height:240px;background:#fff;display:block}.sum{font-size:28px;font-weight:600}form.line{display:inline-block;margin:4px 8px 4px 0}
"""
