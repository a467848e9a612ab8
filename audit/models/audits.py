"""Files and what was read from them, vectors, runs, and work in the background."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Source(models.Model):
    """One file of transcripts, as bytes in the blob store and as what was read from it."""

    class State(models.TextChoices):
        RECEIVED = "received", "waiting to be read"
        READ = "read", "read"
        UNREADABLE = "unreadable", "cannot be read"
        ERASED = "erased", "erased"

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    format = models.CharField(max_length=60, blank=True)
    problem = models.TextField(blank=True)
    taken = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="source_sha256_is_a_digest"
            ),
            models.CheckConstraint(
                condition=~Q(state="unreadable") | ~Q(problem=""),
                name="unreadable_source_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]})"


class Exchange(models.Model):
    """One record that was taken; the first answer of a source to a prompt."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="exchanges")
    record = models.BigIntegerField()
    prompt_key = models.CharField(max_length=64)
    answer_key = models.CharField(max_length=64)
    prompt = models.TextField()
    answer = models.TextField()
    model = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "record"], name="one_exchange_per_record"),
            models.UniqueConstraint(
                fields=["source", "prompt_key"], name="one_exchange_per_prompt"
            ),
        )
        indexes = (
            models.Index(fields=["prompt_key"], name="exchange_prompt_key"),
            # Asked before the vector of a text is evicted: does the text stand anywhere?
            models.Index(fields=["answer_key"], name="exchange_answer_key"),
        )

    def __str__(self) -> str:
        return f"record {self.record} of source {self.source_id}"


class LeftOutRecord(models.Model):
    """One record that was not taken, and why."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="left_out_records")
    record = models.BigIntegerField()
    place = models.CharField(max_length=60)
    reason = models.TextField()
    mend = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "record"], name="one_reason_per_record"),
        )

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Encoder(models.Model):
    """One encoder, known by the digest over its weights and settings."""

    digest = models.CharField(max_length=64, unique=True)
    identity = models.JSONField()

    def __str__(self) -> str:
        return f"{self.identity['name']} ({self.digest[:12]})"


class Embedding(models.Model):
    """The vector of one text under one encoder: made once, kept, the same in every matter."""

    encoder = models.ForeignKey(Encoder, on_delete=models.PROTECT, related_name="+")
    text_key = models.CharField(max_length=64)
    # Little-endian float32: an exact copy, so that a stored vector replays to the same number.
    vector = models.BinaryField()
    way = models.ForeignKey("EncodingWay", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["encoder", "text_key"], name="each_text_embedded_once_per_encoder"
            ),
        )

    def __str__(self) -> str:
        return f"vector of {self.text_key[:12]}"


class EncodingWay(models.Model):
    """How vectors were computed: backend, device, precision and library versions."""

    digest = models.CharField(max_length=64, unique=True)
    way = models.JSONField()

    def __str__(self) -> str:
        return f"{self.way['backend']} on {self.way['device']}"


class Run(models.Model):
    """One sealed plan and, once carried out, its one result or its one refusal."""

    plan = models.JSONField()
    # Not unique: carrying a plan out again is a new run, and must give the same result digest.
    plan_digest = models.CharField(max_length=64, db_index=True)
    encoder = models.ForeignKey(Encoder, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(default=timezone.now)
    sharded_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    environment = models.JSONField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(result__isnull=True, result_digest="", finished_at__isnull=True)
                    | (
                        Q(result__isnull=False, finished_at__isnull=False)
                        & Q(result_digest__regex=r"^[0-9a-f]{64}$")
                    )
                ),
                name="result_and_its_digest_come_together",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.plan_digest[:12]}"


class RunInput(models.Model):
    """One source of a run, with the role and model name as they stood when the plan was sealed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(
                fields=["run", "source"], name="a_source_stands_once_in_a_run"
            ),
            models.UniqueConstraint(fields=["run", "place"], name="one_source_per_place"),
        )

    def __str__(self) -> str:
        return f"input {self.place} of run {self.run_id}"


class NearMatching(models.Model):
    """The matched prompts of a run that matches nearly equal ones: found once from their vectors.

    `rows` holds one row of prompt keys an input, `ways` how the vectors of the prompts were made.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="near_matching")
    rows = models.JSONField()
    ways = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"matched prompts of run {self.run_id}"


class Shard(models.Model):
    """A fixed set of texts of one run that are embedded together: the unit of resumption."""

    class Part(models.TextChoices):
        PROMPT = "prompt", "prompts"
        ANSWER = "answer", "answers"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    # Which text of the exchanges is embedded.
    part = models.CharField(max_length=6, choices=Part, default=Part.ANSWER)
    exchanges = ArrayField(models.BigIntegerField())
    done_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "number"], name="one_shard_per_number"),
            models.CheckConstraint(
                condition=Q(part__in=["prompt", "answer"]), name="shard_of_prompts_or_of_answers"
            ),
        )

    def __str__(self) -> str:
        return f"shard {self.number} of run {self.run_id}"


class Job(models.Model):
    """Work in the background as the user sees it. The row is the truth; the broker only rings."""

    class Kind(models.TextChoices):
        READ = "read", "reading the file"
        EMBED = "embed", "embedding the answers"
        AUDIT = "audit", "computing the statistics"
        PRINT = "print", "printing the report"
        CERTIFY = "certify", "recomputing the digests"
        BUNDLE = "bundle", "writing the bundle"
        PRODUCE = "produce", "writing the production"
        FINALISE = "finalise", "printing the filing"
        COLLECT = "collect", "asking the model"
        WATCH = "watch", "taking a watch on"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "subject"], name="one_job_per_subject"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""), name="failed_job_says_why"
            ),
        )
        indexes = (
            models.Index(
                fields=["touched_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="jobs_to_be_rung_again",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
