"""What the sandbox must know: where it is, and who its one client and merchant is. Read from the same variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tinhso.base.env import setting

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Config:
    """Addresses, keys and patience of the sandbox."""

    url: str
    data: Path
    issuer: str
    client_id: str = "tinhso"
    client_secret: str = "only-for-demonstration"  # noqa: S105 - printed in the docs; the real one is a setting
    redirect_uris: tuple[str, ...] = ()
    logout_uris: tuple[str, ...] = ()
    merchant: str = "TINHSO"
    merchant_secret: str = "only-for-demonstration"  # noqa: S105 - as above
    sms_secret: str = "only-for-demonstration"  # noqa: S105 - as above
    sms_answers: str = ""
    """Where the site takes messages that come in; empty: nowhere."""
    national_unit: str = "H47"
    national_secret: str = "only-for-demonstration"  # noqa: S105 - as above
    retry_seconds: tuple[float, ...] = (1, 5, 30, 120, 600)
    """How long after each failed callback of the payment gateway the next one follows."""
    slow_seconds: float = 10.0
    extra: dict[str, str] = field(default_factory=dict)


def from_environment(port: int, data: Path) -> Config:
    """Return the configuration of this process."""
    url = setting("SANDBOX_URL", f"http://127.0.0.1:{port}", "address of the sandbox (VNeID, payment, mailbox)")
    sites = _sites(setting("PUBLIC_URL", "http://localhost:8000", "address under which people reach the site"))
    return Config(
        url=url,
        data=data,
        issuer=setting("VNEID_ISSUER", f"{url}/vneid", "issuer of the citizens' OpenID Connect sign-on"),
        client_id=setting("VNEID_CLIENT", "tinhso", "our client id at VNeID"),
        client_secret=setting("VNEID_SECRET", "only-for-demonstration", "our secret at VNeID", secret=True),
        redirect_uris=tuple(f"{site}/tai-khoan/oidc/vneid/login/callback/" for site in sites),
        logout_uris=tuple(f"{site}/" for site in sites),
        merchant=setting("PAYMENT_MERCHANT", "TINHSO", "our merchant code at the gateway"),
        merchant_secret=setting(
            "PAYMENT_SECRET", "only-for-demonstration", "our signing key at the gateway", secret=True
        ),
        sms_secret=setting("SMS_SECRET", "only-for-demonstration", "our signing key at that gateway", secret=True),
        national_unit=setting("NATIONAL_UNIT", "H47", "our code at the national portal: that of the province"),
        national_secret=setting(
            "NATIONAL_SECRET", "only-for-demonstration", "our secret at the national portal", secret=True
        ),
        sms_answers=f"{sites[0]}/ho-so/tin-nhan/",
    )


def _sites(public_url: str) -> list[str]:
    """Return the public address; for a local one, under each name that this machine answers to."""
    parts = urlsplit(public_url)
    if f"{parts.hostname}" not in {name.strip("[]") for name in LOCAL_NAMES}:
        return [public_url]
    port = f":{parts.port}" if parts.port else ""
    return [f"{parts.scheme}://{name}{port}" for name in LOCAL_NAMES]
