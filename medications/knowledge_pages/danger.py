"""Statements of the order of danger, alerts, the kinds of follow-up, the steps of an event
and plans for bad days. No Django."""

from collections.abc import Iterator

from knowledge.cited import Cited
from knowledge.hard_days.content import (
    HardDayKind,
    card_words,
    hard_day_form,
    help_lines,
)
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.kinds import ClosingRight, follow_up_kinds
from knowledge.schedule.pathways import PathwayStep, pathways
from knowledge.schedule.urgency import order_of_danger


def order() -> Iterator[tuple[Cited, str, str]]:
    """Each factor in its place, and what counts for it."""
    declared = order_of_danger()
    for place, one in enumerate(declared.factor, start=1):
        said = "; ".join(case.words for case in one.cases)
        group = _plain(one.group).capitalize()
        yield one, f"{place}. {one.title}", f"{group}: {said}"
    events, heard = declared.events, declared.heard
    named = (*events.overdose, *events.use, *events.left)
    yield events, "Events that count", ", ".join(map(_plain, named))
    yield heard, "What is a word from them", ", ".join(map(_plain, heard.kinds))


def alert_rungs() -> Iterator[tuple[Cited, str, str]]:
    """What calls somebody at once, and who is called on each rung."""
    rules = alert_rules()
    life, results = rules.raises.suicide_risk, rules.raises.result
    said = f"Somebody's life: {', '.join(life)}. Results: {', '.join(results)}."
    yield rules.raises, "What calls at once, by level of concern", said
    phrases = ", ".join(rules.own_words.phrases)
    yield rules.own_words, "Own words that call at once", phrases
    for one in rules.rung:
        yield one, one.title, one.says


def kinds() -> Iterator[tuple[Cited, str, str]]:
    """Each kind with its act, and with what closes it."""
    for one in follow_up_kinds().values():
        is_open = one.needs == ClosingRight.ANY
        who = "anybody" if is_open else f"a {one.needs}"
        kept = f"kept by {_plain(one.kept_by)}"
        yield one, one.words, f"{one.act.words}; {kept}; {who} closes it by hand"


def after_events() -> Iterator[tuple[Cited, str, str]]:
    """What an event says to the person, and each of its steps."""
    for pathway in pathways().values():
        about = pathway.about
        warned = (
            f"Dangerous for {about.danger_days} days. " if about.danger_days else ""
        )
        yield about, about.title, f"{warned}{about.for_person}"
        for step in pathway.steps:
            said = f"{_plain(step.role)}, {_step_time(step)}. {step.for_person}"
            yield step, f"{about.title}: {step.title}", said


def bad_days() -> Iterator[tuple[Cited, str, str]]:
    """Parts of plans for bad days, the lines to call, and the words of the cards."""
    for kind in HardDayKind:
        form = hard_day_form(kind)
        parts = "; ".join(one.title.en for one in form.part)
        events = ", ".join(_plain(one) for one in form.after)
        yield form, form.staff_title, f"{parts}. Looked at again after: {events}."
    for line in help_lines():
        yield line, line.name.en, f"{line.number}: {line.words.en}"
    words = card_words()
    for key, one in words.missed.items():
        yield one, f"A dose missed: {key}", f"{one.words.en} / {one.words.es}"
    for one in (*words.if_use, *words.not_awake):
        yield one, "On the card", f"{one.words.en} / {one.words.es}"


def _step_time(step: PathwayStep) -> str:
    if step.within_hours is not None:
        return f"within {step.within_hours} hours"
    return f"day {step.day}"


def _plain(key: str) -> str:
    return key.replace("_", " ")
