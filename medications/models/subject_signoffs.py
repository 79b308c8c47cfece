from django.db import models

from accounts.models import Clinic, Staff
from accounts.tenancy import KEPT, ClinicRow


class SubjectSignOff(ClinicRow):
    """A medical director's signature under one subject of the knowledge that is no rule,
    as it read then. Never changed: the newest of a subject counts."""

    append_only = True

    subject = models.CharField(max_length=20)
    # Of everything that the subject's page said.
    digest = models.CharField(max_length=64)
    # The clinic's own numbers of days by their name, where it may choose.
    numbers = models.JSONField(default=dict)
    knowledge_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, **KEPT)
    # The sister clinic whose signature it was read with and taken over from.
    taken_from = models.ForeignKey(Clinic, null=True, **KEPT)

    class Meta:
        ordering = ["-signed_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "subject", "-signed_at", "-id"],
                name="subject_signoff_newest",
            )
        ]
