"""What every page carries, and what a web process does without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.processes import ROOT

HEAVY = ("torch", "transformers", "sentence_transformers", "openvino")


def interpret(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db
def test_a_page_carries_the_headers_that_shut_others_out(client: Client):
    answer = client.get("/login/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    cookie = answer.cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_an_upload_goes_to_disk_in_the_data_folder():
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.TemporaryFileUploadHandler"
    ]
    assert Path(settings.FILE_UPLOAD_TEMP_DIR) == settings.DATA / "incoming"


def test_a_web_process_loads_nothing_that_runs_models():
    script = (
        "import sys, cases.site.wsgi, cases.urls;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = interpret(script)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_debugging_is_off_and_the_host_is_checked(client: Client):
    assert settings.DEBUG is False
    assert client.get("/login/", headers={"host": "elsewhere.example"}).status_code == 400


def test_behind_tls_cookies_and_redirects_are_for_tls_only():
    script = (
        "from cases.site import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
        " s.SECURE_HSTS_SECONDS, s.SECURE_PROXY_SSL_HEADER)"
    )
    done = interpret(script, BEHIND_TLS="true")
    assert done.stdout == "True True True 31536000 ('HTTP_X_FORWARDED_PROTO', 'https')\n"
