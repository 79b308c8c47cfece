from django.db import models

from accounts.tenancy import ClinicRow, kept_as
from patients.models import Patient


class CareMark(ClinicRow):
    """A change of somebody's record after which what is owed is reckoned anew.

    Written by a trigger on every clinical table, so that no way of writing can forget
    it; several for one person are one reckoning.
    """

    with_history = False
    # A mark left on a merged record is of nobody, and its record is marked anew.
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("care_marks"))
    # The transaction that wrote it: whoever commits it reckons its own people.
    transaction = models.BigIntegerField()
    # Of a row that seldom changes what is owed: it waits for a worker.
    waits = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["transaction"], name="caremark_of_transaction"),
            models.Index(fields=["clinic", "id"], name="caremark_oldest"),
        ]


class CareDay(ClinicRow):
    """A day on which everybody of the clinic was marked, so that a calendar rolls on
    where nothing happens."""

    with_history = False

    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "on"], name="careday_once"),
        ]
