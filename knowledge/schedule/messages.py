"""Messages to people in care: their kinds, their hours and their words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from knowledge.numbers import Number
from knowledge.schedule.kinds import KeptBy
from knowledge.tables import shaped, shipped
from knowledge.wording.bare import bare_words


class MessageKind(StrEnum):
    """What somebody may ask to be written to about."""

    CHECK_IN = "check_in"
    VISIT = "visit"
    INJECTION = "injection"
    DAILY = "daily"
    # Not a wish of its own: whoever wants messages may be asked to call.
    REACH = "reach"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    MessageKind.CHECK_IN: "Weekly check-in",
    MessageKind.VISIT: "Before a visit",
    MessageKind.INJECTION: "Before an injection",
    MessageKind.DAILY: "Each day, to take the dose",
    MessageKind.REACH: "Asked to call",
}
# What somebody asks for, or leaves.
WISHED = tuple(kind for kind in MessageKind if kind is not MessageKind.REACH)
# The line that a message begins with, by its kind; of all others, the day to come on.
FIRST_LINES: Mapping[MessageKind, str] = {
    MessageKind.DAILY: "daily",
    MessageKind.REACH: "reach",
}
# Reminders of a day that is owed, by what keeps it.
REMINDS_OF: Mapping[MessageKind, KeptBy] = {
    MessageKind.VISIT: KeptBy.VISIT,
    MessageKind.INJECTION: KeptBy.INJECTION,
}


class SaidByText(StrEnum):
    """What a reply by text may say; anything else is somebody's own words."""

    STOP = "stop"
    CALL = "call"
    MOVED = "moved"
    KIT = "kit"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Phrases:
    """What says one thing: as the whole message, or as its beginning."""

    whole: tuple[str, ...]
    begins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MessageTable:
    """The file, by its parts."""

    numbers: Mapping[str, Number]
    # By language.
    words: Mapping[str, Mapping[str, str]]
    said_by_text: Mapping[SaidByText, Phrases]

    def say(self, name: str, language: str) -> str:
        return self.words[name][language]

    def chosen(self, name: str, by_clinic: Mapping[str, int]) -> int:
        """A number as the clinic chose it, else as it ships."""
        return by_clinic.get(name, self.numbers[name].days)

    def leaves_on(
        self, moment: datetime, on: date, by_clinic: Mapping[str, int]
    ) -> date:
        """The day on which what is written at a moment of a day leaves: that one, or the
        next where the quiet hours have begun."""
        is_over = moment.hour >= self.chosen("message_until", by_clinic)
        return on + timedelta(days=1) if is_over else on

    def may_leave(self, moment: datetime, by_clinic: Mapping[str, int]) -> bool:
        """Whether a moment on the clinic's clock lies outside its quiet hours."""
        first = self.chosen("message_from", by_clinic)
        return first <= moment.hour < self.chosen("message_until", by_clinic)

    def next_moment(self, moment: datetime, by_clinic: Mapping[str, int]) -> datetime:
        """The moment itself outside the quiet hours, else when they end."""
        if self.may_leave(moment, by_clinic):
            return moment
        first = self.chosen("message_from", by_clinic)
        ends = moment.replace(hour=first, minute=0, second=0, microsecond=0)
        return ends if ends > moment else ends + timedelta(days=1)


@cache
def messages() -> MessageTable:
    return shaped(MessageTable, shipped()["schedule"]["messages"], "schedule/messages")


def reminder(
    kind: MessageKind,
    language: str,
    *,
    day: date,
    phone: str,
    stop: str,
    is_remote: bool = False,
) -> str:
    """The whole message: what, whom to ask, how to end it. Nothing else."""
    table = messages()
    first = FIRST_LINES.get(kind, "video" if is_remote else "come")
    lines = [table.say(first, language).format(day=day_in(day, language))]
    if phone:
        lines.append(table.say("ask", language).format(phone=phone))
    lines.append(table.say("stop", language).format(link=stop))
    return "\n".join(lines)


def day_in(day: date, language: str) -> str:
    """`Tuesday, December 1`, or `martes 1 de diciembre`."""
    table = messages()
    weekday = table.say("days", language).split()[day.weekday()]
    month = table.say("months", language).split()[day.month - 1]
    return table.say("on_day", language).format(
        weekday=weekday, day=day.day, month=month
    )


@dataclass(frozen=True, slots=True)
class TextReply:
    """A message read: what it says, if that is one of ours, and whether there is more in
    it that somebody has to read."""

    says: SaidByText | None
    has_own_words: bool


def read_reply(text: str) -> TextReply:
    """A reply by text, whatever its capitals, accents and signs."""
    said = bare_words(text)
    for what, phrases in messages().said_by_text.items():
        if said in phrases.whole:
            return TextReply(what, has_own_words=False)
    for what, phrases in messages().said_by_text.items():
        if any(said.startswith(f"{begin} ") for begin in phrases.begins):
            return TextReply(what, has_own_words=True)
        if said in phrases.begins:
            return TextReply(what, has_own_words=False)
    return TextReply(None, has_own_words=True)
