"""The page server's door."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tinhso.base.processes import beat_beside
from tinhso.site.gate import Gate
from tinhso.site.launch.family import die_with_web_parent
from tinhso.site.watch.counting import sheets

die_with_web_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
inside = get_wsgi_application()
# every address and every view now, not during somebody's first request
len(get_resolver().reverse_dict)
sheets().fold()
beat_beside("web")
# what stays for the life of the process need not be looked through again by each full collection
gc.collect()
gc.freeze()
application = Gate(inside, places=settings.AT_ONCE, patience_seconds=settings.PATIENCE_SECONDS)
