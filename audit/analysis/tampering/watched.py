"""Tamperings with watches: runs left out, numbers bettered, routine claimed where it is not."""

import json
from collections.abc import Callable
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.tampering import remaking
from audit.analysis.tampering.draft import DoesNotApplyError, Draft
from audit.analysis.tampering.trials import Trial

Row = dict[str, Any]
Is = Callable[[Row], bool]


def _name(draft: Draft, file: str) -> str:
    number = min(map(int, draft.numbers("watches", layout.WATCH)))
    return layout.watch(number, file)


def _edit(draft: Draft, file: str, change: Callable[[list[Row]], list[Row]]) -> None:
    name = _name(draft, file)
    rows = change([json.loads(line) for line in draft.lines(name)])
    draft.write_lines(name, [canonical_json(one) for one in rows])


def _first(rows: list[Row], wanted: Is) -> Row:
    for one in rows:
        if wanted(one):
            return one
    raise DoesNotApplyError("the watch has no such run")


def _failed(row: Row) -> bool:
    return bool(row["state"] == "failed")


def _skipped(row: Row) -> bool:
    return bool(row["state"] == "skipped")


def _compared(row: Row) -> bool:
    return row["p_value"] is not None


def _audit_done(row: Row) -> bool:
    return (row["kind"], row["state"]) == ("audit", "done")


def _without(wanted: Is) -> Callable[[Draft], None]:
    def tamper(draft: Draft) -> None:
        def change(rows: list[Row]) -> list[Row]:
            gone = _first(rows, wanted)
            return [one for one in rows if one is not gone]

        _edit(draft, layout.ORDINARY, change)

    return tamper


def _changed(wanted: Is, **values: Any) -> Callable[[Draft], None]:
    def tamper(draft: Draft) -> None:
        def change(rows: list[Row]) -> list[Row]:
            _first(rows, wanted).update(values)
            return rows

        _edit(draft, layout.ORDINARY, change)

    return tamper


def _forget(draft: Draft) -> None:
    """Remove a failed look with its entry and the notice of it, chain sealed anew."""
    name = _name(draft, layout.ORDINARY)
    row = _first([json.loads(line) for line in draft.lines(name)], _failed)
    _without(_failed)(draft)
    _edit(draft, layout.NOTICES, lambda rows: [one for one in rows if one["run"] != row["id"]])

    def tells(one: Row) -> bool:
        facts = one["facts"]
        same = one["act"] == "watch failed" and facts["due"] == row["due_at"]
        return bool(same or (one["act"] == "notice made" and facts["about"] == "failure"))

    draft.write_entries(remaking.chain([one for one in draft.entries() if not tells(one)]))


def _better_look(draft: Draft) -> None:
    """Have a look see no change, and the ledger say so too, sealed anew."""
    _changed(_compared, p_value=0.5)(draft)
    entries = draft.entries()
    for one in entries:
        if one["act"] == "watch looked" and one["facts"]["p_value"] is not None:
            one["facts"]["p_value"] = 0.5
            break
    draft.write_entries(remaking.chain(entries))


def _pass_off(draft: Draft) -> None:
    """Move a run that a person asked for to those of the schedule."""
    asked = _name(draft, layout.ASKED)
    lines = draft.lines(asked)
    if not lines:
        raise DoesNotApplyError("no run was asked for by a person")
    row = json.loads(lines[0]) | {"ordinary_course": True}
    draft.write_lines(asked, lines[1:])
    ordinary = _name(draft, layout.ORDINARY)
    draft.write_lines(ordinary, [*draft.lines(ordinary), canonical_json(row)])


def _flip_course(draft: Draft) -> None:
    _changed(_compared, ordinary_course=False)(draft)


def _laxer(value: Row) -> None:
    design = value["plans"][0]["plan"]["design"]
    design["threshold"] = 1000.0
    value["plans"][0]["digest"] = digest_of(value["plans"][0]["plan"])


def _change_plan(draft: Draft) -> None:
    draft.edit(_name(draft, layout.WATCH), _laxer)


def _drop_release(draft: Draft) -> None:
    draft.edit(_name(draft, layout.WATCH), lambda value: value["releases"].pop())


def _other_model(value: Row) -> None:
    if not value["releases"]:
        raise DoesNotApplyError("no release")
    value["releases"][0]["model"] += "-other"


def _rename_release(draft: Draft) -> None:
    draft.edit(_name(draft, layout.WATCH), _other_model)


def _other_event(value: Row) -> None:
    if not value["events"]:
        raise DoesNotApplyError("no event")
    value["events"][0]["text"] += " (not so)"


def _change_event(draft: Draft) -> None:
    draft.edit(_name(draft, layout.WATCH), _other_event)


def _drop_notice(draft: Draft) -> None:
    _edit(draft, layout.NOTICES, lambda rows: rows[1:])


def _change_notice(draft: Draft) -> None:
    def change(rows: list[Row]) -> list[Row]:
        if not rows:
            raise DoesNotApplyError("the watch has told of nothing")
        rows[0]["text"] = "All is well."
        return rows

    _edit(draft, layout.NOTICES, change)


def _better_series(draft: Draft) -> None:
    """Have a change of the series stand, or not, as it did not."""

    def change(rows: list[Row]) -> list[Row]:
        for row in filter(_audit_done, rows):
            for one in row["series"]:
                for each in one["changes"]:
                    each["stands"] = not each["stands"]
        return rows

    _edit(draft, layout.ORDINARY, change)


def _drop_capture(draft: Draft) -> None:
    draft.remove(draft.names("data/captures/", layout.CALLS)[0])


def _flip_capture(draft: Draft) -> None:
    draft.flip(draft.names("data/captures/", layout.CALLS)[0])


def _drop_watch(draft: Draft) -> None:
    draft.remove_all(_name(draft, ""))


_RUNS, _TOLD = "data/watches/", layout.WATCH

TRIALS = (
    Trial("remove a watch whole", _drop_watch, _RUNS),
    Trial("remove a failed run of a watch", _without(_failed), _RUNS),
    Trial("remove it, its entry and its notice, sealed anew", _forget, "data/"),
    Trial("remove a look that was left out", _without(_skipped), _RUNS),
    Trial("remove a look", _without(_compared), _RUNS),
    Trial("remove an audit", _without(_audit_done), _RUNS),
    Trial("have a failed run be done", _changed(_failed, state="done", problem=""), _RUNS),
    Trial("change the p-value of a look", _changed(_compared, p_value=0.5), _RUNS),
    Trial("change it in the ledger too, sealed anew", _better_look, _RUNS),
    Trial("change the statistic of a look", _changed(_compared, statistic=1.0), _RUNS),
    Trial("say that a look was asked for", _flip_course, _RUNS),
    Trial("pass a run that was asked for off as routine", _pass_off, _RUNS),
    Trial("change the threshold of a watch", _change_plan, _TOLD),
    Trial("remove a release", _drop_release, _TOLD),
    Trial("change the model of a release", _rename_release, _TOLD),
    Trial("change what an event of the timeline says", _change_event, _TOLD),
    Trial("remove a notice", _drop_notice, layout.NOTICES),
    Trial("change what a notice says", _change_notice, layout.NOTICES),
    Trial("turn what stands in a series round", _better_series, _RUNS),
    Trial("remove the calls of a capture", _drop_capture, "data/captures/"),
    Trial("flip a bit in the calls of a capture", _flip_capture, "data/captures/"),
)
