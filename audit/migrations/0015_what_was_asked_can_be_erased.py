"""What calls said can be erased: whole, once, and leaving the digests of what was there."""

from django.db import migrations, models

_SAME = " AND ".join(
    f"OLD.{name} IS NOT DISTINCT FROM NEW.{name}"
    for name in (
        "id", "collection_id", "sitting_id", "prompt", "repeat", "attempt", "state", "final",
        "facts", "started_at", "ended_at", "tokens_in", "tokens_out", "tokens", "cost", "assumed",
    )
)
# A problem may quote what a model or a provider said.
_ERASES = f"""OLD.state <> 'in flight' AND OLD.request_sha256 = '' AND {_SAME}
    AND NEW.request = '' AND NEW.response IS NULL
    AND NEW.problem = CASE OLD.problem WHEN '' THEN '' ELSE 'erased' END
    AND NEW.request_sha256 = encode(sha256(OLD.request), 'hex')
    AND NEW.response_sha256 = coalesce(encode(sha256(OLD.response), 'hex'), '')"""
_OLD_RULE = """OLD.state <> 'in flight' OR OLD.collection_id <> NEW.collection_id
          OR OLD.sitting_id <> NEW.sitting_id OR OLD.prompt <> NEW.prompt
          OR OLD.repeat <> NEW.repeat OR OLD.attempt <> NEW.attempt
          OR OLD.request <> NEW.request OR OLD.started_at <> NEW.started_at"""
_TRIGGER = """
DROP TRIGGER call_is_completed_once ON audit_call;
CREATE TRIGGER call_is_completed_once BEFORE UPDATE ON audit_call FOR EACH ROW
    WHEN ({rule}) EXECUTE FUNCTION audit_refuse_change();
"""
FORWARD = _TRIGGER.format(
    rule=f"""({_OLD_RULE} OR OLD.request_sha256 <> NEW.request_sha256
          OR OLD.response_sha256 <> NEW.response_sha256) AND NOT ({_ERASES})"""
) + """
CREATE TRIGGER collection_is_erased_once BEFORE UPDATE ON audit_collection FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL AND OLD.erased_at IS DISTINCT FROM NEW.erased_at)
    EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = "DROP TRIGGER collection_is_erased_once ON audit_collection;" + _TRIGGER.format(
    rule=_OLD_RULE
)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0014_listings_and_found_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='request_sha256',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='call',
            name='response_sha256',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='collection',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
