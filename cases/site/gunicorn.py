"""Settings of gunicorn, the web server: `gunicorn -c python:cases.site.gunicorn`."""

from django.conf import settings

bind = settings.BIND
workers = 2
threads = 4
worker_class = "gthread"
timeout = 120
graceful_timeout = 6
control_socket_disable = True
logconfig_dict = settings.LOGGING
