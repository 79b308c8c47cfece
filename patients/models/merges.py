from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicRow, kept_as
from patients.models.people import Patient

# How long two records that were made one can be taken apart again.
APART_WITHIN = timedelta(days=30)


class PersonMerge(ClinicRow):
    """Two records of one person made one: what was written in the one that is gone
    stands in the other from then on.

    As long as it holds, the database hides the record that is gone, with what stayed in
    it, from everybody (`mainstay_hidden_from`), and leads what is still written for it
    to the other (`mainstay_merged_into`). It names nobody, so it is not hidden itself.
    """

    seen_when_closed = True
    frozen_when = "true"
    frozen_except = ("undone_at", "undone_by_id")
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("merges"))
    gone = models.ForeignKey(Patient, **kept_as("merged_into"))
    gone_mrn = models.CharField("MRN", max_length=20)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(Staff, **KEPT)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Staff, null=True, **KEPT)

    class Meta:
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "gone"],
                condition=Q(undone_at=None),
                name="personmerge_gone_once",
            ),
            models.CheckConstraint(
                condition=~Q(patient=F("gone")), name="personmerge_of_two"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(
                    undone_at__isnull=False,
                    undone_by__isnull=False,
                    undone_at__lte=F("merged_at") + APART_WITHIN,
                ),
                name="personmerge_undone_in_time",
            ),
        ]


class MergedDetail(ClinicRow):
    """One detail of the person that was taken from the record that is gone."""

    append_only = True
    moves_with_person = False

    merge = models.ForeignKey(PersonMerge, **kept_as("details"))
    patient = models.ForeignKey(Patient, **KEPT)
    column = models.CharField(max_length=40)
    was = models.JSONField(null=True)
    taken = models.JSONField(null=True)


class MergedRows(ClinicRow):
    """Rows of one table that went over to the other record, by number."""

    append_only = True
    with_history = False

    merge = models.ForeignKey(PersonMerge, **kept_as("rows"))
    table = models.CharField(max_length=63)
    rows = ArrayField(models.BigIntegerField())
