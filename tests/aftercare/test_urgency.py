"""Urgency of one person and the order among people: danger before dates."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aftercare.owed.state import (
    CarePhase,
    CareState,
    ClinicState,
    ConcernState,
    EpisodeState,
    EventState,
    Evidence,
    PlanState,
    TreatmentState,
)
from aftercare.owed.urgency.factors import dated_factors, factors
from aftercare.owed.urgency.model import OwedNow, UrgencyFactor
from aftercare.owed.urgency.order import danger_code, group_of, sort_key, top_duty
from aftercare.owed.urgency.silence import gap_words
from aftercare.owed.urgency.words import ago_words, factor_words
from knowledge.schedule.pathways import EventDay, EventKind
from knowledge.schedule.urgency import UrgencyGroup, order_of_danger

TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 20, tzinfo=UTC)


def day(away):
    return TODAY + timedelta(days=away)


def had(**days):
    """What was done, each on its day."""
    return {kind: (Evidence(day(away), NOON),) for kind, away in days.items()}


def state(**told):
    """In care for 40 days, a plan in force, the last word today."""
    begun = {
        "patient": "1",
        "phase": CarePhase.IN_CARE,
        "episode": EpisodeState(number=1, referred_on=day(-45), admitted_on=day(-40)),
        "plan": PlanState(key="1", version=1, signed_on=day(-40)),
        "treatment": TreatmentState(medication="MTD", started_on=day(-40)),
        "kept": had(contact=0, kit=-40),
    }
    return CareState(**(begun | told))


def owed(kind, latest=0, *, title="", earliest=None, role="", severity="routine"):
    first = latest if earliest is None else earliest
    return OwedNow(
        kind=kind,
        title=title,
        earliest=day(first),
        due=day(latest),
        latest=day(latest),
        role=role,
        severity=severity,
    )


def thoughts(level=3):
    return ConcernState(
        key="c",
        kind="suicide_risk",
        level=level,
        raised_on=TODAY,
        raised_at=NOON,
        reason="PHQ-9",
    )


def event(kind, away):
    when = EventDay(known_on=TODAY, on=day(away))
    return EventState(key=kind, kind=EventKind(kind), when=when, recorded_at=NOON)


def said(of, *rows):
    return [factor_words(one, TODAY) for one in factors(of, rows, TODAY)]


def keys(of, *rows):
    return [one.key for one in factors(of, rows, TODAY)]


def top(of, *rows):
    return top_duty(factors(of, rows, TODAY), rows, TODAY).kind


class TestTheCasesThatWereSeen:
    def test_thoughts_of_self_harm_stand_above_tooth_care(self):
        garrett = state(concerns=(thoughts(),))
        rows = (
            owed("medication_task", -3, title="Care of the teeth"),
            owed("safety_screen"),
        )

        assert said(garrett, *rows)[0] == "thoughts of self-harm today"
        assert top(garrett, *rows) == "safety_screen"

    def test_thoughts_of_self_harm_stand_above_a_drug_test(self):
        ruth_ann = state(concerns=(thoughts(),), clinic=ClinicState(is_otp=True))
        rows = owed("drug_test", -10), owed("safety_screen")

        assert keys(ruth_ann, *rows)[0] == "safety_concern"
        assert top(ruth_ann, *rows) == "safety_screen"

    def test_an_overdose_without_a_start_stands_above_a_hand_out(self):
        leroy = state(
            treatment=TreatmentState(),
            events=(event("overdose", -4),),
            kept={},
        )
        rows = (
            *(owed("handout", -4), owed("naloxone_handover", -4)),
            *(owed("safety_screen", -4), owed("order", -4)),
        )

        assert said(leroy, *rows)[:2] == [
            "overdose 4 days ago, no start yet",
            "no kit handed over",
        ]
        assert top(leroy, *rows) == "order"

    def test_the_order_of_the_first_dose_stands_above_a_lock_box(self):
        wendy = state(treatment=TreatmentState())
        rows = owed("medication_task", -3, title="Lock box"), owed("order", -3)

        assert said(wendy, *rows)[0] == "order the first dose 3 days late"
        assert top(wendy, *rows) == "order"

    def test_federal_days_that_end_today_stand_above_a_visit(self):
        greta = state(clinic=ClinicState(is_otp=True))
        rows = owed("visit", 2, earliest=-2), owed("full_exam"), owed("admission_labs")

        assert said(greta, *rows)[0] == "full examination due today, federal"
        assert top(greta, *rows) == "full_exam"

    def test_all_of_them_in_the_order_of_danger(self):
        here = ClinicState(is_otp=True)
        people = {
            "Greta": (state(clinic=here), [owed("full_exam")]),
            "Wendy": (state(), [owed("order", -3)]),
            "Leroy": (
                state(treatment=TreatmentState(), events=(event("overdose", -4),)),
                [owed("order", -4)],
            ),
            "Ruth Ann": (state(concerns=(thoughts(),)), [owed("safety_screen")]),
        }
        order = sorted(
            people,
            key=lambda name: sort_key(factors(*people[name], TODAY), name),
        )

        assert order == ["Ruth Ann", "Leroy", "Greta", "Wendy"]


class TestFactors:
    def test_an_alert_stands_before_everything(self):
        of = state(concerns=(thoughts(5),))

        found = factors(replace(of, alert_on=TODAY), [], TODAY)
        assert [one.key for one in found][:2] == ["alert", "safety_concern"]
        assert factor_words(found[0], TODAY) == "alert, today"

    @pytest.mark.parametrize(
        ("level", "words"),
        [
            (5, "high suicide risk, today"),
            (4, "moderate suicide risk, today"),
            (3, "thoughts of self-harm today"),
        ],
    )
    def test_a_concern_by_its_level(self, level, words):
        assert said(state(concerns=(thoughts(level),)))[0] == words

    def test_a_low_level_is_no_danger(self):
        assert "safety_concern" not in keys(state(concerns=(thoughts(2),)))

    def test_a_result_says_what_is_done_about_it(self):
        result = ConcernState(
            key="r",
            kind="result",
            level=5,
            raised_on=day(-1),
            raised_at=NOON,
            reason="QTc 520 ms",
            cause="qtc_long",
        )
        of = state(concerns=(result, thoughts()))

        assert said(of, owed("result_qtc_long"))[:2] == [
            "thoughts of self-harm today",
            "act on the long QTc, yesterday",
        ]

    def test_an_overdose_counts_for_its_days(self):
        assert "overdose_treated" in keys(state(events=(event("overdose", -7),)))
        assert "overdose_treated" not in keys(state(events=(event("overdose", -8),)))

    def test_a_clinic_may_count_more_days(self):
        here = ClinicState(chosen={"urgency_overdose_days": 14})
        of = state(events=(event("overdose", -8),), clinic=here)

        assert "overdose_treated" in keys(of)

    def test_somebody_on_medicine_who_was_not_reached_since(self):
        of = state(events=(event("overdose", -1),), kept=had(contact=-3))

        assert said(of)[0] == "overdose yesterday, not reached yet"

    def test_and_who_was(self):
        of = state(events=(event("overdose", -1),))

        assert said(of)[0] == "overdose yesterday"

    def test_a_call_after_an_overdose_is_one(self):
        of = state(
            phase=CarePhase.REFERRED,
            episode=EpisodeState(
                number=1, referred_on=day(-1), called_after="overdose"
            ),
            plan=None,
            treatment=TreatmentState(),
            kept={},
        )

        assert keys(of)[:2] == ["overdose_untreated", "no_kit"]

    def test_a_medicine_that_was_stopped(self):
        of = state(treatment=TreatmentState(stopped="MTD", stopped_on=TODAY))

        assert said(of)[0] == "medicine stopped today"
        long_ago = TreatmentState(stopped="MTD", stopped_on=day(-29))
        assert "treatment_gap" not in keys(state(treatment=long_ago))

    def test_doses_missed_in_a_row(self):
        of = TreatmentState(medication="MTD", started_on=day(-40), missed_days=2)

        assert said(state(treatment=of))[0] == "doses missed for 2 days"
        one = TreatmentState(medication="MTD", started_on=day(-40), missed_days=1)
        assert "treatment_gap" not in keys(state(treatment=one))

    def test_an_injection_past_its_window(self):
        given = (day(-80), day(-52))
        of = TreatmentState(
            medication="SUBLOCADE", started_on=day(-80), injections=given
        )

        assert said(state(treatment=of))[0] == "injection 10 days past its window"

    def test_a_window_that_ends_today_is_not_past_and_tomorrow_is(self):
        of = TreatmentState(
            medication="SUBLOCADE",
            started_on=day(-80),
            injections=(day(-70), day(-42)),
        )
        ahead = dated_factors(state(treatment=of), [], TODAY)

        assert "treatment_gap" not in keys(state(treatment=of))
        assert [one.begins for one in ahead if one.key == "treatment_gap"] == [day(1)]

    def test_no_kit_after_an_overdose_or_use(self):
        for kind, away in (("overdose", -300), ("use", -80)):
            of = state(events=(event(kind, away),), kept=had(contact=0))
            assert said(of)[0] == "no kit handed over"
        old = state(events=(event("use", -91),), kept=had(contact=0))
        assert "no_kit" not in keys(old)

    def test_a_kit_on_record_ends_it_until_it_is_used(self):
        with_kit = had(contact=0, kit=-20)
        kept = state(events=(event("overdose", -30),), kept=with_kit)
        used = state(events=(event("overdose_reversed", -10),), kept=with_kit)

        assert "no_kit" not in keys(kept)
        assert said(used)[0] == "kit used 10 days ago"

    @pytest.mark.parametrize(
        ("on", "minutes", "is_replaced"),
        [(0, 1, True), (0, -1, False), (1, -1, True), (-1, 1, False)],
    )
    def test_one_handed_over_after_the_use_replaces_it_the_same_day(
        self, on, minutes, is_replaced
    ):
        used = event("overdose_reversed", -10)
        given = Evidence(day(-10 + on), NOON + timedelta(minutes=minutes))
        of = state(events=(used,), kept=had(contact=0) | {"kit": (given,)})

        assert ("no_kit" not in keys(of)) is is_replaced

    def test_a_prescribers_question_in_pregnancy(self):
        of = state(events=(event("pregnancy_begun", -60),))
        asked = owed("medication_task", 3, role="prescriber")

        assert said(of, asked)[0] == "pregnant, prescriber to answer"
        assert "pregnancy_or_release" not in keys(of, owed("visit", 3))
        over = state(
            events=(event("pregnancy_begun", -60), event("pregnancy_ended", -2))
        )
        assert "pregnancy_or_release" not in keys(over, asked)

    def test_a_call_in_pregnancy_counts_until_care_begins(self):
        episode = EpisodeState(number=1, referred_on=day(-1), called_after="pregnancy")
        asked = owed("order", 1, role="prescriber")
        called = state(phase=CarePhase.REFERRED, episode=episode)

        assert "pregnancy_or_release" in keys(called, asked)
        assert "pregnancy_or_release" not in keys(state(episode=episode), asked)

    def test_the_weeks_after_custody_and_after_this_care(self):
        assert said(state(events=(event("custody_out", -3),)))[0] == (
            "left custody 3 days ago"
        )
        episode = EpisodeState(number=1, referred_on=day(-90), left_on=day(-2))
        left = state(phase=CarePhase.LEFT, episode=episode)
        assert said(left) == ["left care 2 days ago"]

    def test_who_wants_no_contact_is_left_in_peace(self):
        episode = EpisodeState(
            number=1, referred_on=day(-90), left_on=day(-2), declined_on=day(-1)
        )

        assert keys(state(phase=CarePhase.LEFT, episode=episode)) == []

    def test_a_federal_day_is_late_elsewhere(self):
        exam = owed("yearly_exam", -9)

        here = state(clinic=ClinicState(is_otp=True))
        assert said(here, exam)[0] == "yearly examination 9 days past, federal"
        assert said(state(), exam)[0] == "yearly examination 9 days late"

    def test_silence_beyond_what_the_phase_expects(self):
        of = state(
            treatment=TreatmentState(medication="BUP_SL", started_on=day(-30)),
            kept=had(contact=-9),
        )

        assert said(of)[0] == "no word for 9 days, expected weekly"
        a_week = state(
            treatment=TreatmentState(medication="BUP_SL", started_on=day(-29)),
            kept=had(**{"instrument:phq9": -8}),
        )
        assert "silent" not in keys(a_week)

    def test_a_dose_is_a_word(self):
        of = TreatmentState(
            medication="MTD", started_on=day(-30), last_taken_on=day(-1)
        )

        assert "silent" not in keys(state(treatment=of, kept={}))

    def test_nobody_heard_anything_since_the_call(self):
        of = state(
            phase=CarePhase.REFERRED,
            episode=EpisodeState(number=1, referred_on=day(-4)),
            plan=None,
            treatment=TreatmentState(),
            kept={},
        )

        assert said(of) == ["no word since the call 4 days ago"]

    def test_nothing_of_the_dead(self):
        assert keys(state(phase=CarePhase.DIED), owed("visit", -3)) == []

    def test_what_is_in_its_days_says_when(self):
        assert said(state(), owed("visit", 2, title="Visit, week 6", earliest=-2)) == [
            "visit, week 6, due Mon 30 Nov"
        ]
        assert said(state(), owed("visit", 9, title="Visit, week 8")) == [
            "visit, week 8 Mon 7 Dec"
        ]


class TestGroups:
    @pytest.mark.parametrize(
        ("act_on", "group"),
        [
            (0, UrgencyGroup.TODAY),
            (7, UrgencyGroup.THIS_WEEK),
            (8, UrgencyGroup.LATER),
        ],
    )
    def test_without_danger_by_the_day(self, act_on, group):
        assert group_of((), TODAY, day(act_on), 7) == group

    def test_danger_cannot_wait_whatever_the_day(self):
        found = factors(state(concerns=(thoughts(),)), [owed("visit", 9)], TODAY)

        assert group_of(found, TODAY, day(9), 7) == UrgencyGroup.CANNOT_WAIT


class TestTopDuty:
    def test_a_danger_that_nothing_answers_leaves_the_place_to_the_next(self):
        of = state(events=(event("custody_out", -3),))

        assert top(of, owed("measures", 3), owed("visit", -2)) == "visit"

    def test_what_is_graver_by_itself_comes_first(self):
        assert top(state(), owed("other", -2), owed("other", -3, severity="soon")) == (
            "other"
        )
        graver = owed("other", -2, severity="danger")
        rows = [owed("other", -2), graver]
        assert top_duty(factors(state(), rows, TODAY), rows, TODAY) in rows

    def test_nothing_is_owed(self):
        assert top_duty((), [], TODAY) is None


# --- Properties, over people made up at random -----------------------------------


def some_factor(chance):
    one = chance.choice(order_of_danger().factor)
    since = day(-chance.randrange(30))
    return UrgencyFactor(
        key=one.key,
        case=chance.choice(one.cases).key,
        begins=since,
        since=since,
        until=day(chance.randrange(-5, 5)),
        what="visit",
    )


def some_person(chance):
    made = [some_factor(chance) for _ in range(chance.randrange(1, 5))]
    return tuple(sorted({one.key: one for one in made}.values(), key=lambda x: x.place))


def test_a_lower_factor_more_never_lowers_anybody():
    chance = random.Random("danger")  # noqa: S311 - people, not secrets
    for _ in range(5_000):
        person, more = some_person(chance), some_factor(chance)
        if more.rank <= person[-1].rank:
            continue
        assert sort_key((*person, more), "A") <= sort_key(person, "A")


def test_many_lower_factors_never_outweigh_one_graver():
    chance = random.Random("never a sum")  # noqa: S311 - people, not secrets
    for _ in range(5_000):
        one, other = some_person(chance), some_person(chance)
        if one[0].rank < other[0].rank:
            assert sort_key(one, "Z") < sort_key(other, "A")


def test_within_one_factor_least_time_left_comes_first():
    soon, later = (
        factors(state(concerns=(thoughts(),)), [owed("safety_screen", n)], TODAY)
        for n in (0, 1)
    )

    assert sort_key(soon, "Z") < sort_key(later, "A")
    assert sort_key(soon, "A") < sort_key(soon, "Z")
    assert sort_key((), "A") > sort_key(later, "A")


def test_a_factor_is_kept_and_read_again():
    for one in factors(state(events=(event("overdose", -2),)), [], TODAY):
        assert UrgencyFactor.from_json(one.as_json()) == one


def test_people_without_danger_have_no_code():
    assert danger_code(factors(state(), [owed("visit", -1)], TODAY)) == ""


def test_words_of_days():
    assert [ago_words(day(n), TODAY) for n in (0, -1, -4)] == [
        "today",
        "yesterday",
        "4 days ago",
    ]
    assert ago_words(day(-40), TODAY) == "Mon 19 Oct"
    assert gap_words(3) == "every 3 days"
