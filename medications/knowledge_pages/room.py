"""Everything in the knowledge, subject by subject, each statement with its source. No Django."""

import json
from calendar import day_abbr
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from assessments.facts import FACTS
from assessments.observations.kinds import label_of
from knowledge.change import change_figures
from knowledge.cited import Check, Cited, check_of
from knowledge.conditions import Condition, in_words
from knowledge.decision_aid.content import aid
from knowledge.editions import knowledge
from knowledge.formulary.lines import sections
from knowledge.instruments.registry import instruments
from knowledge.instruments.titles import part_title, short_title
from knowledge.language import language
from knowledge.medicines import Medicine, medicines
from knowledge.modalities import library
from knowledge.names.vocabulary import name_groups
from knowledge.needs import need_rules
from knowledge.numbers import Number, Permitted
from knowledge.risk_windows import risk_windows
from knowledge.schedule import steps
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.choices import (
    ScheduleChoice,
    alert_choices,
    injection_choices,
    message_choices,
    plan_choices,
    urgency_choices,
)
from knowledge.schedule.hands import hand_rules
from knowledge.schedule.injections import injection_rules
from knowledge.schedule.leaving import leaving_rules
from knowledge.schedule.messages import messages
from knowledge.schedule.standing import (
    StandingDuty,
    referral_steps,
    standing_duties,
)
from knowledge.schedule.urgency import order_of_danger
from knowledge.urgent_results import UrgentResult, urgent_results
from knowledge.weighing import weighing
from medications.knowledge_pages import asking, danger


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of a subject; without a tag where nothing is claimed."""

    head: str
    text: str
    tag: str = ""
    sources: tuple[str, ...] = ()
    checked: date | None = None
    next_check: date | None = None
    choice: str = ""

    @property
    def check(self) -> Check:
        return check_of(self.tag)

    @property
    def searched(self) -> str:
        return " ".join((self.head, self.text, self.tag, *self.sources)).lower()


@dataclass(frozen=True, slots=True)
class RoomSubject:
    """What stands together on one page."""

    key: str
    title: str
    lead: str
    statements: Callable[[], Iterable[Statement]]
    # The numbers of it that a clinic may choose.
    choices: Callable[[], Mapping[str, ScheduleChoice]] = dict

    @property
    def digest(self) -> str:
        """Of everything that is said, without the days on which it was checked."""
        said = [
            (one.head, one.text, one.tag, one.sources, one.choice)
            for one in self.statements()
        ]
        return sha256(json.dumps(said).encode()).hexdigest()

    def found(self, text: str) -> list[Statement]:
        """The statements that hold every word."""
        words = text.lower().split()
        return [
            one
            for one in self.statements()
            if all(word in one.searched for word in words)
        ]


def _line(
    one: Cited, head: str, text: str, permitted: Permitted | None = None
) -> Statement:
    listed = (knowledge().sources[key] for key in one.cites)
    titles = tuple(f"{source.title}, {source.date}" for source in listed)
    return Statement(
        head,
        text,
        one.tag,
        (*((one.source,) if one.source else ()), *titles),
        one.checked,
        one.next_check,
        f"{permitted.words}. {permitted.because}" if permitted else "",
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _number(one: Number) -> Statement:
    return _line(one, one.meaning, f"{one.value} {one.unit}", one.permitted)


def _step(one: steps.ScheduleStep) -> Statement:
    text = f"Day {one.day}, {_around(one)}; {_role(one.role)}. {one.reason}"
    return _line(one, one.title, text)


def _role(role: str) -> str:
    return role.replace("_", " ")


def _contacts() -> Iterable[Statement]:
    for phase in steps.contact_phases():
        named = [medicines()[key].name for key in phase.medicines]
        about = f"{phase.reason.rstrip('.')}{': ' if named else ''}{', '.join(named)}"
        yield _line(phase, about, f"{_when(phase)}, {_around(phase)}")


def _when(phase: steps.ContactPhase) -> str:
    """On which days from the start."""
    if not phase.at:
        first = phase.step_days * phase.onwards
        return f"every {_days(phase.step_days)} from day {first} on"
    days = (str(step.day) for step in phase.steps())
    return f"on day {', '.join(days)} from the start"


def _around(
    one: steps.ContactPhase | steps.MeasureOccasion | steps.ScheduleStep,
) -> str:
    if not one.before and not one.after:
        return "on the day itself"
    return f"{_days(one.before)} before to {_days(one.after)} after"


def _measures() -> Iterable[Statement]:
    for key, one in steps.measure_occasions().items():
        names = ", ".join(map(short_title, one.instruments))
        head = f"Measures: {key.replace('_', ' ')}"
        yield _line(one, head, f"{names}{_how_often(one)}")


def _how_often(one: steps.MeasureOccasion) -> str:
    weeks = ", ".join(map(str, one.weeks))
    if weeks:
        return f"; week {weeks}, {_around(one)}"
    return f"; every {_days(one.days)}, {_around(one)}" if one.days else ""


def _messages() -> Iterable[Statement]:
    yield from map(_number, messages().numbers.values())


def _promises() -> Iterable[Statement]:
    plan, program = steps.plan_steps(), steps.program_steps()
    yield from _contacts()
    yield from _measures()
    yield from map(_step, plan.steps.values())
    yield from map(_number, plan.numbers.values())
    yield from map(_step, (*program.admission.values(), *program.take_home.values()))
    yield _step(program.drug_test)
    yield from map(_number, program.numbers.values())
    yield from map(_step, referral_steps().steps.values())
    tries = referral_steps().tries
    days = ", ".join(map(str, tries.days))
    until = f"Day {days}, then every {tries.then_every} days until declined"
    yield _line(tries, "Tries after a referral", until)
    yield from map(_standing, standing_duties())


def _standing(duty: StandingDuty) -> Statement:
    every = "with each plan review"
    if isinstance(duty.every, int):
        every = f"every {_days(duty.every)}"
        later = f", after day {duty.until} every {_days(duty.later)}"
        every += later if duty.until else ""
    return _line(duty, duty.title, f"{_role(duty.role)}, {every}. {duty.reason}")


def _injections() -> Iterable[Statement]:
    for product, rules in injection_rules().items():
        for rule in rules:
            end = f"{rule.months} month" if rule.months else f"day {rule.last_day}"
            text = f"From day {rule.first_day}, due day {rule.due_day}, until {end}. {rule.reason}"
            which = ", second" if rule.after else ""
            head = f"{medicines()[product].name}{which}"
            yield _line(rule, head, text, rule.due_permitted)


def _reaching() -> Iterable[Statement]:
    for rung in steps.rungs():
        yield _line(rung, f"Day {rung.day}: {rung.title}", rung.detail)


def _leaving() -> Iterable[Statement]:
    rules = leaving_rules()
    days = ", ".join(str(day) for day in rules.contacts.days)
    then = f"Day {days}, then every {rules.contacts.then_every} days until declined"
    yield _line(rules.contacts, "Contacts after leaving", then)
    for number in rules.numbers.values():
        yield _line(number, number.meaning, f"{number.value} {number.unit}")
    yield _line(rules.no_reason, "No reason to leave", "A return to use alone")


def _mails() -> Iterable[Statement]:
    hours = steps.working_hours()
    days = f"{day_abbr[hours.weekdays[0] - 1]} to {day_abbr[hours.weekdays[-1] - 1]}"
    yield _line(
        hours,
        "E-mails to the staff",
        f"{days}, {hours.opens} to {hours.closes} h; what a concern asks for the same day at once",
    )
    for number in hand_rules().numbers.values():
        yield _line(number, number.meaning, f"{number.value} {number.unit}")


def _duties() -> Iterable[Statement]:
    for level, duties in steps.duties().items():
        for duty in duties:
            when = f"within {_days(duty.within)}" if duty.within else "the same day"
            yield _line(
                duty,
                f"{level.capitalize()}: {duty.title}",
                f"{_role(duty.role)}, {when}",
            )


def _urgency() -> Iterable[Statement]:
    yield from (_line(*one) for one in danger.order())
    yield from map(_number, order_of_danger().numbers.values())


def _alerts() -> Iterable[Statement]:
    yield from (_line(*one) for one in danger.alert_rungs())
    yield from map(_number, alert_rules().numbers.values())


def _kinds() -> Iterable[Statement]:
    return (_line(*one) for one in danger.kinds())


def _pathways() -> Iterable[Statement]:
    return (_line(*one) for one in danger.after_events())


def _bad_days() -> Iterable[Statement]:
    return (_line(*one) for one in danger.bad_days())


def _urgent_results() -> Iterable[Statement]:
    for one in urgent_results().values():
        names = " or ".join(dict.fromkeys(label_of(code) for code in one.codes))
        when = f"within {_days(one.within)}" if one.within else "the same day"
        text = f"{one.title}. {_role(one.role)}, {when}. {one.because}"
        yield _line(one, f"{names}: {_bound(one)}", text)


def _bound(one: UrgentResult) -> str:
    """From where on a result cannot wait, in words."""
    bounds = {
        "{} or more": one.at_least,
        "above {}": one.above,
        "below {}": one.below,
        "above {} times the upper limit": one.times_upper,
    }
    said = [words.format(n) for words, n in bounds.items() if n is not None]
    tests = [in_words(condition, _label) for condition in one.only]
    return "; ".join([*said, *((one.word,) if one.word else ()), *tests])


def _choices() -> Iterable[Statement]:
    known = knowledge()
    for wish in known.wishes.values():
        names = ", ".join(medicines()[key].name for key in wish.options)
        yield _line(wish, f"Matters: {wish.label}", f"{names} {wish.because}".strip())
    for rule, day in known.choice_tasks.tasks.items():
        yield _line(
            day, f"Task of {rule}", f"{_role(day.role)}, within {_days(day.within)}"
        )
    declared = known.choice_tasks
    for task in (
        *declared.start.values(),
        *declared.refer.values(),
        *declared.none.values(),
    ):
        title = task.title.format(name="the medicine")
        yield _line(task, title, f"{_role(task.role)}, within {_days(task.within)}")


def _needs() -> Iterable[Statement]:
    for need in need_rules():
        cases = _either(case.all for case in need.case)
        yield _line(
            need, need.goal, f"Due in {_days(need.due_days)}. Shows where {cases}."
        )


def _either(cases: Iterable[Iterable[Condition]]) -> str:
    """Cases of which one is enough, each with all that it asks for."""
    return "; or ".join(
        " and ".join(in_words(one, _label) for one in case) for case in cases
    )


def _label(name: str) -> str:
    return FACTS[name].label.lower() if name in FACTS else name.replace("_", " ")


def _care() -> Iterable[Statement]:
    for one in library():
        pointed = _either(trigger.all for trigger in one.trigger)
        text = f"{one.dose}. {one.who}. {one.limits} Pointed to where {pointed}."
        yield _line(one, one.title, text)


def _risk() -> Iterable[Statement]:
    for window in risk_windows().values():
        text = f"From {window.first_day} to {window.last_day}. {window.then}"
        yield _line(window, window.because.format(ago="some time ago"), text)


def _holds() -> Iterable[Statement]:
    return (_line(*one) for one in asking.holds())


def _fresh() -> Iterable[Statement]:
    return (_line(*one) for one in asking.ages())


def _bedside() -> Iterable[Statement]:
    return (_line(*one) for one in asking.bedside())


def _weighing() -> Iterable[Statement]:
    return (_line(one, one.title, one.text) for one in weighing())


def _formulary() -> Iterable[Statement]:
    for section in sections().values():
        for line in section.lines:
            yield _line(line, f"{section.part}: {section.title}", line.text)


def _classes() -> Iterable[Statement]:
    for one in knowledge().ingredients.values():
        yield _line(one, f"{one.kind}: {one.effect}", ", ".join(one.names))


def _names() -> Iterable[Statement]:
    """What each of our own names is read as; other names come from the table."""
    for group in name_groups().values():
        for listed in (group.brands, group.spellings):
            for meant, names in listed.items():
                yield _line(group, f"{group.about}: {meant}", ", ".join(names))


def _listed() -> Iterable[Statement]:
    for one in medicines():
        yield Statement(one.full, _taken(one))


def _taken(one: Medicine) -> str:
    every = "every day" if one.is_daily else f"every {one.interval_days} days"
    parent = f"; of {medicines()[one.parent].name}" if one.parent else ""
    return f"{one.ingredient}, {one.form.value}, {one.route}, {every}{parent}"


def _aid() -> Iterable[Statement]:
    titles = {column.key: column.title["en"] for column in aid().columns}
    for row in aid().rows:
        for column, cell in row.cells.items():
            head = f"{titles[column]}: {row.label['en']}"
            yield Statement(head, cell.en, cell.tag, (cell.basis,), cell.checked)
        if row.figures:
            yield _line(row.figures, row.label["en"], f"Of {row.figures.of}")


def _instruments() -> Iterable[Statement]:
    for one in instruments().values():
        yield _line(one, one.title.en, one.licence)


def _change() -> Iterable[Statement]:
    known = change_figures()
    for measure in known.measures:
        title = part_title(measure.instrument, measure.part)
        for figure in measure.figures:
            yield _line(figure, f"{title}, {figure.kind} change", figure.size)
        for place in measure.milestones:
            yield _line(place, f"{title}, {place.name}", place.size)
    for key, unscored in known.unscored.items():
        yield _line(unscored, short_title(key), unscored.words)
    since = known.withdrawal
    title = f"{short_title(since.instrument)} {since.least} or more"
    yield _line(since, title, since.meaning)
    scores = known.points_in_time
    text = f"From {scores.improving} scores on; a trend from {scores.trend}."
    yield _line(scores, "Improving", text)


def _language() -> Iterable[Statement]:
    for word in language().word:
        yield _line(language(), word.avoid, word.use)


SUBJECTS: Mapping[str, RoomSubject] = {
    one.key: one
    for one in (
        RoomSubject("promises", "Promises", "What is owed to a person and when.", _promises, plan_choices),
        RoomSubject("injections", "Injection windows", "When the next one may be given, is due, and is late.", _injections, injection_choices),
        RoomSubject("urgency", "Order of danger", "Who comes first on a list: compared from the top, never added up.", _urgency, urgency_choices),
        RoomSubject("alerts", "Alerts", "What goes to somebody at once, and who is next.", _alerts, alert_choices),
        RoomSubject("kinds", "Kinds of follow-up", "What each is called, who may close it, and what keeps it.", _kinds),
        RoomSubject("outreach", "Reaching people", "What is tried after a missed day.", _reaching),
        RoomSubject("bad_days", "Plans for bad days", "Parts of both plans, lines to call, words of the cards.", _bad_days),
        RoomSubject("leaving", "Leaving care", "Contacts afterwards, and what is no reason to leave.", _leaving),
        RoomSubject("mails", "E-mails and hands", "When the staff is written to; how work is shared.", _mails),
        RoomSubject("messages", "Messages to people in care", "When they leave, and how long before a day. They never say what the care is for.", _messages, message_choices),
        RoomSubject("duties", "Duties", "What a concern asks of the clinic, by its level.", _duties),
        RoomSubject("pathways", "After an event", "What an event opens, step by step.", _pathways),
        RoomSubject("results", "Results that cannot wait", "What raises a concern at once, and who owes an answer to it.", _urgent_results),
        RoomSubject("choices", "Choosing", "What speaks for an option, and what a choice writes.", _choices),
        RoomSubject("medicines", "Medicines", "Each medicine and product, once.", _listed),
        RoomSubject("formulary", "Formulary", "Products, doses, waits and storage.", _formulary),
        RoomSubject("interactions", "Other medicines", "Classes that change medication for OUD.", _classes),
        RoomSubject("names", "Names", "What brands and other spellings are read as.", _names),
        RoomSubject("needs", "Needs", "What a plan has to answer, found in facts.", _needs),
        RoomSubject("care", "Kinds of care", "What a plan can hold.", _care),
        RoomSubject("risk", "Times of raised risk", "Windows that no rule holds.", _risk),
        RoomSubject("holds", "What waits for an answer", "What an answer that nobody has, or that is out of date, makes wait.", _holds),
        RoomSubject("freshness", "How long facts count", "Until when an answer counts, and what an old one still says.", _fresh),
        RoomSubject("bedside", "Bedside questions", "What is asked before a first dose, the most dangerous first.", _bedside),
        RoomSubject("weighing", "Weighing", "What is derived from facts, and how options are put in order.", _weighing),
        RoomSubject("instruments", "Instruments", "Questionnaires, with their licence.", _instruments),
        RoomSubject("change", "Change that counts", "How much of a change of a score counts.", _change),
        RoomSubject("aid", "Decision aid", "What a person reads, and what it rests on.", _aid),
        RoomSubject("language", "Words", "Words to avoid, and what to say instead.", _language),
    )
}  # fmt: skip
