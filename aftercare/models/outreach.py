from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import known_choices
from accounts.models import Staff
from accounts.tenancy import KEPT, ClinicOwned, ClinicQuerySet, day_here, kept_as
from aftercare.models.follow_ups import FollowUp
from aftercare.models.messages import PersonMessage
from knowledge.schedule.reaching import PHONE, reaching
from patients.models import Disclosure, Patient, SupportPerson

# Outcomes with which something about the person, or a message, left the clinic.
TOLD = ["sent", "passed_on", "seen_safe", "seen_to_care"]


class OutreachAttemptQuerySet(ClinicQuerySet["OutreachAttempt"]):
    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


@known_choices(outcome="outreach_outcome_known", channel="outreach_channel_known")
class OutreachAttempt(ClinicOwned):
    """One try to reach a person, and what came of it. Taken back, never erased."""

    class Outcome(models.TextChoices):
        REACHED_COMING = "reached_coming", "Reached, coming"
        REACHED_NOT_COMING = "reached_not_coming", "Reached, not coming"
        LEFT_MESSAGE = "left_message", "Left safe message"
        NO_ANSWER = "no_answer", "No answer"
        NOT_WORKING = "not_working", "Number not working"
        SENT = "sent", "Sent"
        PASSED_ON = "passed_on", "Will pass it on"
        NOT_FOUND = "not_found", "Not found there"
        SEEN_SAFE = "seen_safe", "Seen by others, safe"
        SEEN_TO_CARE = "seen_to_care", "Seen by others, taken to care"

    class Channel(models.TextChoices):
        PHONE = "phone", "Phone"
        IN_PERSON = "in_person", "In person"
        VIDEO = "video", "Video"
        TEXT = "text", "Message"
        LETTER = "letter", "Letter"
        EMERGENCY = "emergency", "Emergency contact"
        PEER = "peer", "Peer"
        FIELD = "field", "Home or field visit"
        WELLBEING = "wellbeing", "Well-being check"

    frozen_when = "true"
    frozen_except = ("taken_back_at", "taken_back_by_id")

    patient = models.ForeignKey(Patient, **kept_as("outreach_attempts"))
    follow_up = models.ForeignKey(FollowUp, null=True, **kept_as("attempts"))
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PHONE)
    outcome = models.CharField(max_length=18, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    closed_follow_up = models.BooleanField(default=False)
    # Of a visit outside: who went, and on which day where it was told later.
    went = models.CharField(max_length=120, blank=True)
    happened_on = models.DateField(null=True)
    # The next try, where somebody chose its day.
    next_on = models.DateField(null=True)
    # Who was called in the person's place.
    support = models.ForeignKey(SupportPerson, null=True, **KEPT)
    # What the gate let out for it: the letter, what others were told.
    disclosure = models.ForeignKey(Disclosure, null=True, **KEPT)
    message = models.ForeignKey(PersonMessage, null=True, **kept_as("attempts"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, **KEPT)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Staff, null=True, **KEPT)

    objects = OutreachAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                # What left the clinic is known; so is by whose consent somebody was told.
                condition=~Q(outcome__in=TOLD)
                | Q(disclosure__isnull=False)
                | Q(message__isnull=False),
                name="outreach_told_has_gate",
            ),
            models.CheckConstraint(
                condition=Q(support=None) | Q(channel="emergency"),
                name="outreach_support_is_emergency",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "patient", "-made_at"], name="outreach_of_patient"
            )
        ]

    @property
    def on(self) -> date:
        """The day of the try on the clinic's clock, where a page is made."""
        return self.happened_on or day_here(self.made_at)

    @property
    def outcome_words(self) -> str:
        """What came of it; of a message, whether it has left."""
        if self.message is not None and self.message.sent_at is None:
            return "waits to leave"
        return self.get_outcome_display().lower()

    @staticmethod
    def by_phone() -> list[tuple[str, str]]:
        """What a call may come to: one press each."""
        return outcomes_of(PHONE)


def outcomes_of(way: str) -> list[tuple[str, str]]:
    """What a try by this way may come to, with its words."""
    labels = OutreachAttempt.Outcome
    return [(key, str(labels(key).label)) for key in reaching().ways[way].outcomes]


class OutreachCallQuerySet(ClinicQuerySet["OutreachCall"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)


class OutreachCall(ClinicOwned):
    """Somebody on the staff is calling a person now; who calls second is told."""

    # It says that somebody picked up a telephone; the try says what came of it.
    with_history = False
    moves_with_person = False

    patient = models.ForeignKey(Patient, **kept_as("outreach_calls"))
    by = models.ForeignKey(Staff, **KEPT)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OutreachCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_at=None),
                name="outreachcall_one_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["clinic", "patient"], name="outreachcall_of_patient")
        ]
