from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, ClinicRow, kept_as
from aftercare.models.follow_ups import FollowUp
from knowledge.schedule.messages import MessageKind
from patients.models import ContactPoint, PageLanguage, Patient


def message_choices() -> list[tuple[str, str]]:
    return [(kind.value, kind.words) for kind in MessageKind]


class MessageWishQuerySet(ClinicQuerySet["MessageWish"]):
    def in_force(self) -> Self:
        return self.filter(ended_at=None)


@known_choices(
    language="messagewish_language_known", ended_how="messagewish_ended_known"
)
class MessageWish(ClinicOwned):
    """What one person wants to be written to about, to which address; said by them, kept
    until they end it. A change is a new row."""

    class EndedHow(models.TextChoices):
        NOT_ENDED = "", "In force"
        PERSON = "person", "Ended by the person"
        STAFF = "staff", "Ended by staff"
        CHANGED = "changed", "Changed"
        UNSAFE = "unsafe", "The address is no longer safe"

    frozen_when = "true"
    frozen_except = ("ended_at", "ended_by_id", "ended_how")

    patient = models.ForeignKey(Patient, **kept_as("message_wishes"))
    to = models.ForeignKey(ContactPoint, **KEPT)
    language = models.CharField(max_length=2, choices=PageLanguage)
    kinds = models.JSONField()
    # Monday is 1; of the weekly check-in.
    weekday = models.PositiveSmallIntegerField(default=1)
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    # Of the telephone number, keyed: what a reply by text is matched with. Empty: e-mail.
    reply_digest = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Staff, **KEPT)
    ended_at = models.DateTimeField(null=True)
    # Nobody on the staff, where the person ended it.
    ended_by = models.ForeignKey(Staff, null=True, **KEPT)
    ended_how = models.CharField(max_length=8, choices=EndedHow, blank=True)

    objects = MessageWishQuerySet.as_manager()

    class Meta:
        ordering = ["-agreed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_at=None),
                name="messagewish_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="messagewish_ended_has_how",
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="messagewish_weekday"
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(ended_at=None),
                name="messagewish_of_clinic",
            ),
            models.Index(
                fields=["reply_digest"],
                condition=~Q(reply_digest=""),
                name="messagewish_replies",
            ),
        ]

    @property
    def kind_words(self) -> str:
        return ", ".join(MessageKind(kind).words.lower() for kind in self.kinds)


@known_choices(kind="personmessage_kind_known")
class PersonMessage(ClinicRow):
    """A reminder owed once to a person in care, for one day, kept until it is sent."""

    patient = models.ForeignKey(Patient, **kept_as("messages"))
    wish = models.ForeignKey(MessageWish, **kept_as("messages"))
    follow_up = models.ForeignKey(FollowUp, null=True, **kept_as("messages"))
    kind = models.CharField(max_length=10, choices=message_choices)
    # The day that it speaks of.
    for_day = models.DateField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "for_day"], name="personmessage_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["clinic", "id"],
                condition=Q(sent_at=None),
                name="personmessage_to_send",
            )
        ]
