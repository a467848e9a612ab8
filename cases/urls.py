"""Where each page lives."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import path, register_converter

from cases.views import (
    bundles,
    certifications,
    charts,
    exhibits,
    filing_edits,
    filings,
    findings,
    gatherings,
    keeping,
    matters,
    metrics,
    privilege,
    productions,
    redactions,
    status,
    watch_changes,
    watch_series,
    watches,
)


class IssuedFile:
    """The name of a file that a report consists of."""

    regex = r"report\.pdf|results\.json"

    def to_python(self, value: str) -> str:
        """Return the name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name."""
        return value


class CertifiedRule:
    """The part of Rule 902 that a certificate is made under."""

    regex = r"13|14"

    def to_python(self, value: str) -> str:
        """Return the part."""
        return value

    def to_url(self, value: str) -> str:
        """Return the part."""
        return value


class LogFile(IssuedFile):
    """The name of a file of an issued privilege log."""

    regex = r"privilege-log\.(?:pdf|csv|json)"


class FormFile(IssuedFile):
    """The name of another form of an issued report."""

    regex = r"report\.html|report\.docx|tables\.zip"


register_converter(IssuedFile, "issued")
register_converter(FormFile, "form")
register_converter(LogFile, "log_file")
register_converter(CertifiedRule, "rule")

_matter = "matters/<int:matter_id>/"
_exhibit = _matter + "exhibits/<int:number>/"
_hold = _matter + "keeping/holds/<int:number>/"
_privilege = _matter + "privilege/"
_log = _privilege + "versions/<int:number>/"
_watch = _matter + "watches/<int:number>/"
_collection = _matter + "collections/<int:collection_id>/"
_finding = _matter + "findings/<int:number>/"
_filing = _matter + "filings/<int:number>/"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", lambda _request: HttpResponse("ok", content_type="text/plain"), name="health"),
    path("", matters.index, name="matters"),
    path("metrics", metrics.show, name="metrics"),
    path("status/", status.show, name="status"),
    path("matters/new/", matters.new, name="new_matter"),
    path(_matter, matters.show, name="matter"),
    path(_matter + "people/", matters.people, name="people"),
    path(_matter + "custody/", matters.timeline, name="timeline"),
    path(_matter + "checkpoints/", matters.signed, name="checkpoints"),
    path(_matter + "keeping/", keeping.show, name="keeping"),
    path(_matter + "keeping/holds/", keeping.issue, name="hold"),
    path(_hold + "acknowledge/", keeping.acknowledge, name="acknowledge"),
    path(_hold + "release/", keeping.release, name="release"),
    path(_matter + "keeping/until/", keeping.until, name="keep_until"),
    path(_privilege, privilege.index, name="privilege"),
    path(_privilege + "new/", privilege.new, name="new_privilege_entry"),
    path(_privilege + "order/", privilege.order, name="order_502d"),
    path(_privilege + "issue/", privilege.issue, name="issue_privilege_log"),
    path(_privilege + "<int:number>/", privilege.entry, name="privilege_entry"),
    path(_privilege + "<int:number>/remove/", privilege.remove, name="remove_privilege_entry"),
    path(_log, privilege.version, name="privilege_log"),
    path(_log + "<log_file:name>", privilege.download, name="privilege_file"),
    path(_matter + "bundles/", bundles.index, name="bundles"),
    path(_matter + "bundles/<int:number>.zip", bundles.download, name="bundle"),
    path(_matter + "watches/", watches.index, name="watches"),
    path(_matter + "watches/new/", watch_changes.new, name="new_watch"),
    path(_watch, watches.show, name="watch"),
    path(_watch + "figures.json", watch_series.charts, name="watch_charts"),
    path(_watch + "figures/<slug:key>.svg", watch_series.picture, name="watch_picture"),
    path(_watch + "events/new/", watch_series.new_event, name="new_watch_event"),
    path(_watch + "act/", watches.act, name="act_on_watch"),
    path(_watch + "plan/", watch_changes.plan, name="change_watch"),
    path(_watch + "plans/", watch_changes.versions, name="watch_plans"),
    path(_watch + "times/", watch_changes.times, name="watch_times"),
    path(_watch + "told/", watch_changes.told, name="watch_told"),
    path(_watch + "close/", watch_changes.close, name="close_watch"),
    path(_watch + "releases/new/", watch_changes.release, name="enter_release"),
    path(_watch + "releases/<int:release>/again/", watches.audit_again, name="audit_again"),
    path(_watch + "notices/<int:notice>/", watches.acknowledge, name="acknowledge_notice"),
    path(_matter + "collections/", gatherings.index, name="collections"),
    path(_matter + "collections/folders/", gatherings.watch_folder, name="watch_folder"),
    path(
        _matter + "collections/folders/<int:number>/close/",
        gatherings.close_folder,
        name="close_folder",
    ),
    path(_collection, gatherings.show, name="collection"),
    path(_collection + "act/", gatherings.act, name="act_on_collection"),
    path(_matter + "productions/", productions.index, name="productions"),
    path(_matter + "productions/<int:number>.zip", productions.download, name="production"),
    path(_matter + "certifications/", certifications.index, name="certifications"),
    path(_matter + "certifications/<int:number>/", certifications.show, name="certification"),
    path(
        _matter + "certifications/<int:number>/draft-902-<rule:rule>.pdf",
        certifications.draft,
        name="draft_certificate",
    ),
    path(_matter + "exhibits/new/", exhibits.receive, name="receive"),
    path(_exhibit, exhibits.show, name="exhibit"),
    path(_exhibit + "again/", exhibits.read_again, name="read_again"),
    path(_exhibit + "designation/", exhibits.designate, name="designate"),
    path(_exhibit + "erase/", exhibits.erase, name="erase"),
    path(_exhibit + "withdraw/", exhibits.withdraw, name="withdraw"),
    path(_matter + "findings/new/", findings.ask, name="ask"),
    path(_matter + "prompts.csv", findings.prompts_to_put, name="prompts_to_put"),
    path(_finding, findings.show, name="finding"),
    path(_finding + "again/", findings.ask_again, name="ask_again"),
    path(_finding + "progress/", findings.progress, name="progress"),
    path(_finding + "pairs/", findings.pairs_of, name="pairs"),
    path(_finding + "figures.json", charts.specifications, name="charts"),
    path(_finding + "figures/<slug:key>.svg", charts.picture, name="picture"),
    path(_finding + "redactions/", redactions.index, name="redactions"),
    path(
        _finding + "redactions/<int:version>/<issued:name>",
        redactions.download,
        name="redacted_file",
    ),
    path(
        _finding + "redactions/<int:version>/log/",
        privilege.add_redaction,
        name="log_redaction",
    ),
    path(_finding + "<issued:name>", findings.download, name="download"),
    path(_finding + "<form:name>", findings.form, name="form"),
    path(_finding + "file/", filings.draft, name="draft_filing"),
    path(_matter + "filings/", filings.index, name="filings"),
    path(_filing, filings.show, name="filing"),
    path(_filing + "follow/", filings.follow, name="follow_filing"),
    path(_filing + "draft.pdf", filings.preview, name="preview_filing"),
    path(_filing + "papers/<str:filename>", filings.download, name="filing_paper"),
    path(_filing + "review/ask/", filings.ask_review, name="ask_review"),
    path(_filing + "finalise/", filings.ask_finalise, name="finalise_filing"),
    path(_filing + "discard/", filings.discard, name="discard_filing"),
    path(_filing + "certification/", filings.certify_with, name="certify_filing"),
    path(_filing + "review/", filing_edits.review, name="review_filing"),
    path(_filing + "texts/", filing_edits.texts, name="filing_texts"),
    path(_filing + "elements/", filing_edits.elements, name="filing_elements"),
    path(_filing + "elements/add/", filing_edits.add_element, name="add_element"),
    path(
        _filing + "elements/<int:place>/remove/",
        filing_edits.remove_element,
        name="remove_element",
    ),
    path(_filing + "clauses/new/", filing_edits.clause, name="new_clause"),
    path(_filing + "clauses/<int:clause_id>/", filing_edits.clause, name="filing_clause"),
    path(
        _filing + "clauses/<int:clause_id>/remove/",
        filing_edits.remove_clause,
        name="remove_clause",
    ),
]
