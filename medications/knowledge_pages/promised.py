"""Statements of what is owed when: promises, lists of danger, messages, referrals. No Django."""

from calendar import day_abbr
from collections.abc import Iterable

from assessments.observations.kinds import label_of
from knowledge.conditions import in_words
from knowledge.instruments.titles import short_title
from knowledge.medicines import medicines
from knowledge.schedule import steps
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.groups import group_rules
from knowledge.schedule.hands import hand_rules
from knowledge.schedule.injections import injection_rules
from knowledge.schedule.leaving import leaving_rules
from knowledge.schedule.loops import loops
from knowledge.schedule.messages import messages
from knowledge.schedule.reaching import reaching
from knowledge.schedule.repeats import repeat_rules
from knowledge.schedule.standing import (
    StandingDuty,
    referral_steps,
    standing_duties,
)
from knowledge.schedule.urgency import order_of_danger
from knowledge.urgent_results import UrgentResult, urgent_results
from medications.knowledge_pages import danger
from medications.knowledge_pages.statements import (
    Statement,
    day_count,
    fact_label,
    line,
    number_line,
    role_words,
)


def _step(one: steps.ScheduleStep) -> Statement:
    text = f"Day {one.day}, {_around(one)}; {role_words(one.role)}. {one.reason}"
    return line(one, one.title, text)


def of_contacts() -> Iterable[Statement]:
    for phase in steps.contact_phases():
        named = [medicines()[key].name for key in phase.medicines]
        about = f"{phase.reason.rstrip('.')}{': ' if named else ''}{', '.join(named)}"
        yield line(phase, about, f"{_when(phase)}, {_around(phase)}")


def _when(phase: steps.ContactPhase) -> str:
    """On which days from the start."""
    if not phase.at:
        first = phase.step_days * phase.onwards
        return f"every {day_count(phase.step_days)} from day {first} on"
    days = (str(step.day) for step in phase.steps())
    return f"on day {', '.join(days)} from the start"


def _around(
    one: steps.ContactPhase | steps.MeasureOccasion | steps.ScheduleStep,
) -> str:
    if not one.before and not one.after:
        return "on the day itself"
    return f"{day_count(one.before)} before to {day_count(one.after)} after"


def of_measures() -> Iterable[Statement]:
    for key, one in steps.measure_occasions().items():
        names = ", ".join(map(short_title, one.instruments))
        head = f"Measures: {key.replace('_', ' ')}"
        yield line(one, head, f"{names}{_how_often(one)}")


def _how_often(one: steps.MeasureOccasion) -> str:
    weeks = ", ".join(map(str, one.weeks))
    if weeks:
        return f"; week {weeks}, {_around(one)}"
    return f"; every {day_count(one.days)}, {_around(one)}" if one.days else ""


def of_messages() -> Iterable[Statement]:
    yield from map(number_line, messages().numbers.values())


def of_promises() -> Iterable[Statement]:
    plan, program = steps.plan_steps(), steps.program_steps()
    yield from of_contacts()
    yield from of_measures()
    yield from map(_step, plan.steps.values())
    yield from map(number_line, plan.numbers.values())
    yield from map(_step, (*program.admission.values(), *program.take_home.values()))
    yield _step(program.drug_test)
    yield from map(number_line, program.numbers.values())
    yield from map(_step, referral_steps().steps.values())
    tries = referral_steps().tries
    days = ", ".join(map(str, tries.days))
    until = f"Day {days}, then every {tries.then_every} days until declined"
    yield line(tries, "Tries after a referral", until)
    yield from map(_standing, standing_duties())


def _standing(duty: StandingDuty) -> Statement:
    every = "with each plan review"
    if isinstance(duty.every, int):
        every = f"every {day_count(duty.every)}"
        later = f", after day {duty.until} every {day_count(duty.later)}"
        every += later if duty.until else ""
    return line(duty, duty.title, f"{role_words(duty.role)}, {every}. {duty.reason}")


def of_injections() -> Iterable[Statement]:
    for product, rules in injection_rules().items():
        for rule in rules:
            end = f"{rule.months} month" if rule.months else f"day {rule.last_day}"
            text = f"From day {rule.first_day}, due day {rule.due_day}, until {end}. {rule.reason}"
            which = ", second" if rule.after else ""
            head = f"{medicines()[product].name}{which}"
            yield line(rule, head, text, rule.due_permitted)


def of_reaching() -> Iterable[Statement]:
    rules = reaching()
    for rung in rules.rung:
        yield line(rung, f"Day {rung.day}: {rung.title}", rung.detail)
    for way in rules.ways.values():
        yield line(way, f"Way: {way.words.lower()}", way.asks.words)
    for number in rules.numbers.values():
        yield line(number, number.meaning, f"{number.value} {number.unit}")


def of_series() -> Iterable[Statement]:
    for step in group_rules().steps.values():
        yield _step(step)
    for number in (*group_rules().numbers.values(), *repeat_rules().numbers.values()):
        yield line(number, number.meaning, f"{number.value} {number.unit}")


def of_leaving() -> Iterable[Statement]:
    rules = leaving_rules()
    days = ", ".join(str(day) for day in rules.contacts.days)
    then = f"Day {days}, then every {rules.contacts.then_every} days until declined"
    yield line(rules.contacts, "Contacts after leaving", then)
    for number in rules.numbers.values():
        yield line(number, number.meaning, f"{number.value} {number.unit}")
    yield line(rules.no_reason, "No reason to leave", "A return to use alone")


def of_mails() -> Iterable[Statement]:
    hours = steps.working_hours()
    days = f"{day_abbr[hours.weekdays[0] - 1]} to {day_abbr[hours.weekdays[-1] - 1]}"
    yield line(
        hours,
        "E-mails to the staff",
        f"{days}, {hours.opens} to {hours.closes} h; what a concern asks for the same day at once",
    )
    for number in hand_rules().numbers.values():
        yield line(number, number.meaning, f"{number.value} {number.unit}")


def of_duties() -> Iterable[Statement]:
    for level, duties in steps.duties().items():
        for duty in duties:
            when = f"within {day_count(duty.within)}" if duty.within else "the same day"
            yield line(
                duty,
                f"{level.capitalize()}: {duty.title}",
                f"{role_words(duty.role)}, {when}",
            )


def of_urgency() -> Iterable[Statement]:
    yield from (line(*one) for one in danger.order())
    yield from map(number_line, order_of_danger().numbers.values())


def of_alerts() -> Iterable[Statement]:
    yield from (line(*one) for one in danger.alert_rungs())
    yield from map(number_line, alert_rules().numbers.values())


def of_kinds() -> Iterable[Statement]:
    return (line(*one) for one in danger.kinds())


def of_pathways() -> Iterable[Statement]:
    return (line(*one) for one in danger.after_events())


def of_bad_days() -> Iterable[Statement]:
    return (line(*one) for one in danger.bad_days())


def of_urgent_results() -> Iterable[Statement]:
    for one in urgent_results().values():
        names = " or ".join(dict.fromkeys(label_of(code) for code in one.codes))
        when = f"within {day_count(one.within)}" if one.within else "the same day"
        text = f"{one.title}. {role_words(one.role)}, {when}. {one.because}"
        yield line(one, f"{names}: {_bound(one)}", text)


def _bound(one: UrgentResult) -> str:
    """From where on a result cannot wait, in words."""
    bounds = {
        "{} or more": one.at_least,
        "above {}": one.above,
        "below {}": one.below,
        "above {} times the upper limit": one.times_upper,
    }
    said = [words.format(n) for words, n in bounds.items() if n is not None]
    tests = [in_words(condition, fact_label) for condition in one.only]
    return "; ".join([*said, *((one.word,) if one.word else ()), *tests])


def of_loops() -> Iterable[Statement]:
    for step in loops().stages.values():
        text = f"{_around_stage(step)}. {step.reason}"
        yield line(step, f"{step.words}: {step.title}", text)
    yield from map(number_line, loops().numbers.values())


def _around_stage(step: steps.ScheduleStep) -> str:
    return f"{role_words(step.role)}, due day {step.day}, {_around(step)}"
