"""Settings of the site. Everything that may be set is read here; README lists it."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from platformdirs import user_data_path

from cases.site.environment import Environment, private_folder
from cases.site.postgresql.cluster import DATABASE, PORT, SERVICE, USER, Cluster

BASE_DIR = Path(__file__).resolve().parents[2]
ENV = Environment(os.environ)

# What may be set
DATA = private_folder(
    Path(ENV.text("TOUCHSTONE_DATA", str(user_data_path("touchstone")))), "TOUCHSTONE_DATA"
)
SECRET_KEY = ENV.secret_key(DATA)
SIGNING_KEY = ENV.key("SIGNING_KEY", DATA)
SIGNING_KEYS_BEFORE = ENV.listing("SIGNING_KEYS_BEFORE")
SALT_KEY = ENV.key("SALT_KEY", DATA)
TIMESTAMP_URLS = ENV.authorities("TIMESTAMP_URLS")
TIMESTAMP_ROOTS = ENV.text("TIMESTAMP_ROOTS")
REPORT_SIGNING_P12 = ENV.text("REPORT_SIGNING_P12")
REPORT_SIGNING_P12_PASSWORD = ENV.text("REPORT_SIGNING_P12_PASSWORD")
REPORT_SIGNING_PKCS11 = ENV.text("REPORT_SIGNING_PKCS11")
REPORT_SIGNING_PKCS11_TOKEN = ENV.text("REPORT_SIGNING_PKCS11_TOKEN")
REPORT_SIGNING_PKCS11_KEY = ENV.text("REPORT_SIGNING_PKCS11_KEY")
REPORT_SIGNING_PKCS11_PIN = ENV.text("REPORT_SIGNING_PKCS11_PIN")
REPORT_SIGNING_LEVEL = ENV.signing_level("REPORT_SIGNING_LEVEL")
RETENTION = ENV.flag("RETENTION")
COLLECT_ROOTS = ENV.text("COLLECT_ROOTS")
NTP_SERVER = ENV.text("NTP_SERVER")
COLLECT_FOLDERS = ENV.folders("COLLECT_FOLDERS")
EMAIL_HOST = ENV.text("EMAIL_HOST")
EMAIL_PORT = ENV.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = ENV.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = ENV.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = ENV.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.text("DEFAULT_FROM_EMAIL", "touchstone@localhost")
METRICS_TOKEN = ENV.text("METRICS_TOKEN")
LOST_AFTER = ENV.number("LOST_AFTER", 60, least=4)
DEBUG = ENV.flag("DEBUG")
ALLOWED_HOSTS = ENV.listing("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = ENV.listing("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = ENV.flag("BEHIND_TLS")
TIME_ZONE = ENV.time_zone()
BIND = ENV.address("TOUCHSTONE_BIND", "127.0.0.1:8000")
STORAGE_URL = ENV.storage(
    "STORAGE_URL", private_folder(DATA / "blobs", "TOUCHSTONE_DATA").as_uri()
)
ENCODER = ENV.text("ENCODER")
ENCODER_DEVICE = ENV.choice("ENCODER_DEVICE", ("auto", "cpu", "cuda"))
_DATABASE = ENV.database("DATABASE_URL")
_OWNER = ENV.owner("DATABASE_OWNER_URL", beside="DATABASE_URL")
_BROKER = ENV.broker("CELERY_BROKER_URL")

# Database: the one that was named, or the embedded server
EMBEDDED = _DATABASE is None
DATABASES = {
    "default": {
        **(
            _DATABASE
            or {
                "ENGINE": "cases.site.postgresql",
                "DATA": str(DATA),
                "NAME": DATABASE,
                "USER": SERVICE,
                "HOST": str(Cluster(DATA).socket_folder),
                "PORT": str(PORT),
            }
        ),
        # As whom migrations connect; None for the account of everything else.
        "OWNER": {"USER": USER} if EMBEDDED else _OWNER,
        # Checked before each use: a server that was killed and started again goes unnoticed.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Celery: the row of a job is the truth, the broker only rings
CELERY_BROKER_URL = _BROKER or "pgmq://database"
_PGMQ = {
    "conn_string": _BROKER.replace("pgmq://", "postgresql://", 1),
    # A killed worker's message comes back after this many seconds; a living worker renews it.
    "visibility_timeout": LOST_AFTER // 2,
    "polling_interval": 0.1,
    "wait_time_seconds": 0,
    "init_extension": False,
}
CELERY_BROKER_TRANSPORT_OPTIONS = _PGMQ if CELERY_BROKER_URL.startswith("pgmq:") else {}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "audit.tasks.embed_shard": {"queue": "embed"},
    "audit.tasks.collect": {"queue": "collect"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Remote control would poll a second queue, whose name pgmq refuses where the host's is long.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULE = {
    # A sweep that no worker took before the next one is due is not worth doing.
    "sweep": {
        "task": "cases.tasks.sweep",
        "schedule": float(LOST_AFTER // 3),
        "options": {"expire_seconds": LOST_AFTER // 3},
    },
    "cover": {"task": "cases.tasks.cover", "schedule": 600.0, "options": {"expire_seconds": 600}},
    "notify": {"task": "cases.tasks.notify", "schedule": 20.0, "options": {"expire_seconds": 20}},
    "gather": {"task": "cases.tasks.gather", "schedule": 30.0, "options": {"expire_seconds": 30}},
    "stamp": {"task": "cases.tasks.stamp", "schedule": 60.0, "options": {"expire_seconds": 60}},
    # Asked every hour, done once a day: it reads everything that is stored.
    "check_evidence": {
        "task": "cases.tasks.check_evidence",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "retain": {
        "task": "cases.tasks.retain",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "tidy": {"task": "cases.tasks.tidy", "schedule": 3600.0, "options": {"expire_seconds": 3600}},
}
# The rows of the watches' schedules, and those above.
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# The application
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "django_celery_beat",
    "audit.apps.AuditConfig",
    "cases.apps.CasesConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cases.http.KeptInCustody",
    "cases.http.never_cached",
]
ROOT_URLCONF = "cases.urls"
WSGI_APPLICATION = "cases.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
USE_TZ = True

# Who comes in, and how
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files: an upload goes to disk in pieces, never into memory
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(private_folder(DATA / "incoming", "TOUCHSTONE_DATA"))
STATIC_URL = "/static/"
STATIC_ROOT = private_folder(DATA / "static", "TOUCHSTONE_DATA")
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cases.site.scripts.MadeScripts",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Log to standard error; the supervisor gives each process its name
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "format": f"{os.environ.get('TOUCHSTONE_PART', 'touchstone'):<10} | "
            "%(asctime)s %(levelname)s %(name)s: %(message)s"
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "propagate": True},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django_celery_beat.schedulers": {"level": "WARNING"},
        "pgmq": {"level": "WARNING"},
        "faiss.loader": {"level": "WARNING"},
        # Every call is on record; a line for each in the log would only bury the rest.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # In workers Celery warns at each lost connection of what its version 6 will do.
        "py.warnings": {"level": "ERROR"},
    },
}
