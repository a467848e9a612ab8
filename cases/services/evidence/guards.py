"""The triggers that refuse changes: each is there, in force, and does refuse."""

from collections.abc import Iterator

from django.db import connection

from cases.services.evidence.words import Found, Sweep

_APPEND_ONLY = (
    "answerserasure",
    "batesrange",
    "batesseries",
    "certification",
    "checkpoint",
    "designation",
    "erasure",
    "exhibittree",
    "filingauthor",
    "filingpaper",
    "filingreview",
    "finding",
    "holdacknowledgement",
    "privilegelog",
    "redaction",
    "release",
    "timestamp",
    "watchevent",
    "watchplan",
)
_NEVER_REMOVED = (
    "certifiedexhibit",
    "certifiedfinding",
    "exhibit",
    "filing",
    "hold",
    "notice",
    "noticedelivery",
    "privilegeentry",
    "production",
    "watch",
    "watchedfolder",
    "watchedfile",
    "gathering",
    "watchrun",
)
# What people write in a draft.
_WRITTEN = ("filingclause", "filingelement", "filingtext")
_COLLECTING = (
    "authorisation",
    "collection",
    "sitting",
    "call",
    "certificate",
    "capturestamp",
    "listing",
    "listedbody",
)
# Trigger and table.
GUARDS = frozenset(
    [
        ("custody_is_append_only", "cases_custodyentry"),
        ("custody_is_never_emptied", "cases_custodyentry"),
        ("reports_are_append_only", "cases_report"),
        ("reports_are_never_emptied", "cases_report"),
        ("sealed_plan_stays", "audit_run"),
        ("result_is_written_once", "audit_run"),
        ("run_stays", "audit_run"),
        ("runs_are_never_emptied", "audit_run"),
        ("inputs_stay", "audit_runinput"),
        ("inputs_are_never_emptied", "audit_runinput"),
        ("matching_stays", "audit_nearmatching"),
        ("matchings_are_never_emptied", "audit_nearmatching"),
        ("vector_stays", "audit_embedding"),
        ("authorisations_stay", "audit_authorisation"),
        ("sittings_stay", "audit_sitting"),
        ("certificates_stay", "audit_certificate"),
        ("capturestamps_stay", "audit_capturestamp"),
        ("listings_stay", "audit_listing"),
        ("listedbodys_stay", "audit_listedbody"),
        ("endpoint_stays", "audit_endpoint"),
        ("collections_go_not", "audit_collection"),
        ("collection_is_authorised", "audit_collection"),
        ("collection_plan_stays", "audit_collection"),
        ("collection_ends_once", "audit_collection"),
        ("capture_is_written_once", "audit_collection"),
        ("calls_go_not", "audit_call"),
        ("call_of_a_running_collection", "audit_call"),
        ("call_is_completed_once", "audit_call"),
        ("call_goes_only_with_erasure", "audit_call"),
        ("collection_is_erased_once", "audit_collection"),
        ("answers_stay_under_hold", "cases_answerserasure"),
        *((f"{name}s_are_never_emptied", f"audit_{name}") for name in _COLLECTING),
        *((f"{name}_is_append_only", f"cases_{name}") for name in _APPEND_ONLY),
        *((f"{name}_is_never_removed", f"cases_{name}") for name in _NEVER_REMOVED),
        *(
            (f"{name}_is_never_emptied", f"cases_{name}")
            for name in (*_APPEND_ONLY, *_NEVER_REMOVED, *_WRITTEN, "exhibitkey")
        ),
        ("designation_follows_the_one_before", "cases_designation"),
        ("privilegeentry_keeps_its_number", "cases_privilegeentry"),
        ("number_is_new", "cases_batesrange"),
        ("production_is_made_once", "cases_production"),
        *((f"{name}_is_written_in_a_draft", f"cases_{name}") for name in _WRITTEN),
        ("filing_begins_as_draft", "cases_filing"),
        ("filing_goes_forward", "cases_filing"),
        ("filingclause_has_its_digest", "cases_filingclause"),
        ("review_is_by_another", "cases_filingreview"),
        ("paper_comes_with_the_end", "cases_filingpaper"),
        ("designation_follows_the_one_before", "cases_designation"),
        ("privilegeentry_keeps_its_number", "cases_privilegeentry"),
        ("certified_is_written_once", "cases_certifiedexhibit"),
        ("recomputed_is_written_once", "cases_certifiedfinding"),
        ("hold_is_released_once", "cases_hold"),
        ("watch_keeps_its_number", "cases_watch"),
        ("watchedfolder_stays_what_it_is", "cases_watchedfolder"),
        ("watchedfile_becomes_one_exhibit", "cases_watchedfile"),
        ("gathering_becomes_one_exhibit", "cases_gathering"),
        ("watch_stays_closed", "cases_watch"),
        ("watchrun_ends_once", "cases_watchrun"),
        ("watchrun_keeps_its_release", "cases_watchrun"),
        ("noticedelivery_ends_once", "cases_noticedelivery"),
        ("notice_is_acknowledged_once", "cases_notice"),
        ("exhibit_stays_what_it_is", "cases_exhibit"),
        ("exhibit_stands_under_hold", "cases_exhibit"),
        ("nothing_is_erased_under_hold", "cases_erasure"),
        ("key_goes_only_with_erasure", "cases_exhibitkey"),
        ("exchange_stays_while_exhibited", "audit_exchange"),
        ("exchanges_are_never_emptied", "audit_exchange"),
        ("left_out_stays_while_exhibited", "audit_leftoutrecord"),
        ("vector_stays_with_its_text", "audit_embedding"),
        ("result_comes_after_checkpoint", "audit_run"),
        ("run_begins_without_result", "audit_run"),
        ("finding_comes_before_result", "cases_finding"),
        ("file_stays_read_while_exhibited", "audit_source"),
    ]
)
_THERE = """
SELECT t.tgname, c.relname, t.tgenabled IN ('O', 'A'), p.prosrc LIKE '%%RAISE EXCEPTION%%'
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
"""


def look(sweep: Sweep) -> Iterator[Found]:
    """Yield each guard that is missing, out of force, or refuses nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE)
        there = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    for trigger, table in sorted(GUARDS):
        sweep.looked_at["guards"] += 1
        where = f"table {table}, trigger {trigger}"
        in_force, refuses = there.get((trigger, table), (None, True))
        if in_force is None:
            yield Found("guard", where, "It is gone.")
        elif not in_force:
            yield Found("guard", where, "It is out of force.")
        if not refuses:
            yield Found("guard", where, "Its function refuses nothing.")
