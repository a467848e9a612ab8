"""Models that are asked: where, by whose leave, what for, and every call that was made."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

DIGEST = r"^[0-9a-f]{64}$"


class Endpoint(models.Model):
    """A model behind an API. Its key is told by name only: the key itself stands elsewhere.

    Prices are for a million tokens, in millionths of a unit of the currency.
    """

    kind = models.CharField(max_length=40)
    url = models.CharField(max_length=500)
    model = models.CharField(max_length=255)
    key_name = models.CharField(max_length=60, blank=True)
    price_in = models.BigIntegerField(default=0)
    price_out = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "url", "model", "key_name"], name="one_endpoint_per_address"
            ),
            models.CheckConstraint(
                condition=Q(price_in__gte=0, price_out__gte=0), name="prices_are_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} at {self.url}"


class Authorisation(models.Model):
    """The word of a person that an endpoint may be asked: on what basis, and that its terms allow.

    It is added and never changed; from `until` on it covers no new collection.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="authorisations")
    confirmed_by = models.CharField(max_length=255)
    basis = models.TextField()
    terms_allow = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(terms_allow=True), name="authorised_only_where_terms_allow"
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by="") & ~Q(basis=""), name="authorisation_says_who_and_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.confirmed_by}, {self.at:%Y-%m-%d}"


class Collection(models.Model):
    """One sealed plan of questions to one endpoint, and how far it has been carried out.

    A trigger refuses a row whose authorisation is another endpoint's, or over.
    """

    class State(models.TextChoices):
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        STOPPED = "stopped", "stopped"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    ENDED = (State.STOPPED, State.DONE, State.FAILED)

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="collections")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()
    plan_digest = models.CharField(max_length=64, db_index=True)
    sealed_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    problem = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    capture_sha256 = models.CharField(max_length=64, blank=True)
    capture_size = models.BigIntegerField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(plan_digest__regex=DIGEST), name="collection_plan_has_a_digest"
            ),
            models.CheckConstraint(
                condition=Q(capture_sha256="", capture_size__isnull=True)
                | Q(
                    capture_sha256__regex=DIGEST,
                    capture_size__gt=0,
                    state__in=["stopped", "done", "failed"],
                ),
                name="capture_is_written_at_the_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(problem=""), name="failed_collection_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"collection {self.pk}: {self.get_state_display()}"


class Sitting(models.Model):
    """One process that carried out a part of a collection: its build, libraries and clock.

    A trigger lets the last sitting of a collection alone make calls.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="sittings")
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    began_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "number"], name="one_sitting_per_number"
            ),
        )

    def __str__(self) -> str:
        return f"sitting {self.number} of collection {self.collection_id}"


class Call(models.Model):
    """One attempt at one question: written before it is sent, completed when something came back.

    `prompt` and `repeat` are places in the plan, from 0; `attempt` counts from 1. A call that is
    `final` settles its question. Cost is in millionths, and `assumed` where no usage was told.
    """

    class State(models.TextChoices):
        IN_FLIGHT = "in flight", "in flight"
        ANSWERED = "answered", "answered"
        REFUSED = "refused", "refused"
        FAILED = "failed", "failed"

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="calls")
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="calls")
    prompt = models.PositiveIntegerField()
    repeat = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.IN_FLIGHT)
    final = models.BooleanField(default=False)
    request = models.BinaryField()
    response = models.BinaryField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    tokens_in = models.BigIntegerField(null=True, blank=True)
    tokens_out = models.BigIntegerField(null=True, blank=True)
    tokens = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    assumed = models.BooleanField(default=False)
    # Of what was erased; empty while it is here.
    request_sha256 = models.CharField(max_length=64, blank=True, default="")
    response_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "prompt", "repeat", "attempt"], name="each_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["collection", "prompt", "repeat"],
                condition=Q(state="in flight"),
                name="one_call_in_flight_per_question",
            ),
            models.UniqueConstraint(
                fields=["collection", "prompt", "repeat"],
                condition=Q(final=True),
                name="each_question_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(state="in flight", ended_at__isnull=True, final=False)
                | (~Q(state="in flight") & Q(ended_at__isnull=False)),
                name="call_ends_when_something_came",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["in flight", "failed"]) | Q(final=True),
                name="answers_and_refusals_settle",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(problem=""), name="failed_call_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"prompt {self.prompt}, repeat {self.repeat}, attempt {self.attempt}"


class Certificate(models.Model):
    """A certificate (DER) that an endpoint showed; calls name it by its SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    der = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256[:12]


class CaptureStamp(models.Model):
    """What one authority answered (RFC 3161) over the statement of a capture; never changed.

    `answer` is the whole answer in DER, `certificates` PEM from the authority's own up to the root
    that was trusted when it came. Independent is a stamp of an authority that is not ours to run.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="stamps")
    url = models.CharField(max_length=300)
    authority = models.TextField()
    at = models.DateTimeField()
    answer = models.BinaryField()
    certificates = models.TextField()
    independent = models.BooleanField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "url"], name="an_authority_stamps_a_capture_once"
            ),
        )

    def __str__(self) -> str:
        return f"time-stamp of the capture of collection {self.collection_id} by {self.authority}"


class KeptKey(models.Model):
    """The key of a provider, encrypted under the site's own key."""

    name = models.CharField(max_length=60, unique=True)
    wrapped = models.BinaryField()
    kept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
