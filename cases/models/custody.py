"""The ledger of a matter, the checkpoints over it, and what outside authorities say of these."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Matter


class CustodyEntry(models.Model):
    """One act in a matter, sealed onto the one before it. Never changed, never removed."""

    class Way(models.TextChoices):
        PAGE = "page", "on a page"
        COMMAND_LINE = "command line", "on the command line"
        WORKER = "worker", "in the background"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="custody")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    # Empty in entries of earlier versions, which did not keep it.
    way = models.CharField(max_length=12, choices=Way, blank=True, default="")
    act = models.CharField(max_length=40)
    facts = models.JSONField()
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "custody entries"
        constraints = (
            models.UniqueConstraint(fields=["matter", "number"], name="one_entry_per_number"),
            models.UniqueConstraint(fields=["matter", "previous"], name="the_chain_never_forks"),
        )
        # Asked before each reading that is recorded: has this person's been of late?
        indexes = (models.Index(fields=["matter", "actor", "at"], name="acts_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.number}. {self.act}"


class Checkpoint(models.Model):
    """The ledger of a matter as it stood: a signed note (C2SP tlog-checkpoint) over its tree.

    The tree is that of RFC 6962; leaf i is the seal of entry i + 1, its 32 bytes. The origin of
    the note is `KEY NAME/matter/NUMBER OF THE MATTER`. Its text is kept as a file too, under
    `note_sha256`, so that a checkpoint that was removed here is missed. Never changed or removed.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    # The roots of the perfect subtrees, from which the next checkpoint goes on.
    peaks = models.JSONField()
    note = models.TextField()
    note_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("size",)
        constraints = (
            models.UniqueConstraint(fields=["matter", "size"], name="one_checkpoint_per_size"),
            models.CheckConstraint(condition=Q(size__gt=0), name="checkpoint_covers_an_entry"),
            models.CheckConstraint(
                condition=Q(root__regex=r"^[0-9a-f]{64}$"), name="checkpoint_root_is_a_digest"
            ),
        )

    def __str__(self) -> str:
        return f"checkpoint over {self.size} entries"


class TimeStamp(models.Model):
    """What one authority answered (RFC 3161) over the bytes of a checkpoint's note (UTF-8).

    `answer` is the whole answer in DER, `certificates` PEM from the authority's own up to the
    root that was trusted when it came. Independent is a stamp of an authority that is not ours to
    run. Never changed or removed.
    """

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="stamps")
    url = models.CharField(max_length=300)
    authority = models.TextField()
    at = models.DateTimeField()
    # As text: a serial number may have 160 bits.
    serial = models.CharField(max_length=60)
    policy = models.CharField(max_length=200)
    # None where the authority states none.
    accuracy_s = models.FloatField(null=True, blank=True)
    answer = models.BinaryField()
    certificates = models.TextField()
    independent = models.BooleanField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=["checkpoint", "url"], name="an_authority_stamps_a_checkpoint_once"
            ),
        )

    def __str__(self) -> str:
        return f"time-stamp of {self.checkpoint} by {self.authority}"


class Authority(models.Model):
    """How asking a time-stamping authority went of late; nothing of it is evidence."""

    url = models.CharField(max_length=300, unique=True)
    tried_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Why it gave no stamp when it was last asked; empty where it gave one.
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.url
