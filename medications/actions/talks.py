"""Recording of a talk about the options, and of the aid's own texts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused, as_shown
from accounts.tenancy import clinic_day
from knowledge.decision_aid.content import LANGUAGES, Aid, texts
from medications.models import AidText, DecisionTalk
from medications.models.medicines import talk_choices
from patients.actions.registry import refuse_after_death
from patients.models import Patient

MOST = 3
SURE = ("sure", "know", "matters", "support")
# After so many wrong PINs whoever holds the tablet is signed out of it.
PIN_TRIES = 5
# What of a talk under way staff read and write over.
SHOWN_OF_TALK = (
    *("matters", "matters_most", "choice", "own_words", "sure", "language"),
    *("participants", "interpreter", "sent_at"),
)
# What of a text of the aid somebody reads and writes over.
SHOWN_OF_TEXT = ("text",)
ONE_PRESS = timedelta(seconds=10)


class TalkRefused(Refused):
    """What was said cannot be kept so; `problem` names the words for the person."""

    problem = "unread"


class TooManyCountMost(TalkRefused):
    """More than three things count most."""

    problem = "too_many"


class NothingInTalk(TalkRefused):
    """Nothing was picked, chosen or written."""

    problem = "nothing"


class NotAnAidText(Refused):
    """No text of the decision aid has that name and language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkAnswers:
    """What the person said, as the page or the staff hand it on."""

    matters: tuple[str, ...] = ()
    most: tuple[str, ...] = ()
    choice: str = ""
    own_words: str = ""
    sure: dict[str, bool | None] = field(default_factory=dict)
    participants: tuple[str, ...] = ()
    interpreter: str = ""

    @property
    def is_empty(self) -> bool:
        answered = any(answer is not None for answer in self.sure.values())
        return not (self.matters or self.choice or self.own_words.strip() or answered)


@transaction.atomic
def open_talk(
    *, patient: Patient, language: str, mode: str, by: Staff, at: datetime
) -> DecisionTalk:
    """The talk that is under way, or a new one."""
    before = _under_way(patient)
    if before is not None:
        before.mode = mode
        before.language = language
        before.save(update_fields=["mode", "language"])
        return before
    try:
        with transaction.atomic():
            return _opened(patient, language, mode, by, at)
    except IntegrityError:
        # Somebody else opened it at this moment: theirs is the one.
        return DecisionTalk.objects.under_way().get(patient=patient)


def _opened(
    patient: Patient, language: str, mode: str, by: Staff, at: datetime
) -> DecisionTalk:
    talk = DecisionTalk.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        language=language,
        mode=mode,
        opened_at=at,
        opened_by=by,
    )
    audit.record("talk.opened", talk, by=by, at=at, mode=mode, language=language)
    return talk


def _under_way(patient: Patient) -> DecisionTalk | None:
    waiting = DecisionTalk.objects.under_way().filter(patient=patient)
    return waiting.select_for_update(of=("self",)).first()


@transaction.atomic
def keep_talk(
    *,
    patient: Patient,
    said: TalkAnswers,
    language: str,
    mode: str,
    shown: str = "",
    by: Staff,
    at: datetime,
) -> DecisionTalk:
    """Keep what was said so far; nothing of it counts yet.

    Refuses where the talk says otherwise than was `shown`; empty, nobody saw it. A page
    that saves itself may come after the press that handed the same back, with what stood
    there a moment before.
    """
    check(said)
    pressed = _last_sent(patient, at)
    if pressed is not None and _is_part_of(said, pressed):
        return pressed
    _refuse_unlike(patient, shown)
    talk = open_talk(patient=patient, language=language, mode=mode, by=by, at=at)
    return _saying(talk, said)


def _refuse_unlike(patient: Patient, shown: str) -> None:
    if shown:
        as_shown(_under_way(patient) or DecisionTalk(), shown, SHOWN_OF_TALK)


@transaction.atomic
def send_talk(
    *,
    patient: Patient,
    said: TalkAnswers,
    language: str,
    mode: str,
    aid_digest: str,
    options_digest: str,
    shown: str = "",
    by: Staff,
    at: datetime,
) -> DecisionTalk:
    """Hand it back: from now on it counts, and stays as it is.

    Refuses where nothing at all was said. Pressed twice is once.
    """
    if said.is_empty:
        raise NothingInTalk("Nothing was picked, chosen or written.")
    pressed = _sent_just_now(patient, said, at)
    if pressed is not None:
        return pressed
    check(said)
    _refuse_unlike(patient, shown)
    talk = open_talk(patient=patient, language=language, mode=mode, by=by, at=at)
    _saying(talk, said)
    talk.aid_digest, talk.options_digest = aid_digest, options_digest
    talk.sent_at, talk.sent_by = at, by
    talk.save(update_fields=["aid_digest", "options_digest", "sent_at", "sent_by"])
    audit.record(
        "talk.sent",
        talk,
        by=by,
        at=at,
        choice=talk.choice,
        mode=talk.mode,
        language=language,
    )
    return talk


def _sent_just_now(
    patient: Patient, said: TalkAnswers, at: datetime
) -> DecisionTalk | None:
    """The same, handed back a moment ago by the same press of a button."""
    before = _last_sent(patient, at)
    if before is None:
        return None
    same = before.choice == said.choice and before.matters == sorted(said.matters)
    return before if same and before.own_words == said.own_words.strip() else None


def _last_sent(patient: Patient, at: datetime) -> DecisionTalk | None:
    """The talk that was handed back a moment ago; none where another is under way."""
    before = DecisionTalk.objects.filter(patient=patient).first()
    if before is None or before.sent_at is None or at - before.sent_at > ONE_PRESS:
        return None
    return before


def _is_part_of(said: TalkAnswers, sent: DecisionTalk) -> bool:
    """Whether all of this stood on the way to what was handed back."""
    return (
        said.choice in ("", sent.choice)
        and set(said.matters) <= set(sent.matters)
        and sent.own_words.startswith(said.own_words.strip())
    )


def check(said: TalkAnswers) -> None:
    """Refuse what no talk may hold."""
    if len(said.most) > MOST:
        raise TooManyCountMost("Up to three can count most.")
    if not set(said.most) <= set(said.matters):
        raise TalkRefused("What counts most has to be among what matters.")
    if not set(said.sure) <= set(SURE):
        raise TalkRefused("That question is not asked.")
    if said.choice and said.choice not in dict(talk_choices()):
        raise TalkRefused("That cannot be chosen.")


def _saying(talk: DecisionTalk, said: TalkAnswers) -> DecisionTalk:
    talk.matters = sorted(said.matters)
    talk.matters_most = sorted(said.most)
    talk.choice = said.choice
    talk.own_words = said.own_words.strip()
    talk.sure = {key: said.sure.get(key) for key in SURE}
    talk.participants = list(said.participants)
    talk.interpreter = said.interpreter
    talk.save()
    return talk


@transaction.atomic
def note_talk_pin(
    *, talk: DecisionTalk, is_right: bool, by: Staff, at: datetime
) -> int:
    """Count wrong PINs in the row, so that two tries at once are two; tries left. None
    left is none for a right one either, whenever it came."""
    talk = DecisionTalk.objects.select_for_update(of=("self",)).get(pk=talk.pk)
    is_right = is_right and talk.wrong_pins < PIN_TRIES
    talk.wrong_pins = 0 if is_right else talk.wrong_pins + 1
    talk.save(update_fields=["wrong_pins"])
    verb = "talk.handed_back" if is_right else "talk.wrong_pin"
    audit.record(verb, talk, by=by, at=at, wrong_pins=talk.wrong_pins)
    return max(PIN_TRIES - talk.wrong_pins, 0)


@transaction.atomic
def hand_talk_over(
    *, patient: Patient, language: str, by: Staff, at: datetime
) -> DecisionTalk:
    """Give the talk out of hand on a tablet; PINs may be tried anew."""
    refuse_after_death(patient, clinic_day(patient.clinic, at))
    talk = open_talk(patient=patient, language=language, mode="tablet", by=by, at=at)
    talk.wrong_pins = 0
    talk.save(update_fields=["wrong_pins"])
    audit.record("talk.handed_over", talk, by=by, at=at, language=language)
    return talk


def standing_text(clinic_id: int, key: str, language: str, shipped: str) -> AidText:
    """What the page says now: the newest words of the clinic, else those that ship."""
    rows = AidText.objects.filter(clinic=clinic_id, key=key, language=language)
    newest = rows.order_by("-id").first() or AidText(key=key, language=language)
    newest.text = newest.text or shipped
    return newest


@transaction.atomic
def write_aid_text(
    *,
    clinic: Clinic,
    aid: Aid,
    key: str,
    language: str,
    text: str,
    reviewed_on: date,
    shown: str = "",
    by: Staff,
    at: datetime,
) -> AidText:
    """Take the clinic's own words for a text; empty words take those that ship.

    Refuses where somebody wrote other words since `shown` was seen.
    """
    shipped = dict(texts(aid)).get(key)
    if shipped is None or language not in LANGUAGES:
        raise NotAnAidText(f"{key} in {language}")
    # One writing at a time, or two could both follow the same words.
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    standing = standing_text(clinic.pk, key, language, shipped[language])
    as_shown(standing, shown, SHOWN_OF_TEXT)
    own = text.strip()
    written = AidText.objects.create(
        clinic=clinic,
        key=key,
        language=language,
        # The same words are none of their own: they follow what ships.
        text="" if own == shipped[language] else own,
        reviewed_on=reviewed_on,
        written_at=at,
        written_by=by,
    )
    audit.record("aid_text.written", written, by=by, at=at, key=key, language=language)
    return written
