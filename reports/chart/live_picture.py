"""Live picture beside the answers: options on the move, risks, needs, what to ask next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.tenancy import day_here
from assessments.facts import FACTS
from assessments.intake.catalogue import asking_for, is_asked
from assessments.intake.progress import given
from assessments.intake_page.answers import age_and_sex, answers_of
from assessments.models import Intake
from assessments.picture import KnownFact, Picture, State
from assessments.picture.assemble import picture_of
from knowledge.medicines import medicines
from knowledge.policy import AS_SHIPPED, Policy
from knowledge.wording.short_lines import shortened
from medications.clinic_policy.policy import policy_of
from medications.options.evaluate import BEST_FIRST, evaluate
from medications.options.headline import Headline, headline
from medications.options.model import Missing, Options, Standing
from medications.risk.factors import Risk, risk_of
from patients.models import Patient
from plans.conditions import Seen
from plans.drafting.needs import found
from plans.drafting.tree import PlannedDomain
from reports.chart.fact_values import shown_value
from treatment.log import last_day_taken

ASKED = 3
ASKED_OF = tuple(one.key for one in medicines().asked)
# How far back a standing that moved is told, and in how many steps at the most.
MOVED_WITHIN, MOST_STEPS = timedelta(hours=12), 40
MOST_LABELS = 2
NALTREXONE = "NTX_XR"
SEVERITY = "C01"
ICONS = {
    PlannedDomain.BODY: "body",
    PlannedDomain.MIND: "mind",
    PlannedDomain.SOCIAL: "social",
}


@dataclass(frozen=True, slots=True)
class LiveMove:
    """When a standing last moved, which way, and on what answer."""

    at: datetime
    is_up: bool
    words: str


@dataclass(frozen=True, slots=True)
class Standpoint:
    """One main medication in one line, and how it came to stand there."""

    line: Headline
    moved: LiveMove | None


@dataclass(frozen=True, slots=True)
class Next:
    """A question that could move the result, and where it is asked."""

    ask: str
    why: str
    step: str
    question: str


@dataclass(frozen=True, slots=True)
class LiveGap:
    """A fact with its state, and where it is asked."""

    label: str
    value: str
    step: str
    question: str


@dataclass(frozen=True, slots=True)
class Live:
    """All that stands beside the intake."""

    options: Options
    standpoints: list[Standpoint]
    asked: list[Next]
    risk: Risk
    needs: list[tuple[str, str, list[str]]]
    severity: str
    known: int
    stale: list[LiveGap]
    unknown: list[LiveGap]

    @property
    def best(self) -> Headline:
        return self.standpoints[0].line


def live_of(patient: Patient, *, at: datetime) -> Live:
    """The live picture of one person at one moment, worked out anew."""
    picture = picture_of(patient, at=at)
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    known = known_of(patient, at=at)
    return Live(
        options=options,
        standpoints=standpoints(picture, options),
        asked=ask_next(options, known),
        risk=risk_now(patient, picture),
        needs=needs_of(picture),
        severity=next((x.because for x in options.general if x.rule == SEVERITY), ""),
        known=sum(picture.state(name) is State.KNOWN for name in FACTS),
        stale=list(_gaps(picture, known, State.STALE)),
        unknown=list(_gaps(picture, known, State.UNKNOWN)),
    )


def risk_now(patient: Patient, picture: Picture) -> Risk:
    """Overdose risk factor by factor, the last naltrexone injection included."""
    last = last_day_taken(patient.pk, NALTREXONE, picture.today)
    return risk_of(picture, last_naltrexone_on=last)


def known_of(patient: Patient, *, at: datetime) -> Mapping[str, object]:
    """What decides which questions are asked of this person."""
    today = day_here(at)
    newest = Intake.objects.filter(patient=patient).order_by("-status", "-started_at")
    intake = newest.first()
    if intake is None:
        return given({}, age_and_sex(patient, on=today))
    return answers_of(intake, patient, on=today).known


def ask_next(options: Options, known: Mapping[str, object]) -> list[Next]:
    """What holds an option, then what holds its first dose; then what moves most."""
    offered = (options.option(key) for key in ASKED_OF)
    missing = (m for o in offered if not o.standing.ruled_out for m in o.missing)
    ordered = sorted(missing, key=lambda m: (-m.hold, m.days, -m.effect))
    asked: dict[str, Next] = {}
    for one in (_next(item, known) for item in ordered):
        if one is not None:
            asked.setdefault(one.question, one)
    return list(asked.values())[:ASKED]


def _next(item: Missing, known: Mapping[str, object]) -> Next | None:
    place = asking_for(item.fact, known)
    if place is None:
        return None
    step, question = place
    why = question.why or shortened(item.why)
    return Next(question.ask, why, step.key, _id(question.key))


def _id(key: str) -> str:
    return key.replace(".", "-")


def standpoints(picture: Picture, options: Options) -> list[Standpoint]:
    """Each main medication, the best first, with when and why it moved."""
    lines = headline(options)
    moved = moves(
        picture, {line.medication: line.standing for line in lines}, options.policy
    )
    return [Standpoint(line, moved.get(line.medication)) for line in lines]


def moves(
    picture: Picture, now: Mapping[str, Standing], policy: Policy = AS_SHIPPED
) -> dict[str, LiveMove]:
    """The last move of each standing: the picture is taken back, answer by answer."""
    found: dict[str, LiveMove] = {}
    for at, names in _steps(picture):
        before = {
            x.medication: x.standing
            for x in headline(evaluate(_until(picture, at), policy=policy))
        }
        for medication, standing in now.items():
            if medication not in found and before[medication] is not standing:
                is_up = BEST_FIRST.index(standing) < BEST_FIRST.index(
                    before[medication]
                )
                caused = _causes(picture, names, medication, standing, policy)
                found[medication] = LiveMove(at, is_up, _told(picture, caused))
        if len(found) == len(now):
            break
    return found


def _causes(
    picture: Picture,
    names: list[str],
    medication: str,
    standing: Standing,
    policy: Policy,
) -> list[str]:
    """Of what became known at one moment, that without which it would stand otherwise:
    what merely came along moved nothing. All of it where only together they did."""
    if len(names) == 1:
        return names
    alone = [
        name
        for name in names[:MOST_STEPS]
        if _standing_without(picture, name, medication, policy) is not standing
    ]
    return alone or names


def _standing_without(
    picture: Picture, name: str, medication: str, policy: Policy
) -> Standing:
    options = evaluate(picture.changed({name: None}), policy=policy)
    return next(x for x in headline(options) if x.medication == medication).standing


def _steps(picture: Picture) -> Iterator[tuple[datetime, list[str]]]:
    """The moments at which something became known lately, the newest first."""
    lately: dict[datetime, list[str]] = {}
    for name, fact in _all(picture).items():
        if timedelta(0) < picture.as_of - fact.as_of <= MOVED_WITHIN:
            lately.setdefault(fact.as_of, []).append(name)
    return iter(sorted(lately.items(), reverse=True)[:MOST_STEPS])


def _all(picture: Picture) -> dict[str, KnownFact]:
    return {**picture.facts, **picture.preferences}


def _until(picture: Picture, at: datetime) -> Picture:
    """The picture without what became known at a moment or since, as of now."""

    def earlier(facts: Mapping[str, KnownFact]) -> dict[str, KnownFact]:
        return {
            name: fact
            for name, fact in facts.items()
            if fact.as_of < at or fact.as_of == picture.as_of
        }

    return Picture(picture.as_of, earlier(picture.facts), earlier(picture.preferences))


def _told(picture: Picture, names: list[str]) -> str:
    facts = _all(picture)
    told = [
        f"{FACTS[n].label}: {shown_value(n, facts[n].value, picture.today)}"
        for n in sorted(names)
    ]
    return "; ".join(told[:MOST_LABELS])


def needs_of(picture: Picture) -> list[tuple[str, str, list[str]]]:
    """The needs that the facts show, by domain: its name, its symbol, the needs."""
    by_domain: dict[PlannedDomain, list[str]] = {domain: [] for domain in PlannedDomain}
    for need in found(Seen(picture, {}), {}):
        by_domain[need.domain].append(need.title)
    return [
        (domain.value.capitalize(), ICONS[domain], titles)
        for domain, titles in by_domain.items()
    ]


def _gaps(
    picture: Picture, known: Mapping[str, object], state: State
) -> Iterator[LiveGap]:
    """Facts in this state that a question of this person would settle."""
    for name, fact in FACTS.items():
        place = asking_for(name, known)
        if picture.state(name) is state and place and is_asked(place[1].key, known):
            step, question = place
            held = picture.known(name)
            value = shown_value(name, held.value, picture.today) if held else ""
            yield LiveGap(fact.label, value, step.key, _id(question.key))
