"""Factors of danger that hold for one person, read from the state of their care. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from aftercare.owed.state import CarePhase, CareState, ConcernState, EventState
from aftercare.owed.urgency.model import OwedNow, UrgencyFactor
from aftercare.owed.urgency.silence import gap_words, last_word, silent_from
from knowledge.schedule.injections import NoWindow, injection_window
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.urgency import order_of_danger

LIFE, RESULT = "suicide_risk", "result"
# Levels of a concern about somebody's life, as the record keeps them.
LEVELS = {5: "high", 4: "moderate", 3: "unscreened"}
RESULTS = "result_"
OVERDOSE, PREGNANCY, PRESCRIBER = "overdose", "pregnancy", "prescriber"
NEXT_DAY = timedelta(days=1)


def factors(
    state: CareState, owed: Iterable[OwedNow], today: date
) -> tuple[UrgencyFactor, ...]:
    """Those that hold today, the gravest first."""
    every = dated_factors(state, owed, today)
    return tuple(one for one in every if one.holds(today))


def dated_factors(
    state: CareState, owed: Iterable[OwedNow], today: date
) -> tuple[UrgencyFactor, ...]:
    """Those that hold, and those that will without anything being written."""
    if state.phase == CarePhase.DIED:
        return ()
    open_now = sorted(owed, key=lambda one: one.gravity)
    found = [
        *_alert(state.alert_on),
        *_concerns(state, open_now),
        *_overdose(state, open_now, today),
        *_treatment_gap(state, today),
        *_no_kit(state, today),
        *_pregnancy(state, open_now),
        *_left(state),
        *_late(state, open_now),
        *_silent(state),
        *_in_its_days(open_now, today),
    ]
    return tuple(sorted(found, key=lambda one: one.place))


def _days(state: CareState, name: str) -> timedelta:
    return timedelta(days=order_of_danger().days(name, state.clinic.chosen))


def _alert(alert_on: date | None) -> Iterator[UrgencyFactor]:
    if alert_on is not None:
        yield _since("alert", "open", alert_on)


def _since(
    key: str, case: str, day: date, *, until: date | None = None, what: str = ""
) -> UrgencyFactor:
    """One that holds from a day on until something is written."""
    until = day if until is None else until
    return UrgencyFactor(
        key=key, case=case, begins=day, since=day, until=until, what=what
    )


def _due_by(key: str, open_now: Iterable[OwedNow], day: date) -> date:
    """The day by which what answers a factor is owed; else the day it began."""
    answers = (one.latest for one in open_now if key in one.declared.answers)
    return min(answers, default=day)


def _concerns(state: CareState, open_now: list[OwedNow]) -> Iterator[UrgencyFactor]:
    for one in state.concerns:
        if one.kind == LIFE and one.level in LEVELS:
            until = _due_by("safety_concern", open_now, one.raised_on)
            yield _since(
                "safety_concern", LEVELS[one.level], one.raised_on, until=until
            )
        elif one.kind == RESULT:
            yield _result(one, open_now)


def _result(concern: ConcernState, open_now: list[OwedNow]) -> UrgencyFactor:
    """It says what is done about it, which is shorter than the result."""
    kind = f"{RESULTS}{concern.cause}"
    until = [one.latest for one in open_now if one.kind == kind]
    return _since(
        "safety_concern",
        "result",
        concern.raised_on,
        until=min(until, default=concern.raised_on),
        what=_lower(follow_up_kind(kind).words),
    )


def _lower(words: str) -> str:
    """Begins small, unless with an abbreviation."""
    return words if words[:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def _overdoses(state: CareState) -> list[date]:
    """The days of overdoses: events, and a call that came after one."""
    kinds = order_of_danger().events.overdose
    days = [one.when.day for one in state.events if one.kind in kinds]
    if state.episode.called_after == OVERDOSE:
        days.append(state.episode.referred_on)
    return sorted(days)


def _overdose(
    state: CareState, open_now: list[OwedNow], today: date
) -> Iterator[UrgencyFactor]:
    days = [day for day in _overdoses(state) if day <= today]
    if not days:
        return
    last = days[-1]
    key, case = "overdose_untreated", "no_start"
    if state.treatment.is_taken:
        heard = last_word(state)
        was_reached = heard is not None and heard > last
        key, case = "overdose_treated", "reached" if was_reached else "not_reached"
    yield UrgencyFactor(
        key=key,
        case=case,
        begins=last,
        since=last,
        until=_due_by(key, open_now, last),
        ends=last + _days(state, "urgency_overdose_days"),
    )


def _treatment_gap(state: CareState, today: date) -> Iterator[UrgencyFactor]:
    treatment = state.treatment
    if not treatment.is_taken:
        if (stopped := treatment.stopped_on) is not None:
            yield UrgencyFactor(
                key="treatment_gap",
                case="stopped",
                begins=stopped,
                since=stopped,
                until=stopped,
                ends=stopped + _days(state, "urgency_gap_days"),
            )
        return
    missed = timedelta(days=treatment.missed_days)
    if missed >= _days(state, "urgency_missed_doses"):
        since = today - missed
        yield UrgencyFactor(
            key="treatment_gap",
            case="missed",
            begins=since,
            since=since,
            until=since,
            count=treatment.missed_days,
        )
    if (last := _window_end(state)) is not None:
        begins = last + NEXT_DAY
        yield _since("treatment_gap", "window_past", begins, until=last)


def _window_end(state: CareState) -> date | None:
    """The last day of the window of the next injection, where an injection is taken."""
    treatment = state.treatment
    if treatment.medication is None or not treatment.injections:
        return None
    try:
        window = injection_window(treatment.medication, treatment.injections)
    except NoWindow:
        return None
    return window.latest


def _no_kit(state: CareState, today: date) -> Iterator[UrgencyFactor]:
    events = order_of_danger().events
    had, gone = state.last("kit"), state.kit.gone_on if state.kit else None
    if had is not None and gone is None:
        used = _last_event(state, events.kit_used)
        if used is not None and not _is_replaced(state, used):
            yield _since("no_kit", "used", used.on)
        return
    case = _why_no_kit(state)
    if gone is not None and case == "used":
        yield _since("no_kit", case, gone)
        return
    use = [one.when.day for one in state.events if one.kind in events.use]
    spans = (
        (_overdoses(state), _days(state, "urgency_kit_days")),
        (use, _days(state, "urgency_use_days")),
    )
    ends = {day: day + span for days, span in spans for day in days if day <= today}
    if ends:
        last = max(ends, key=lambda day: ends[day])
        yield UrgencyFactor(
            key="no_kit",
            case=case,
            begins=last,
            since=gone if gone is not None else _declined_on(state) or last,
            until=last,
            ends=ends[last],
        )


def _is_replaced(state: CareState, used: EventState) -> bool:
    """Whether a kit was handed over since one was used; on the same day, whether that
    was written down after it."""
    since = (used.on, used.recorded_at)
    return any((one.on, one.at) > since for one in state.kept.get("kit", ()))


def _why_no_kit(state: CareState) -> str:
    """What became of the last one; of nobody's, whether it was declined."""
    if state.kit is None:
        return "none"
    return state.kit.gone_how or ("declined" if state.kit.declined else "none")


def _declined_on(state: CareState) -> date | None:
    declined = state.kit and state.kit.declined
    return declined.on if declined else None


def _last_event(state: CareState, kinds: Iterable[str]) -> EventState | None:
    chosen = (one for one in state.events if one.kind in kinds)
    return max(chosen, key=lambda one: (one.on, one.recorded_at), default=None)


def _pregnancy(state: CareState, open_now: list[OwedNow]) -> Iterator[UrgencyFactor]:
    """An open question to the prescriber while somebody is pregnant."""
    events = order_of_danger().events
    begun = _last_event(state, (*events.pregnancy, *events.pregnancy_over))
    is_begun = begun and begun.kind in events.pregnancy and begun.ended_on is None
    since = begun.when.day if begun and is_begun else None
    # Why a call came says who is first in the queue, and nothing of years later.
    is_call = state.phase == CarePhase.REFERRED and begun is None
    if is_call and state.episode.called_after == PREGNANCY:
        since = state.episode.referred_on
    asked = [one.latest for one in open_now if one.role == PRESCRIBER]
    if since is not None and asked:
        yield _since("pregnancy_or_release", "pregnancy", since, until=min(asked))


def _left(state: CareState) -> Iterator[UrgencyFactor]:
    """The weeks after custody, a hospital or this care."""
    span = _days(state, "urgency_release_days")
    places = order_of_danger().events.left
    days = [
        (one.when.day, "release", places[one.kind])
        for one in state.events
        if one.kind in places
    ]
    left_on, declined = state.episode.left_on, state.episode.declined_on
    if state.phase == CarePhase.LEFT and left_on is not None and declined is None:
        days.append((left_on, "left", ""))
    if days:
        on, case, what = max(days)
        yield UrgencyFactor(
            key="pregnancy_or_release",
            case=case,
            begins=on,
            since=on,
            until=on,
            ends=on + span,
            what=what,
        )


def _late(state: CareState, open_now: list[OwedNow]) -> Iterator[UrgencyFactor]:
    """A day that federal law sets from that day on; any other once it is over. Of each
    the one that is over first."""
    is_federal = {
        one: one.declared.is_federal and state.clinic.is_otp for one in open_now
    }
    for key, chosen, wait in (
        ("federal", [one for one in open_now if is_federal[one]], timedelta()),
        ("late", [one for one in open_now if not is_federal[one]], NEXT_DAY),
    ):
        if chosen:
            first = min(chosen, key=lambda one: (one.latest, one.gravity))
            yield UrgencyFactor(
                key=key,
                case="late" if key == "late" else "past",
                begins=first.latest + wait,
                since=first.latest,
                until=first.latest,
                what=_lower(first.declared.named(first.title)),
            )


def _silent(state: CareState) -> Iterator[UrgencyFactor]:
    if state.phase not in (CarePhase.REFERRED, CarePhase.IN_CARE):
        return
    heard = last_word(state)
    case, since = "silent", heard
    if since is None:
        case, since = "never", state.episode.referred_on
    begins, gap = silent_from(state, since)
    yield UrgencyFactor(
        key="silent",
        case=case,
        begins=begins,
        since=since,
        until=begins,
        what="the call" if heard is None else gap_words(gap),
    )


def _in_its_days(open_now: list[OwedNow], today: date) -> Iterator[UrgencyFactor]:
    """What is to be done next, where nothing else is to be said."""
    if open_now:
        first = min(open_now, key=lambda one: (one.due, one.gravity))
        yield UrgencyFactor(
            key="in_its_days",
            case="open" if first.earliest <= today else "ahead",
            begins=min(first.due, today),
            since=first.due,
            until=first.due,
            what=_lower(first.declared.named(first.title)),
        )
