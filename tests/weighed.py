"""What came of a watch, as facts to hold against another's, and what is wrong with its record."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from audit.analysis.digests import digest_of
from audit.analysis.ingest import read
from audit.analysis.transcripts import Exchange
from audit.models import Collection, Job
from audit.services import runs
from audit.services.collections import recording
from audit.services.sources import store
from cases.models import Notice, Watch, WatchRun
from cases.services import custody
from tests.watched import AT_ONCE, Played

Facts = dict[str, Any]
# Acts of which each finding, or each release, has one.
ONCE = ("release noticed", "watch audits", "sealed", "found", "issued")


def facts_of(watch: Watch) -> Facts:
    """Everything that no kill may change."""
    audits = list(watch.runs.filter(kind="audit").order_by("release__number", "pk"))
    acts = Counter(watch.matter.custody.values_list("act", flat=True))
    return {
        "releases": list(
            watch.releases.values_list("number", "noticed_by", "served_model", "fingerprint")
        ),
        "audits": [(one.release.number, one.state, one.problem) for one in audits],
        "material": [content(one.collection) for one in audits if one.collection],
        "numbers": [numbers(one) for one in audits if one.state == WatchRun.State.DONE],
        "likeness": [digest_of(one.likeness) for one in audits],
        "findings": watch.matter.findings.count(),
        "exhibits": list(watch.matter.exhibits.values_list("number", "role", "model_name")),
        "acts": {act: acts[act] for act in ONCE},
        "notices": sorted(
            f"{one.kind}, release {one.run.release.number if one.run else 0}"
            for one in Notice.objects.filter(watch=watch)
        ),
        "p-values": sorted(
            set(
                watch.runs.filter(kind="look", release__number=1, p_value__isnull=False)
                .values_list("p_value", flat=True)
            )
        ),
    }  # fmt: skip


def differences(name: str, mine: Any, whole: Any) -> Iterator[str]:
    """Say where two facts of one name are not the same."""
    if isinstance(mine, dict) and isinstance(whole, dict) and mine.keys() == whole.keys():
        for key in mine:
            yield from differences(f"{name}.{key}", mine[key], whole[key])
    elif isinstance(mine, list) and isinstance(whole, list) and len(mine) == len(whole):
        for place, (one, other) in enumerate(zip(mine, whole, strict=True)):
            yield from differences(f"{name}.{place}", one, other)
    elif mine != whole:
        yield f"{name} is {mine}, and undisturbed {whole}"


def content(collection: Collection) -> str:
    """The digest of the prompts and answers of a capture."""
    with store().open(collection.capture_sha256) as stream:
        found = [one for one in read(stream, name="capture") if isinstance(one, Exchange)]
    return digest_of([[one.prompt, one.answer, one.model] for one in found])


def numbers(run: WatchRun) -> dict[str, Any]:
    """The result of an audit without what says where in a capture its answers stand.

    A capture names the times of its calls, and has a line more for each that was cut off.
    """
    result = runs.result_of(run.finding.run)
    return {"outcome": run.facts["outcome"], "result": _numbers_in(result)}


def _numbers_in(value: Any) -> Any:
    """Leave of a result what was computed."""
    if isinstance(value, dict):
        return {name: _numbers_in(one) for name, one in value.items() if name != "record"}
    if isinstance(value, list):
        return [_numbers_in(one) for one in value]
    is_digest = isinstance(value, str) and len(value) == 64
    return "" if is_digest else value


def wrong(played: Played, cuts: int) -> list[str]:
    """What of the record of a watch is not as it should be, after so many cuts of its calls."""
    watch = played.watch
    collections = list(Collection.objects.filter(watch_run__watch=watch).prefetch_related("calls"))
    found = [f"ledger: {one}" for one in custody.problems(watch.matter)]
    failed = watch.runs.filter(state=WatchRun.State.FAILED)
    found += [f"{one} failed: {one.problem}" for one in failed]
    busy = Job.objects.exclude(state=Job.State.DONE)
    found += [f"job {one.kind} of {one.subject} is {one.state}: {one.error}" for one in busy]
    for one in collections:
        found += _wrong_in(one)
    found += _unheard(played, collections)
    cut = sum(one.calls.filter(problem=recording.CUT_OFF).count() for one in collections)
    if cut > AT_ONCE * cuts:
        found.append(f"{cut} calls were cut off by {cuts} kills")
    return found


def _wrong_in(collection: Collection) -> list[str]:
    """What is wrong with one collection: each question is settled once, and charged once."""
    plan = collection.plan
    settled = Counter((one.prompt, one.repeat) for one in collection.calls.all() if one.final)
    wanted = plan["repeats"] * len(plan["prompts"])
    found = [f"settled twice: {one}" for one, times in settled.items() if times > 1]
    if len(settled) != wanted:
        found.append(f"{collection}: {len(settled)} of {wanted} questions are settled")
    found += [
        f"{collection}, {one}: charged {one.tokens} tokens"
        for one in collection.calls.filter(state="answered")
        if one.tokens != one.tokens_in + one.tokens_out
    ]
    spent = collection.calls.aggregate(tokens=Sum("tokens"), cost=Sum("cost"))
    run = collection.watch_run
    if (run.tokens, run.cost) != (spent["tokens"], spent["cost"]):
        found.append(f"{run} is charged {run.tokens} tokens, and its calls {spent['tokens']}")
    return found


def _unheard(played: Played, collections: list[Collection]) -> list[str]:
    """What the provider heard and is not on record, or was asked though it was settled."""
    heard = Counter((one["prompt"], one["seed"]) for one in played.line.heard())
    held, allowed = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for collection in collections:
        prompts, seed = collection.plan["prompts"], collection.plan["seed"]
        for call in collection.calls.all():
            question = prompts[call.prompt], seed + call.repeat
            held[question] += 1
            allowed[question] += call.state == "failed" or call.final
    found = [f"not on record: {one}" for one in heard if heard[one] > held[one]]
    found += [f"asked too often: {one}" for one in heard if heard[one] > allowed[one]]
    return found
