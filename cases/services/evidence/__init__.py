"""The sweep over store and database: what is not as it was left, and where."""

from cases.services.evidence.sweeping import check, is_due, latest

__all__ = ["check", "is_due", "latest"]
