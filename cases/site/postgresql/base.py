"""Django's PostgreSQL backend, which starts the embedded server when a connection is wanted."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from cases.site.postgresql.embedded import server_of


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server; HOST is its socket folder, DATA its data folder."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the server does not run, or was killed, start it and connect again."""
        server = server_of(Path(self.settings_dict["DATA"]))
        server.hold()
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            server.ensure_running()
            return super().get_new_connection(conn_params)
