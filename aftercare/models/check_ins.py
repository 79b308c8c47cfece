from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from aftercare.models.follow_ups import FollowUp
from aftercare.models.hard_days import HardDayKinds
from aftercare.models.messages import MessageWish
from patients.models import ContactPoint, PageLanguage, Patient


class CheckInQuerySet(ClinicQuerySet["CheckIn"]):
    def usable(self, *, at: datetime) -> Self:
        """Neither answered, nor taken back, nor over."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=at)


@known_choices(language="checkin_language_known", shows="checkin_shows_known")
class CheckIn(ClinicOwned):
    """Instruments that one person answers once, from a link and without an account; or a
    plan of theirs for bad days, opened as often as they like.

    The link itself is nowhere kept: it is worked out from `nonce` and the site's
    secret key, and known again by its digest.
    """

    frozen_when = "row.answered_at IS NOT NULL OR row.revoked_at IS NOT NULL"

    patient = models.ForeignKey(Patient, **kept_as("check_ins"))
    follow_up = models.ForeignKey(FollowUp, null=True, **kept_as("check_ins"))
    # Empty where it shows a plan for bad days, and asks nothing.
    instruments = models.JSONField()
    shows = models.CharField(max_length=6, choices=HardDayKinds, blank=True)
    language = models.CharField(max_length=2, choices=PageLanguage)
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    # Of a weekly one: who asked for it, for which day, and what else they said in it.
    wish = models.ForeignKey(MessageWish, null=True, **kept_as("check_ins"))
    for_day = models.DateField(null=True)
    said_too = models.JSONField(default=list)
    words = models.CharField(max_length=500, blank=True)
    wrong_births = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, null=True, **KEPT)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # Empty where the link closed itself after wrong dates of birth.
    revoked_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "for_day"],
                condition=Q(wish__isnull=False),
                name="checkin_weekly_once",
            ),
            models.CheckConstraint(
                condition=Q(wish=None) | Q(for_day__isnull=False),
                name="checkin_weekly_has_day",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(revoked_at=None),
                name="checkin_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False),
                name="checkin_revoked_has_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-created_at"], name="checkin_of_patient"
            )
        ]

    def is_usable(self, *, at: datetime) -> bool:
        return (
            self.answered_at is None
            and self.revoked_at is None
            and self.expires_at > at
        )


class CheckInMail(ClinicRow):
    """An e-mail with a check-in link, owed once to the person, kept until it is sent."""

    patient = models.ForeignKey(Patient, **KEPT)
    check_in = models.OneToOneField(
        CheckIn, on_delete=models.PROTECT, related_name="mail"
    )
    to = models.ForeignKey(ContactPoint, **KEPT)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="checkinmail_to_send",
            )
        ]
