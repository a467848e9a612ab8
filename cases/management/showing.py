"""A watch on a terminal: its plan, when it is looked at next, and what it saw."""

from collections.abc import Iterator, Sequence

from cases.models import Watch
from cases.services import watches

_MOST = 20


def lines_of(watch: Watch) -> Iterator[str]:
    """Yield what there is to say of a watch."""
    yield f"watch {watch.number}  {watch.name}  {watch.get_state_display()}"
    yield f"looks     {watches.schedule_in_words(watch)}; missed: {watch.get_missed_display()}"
    for one in watches.next_looks(watch):
        yield f"next      {one}"
    if warning := watches.too_often(watch):
        yield warning
    plan = watches.current_plan(watch)
    yield f"plan      version {plan.version}, {plan.digest}"
    for name, value in watches.settings_of(plan.plan).items():
        yield f"  {name}: {value}"
    yield from _releases(watch)
    yield from _series(watch)
    yield from _notices(watch)


def _releases(watch: Watch) -> Iterator[str]:
    found = watch.releases.select_related("endpoint").order_by("-number")[:_MOST]
    rows = [
        (
            f"{one.number}",
            watches.moment_in(watch, one.noticed_at),
            one.get_noticed_by_display(),
            one.endpoint.model,
        )
        for one in found
    ]
    yield from _table(("release", "noticed", "by", "model"), rows)


def _series(watch: Watch) -> Iterator[str]:
    for one in watches.series_of(watch):
        rows = []
        for point in one["points"][-_MOST:]:
            likeness, ratio = point["likeness"], point["log10_lr"]
            rows.append(
                (
                    f"{point['release']}",
                    f"{point['version']}",
                    f"{point['finding']}",
                    "none given" if ratio is None else f"{ratio:.3f}",
                    f"{likeness['estimate']:.3f}",
                    f"{likeness['low']:.3f} to {likeness['high']:.3f}",
                    "ordinary course" if point["ordinary_course"] else "asked for by a person",
                )
            )
        yield f"likeness to {one['label']}, {one['model']}"
        yield from _table(
            ("release", "version", "finding", "log10 LR", "likeness", "interval", "record"), rows
        )
        for change in one["changes"]:
            stands = "stands" if change["stands"] else "does not stand"
            yield (
                f"  {change['before']} to {change['after']}:"
                f" {change['difference']['estimate']:+.3f}, p = {change['p_value']:.2g} at level"
                f" {change['level']:.2g}: {stands}"
            )
        for gap in one["untested"]:
            yield f"  {gap['before']} to {gap['after']} is not tested. {gap['why']}"


def _notices(watch: Watch) -> Iterator[str]:
    found = watch.notices.filter(acknowledged_at__isnull=True)
    for one in found[:_MOST]:
        yield f"notice    {watches.moment_in(watch, one.created_at)}  {one}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield f"  {'  '.join(map(str.ljust, row, widths))}".rstrip()
