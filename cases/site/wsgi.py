"""The WSGI application of the site."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from audit.analysis.errors import WrongSettingError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.site.settings")
try:
    application = get_wsgi_application()
except WrongSettingError as error:
    sys.exit(f"touchstone: {error}")
