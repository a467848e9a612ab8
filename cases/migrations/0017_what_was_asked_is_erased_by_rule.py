"""What was asked goes only with an erasure, and under a hold nothing does; watches are guarded."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_REFUSED = "EXECUTE FUNCTION cases_refuse_change()"
FORWARD = f"""
CREATE TRIGGER answerserasure_is_append_only BEFORE UPDATE OR DELETE ON cases_answerserasure
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER answerserasure_is_never_emptied BEFORE TRUNCATE ON cases_answerserasure
    FOR EACH STATEMENT {_REFUSED};

-- The answers of a run go by a row of their own; those of a capture that is an exhibit go with it.
CREATE FUNCTION cases_refuse_answers_that_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked public.cases_watchrun;
BEGIN
    SELECT * INTO asked FROM public.cases_watchrun WHERE id = NEW.run_id;
    IF asked.state = 'open' OR asked.exhibit_id IS NOT NULL THEN
        RAISE EXCEPTION 'run % is under way, or an exhibit: its answers stay', NEW.run_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM public.cases_hold h JOIN public.cases_watch w ON w.matter_id = h.matter_id
        WHERE w.id = asked.watch_id AND h.released_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the matter of run % is under a legal hold: its answers stay', NEW.run_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answers_stay_under_hold BEFORE INSERT ON cases_answerserasure
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_answers_that_stay();

CREATE FUNCTION cases_refuse_without_erasure_of_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.audit_collection c
        JOIN public.audit_source s ON s.sha256 = c.capture_sha256
        JOIN public.cases_exhibit e ON e.source_id = s.id
        LEFT JOIN public.cases_erasure x ON x.exhibit_id = e.id
        WHERE c.id = NEW.collection_id AND x.id IS NULL
    ) OR NOT EXISTS (
        SELECT FROM public.audit_collection c
        JOIN public.audit_source s ON s.sha256 = c.capture_sha256
        JOIN public.cases_exhibit e ON e.source_id = s.id
        WHERE c.id = NEW.collection_id
        UNION ALL
        SELECT FROM public.cases_answerserasure a
        JOIN public.cases_watchrun r ON r.id = a.run_id
        WHERE r.collection_id = NEW.collection_id
    ) THEN
        RAISE EXCEPTION 'what call % said goes only with an erasure', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_goes_only_with_erasure BEFORE UPDATE ON audit_call FOR EACH ROW
    WHEN (OLD.request_sha256 <> NEW.request_sha256)
    EXECUTE FUNCTION cases_refuse_without_erasure_of_answers();

CREATE TRIGGER noticedelivery_is_never_removed BEFORE DELETE ON cases_noticedelivery
    FOR EACH ROW {_REFUSED};
CREATE TRIGGER noticedelivery_is_never_emptied BEFORE TRUNCATE ON cases_noticedelivery
    FOR EACH STATEMENT {_REFUSED};
CREATE TRIGGER noticedelivery_ends_once BEFORE UPDATE ON cases_noticedelivery FOR EACH ROW
    WHEN (OLD.sent_at IS NOT NULL
          OR (OLD.given_up_at IS NOT NULL AND OLD.given_up_at IS DISTINCT FROM NEW.given_up_at)
          OR OLD.notice_id <> NEW.notice_id OR OLD.channel <> NEW.channel)
    {_REFUSED};
CREATE TRIGGER watchrun_keeps_its_release BEFORE UPDATE ON cases_watchrun FOR EACH ROW
    WHEN (OLD.asked_at <> NEW.asked_at
          OR (OLD.release_id IS NOT NULL AND OLD.release_id IS DISTINCT FROM NEW.release_id))
    {_REFUSED};
"""
BACKWARD = """
DROP FUNCTION cases_refuse_answers_that_stay() CASCADE;
DROP FUNCTION cases_refuse_without_erasure_of_answers() CASCADE;
DROP TRIGGER answerserasure_is_append_only ON cases_answerserasure;
DROP TRIGGER answerserasure_is_never_emptied ON cases_answerserasure;
DROP TRIGGER noticedelivery_is_never_removed ON cases_noticedelivery;
DROP TRIGGER noticedelivery_is_never_emptied ON cases_noticedelivery;
DROP TRIGGER noticedelivery_ends_once ON cases_noticedelivery;
DROP TRIGGER watchrun_keeps_its_release ON cases_watchrun;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0015_what_was_asked_can_be_erased'),
        ('cases', '0016_gatherings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswersErasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='cases.watchrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='answers_erasure_says_why')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
