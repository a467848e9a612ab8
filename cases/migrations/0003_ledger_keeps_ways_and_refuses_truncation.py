"""Entries keep by which way an act came in; no ledger or report is emptied; no account vanishes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER custody_is_never_emptied BEFORE TRUNCATE ON cases_custodyentry
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change();
CREATE TRIGGER reports_are_never_emptied BEFORE TRUNCATE ON cases_report
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change();
"""
BACKWARD = """
DROP TRIGGER custody_is_never_emptied ON cases_custodyentry;
DROP TRIGGER reports_are_never_emptied ON cases_report;
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cases", "0002_custody_and_reports_are_append_only"),
    ]
    operations = [
        migrations.AddField(
            model_name="custodyentry",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("page", "on a page"),
                    ("command line", "on the command line"),
                    ("worker", "in the background"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="custodyentry",
            index=models.Index(fields=["matter", "actor", "at"], name="acts_of_a_person"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
