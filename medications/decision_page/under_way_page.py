"""Treatment under way: how it goes, what to adjust, what would make it a change.

No Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from assessments.facts import NEVER
from assessments.picture import Picture, State
from knowledge.editions import Edition
from knowledge.formulary.lines import FormularyLine, section
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount
from knowledge.wording.dates import day_named
from medications.decision_page.columns import DecisionColumn
from medications.decision_page.five_signs import DoseSign, five_signs
from medications.decision_page.reasons import Lines, ReasonLine
from medications.options.model import Basis, Option, Options, Standing
from medications.rules.continuing import ADEQUATE, still_harmed
from medications.rules.effects import Effect
from medications.rules.fact_lines import value_words
from medications.rules.new_stops import new_stop
from medications.rules.reading import FactReader
from medications.rules.under_way import TreatmentCourse, taking
from medications.rules.words import day

CONTINUE, REVIEW, CHANGE, STOP, RAISE = "C118", "C119", "C120", "C121", "C26"
# In this order: the dose, how it is judged, then whatever else is asked for.
DOSE_FIRST = (RAISE, REVIEW, CHANGE, STOP)
SHOWN_STEPS = 4
SIDE_EFFECTS = "Side effects"


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """One thing that would make it a change, and how it stands with it."""

    words: str
    state: str
    is_met: bool = False
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The page of one medicine that is taken now."""

    title: str
    medicine: str
    taken: str
    standing: Standing
    call: str
    why: str
    signs: tuple[DoseSign, ...]
    sign_basis: Basis | None
    # The usual step of a dose that is too low, in the formulary's own words.
    raised: FormularyLine | None
    steps: tuple[ReasonLine, ...]
    more_steps: tuple[ReasonLine, ...]
    causes: tuple[ChangeCause, ...]
    others: tuple[DecisionColumn, ...]


def under_way(
    options: Options,
    columns: tuple[DecisionColumn, ...],
    picture: Picture,
    edition: Edition,
) -> UnderWay:
    """The medicine that stands best of those taken now, and the ways to others."""
    course = next(iter(taking(FactReader(picture), edition).values()))
    option = options.option(course.form)
    signs = five_signs(picture, edition, course.family)
    steps = _steps(option, signs)
    rules = {f.rule for f in option.findings} | {a.rule for a in option.actions}
    call, why = _call(option, rules, signs)
    family = medicines().parent_of(course.form)
    return UnderWay(
        title=f"{medicines()[course.form].name}, under way",
        medicine=medicines()[course.form].spoken,
        taken=_taken(course),
        standing=option.standing,
        call=call,
        why=why,
        signs=signs,
        sign_basis=next((a.basis for a in option.actions if a.rule == REVIEW), None),
        raised=_raised(course, signs),
        steps=steps[:SHOWN_STEPS],
        more_steps=steps[SHOWN_STEPS:],
        causes=tuple(_causes(course, picture, edition)),
        others=tuple(c for c in columns if not c.is_folded and c.key != family),
    )


def _taken(course: TreatmentCourse) -> str:
    dose = f"{amount(course.dose)} mg" if course.dose else "dose not known"
    if not medicines()[course.form].is_daily:
        dose = ""
    last = f"last {day(course.last)}" if course.last else "last dose not known"
    return ", ".join(part for part in (dose, last) if part)


def _call(
    option: Option, rules: set[str], signs: tuple[DoseSign, ...]
) -> tuple[str, str]:
    """What to do, and why: the first of these that holds."""
    by_rule = _called_by_rule(option, rules)
    return by_rule or _called_by_signs(option.name, signs)


def _called_by_rule(option: Option, rules: set[str]) -> tuple[str, str] | None:
    """Where the medicine cannot go on as it is, or a change is asked for."""
    name = option.name
    if option.standing.ruled_out:
        stop = next(iter(option.stops)).because
        return f"Not to go on with {name} as it is.", stop
    if STOP in rules:
        return "Wishes to come off: talk first.", "No end date is needed."
    if CHANGE in rules:
        cause = next(a.because for a in option.actions if a.rule == CHANGE)
        return "Change for cause: plan the way over.", cause
    return None


def _called_by_signs(name: str, signs: tuple[DoseSign, ...]) -> tuple[str, str]:
    off = [sign.name.lower() for sign in signs if sign.is_at_goal is False]
    unasked = [sign.name.lower() for sign in signs if sign.is_at_goal is None]
    if len(unasked) == len(signs):
        return "Ask the five first.", "None of the five signs was asked lately."
    return _judged(name, off, unasked), _counted(off, unasked)


def _judged(name: str, off: list[str], unasked: list[str]) -> str:
    if off:
        return f"Stay on {name}, review the dose."
    return "Go on, and ask what is open." if unasked else "Continue, it works."


def _counted(off: list[str], unasked: list[str]) -> str:
    parts = [
        f"Not at goal: {', '.join(off)}." if off else "",
        f"Not asked lately: {', '.join(unasked)}." if unasked else "",
    ]
    return " ".join(filter(None, parts)) or "All five signs are at goal."


def _raised(
    course: TreatmentCourse, signs: tuple[DoseSign, ...]
) -> FormularyLine | None:
    """Methadone by steps, where what more of it would mend is not at goal."""
    too_low = any(s.is_at_goal is False for s in signs if s.name != SIDE_EFFECTS)
    if course.family != "MTD" or not too_low:
        return None
    return section("methadone", "steps").line("classic")


def _steps(option: Option, signs: tuple[DoseSign, ...]) -> tuple[ReasonLine, ...]:
    """What to adjust, the dose first; nothing where all five are at goal."""
    if all(sign.is_at_goal for sign in signs) and not option.stops:
        return ()
    lines = Lines([option], 1)
    cautions = lines.of(lambda effect: effect >= Effect.CAUTION)
    tasks = (*lines.tasks(blocking=True), *lines.tasks(blocking=False))
    return tuple(sorted((*tasks, *cautions), key=_step_order))


def _step_order(line: ReasonLine) -> int:
    return DOSE_FIRST.index(line.rule) if line.rule in DOSE_FIRST else len(DOSE_FIRST)


def _causes(
    course: TreatmentCourse, picture: Picture, edition: Edition
) -> Iterator[ChangeCause]:
    """What rule C120 asks about, and for methadone the heart rhythm."""
    stop = new_stop(FactReader(picture), edition, course)
    if stop is not None:
        yield ChangeCause("A new stop", stop, is_met=True)
    if course.family in ADEQUATE:
        yield _still_harmed(course, picture, edition)
    yield _effects(picture)
    if course.family == "MTD":
        yield _qtc(picture, edition)
    yield _wish(course, picture)


def _effects(picture: Picture) -> ChangeCause:
    words, effects = "An effect that cannot be borne", picture.value("side_effects")
    if not isinstance(effects, frozenset):
        return ChangeCause(words, "not asked", is_unknown=True)
    is_met = "unbearable" in effects
    return ChangeCause(words, "yes" if is_met else "none", is_met)


def _still_harmed(
    course: TreatmentCourse, picture: Picture, edition: Edition
) -> ChangeCause:
    least = Decimal(edition[ADEQUATE[course.family][1]])
    weeks = int(edition["trial_weeks"])
    words = f"Still harmed after {weeks} weeks at {amount(least)} mg or more"
    if course.dose is None:
        return ChangeCause(words, "dose not known", is_unknown=True)
    if course.dose < least:
        return ChangeCause(words, f"{amount(course.dose)} mg now")
    changed = _changed_on(picture) if course.family == "MTD" else None
    if changed is not None and changed + timedelta(weeks=weeks) > picture.today:
        due = day_named(changed + timedelta(weeks=weeks), picture.today)
        return ChangeCause(words, f"from {due}")
    is_met = still_harmed(FactReader(picture), edition, course) is not None
    return ChangeCause(words, "yes" if is_met else "no", is_met)


def _changed_on(picture: Picture) -> date | None:
    """The day of the last change of dose; None where there was none."""
    value = picture.value("mtd_dose_change_dt")
    if value == NEVER or not isinstance(value, datetime):
        return None
    return picture.day_of(value)


def _qtc(picture: Picture, edition: Edition) -> ChangeCause:
    value, most = picture.value("qtc"), Decimal(edition["qtc_avoid"])
    words = f"QTc {amount(most)} ms or more"
    if not isinstance(value, int | Decimal):
        return ChangeCause(words, "not measured", is_unknown=True)
    return ChangeCause(words, value_words("qtc", value), is_met=value >= most)


def _wish(course: TreatmentCourse, picture: Picture) -> ChangeCause:
    wish = picture.value("preference")
    if not isinstance(wish, frozenset) or picture.state("preference") is State.UNKNOWN:
        return ChangeCause("Their wish", "not asked", is_unknown=True)
    other = (wish & set(medicines().keys)) - medicines().kin(course.family)
    return ChangeCause("Their wish", value_words("preference", wish), bool(other))
