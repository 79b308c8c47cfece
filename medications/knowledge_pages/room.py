"""Everything in the knowledge, subject by subject, each statement with its source. No Django."""

from collections.abc import Iterable, Mapping

from knowledge.change import change_figures
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
from knowledge.risk_windows import risk_windows
from knowledge.schedule.choices import (
    alert_choices,
    injection_choices,
    message_choices,
    plan_choices,
    urgency_choices,
)
from knowledge.weighing import weighing
from medications.knowledge_pages import asking, promised
from medications.knowledge_pages.statements import (
    RoomSubject,
    Statement,
    day_count,
    fact_label,
    line,
    role_words,
)


def _choices() -> Iterable[Statement]:
    known = knowledge()
    for wish in known.wishes.values():
        names = ", ".join(medicines()[key].name for key in wish.options)
        yield line(wish, f"Matters: {wish.label}", f"{names} {wish.because}".strip())
    for rule, day in known.choice_tasks.tasks.items():
        yield line(
            day,
            f"Task of {rule}",
            f"{role_words(day.role)}, within {day_count(day.within)}",
        )
    declared = known.choice_tasks
    for task in (
        *declared.start.values(),
        *declared.refer.values(),
        *declared.none.values(),
    ):
        title = task.title.format(name="the medicine")
        yield line(
            task, title, f"{role_words(task.role)}, within {day_count(task.within)}"
        )


def _needs() -> Iterable[Statement]:
    for need in need_rules():
        cases = _either(case.all for case in need.case)
        yield line(
            need, need.goal, f"Due in {day_count(need.due_days)}. Shows where {cases}."
        )


def _either(cases: Iterable[Iterable[Condition]]) -> str:
    """Cases of which one is enough, each with all that it asks for."""
    return "; or ".join(
        " and ".join(in_words(one, fact_label) for one in case) for case in cases
    )


def _care() -> Iterable[Statement]:
    for one in library():
        pointed = _either(trigger.all for trigger in one.trigger)
        text = f"{one.dose}. {one.who}. {one.limits} Pointed to where {pointed}."
        yield line(one, one.title, text)


def _risk() -> Iterable[Statement]:
    for window in risk_windows().values():
        text = f"From {window.first_day} to {window.last_day}. {window.then}"
        yield line(window, window.because.format(ago="some time ago"), text)


def _holds() -> Iterable[Statement]:
    return (line(*one) for one in asking.holds())


def _fresh() -> Iterable[Statement]:
    return (line(*one) for one in asking.ages())


def _bedside() -> Iterable[Statement]:
    return (line(*one) for one in asking.bedside())


def _weighing() -> Iterable[Statement]:
    return (line(one, one.title, one.text) for one in weighing())


def _formulary() -> Iterable[Statement]:
    for section in sections().values():
        for entry in section.lines:
            yield line(entry, f"{section.part}: {section.title}", entry.text)


def _classes() -> Iterable[Statement]:
    for one in knowledge().ingredients.values():
        yield line(one, f"{one.kind}: {one.effect}", ", ".join(one.names))


def _names() -> Iterable[Statement]:
    """What each of our own names is read as; other names come from the table."""
    for group in name_groups().values():
        for listed in (group.brands, group.spellings):
            for meant, names in listed.items():
                yield line(group, f"{group.about}: {meant}", ", ".join(names))


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
            yield line(row.figures, row.label["en"], f"Of {row.figures.of}")


def _instruments() -> Iterable[Statement]:
    for one in instruments().values():
        yield line(one, one.title.en, one.licence)


def _change() -> Iterable[Statement]:
    known = change_figures()
    for measure in known.measures:
        title = part_title(measure.instrument, measure.part)
        for figure in measure.figures:
            yield line(figure, f"{title}, {figure.kind} change", figure.size)
        for place in measure.milestones:
            yield line(place, f"{title}, {place.name}", place.size)
    for key, unscored in known.unscored.items():
        yield line(unscored, short_title(key), unscored.words)
    since = known.withdrawal
    title = f"{short_title(since.instrument)} {since.least} or more"
    yield line(since, title, since.meaning)
    scores = known.points_in_time
    text = f"From {scores.improving} scores on; a trend from {scores.trend}."
    yield line(scores, "Improving", text)


def _language() -> Iterable[Statement]:
    for word in language().word:
        yield line(language(), word.avoid, word.use)


SUBJECTS: Mapping[str, RoomSubject] = {
    one.key: one
    for one in (
        RoomSubject("promises", "Promises", "What is owed to a person and when.", promised.of_promises, plan_choices),
        RoomSubject("injections", "Injection windows", "When the next one may be given, is due, and is late.", promised.of_injections, injection_choices),
        RoomSubject("urgency", "Order of danger", "Who comes first on a list: compared from the top, never added up.", promised.of_urgency, urgency_choices),
        RoomSubject("alerts", "Alerts", "What goes to somebody at once, and who is next.", promised.of_alerts, alert_choices),
        RoomSubject("kinds", "Kinds of follow-up", "What each is called, who may close it, and what keeps it.", promised.of_kinds),
        RoomSubject("outreach", "Reaching people", "What is tried after a missed day.", promised.of_reaching),
        RoomSubject("series", "Groups and repeats", "What a session owes, and how often staff repeat a follow-up.", promised.of_series),
        RoomSubject("bad_days", "Plans for bad days", "Parts of both plans, lines to call, words of the cards.", promised.of_bad_days),
        RoomSubject("leaving", "Leaving care", "Contacts afterwards, and what is no reason to leave.", promised.of_leaving),
        RoomSubject("mails", "E-mails and hands", "When the staff is written to; how work is shared.", promised.of_mails),
        RoomSubject("messages", "Messages to people in care", "When they leave, and how long before a day. They never say what the care is for.", promised.of_messages, message_choices),
        RoomSubject("loops", "Referrals to others", "What each stage of a referral owes.", promised.of_loops),
        RoomSubject("duties", "Duties", "What a concern asks of the clinic, by its level.", promised.of_duties),
        RoomSubject("pathways", "After an event", "What an event opens, step by step.", promised.of_pathways),
        RoomSubject("results", "Results that cannot wait", "What raises a concern at once, and who owes an answer to it.", promised.of_urgent_results),
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
