"""The page of a plan for bad days: its parts, what is missing, who has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aftercare.actions.hard_days import form_of
from aftercare.forms.hard_days import PartWordsForm
from aftercare.models import CheckIn, FollowUp, HardDayPart, HardDayPlan
from aftercare.models.follow_ups import OPEN
from knowledge.hard_days.content import (
    HardDayKind,
    HardDayPartForm,
    HelpLine,
    lines_of,
)
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.wording.dates import day_words
from patients.consents.reader import ConsentOnDay, consents_of
from patients.models import Disclosure, Patient, SupportPerson

TALKS = (KeptBy.CONTACT, KeptBy.VISIT)
PLAN_SECTION = "plan"


@dataclass(frozen=True, slots=True)
class HardDayAnswer:
    """What was asked for a part, and what was said; empty where nobody asked."""

    key: str
    label: str
    words: str
    is_to_do: bool


@dataclass(frozen=True, slots=True)
class HardDayPanel:
    """One part on the page."""

    asked: HardDayPartForm
    row: HardDayPart
    form: PartWordsForm | None
    help_lines: tuple[HelpLine, ...]

    @property
    def answers(self) -> list[HardDayAnswer]:
        said = self.row.answers
        return [
            HardDayAnswer(
                one.key,
                one.label,
                one.choices.get(said.get(one.key, ""), ""),
                said.get(one.key) == "to_do",
            )
            for one in self.asked.asks
        ]


@dataclass(frozen=True, slots=True)
class PartingCheck:
    """One line of “before you part”; what blocks keeps the plan a draft."""

    words: str
    is_good: bool
    blocks: bool = True
    anchor: str = ""

    @property
    def state(self) -> str:
        if self.is_good:
            return "is-good"
        return "is-block" if self.blocks else "is-short"


@dataclass(frozen=True, slots=True)
class PlanHolder:
    """Somebody close, and whether a consent lets them have it."""

    support: SupportPerson
    is_covered: bool


def panels_of(
    plan: HardDayPlan, parts: Sequence[HardDayPart], *, sent: PartWordsForm | None
) -> list[HardDayPanel]:
    """Every part in its order; of a draft with its form, the one that was sent as sent."""
    by_key = {one.part: one for one in parts}
    lines = lines_of(HardDayKind(plan.kind))
    found = []
    for asked in form_of(plan).part:
        row = by_key.get(asked.key)
        if row is None:
            continue
        form = None
        if plan.agreed_at is None:
            is_sent = sent is not None and sent.row.pk == row.pk
            form = sent if is_sent else PartWordsForm.of(row, asked)
        found.append(HardDayPanel(asked, row, form, lines if asked.has_lines else ()))
    return found


def checks_of(
    panels: Sequence[HardDayPanel],
    *,
    has_it: bool,
    next_contact: FollowUp | None,
    today: date,
) -> list[PartingCheck]:
    """What has to be there before they part, and what should be."""
    found = list(_of_parts(panels))
    found.append(PartingCheck("Numbers on their phone or card", has_it, blocks=False))
    words = "Next contact: none"
    if next_contact:
        words = f"Next contact: {day_words(next_contact.due_on, today)}"
    found.append(PartingCheck(words, next_contact is not None, blocks=False))
    return found


def _of_parts(panels: Sequence[HardDayPanel]) -> Iterator[PartingCheck]:
    for panel in panels:
        anchor = f"part-{panel.asked.key}"
        for answer in panel.answers:
            words = answer.label if answer.words else f"{answer.label}: not asked"
            yield PartingCheck(words, bool(answer.words), anchor=anchor)
        if panel.asked.needed and not panel.asked.asks:
            title = panel.asked.title.en
            yield PartingCheck(title, bool(panel.row.lines), anchor=anchor)


def next_contact_of(patient: Patient) -> FollowUp | None:
    """The next call or visit that is owed."""
    rows = FollowUp.objects.filter(patient=patient, status__in=OPEN).order_by("due_on")
    return next(
        (one for one in rows if follow_up_kind(one.kind).kept_by in TALKS), None
    )


def links_of(patient: Patient, kind: str, *, at: datetime) -> list[CheckIn]:
    """Links to it that open something, the newest first."""
    return list(CheckIn.objects.usable(at=at).filter(patient=patient, shows=kind))


def cards_of(patient: Patient, thing: str) -> list[Disclosure]:
    """To whom its card was given."""
    rows = Disclosure.objects.filter(patient=patient, thing=thing, is_stopped=False)
    return list(rows.order_by("-made_at")[:5])


def holders_of(patient: Patient, *, at: datetime) -> list[PlanHolder]:
    """People close to them, each with what their consent says of the plan."""
    supports = SupportPerson.objects.filter(patient=patient, is_current=True)
    people = [one for one in supports if not one.endangers]
    consents = consents_of(patient, at=at) if people else []
    return [PlanHolder(one, _covers(consents, one.name)) for one in people]


def _covers(consents: Sequence[ConsentOnDay], name: str) -> bool:
    return any(
        one.is_in_force
        and one.lets(name)
        and {PLAN_SECTION, "record"} & set(one.consent.sections)
        for one in consents
    )
