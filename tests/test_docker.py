"""The containers: what docker/compose.yaml promises, and that it names settings that exist."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from moto.server import ThreadedMotoServer

yaml = pytest.importorskip("yaml", reason="PyYAML reads docker/compose.yaml")

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(TEXT)["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
ONCE = {name for name, one in SERVICES.items() if one["restart"] == "no"}
# boto3 reads these itself.
KEYS = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_write_only_its_volumes_and_has_no_privileges(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_a_lasting_container_is_watched_and_started_again(name):
    own = SERVICES[name].get("healthcheck", {}).get("test")
    assert own or (name == "web" and "\nHEALTHCHECK " in DOCKERFILE)
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_is_waited_for_can_come():
    waits = [wait for one in SERVICES.values() for wait in one.get("depends_on", {}).items()]
    expected = {name: "completed_successfully" if name in ONCE else "healthy" for name in SERVICES}
    assert {name for name, _ in waits} == {"postgres", "rabbitmq", "storage", "bucket", "migrate"}
    assert all(wait["condition"] == f"service_{expected[name]}" for name, wait in waits)


def test_every_variable_of_our_containers_is_a_setting():
    site = ROOT / "cases" / "site"
    read = (site / "settings.py").read_text() + (site / "environment.py").read_text()
    names = {name for service in OURS.values() for name in service["environment"]}
    assert {"DATABASE_URL", "STORAGE_URL"} <= names
    assert {name for name in names - set(KEYS) if f'"{name}"' not in read} == set()


def test_no_secret_has_a_default_and_only_this_machine_reaches_the_page():
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(..)", TEXT)
    published = [one["ports"] for one in SERVICES.values() if "ports" in one]
    assert len(secrets) > 3
    assert {rule for _, rule in secrets} == {":?"}
    assert published == [["127.0.0.1:8000:8000"]]


def test_the_bucket_is_made_and_found_the_second_time():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    bucket = OURS["bucket"]
    storage = bucket["environment"]["STORAGE_URL"].replace("http://storage:9000", address)
    environment = os.environ | KEYS | {"STORAGE_URL": storage}
    try:
        for _ in range(2):
            command = [sys.executable, *bucket["command"][1:]]
            subprocess.run(command, env=environment, check=True)
        with urlopen(address) as answer:  # noqa: S310 - our own server
            assert b"<Name>touchstone</Name>" in answer.read()
    finally:
        server.stop()
