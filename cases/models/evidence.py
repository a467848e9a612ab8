"""What is sealed of an exhibit, who certified it, what must be kept, and what was erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.matters import Exhibit, Finding, Matter


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


class Certification(models.Model):
    """A named person's request to have digests of exhibits and results of findings recomputed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="certifications")
    number = models.PositiveIntegerField()
    certifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Name, position and why qualified, and relation to a party, as the person states them.
    name = models.CharField(max_length=200)
    capacity = models.CharField(max_length=500)
    relation = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "number"], name="one_certification_per_number"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(capacity=""), name="certification_names_its_person"
            ),
        )

    def __str__(self) -> str:
        return f"Certification {self.number}"


class CertifiedExhibit(models.Model):
    """One exhibit of a certification: the digest on record, and, once done, the recomputed one.

    Written once, when its bytes have been read; `computed` is empty where they could not be, and
    then `problem` says why.
    """

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="exhibits"
    )
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="certified")
    recorded = models.CharField(max_length=64)
    computed = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    tool = models.CharField(max_length=120, blank=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("exhibit__number",)
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "exhibit"], name="an_exhibit_is_certified_once_each"
            ),
            models.CheckConstraint(
                condition=Q(at__isnull=True, computed="", problem="", tool="", size__isnull=True)
                | (Q(at__isnull=False) & ~Q(tool="") & (~Q(computed="") | ~Q(problem=""))),
                name="certified_whole_or_not_yet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.exhibit} in {self.certification}"

    @property
    def digests(self) -> dict[str, object]:
        """What enters into custody of it: both digests, how many bytes, when, what was wrong."""
        at = self.at.isoformat() if self.at else ""
        said: dict[str, object] = {"recorded": self.recorded, "computed": self.computed}
        said |= {"bytes": self.size, "at": at}
        return said | ({"problem": self.problem} if self.problem else {})

    @property
    def same(self) -> bool:
        """Say whether the recomputed digest is the one on record."""
        return self.computed == self.recorded


class CertifiedFinding(models.Model):
    """One finding of a certification: the digest of its result on record, and what came out again.

    Written once, when it has been recomputed; `computed` is empty where it could not be, and then
    `problem` says why. `difference` is that of the number that moved farthest, which stands at
    `where`; `beyond` counts the values that moved by more than the tolerance of a replay.
    """

    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="findings"
    )
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="certified")
    recorded = models.CharField(max_length=64)
    computed = models.CharField(max_length=64, blank=True)
    difference = models.FloatField(null=True, blank=True)
    where = models.CharField(max_length=300, blank=True)
    beyond = models.PositiveIntegerField(null=True, blank=True)
    # The self-test just before: question, expected, found, passed of each.
    known_answers = models.JSONField(null=True, blank=True)
    # How many answers were read again and how many encoded, with which least cosine; libraries.
    details = models.JSONField(null=True, blank=True)
    tool = models.CharField(max_length=300, blank=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("finding__number",)
        constraints = (
            models.UniqueConstraint(
                fields=["certification", "finding"], name="a_finding_is_certified_once_each"
            ),
            models.CheckConstraint(
                condition=Q(
                    at__isnull=True,
                    computed="",
                    problem="",
                    tool="",
                    where="",
                    difference__isnull=True,
                    beyond__isnull=True,
                    known_answers__isnull=True,
                    details__isnull=True,
                )
                | (
                    Q(at__isnull=False)
                    & ~Q(tool="")
                    & (
                        ~Q(problem="")
                        | (
                            ~Q(computed="")
                            & Q(
                                difference__isnull=False,
                                beyond__isnull=False,
                                known_answers__isnull=False,
                                details__isnull=False,
                            )
                        )
                    )
                ),
                name="recomputed_whole_or_not_yet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.finding} in {self.certification}"

    @property
    def outcome(self) -> dict[str, object]:
        """What enters into custody of it."""
        at = self.at.isoformat() if self.at else ""
        said: dict[str, object] = {"recorded": self.recorded, "computed": self.computed}
        said |= {"difference": self.difference, "where": self.where, "beyond": self.beyond}
        known = self.known_answers or []
        said |= {"known_answers": len(known), "passed": sum(one["passed"] for one in known)}
        return said | {"at": at} | ({"problem": self.problem} if self.problem else {})

    @property
    def same(self) -> bool:
        """Say whether the recomputed result is the one on record, value for value."""
        return self.computed == self.recorded

    @property
    def holds(self) -> bool:
        """Say whether it came out again within the tolerance, after a self-test without fault."""
        return bool(self.computed) and not self.problem and self.beyond == 0


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
