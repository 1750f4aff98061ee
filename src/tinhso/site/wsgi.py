"""The page server's door."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
application = get_wsgi_application()
# every address and every view now, not during somebody's first request
len(get_resolver().reverse_dict)
# what stays for the life of the process need not be looked through again by each full collection
gc.collect()
gc.freeze()
