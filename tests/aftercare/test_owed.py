"""What is owed on a day, from one value of somebody's state."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.owed.owed import owed
from aftercare.owed.state import (
    CarePhase,
    CareState,
    ClinicState,
    ConcernState,
    EpisodeState,
    Evidence,
    KitState,
    PlanState,
    TreatmentState,
)
from aftercare.owed.tries import next_try_after_referral

DAY = dt.timedelta(days=1)
SIGNED = dt.date(2026, 11, 21)
AT = dt.datetime(2026, 11, 21, 18, tzinfo=dt.UTC)
REFERRED = CareState(
    patient="7",
    phase=CarePhase.REFERRED,
    episode=EpisodeState(number=1, referred_on=SIGNED),
)
ON_BUP = replace(
    REFERRED,
    phase=CarePhase.IN_CARE,
    episode=EpisodeState(number=1, referred_on=SIGNED, admitted_on=SIGNED),
    plan=PlanState(key="3", version=1, signed_on=SIGNED),
    treatment=TreatmentState(medication="BUP_SL", started_on=SIGNED),
)
ON_MTD = replace(
    ON_BUP,
    clinic=ClinicState(is_otp=True),
    treatment=TreatmentState(medication="MTD", started_on=SIGNED),
)


def done(state, kind, *days):
    """The same state, with something done on these days after the signature."""
    told = tuple(Evidence(SIGNED + day * DAY, AT + day * DAY) for day in days)
    return replace(state, kept={**state.kept, kind: told})


def on(state, day=0):
    return owed(state, today=SIGNED + day * DAY)


def of_kind(state, kind, day=0):
    return [one for one in on(state, day) if one.kind == kind]


def days(state, kind, day=0):
    return [(one.due - SIGNED).days for one in of_kind(state, kind, day)]


class TestReferral:
    def test_is_owed_a_contact_the_same_day_a_kit_a_dose_and_a_plan(self):
        kinds = {one.kind: (one.due - SIGNED).days for one in on(REFERRED)}

        assert kinds == {
            "contact": 0,
            "naloxone_handover": 0,
            "first_dose": 3,
            "first_plan": 14,
        }

    def test_after_an_overdose_within_24_hours_and_seen_within_48(self):
        state = replace(
            REFERRED, episode=replace(REFERRED.episode, called_after="overdose")
        )
        first, visit = of_kind(state, "contact")[0], of_kind(state, "intake_visit")[0]

        assert (first.latest - SIGNED, visit.latest - SIGNED) == (DAY, 2 * DAY)
        assert {first.severity, visit.severity} == {"danger"}

    def test_stays_owed_however_long_nobody_calls(self):
        assert days(REFERRED, "contact", 400) == [0]

    def test_a_call_that_reached_them_keeps_it(self):
        assert days(done(REFERRED, "contact", 2), "contact", 3) == [2 + 30]


@pytest.mark.parametrize(
    ("tried", "then"), [(0, 1), (1, 3), (2, 3), (3, 7), (7, 37), (40, 67)]
)
def test_somebody_who_was_referred_is_tried_on_days_0_1_3_7_and_then_monthly(
    tried, then
):
    found = next_try_after_referral(SIGNED, SIGNED + tried * DAY)

    assert found == SIGNED + then * DAY


class TestContacts:
    def test_go_on_for_as_long_as_care_lasts(self):
        """Contacts ended on day 166 and nobody was told."""
        for day in (170, 400, 1_800):
            ahead = [d for d in days(ON_BUP, "visit", day) if d >= day]
            assert ahead, day

    def test_grow_rarer_with_time(self):
        every = sorted(
            {d for day in range(0, 300, 5) for d in days(ON_BUP, "visit", day)}
        )

        assert every[:11] == [7, 14, 21, 28, 42, 56, 70, 84, 112, 140, 168]
        assert every[11:13] == [210, 240]

    def test_of_those_missed_the_last_stays_until_somebody_came(self):
        assert days(ON_BUP, "visit", 33)[0] == 28
        assert days(done(ON_BUP, "visit", 33), "visit", 33)[0] == 42

    def test_the_first_week_on_methadone_is_kept_by_doses(self):
        assert days(ON_MTD, "dosing_check")[:7] == [0, 1, 2, 3, 4, 5, 6]
        assert days(done(ON_MTD, "dose", 0, 1), "dosing_check", 1)[0] == 2


class TestStandingDuties:
    @pytest.mark.parametrize(
        ("kind", "evidence", "every"),
        [("yearly_exam", "exam", 365), ("drug_test", "toxicology", 45)],
    )
    def test_of_the_program_have_one_next_day_without_end(self, kind, evidence, every):
        state, last = ON_MTD, 0
        for day in range(0, 5 * 365, 30):
            found = of_kind(state, kind, day)
            assert len(found) == 1
            if (found[0].latest - SIGNED).days <= day:
                state, last = done(state, evidence, day), day
            assert (of_kind(state, kind, day)[0].latest - SIGNED).days <= max(
                last + every, 365 if kind == "yearly_exam" else 0
            )

    def test_missed_it_stays_the_next(self):
        assert days(ON_MTD, "yearly_exam", 500) == [365]

    def test_reviews_come_every_90_days_in_the_first_year_then_every_180(self):
        assert days(ON_BUP, "plan_review") == [90]
        later = done(ON_BUP, "plan_review", 90, 180, 270, 360, 450)
        assert days(later, "plan_review", 450) == [630]

    def test_a_duty_that_was_never_asked_for_is_not_owed(self):
        assert not of_kind(ON_MTD, "ecg")
        assert days(done(ON_MTD, "ecg", 10), "ecg", 20) == [375]

    def test_what_staff_cancelled_is_counted_from_its_day(self):
        dropped = replace(ON_BUP, dropped={"plan_review": (SIGNED + 90 * DAY,)})

        assert days(dropped, "plan_review", 91) == [180]


class TestLeaving:
    LEFT = replace(
        ON_MTD,
        phase=CarePhase.LEFT,
        treatment=TreatmentState(stopped="MTD", stopped_on=SIGNED),
        episode=replace(ON_MTD.episode, left_on=SIGNED),
    )

    def test_contacts_at_1_3_7_14_28_and_on_to_a_year_then_yearly(self):
        every = sorted(
            {d for day in range(0, 1_500, 3) for d in days(self.LEFT, "contact", day)}
        )

        assert every == [1, 3, 7, 14, 28, 60, 90, 180, 365, 730, 1095, 1460, 1825]

    def test_silence_ends_nothing_and_declining_does(self):
        assert of_kind(self.LEFT, "contact", 2_000)
        declined = replace(self.LEFT.episode, declined_on=SIGNED + 3 * DAY)
        assert not of_kind(replace(self.LEFT, episode=declined), "contact", 4)

    @pytest.mark.parametrize("phase", [CarePhase.LEFT, CarePhase.ON_HOLD])
    @pytest.mark.parametrize("how", ["used", "lost", "expired"])
    def test_a_kit_that_is_gone_is_owed_wherever_they_are(self, phase, how):
        of = self.LEFT if phase is CarePhase.LEFT else ON_BUP
        kit = KitState(gone_on=SIGNED + 9 * DAY, gone_at=AT + 9 * DAY, gone_how=how)

        found = of_kind(replace(of, phase=phase, kit=kit), "naloxone_handover", 9)

        assert [one.title for one in found] == ["Hand over a new naloxone kit"]
        assert found[0].reason.startswith(how.capitalize())

    def test_who_wants_no_contact_is_brought_no_kit(self):
        declined = replace(self.LEFT.episode, declined_on=SIGNED + 3 * DAY)
        kit = KitState(gone_on=SIGNED + 9 * DAY, gone_at=AT, gone_how="lost")

        left = replace(self.LEFT, episode=declined, kit=kit)
        assert not of_kind(left, "naloxone_handover", 9)

    def test_a_kit_gone_before_care_is_one_hand_over(self):
        kit = KitState(gone_on=SIGNED - 9 * DAY, gone_at=AT, gone_how="used")

        found = of_kind(replace(REFERRED, kit=kit), "naloxone_handover", 1)
        assert [one.title for one in found] == ["Hand over a new naloxone kit"]

    def test_a_medicine_stopped_in_care_brings_the_same_contacts(self):
        """Methadone was stopped, and the next visit stayed in four days."""
        stopped = replace(
            ON_MTD, treatment=TreatmentState(stopped="MTD", stopped_on=SIGNED)
        )

        assert days(stopped, "contact")[:5] == [1, 3, 7, 14, 28]

    def test_a_depot_counts_from_the_day_its_cover_ends(self):
        treatment = TreatmentState(
            stopped="SUBLOCADE",
            stopped_on=SIGNED + 30 * DAY,
            injections=(SIGNED, SIGNED + 28 * DAY),
        )
        stopped = replace(ON_BUP, treatment=treatment)

        assert days(stopped, "contact", 30)[0] == 28 + 42 + 1


class TestSameAct:
    def test_two_concerns_that_ask_for_the_same_owe_it_once(self):
        concerns = tuple(
            ConcernState(
                key=key,
                kind="suicide_risk",
                level=3,
                raised_on=SIGNED,
                raised_at=AT,
                reason=f"PHQ-9 of {key}",
            )
            for key in ("1", "2")
        )

        screens = of_kind(replace(ON_BUP, concerns=concerns), "safety_screen")

        assert len(screens) == 1
        assert "PHQ-9 of 1" in screens[0].reason
        assert "PHQ-9 of 2" in screens[0].reason


class TestClosedDays:
    def test_what_falls_on_a_closed_day_moves_in_its_window_and_says_so(self):
        weekdays = replace(ON_BUP.clinic.open_days, weekdays=frozenset({1, 2, 3, 4, 5}))
        state = replace(ON_BUP, clinic=ClinicState(open_days=weekdays))

        first = of_kind(state, "visit")[0]

        assert first.due == dt.date(2026, 11, 30)
        assert first.reason.endswith("Moved from 28 Nov 2026: closed on Saturdays.")


PHASES = st.sampled_from(
    [CarePhase.REFERRED, CarePhase.IN_CARE, CarePhase.ON_HOLD, CarePhase.LEFT]
)
KINDS = ("contact", "visit", "toxicology", "exam", "plan_review", "kit", "dose")


@st.composite
def states(draw):
    """Somebody at any point of care, with whatever was done so far, and the day."""
    phase = draw(PHASES)
    since = dt.date(2024, 1, 1) + draw(st.integers(0, 800)) * DAY
    lasts = draw(st.integers(0, 1_500))
    state = (
        REFERRED
        if phase is CarePhase.REFERRED
        else draw(st.sampled_from([ON_BUP, ON_MTD]))
    )
    episode = replace(
        state.episode,
        referred_on=since,
        admitted_on=None if phase is CarePhase.REFERRED else since,
        left_on=since if phase is CarePhase.LEFT else None,
    )
    done_on = st.lists(st.integers(0, lasts), max_size=4)
    kept = {
        kind: tuple(Evidence(since + day * DAY, AT) for day in sorted(draw(done_on)))
        for kind in KINDS
    }
    state = replace(state, phase=phase, episode=episode, kept=kept)
    if state.plan:
        state = replace(
            state,
            plan=replace(state.plan, signed_on=since),
            treatment=replace(state.treatment, started_on=since),
        )
    return state, since + lasts * DAY


@given(states())
def test_nobody_is_without_a_next_step(told):
    """Referred, in care, on hold or after leaving: somebody owes them something."""
    state, today = told

    assert owed(state, today=today)


@given(states())
def test_keys_are_one_each_and_windows_in_order(told):
    state, today = told
    found = owed(state, today=today)

    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.earliest <= one.due <= one.latest
        assert f"e{state.episode.number}:" in one.key


def test_the_dead_are_owed_nothing():
    assert not owed(replace(ON_MTD, phase=CarePhase.DIED), today=SIGNED)
