"""Replies by text: whose they are, and what they open."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from accounts.tenancy import clinic_day
from aftercare.actions.message_wishes import (
    say_by_link,
    stop_messages,
    told_by_person,
)
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.tokens import digests_of_number
from aftercare.models import CareEvent, MessageWish
from assessments.actions.concerns import raise_for_words
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.messages import SaidByText, TextReply, messages, read_reply
from knowledge.schedule.pathways import EventKind
from patients.actions.registry import is_not_contacted

type Found = list[tuple[int, int]]

# A number that several people gave: whose words they are is not known.
SOMEBODY = "Somebody at this number wrote. Ask who."
UNREADABLE = "A message without words that can be shown. Call."
SOMEBODY_IN_DANGER = "Somebody at this number wrote of dying or self-harm. Ask who."
LONGEST_WORDS = CareEvent._meta.get_field("words").max_length or 0


def find_texters(number: str) -> Found:
    """Clinic and row of every wish that was ever sent to a number, the newest first, for
    a gateway that belongs to no clinic."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM mainstay_text_wishes(%s)", [digests_of_number(number)]
        )
        rows: Found = cursor.fetchall()
    return rows


@transaction.atomic
def take_reply(
    *, wishes: Sequence[MessageWish], text: str, key: str, at: datetime
) -> str:
    """Keep what a reply says, the same `key` once; gives what is texted back.

    A number that several people gave tells nobody's words: each of them is called.
    """
    newest: dict[int, MessageWish] = {}
    for wish in wishes:
        if not is_not_contacted(wish.patient):
            newest.setdefault(wish.patient_id, wish)
    if not newest:
        return unknown_number()
    words = _readable(text) or UNREADABLE
    reply = read_reply(words)
    for wish in newest.values():
        _keep(wish, reply, words, key=key, is_one=len(newest) == 1, at=at)
    language = next(iter(newest.values())).language
    return _answer(reply, language)


def unknown_number() -> str:
    """What somebody is told whom nobody here is known to be, in both languages."""
    said = messages().words["reply_unknown"]
    return " ".join(said.values())


def _keep(
    wish: MessageWish,
    reply: TextReply,
    words: str,
    *,
    key: str,
    is_one: bool,
    at: datetime,
) -> None:
    on = clinic_day(wish.patient.clinic, at)
    if reply.says is SaidByText.STOP:
        stop_messages(patient=wish.patient, at=at)
    elif reply.says in (SaidByText.CALL, SaidByText.MOVED, SaidByText.KIT):
        say_by_link(wish=wish, what=reply.says, on=on, at=at)
    if not reply.has_own_words:
        return
    own = f"text:{wish.patient_id}:{sha256(key.encode()).hexdigest()[:24]}"
    told = {EventKind.WROTE: words} if is_one else {EventKind.CALL_ASKED: SOMEBODY}
    new = [
        event
        for start in range(0, len(max(told.values())), LONGEST_WORDS)
        for event in told_by_person(
            wish.patient, _part(told, start), key=f"{own}:{start}", on=on, at=at
        )
    ]
    # Also where one event holds its beginning and the next its end.
    is_told = any(alert_rules().is_about_dying(event.words) for event in new)
    if new and not is_told and alert_rules().is_about_dying(words):
        reason = f"Wrote: {words}" if is_one else SOMEBODY_IN_DANGER
        raise_for_words(patient=wish.patient, reason=reason, at=at)
    reconcile(patient=wish.patient, by=None, at=at)


def _part(told: Mapping[EventKind, str], start: int) -> dict[EventKind, str]:
    """As much as one event holds."""
    return {kind: said[start : start + LONGEST_WORDS] for kind, said in told.items()}


def _answer(reply: TextReply, language: str) -> str:
    if reply.says is SaidByText.THANKS:
        return ""
    said = "reply_told"
    if reply.says is SaidByText.STOP:
        said = "reply_stopped"
    elif reply.has_own_words:
        said = "reply_wrote"
    return messages().say(said, language)


def _readable(text: str) -> str:
    """Without signs that no page shows, line ends apart."""
    kept = (one for one in text if one == "\n" or unicodedata.category(one)[0] != "C")
    return "".join(kept).strip()
