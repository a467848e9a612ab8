"""What is sealed of an exhibit, what must be kept, and what was erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Exhibit, Matter


class ExhibitTree(models.Model):
    """The tree (RFC 6962) over the salted leaves of an exhibit's exchanges, ordered by record.

    Leaf i is `audit.analysis.custody.leaves.hash_of` of the i-th exchange as it stands in the
    database, by the exhibit's key. Size and root stand in the custody entry "read" too. Never
    changed or removed.
    """

    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, related_name="tree")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(root__regex=r"^[0-9a-f]{64}$"), name="tree_root_is_a_digest"
            ),
        )

    def __str__(self) -> str:
        return f"tree of {self.exhibit}"


class ExhibitKey(models.Model):
    """The key that salts an exhibit's leaves, encrypted under the site's own; erasure destroys it.

    Without it nobody can find out by trying which text a leaf stands for.
    """

    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, related_name="leaf_key")
    # AES-256-GCM: 12 bytes of nonce, then the encrypted 32 bytes with their tag of 16.
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key of {self.exhibit}"


class Hold(models.Model):
    """A legal hold on a matter: while it stands nothing is withdrawn, erased or evicted there."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="holds")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_hold_per_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (
                    Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")
                ),
                name="release_says_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"Hold {self.number}"


class HoldAcknowledgement(models.Model):
    """That a person has taken note of a hold."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["hold", "person"], name="a_hold_is_acknowledged_once_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} on {self.hold}"


class Erasure(models.Model):
    """That an exhibit's personal data were erased, by whom and why; what remains is sealed."""

    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, related_name="erasure")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="erasure_says_why"),)

    def __str__(self) -> str:
        return f"erasure of {self.exhibit}"


class EvidenceCheck(models.Model):
    """One sweep over store and database: what was looked at, and what was found."""

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # How many of each kind were looked at, as `cases.services.evidence` counts them.
    looked_at = models.JSONField(default=dict)
    # What was found, each with its kind, place and words; the list is cut after a thousand.
    found = models.JSONField(default=list)
    problems = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"check of {self.started_at:%Y-%m-%d %H:%M}"
