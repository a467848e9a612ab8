"""Who is told of a watch's notices, and when."""

from dataclasses import asdict, dataclass, fields
from datetime import time

from django.contrib.auth.models import User
from django.db import transaction

from audit.analysis.errors import WrongSettingError
from audit.services import keys
from cases.models import Watch
from cases.services import custody
from cases.services.watches.delivering import check_webhook
from cases.services.watches.timing import locked

MOST_EMAILS = 20


@dataclass(frozen=True, slots=True)
class Telling:
    """Addresses, the hours in which no email goes out, and the hour at which all go in one."""

    emails: tuple[str, ...] = ()
    webhook: str = ""
    webhook_key: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest_at: time | None = None

    def __post_init__(self) -> None:
        """Raise WrongSettingError for what could tell nobody, or would tell a stranger."""
        if len(self.emails) > MOST_EMAILS:
            raise WrongSettingError(f"At most {MOST_EMAILS} people are told by email.")
        if self.webhook:
            check_webhook(self.webhook)
            if not self.webhook_key:
                raise WrongSettingError("A webhook needs the name of a key that signs it.")
        if self.webhook_key:
            keys.check_name(self.webhook_key)
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise WrongSettingError("Quiet hours have a beginning and an end: give both.")


def telling_of(watch: Watch) -> Telling:
    """Return who is told now."""
    found = {one.name: getattr(watch, one.name) for one in fields(Telling)}
    return Telling(**found | {"emails": tuple(watch.emails)})


@transaction.atomic
def tell_where(watch: Watch, telling: Telling, *, by: User) -> None:
    """Set who is told from now on; what is on its way already goes to the same people."""
    locked(watch)
    found = asdict(telling) | {"emails": list(telling.emails)}
    Watch.objects.filter(pk=watch.pk).update(**found)
    watch.refresh_from_db()
    facts = {
        "watch": watch.number,
        "emails": len(telling.emails),
        "webhook": bool(telling.webhook),
    }
    custody.record(watch.matter, "watch tells", facts, by=by)
