"""The whole walk without a web page and without a worker, for the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.contrib.auth.models import User

from audit.analysis.asserted import NOTHING, Asserted
from audit.analysis.digests import chunks_of
from audit.analysis.errors import TouchstoneError, UnreadableSourceError, WrongSettingError
from audit.analysis.plan import QUESTION, Parameters
from audit.models import Job, Shard, Source
from audit.services import embedding, jobs
from cases.models import Exhibit, Finding, Matter
from cases.services import checkpoints, exhibits, findings, matters, reports, stamping
from cases.services.exhibits import Deposit

CLERK = "command-line"
# Of the records left out of a file so many are told with place and reason; the page has them all.
_MOST_TOLD = 10
# As many characters as the column has.
_LONGEST_MATTER = 200
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Given:
    """One file as given on the command line, in a role."""

    role: str
    model: str
    path: Path

    @classmethod
    def parse(cls, role: str, text: str) -> Self:
        """Return what MODEL=FILE says; without MODEL it is the file's name less its endings."""
        model, separator, path = text.partition("=")
        if separator and not _is_there(Path(text)):
            return cls(role, model, Path(path))
        name = Path(text).name
        for ending in (".gz", ".json", ".jsonl"):
            name = name.removesuffix(ending)
        return cls(role, name, Path(text))

    def require_file(self) -> None:
        """Raise UnreadableSourceError unless there is a file at the path."""
        if not _is_there(self.path):
            reason = "there is no such file"
        elif not self.path.is_file():
            reason = "this is not a file"
        else:
            return
        raise UnreadableSourceError(str(self.path), self.role, reason, "Give the path of a file")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, or a folder that may not be looked into
        return False


def clerk() -> User:
    """Return the account that acts for the command line; nobody can sign in with it."""
    user, new = User.objects.get_or_create(username=CLERK)
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def acting(username: str | None) -> User:
    """Return the account that a command acts for: the one named, or the command line's own."""
    if username is None:
        return clerk()
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise WrongSettingError(
            f"There is no user {username}. Make one: manage.py createsuperuser."
        )
    return found


def chunks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, a megabyte at a time."""
    try:
        with path.open("rb") as stream:
            yield from chunks_of(stream)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror})"
        mend = "Give a file that this account may read"
        raise UnreadableSourceError(path.name, "whole file", reason, mend) from error


def hand_in(matter: Matter, given: Given, *, say: Say, by: User) -> Exhibit:
    """Receive and read one file; raises TouchstoneError in the words of its problem."""
    deposit = Deposit(given.path.name, given.role, given.model, party="asserted by the operator")
    exhibit = exhibits.receive(matter, chunks(given.path), deposit, by=by)
    exhibits.read(exhibit, by=by)
    source = exhibit.source
    if source.state == Source.State.UNREADABLE:
        raise TouchstoneError(exhibit.problem)
    say(
        f"exhibit {exhibit.label}  {given.role:8}{given.model}: {source.taken} taken, "
        f"{source.left_out} left out ({source.format})"
    )
    for row in source.left_out_records.order_by("record")[:_MOST_TOLD]:
        say(f"  left out, {row.place}: {row.reason}. {row.mend}.")
    return exhibit


def audit(
    given: list[Given],
    parameters: Parameters,
    *,
    say: Say,
    by: User,
    asserted: Asserted = NOTHING,
) -> Finding:
    """Take the files of one question all the way to an issued report.

    What is asserted names models as they are given; in the plan their exhibits' labels stand.
    """
    suspects = ", ".join(one.model for one in given if one.role == Exhibit.Role.SUSPECT)
    name = f"Audit of {suspects or 'no suspect'}"[:_LONGEST_MATTER]
    matter = matters.open_matter(name, QUESTION, by=by)
    received = [hand_in(matter, one, say=say, by=by) for one in given]
    labels = {one.model_name: one.label for one in received}
    asserted = asserted.renamed(labels)
    say(str(findings.look_ahead(received, parameters, asserted=asserted)))
    finding = findings.ask(matter, received, parameters, by=by, asserted=asserted)
    say(f"plan sealed  {finding.run.plan_digest}")
    stamping.stamp(checkpoints.require(finding))
    bring_to_report(finding, say=say, by=by)
    return finding


def bring_to_report(finding: Finding, *, say: Say, by: User) -> None:
    """Do whatever of a finding is not done: compute its result, print its report."""
    if finding.run.result is None:
        with _claimed(Job.Kind.AUDIT, finding, by=by) as job:
            _carry_out(finding, job, say=say, by=by)
    if reports.report_of(finding) is None:
        with _claimed(Job.Kind.PRINT, finding, by=by):
            _issue(finding, by=by)
    finding.refresh_from_db()


@contextmanager
def _claimed(kind: Job.Kind, finding: Finding, *, by: User) -> Iterator[Job]:
    """Do the work of the block under the job's claim, so that no worker takes it up beside us."""
    told = findings.tell_failure(finding, kind, by=by)
    job = jobs.claim(kind, finding.pk, told)
    if job is None:
        raise TouchstoneError(f"A worker is busy with finding {finding.number} already.")
    with jobs.held(job, told):
        yield job


def _carry_out(finding: Finding, job: Job, *, say: Say, by: User) -> None:
    embedding.cut_shards(finding.run)
    while shards := _unfinished(finding):
        _embed(shards, job, say=say)
        # Answers are cut when the prompts are done, if the plan has these embedded at all.
        embedding.cut_shards(finding.run)
    embedding.is_complete(finding.run)
    findings.carry_out(finding, by=by)


def _unfinished(finding: Finding) -> list[Shard]:
    shards = finding.run.shards.filter(done_at__isnull=True)
    return list(shards.select_related("run__encoder").order_by("number"))


def _embed(shards: list[Shard], job: Job, *, say: Say) -> None:
    total = sum(len(shard.exchanges) for shard in shards)
    done = 0
    for shard in shards:
        embedding.embed_shard(shard)
        embedding.require_no_failure(shard.run)
        done += len(shard.exchanges)
        jobs.progress(job, done, total)
        say(f"embedded {done} of {total} {shard.get_part_display()}")


def _issue(finding: Finding, *, by: User) -> None:
    finding.run.refresh_from_db()
    reports.issue(finding, by=by)
