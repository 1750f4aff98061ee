"""Behind a reverse proxy, over https."""

import os

# what hangs on https is settled in one place, in base
os.environ["TINHSO_HTTPS"] = "1"

from tinhso.site.settings.base import *  # noqa: F403

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
