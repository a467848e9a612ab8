"""The embedded server comes when wanted, survives being killed, and goes with its last user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from audit.analysis.errors import WrongSettingError
from cases.site.postgresql import account, cluster
from cases.site.postgresql.cluster import DATABASE, PORT, USER, Cluster
from cases.site.postgresql.embedded import EmbeddedServer
from tests.processes import ROOT, wait_for

# A user of the server in a process of its own: it lives until its input ends.
USE = """
import os, sys
from pathlib import Path
from cases.site.postgresql.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.ensure_running()
print(server.cluster.process(), flush=True)
sys.stdin.read()
"""
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes its user, which needs root")


@pytest.fixture
def empty() -> Iterator[Path]:
    """A data folder in which nothing was made yet."""
    # Not tmp_path: its parents are shut to other users, and its name is long.
    folder = Path(tempfile.mkdtemp(prefix="ts-"))
    yield folder
    Cluster(folder).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose server was made, and stopped: making it takes seconds of disk."""
    folder = tmp_path_factory.mktemp("made")
    server = EmbeddedServer(folder)
    server.ensure_running()
    server.leave()
    return folder


@pytest.fixture
def home(empty: Path, made: Path) -> Path:
    """A data folder of its own for each test, with a server that does not run."""
    shutil.copytree(made / "postgres", empty / "postgres")
    return empty


def ask(home: Path, question: str = "SELECT 1") -> object:
    folder = str(Cluster(home).socket_folder)
    with psycopg.connect(host=folder, port=PORT, user=USER, dbname=DATABASE) as connection:
        found = connection.execute(question).fetchone()
    return found and found[0]


def use(home: Path, *before: str) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-c", USE, str(home)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_last_of_several_users_stops_the_server(home: Path):
    first, second = use(home), use(home)
    assert first_line(first) == first_line(second) != ""
    first.communicate()
    assert ask(home) == 1
    second.communicate()
    assert Cluster(home).process() is None


def test_many_who_start_at_once_share_one_server(empty: Path):
    users = [use(empty) for _ in range(4)]
    assert len({first_line(user) for user in users}) == 1
    for user in users:
        user.communicate()
    assert Cluster(empty).process() is None


def test_a_child_that_ends_leaves_its_parents_server_alone(home: Path):
    server = EmbeddedServer(home)
    server.ensure_running()
    child = os.fork()
    if child == 0:
        server.leave()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert ask(home) == 1
    server.leave()
    assert server.cluster.process() is None


def test_a_killed_server_starts_again_with_its_data(home: Path):
    server = EmbeddedServer(home)
    server.ensure_running()
    folder = str(server.cluster.socket_folder)
    with psycopg.connect(host=folder, port=PORT, user=USER, dbname=DATABASE) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    killed = server.cluster.process()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: server.cluster.process() is None, 5)
    server.ensure_running()
    assert ask(home, "SELECT number FROM kept") == 7
    server.leave()


def test_a_stranger_with_the_old_process_number_is_not_taken_for_the_server(home: Path):
    server = EmbeddedServer(home)
    server.ensure_running()
    killed = server.cluster.process()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: server.cluster.process() is None, 5)
    pid_file = server.cluster.folder / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        server.ensure_running()
        assert ask(home) == 1
        server.leave()
        assert stranger.poll() is None
        stranger.kill()


def test_a_making_that_was_broken_off_is_made_anew(empty: Path):
    (empty / "postgres.new").mkdir(mode=0o700)
    (empty / "postgres.new" / "half").write_text("made")
    server = EmbeddedServer(empty)
    server.ensure_running()
    assert ask(empty) == 1
    assert not (empty / "postgres.new").exists()
    server.leave()


def test_nobody_else_can_reach_the_server(home: Path):
    server = EmbeddedServer(home)
    server.ensure_running()
    for folder in (home, server.cluster.folder, server.cluster.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert ask(home, "SHOW listen_addresses") == ""
    assert ask(home, "SHOW fsync") == "on"
    server.leave()


def test_a_long_data_folder_gets_a_short_socket(empty: Path):
    long = empty / ("a" * 120)
    long.mkdir(mode=0o700)
    server = EmbeddedServer(long)
    server.ensure_running()
    socket_folder = server.cluster.socket_folder
    assert socket_folder.parent == Path("/tmp")  # noqa: S108 - the short place
    assert ask(long) == 1
    server.leave()
    socket_folder.rmdir()


def test_a_socket_folder_that_others_can_enter_is_refused(empty: Path):
    (empty / "socket").mkdir()
    (empty / "socket").chmod(0o755)
    with pytest.raises(WrongSettingError, match="not this user's alone"):
        EmbeddedServer(empty).ensure_running()


def test_files_of_another_version_are_refused(home: Path):
    server = EmbeddedServer(home)
    server.ensure_running()
    server.leave()
    (server.cluster.folder / "PG_VERSION").write_text("15\n")
    with pytest.raises(WrongSettingError, match=r"made by PostgreSQL 15 .* or set DATABASE_URL"):
        server.ensure_running()


def test_the_log_keeps_a_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "LARGEST_LOG", 10)
    log = tmp_path / "postgres.log"
    log.write_text("x" * 11)
    cluster.rotate(log)
    assert (log.read_text(), (tmp_path / "postgres.log.1").read_text()) == ("", "x" * 11)


@needs_root
def test_a_plain_user_needs_nothing_special(empty: Path):
    os.chown(empty, 65534, 65534)
    user = use(empty, *AS_NOBODY)
    server = first_line(user)
    if not server:
        pytest.skip(f"this interpreter cannot be run by another user: {user.communicate()[1]}")
    assert Path(f"/proc/{server}").stat().st_uid == 65534
    user.communicate()
    assert Cluster(empty).process() is None


@needs_root
def test_root_without_namespaces_runs_it_as_nobody(empty: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(account, "NAMESPACE", ("false",))
    outside = empty.parent.stat().st_mode
    server = EmbeddedServer(empty)
    server.ensure_running()
    assert ask(empty) == 1
    assert Path(f"/proc/{server.cluster.process()}").stat().st_uid == 65534
    assert empty.parent.stat().st_mode == outside
    monkeypatch.undo()
    server.leave()
    assert server.cluster.process() is None


@needs_root
def test_root_with_neither_is_told_of_database_url(empty: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(account, "NAMESPACE", ("false",))
    shut = empty / "shut"
    (shut / "data").mkdir(parents=True, mode=0o700)
    shut.chmod(0o700)
    with pytest.raises(WrongSettingError, match="or set DATABASE_URL"):
        EmbeddedServer(shut / "data").ensure_running()
