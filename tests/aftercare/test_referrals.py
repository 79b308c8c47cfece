"""Referrals: a loop is closed when somebody heard, and each stage owes its act."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.refusals import Refused
from aftercare.actions import referrals as acts
from aftercare.actions.follow_ups import (
    NotClosedByHand,
    close_follow_up,
    give_follow_up,
)
from aftercare.actions.reconcile import reconcile
from aftercare.actions.referrals import PlaceTwice, ReferralRefused, StepTold
from aftercare.models import CarePlace, CareReferral, FollowUp
from aftercare.owed.owed import owed
from aftercare.owed.state import CarePhase, ReferralState
from aftercare.record.referrals import ReferralLine, figures_of
from knowledge.schedule.loops import CLOSED_RINGS, NEXT, OVER, LoopStage, loops, next_on
from patients.actions.disclosures import give_out
from patients.disclosures.gate import DisclosureAsked
from patients.models import Patient
from tests.aftercare.test_owed import ON_BUP
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 21)
STAGE = LoopStage


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)


@pytest.fixture
def keep(clinic, clinician):
    def keep(name="Oak Street Housing", kind="housing", **more):
        values = {"name": name, "kind": kind, **more}
        return acts.keep_place(clinic=clinic, values=values, by=clinician, at=NOON)

    return keep


@pytest.fixture
def referral(patient, keep, clinician):
    return acts.refer(
        patient=patient,
        place=keep(usual_days=9),
        wanted="a room before 1 Dec",
        by=clinician,
        at=NOON,
    )


@pytest.fixture
def go(referral, clinician):
    def go(stage, on=TODAY, **more):
        told = StepTold(stage=stage, on=on, **more)
        return acts.record_step(referral=referral, told=told, by=clinician, at=NOON)

    return go


def given(patient, by, *, reason="They asked us to"):
    """Something that went out, or was stopped, on the ground of an emergency."""
    asked = DisclosureAsked(
        thing="words",
        sections=("in_care",) if reason else (),
        least=(),
        way="phone",
        recipient="Oak Street Housing",
        purpose="support",
        ground="emergency",
        ground_words=reason,
        address="Oak Street 1",
    )
    return give_out(patient=patient, asked=asked, by=by, at=NOON)


def now(referral):
    return CareReferral.objects.get(pk=referral.pk)


def open_duty(referral):
    reconcile(patient=referral.patient, by=None, at=NOON)
    rows = FollowUp.objects.open().filter(key__contains=f":loop:{referral.pk}:")
    return rows.first()


class TestLoop:
    def test_every_stage_owes_an_act_or_is_over(self):
        for stage in LoopStage:
            due = next_on(stage, since=TODAY, visit_on=None, usual_days=None)
            assert (due is None) == (stage in OVER) == stage.is_over
            assert stage.words
        assert set(NEXT) == set(CLOSED_RINGS) == set(LoopStage)
        assert set(loops().stages) == set(LoopStage) - set(OVER)

    def test_an_answer_is_waited_for_as_long_as_the_place_takes(self):
        told = {"since": TODAY, "visit_on": None}
        assert next_on(STAGE.SENT, usual_days=9, **told) == TODAY + 9 * DAY
        assert next_on(STAGE.SENT, usual_days=None, **told) == TODAY + 5 * DAY

    def test_who_has_a_day_is_asked_the_day_after(self):
        visit = TODAY + 3 * DAY
        told = {"since": TODAY, "usual_days": None}
        assert next_on(STAGE.ACCEPTED, visit_on=visit, **told) == visit + DAY
        assert next_on(STAGE.ACCEPTED, visit_on=None, **told) == TODAY + DAY

    def test_two_loops_owe_two_acts(self):
        rows = tuple(
            ReferralState(
                key=key, kind="food", stage=STAGE.SENT, steps=1, next_on=TODAY
            )
            for key in ("1", "2")
        )
        for phase in (CarePhase.IN_CARE, CarePhase.LEFT):
            state = replace(ON_BUP, referrals=rows, phase=phase)
            found = [one for one in owed(state, today=TODAY) if ":loop:" in one.key]
            assert len(found) == 2
            assert found[0].title == "Food: ask the place for an answer"

    def test_goes_round_and_closes_when_somebody_heard(self, go, referral):
        assert open_duty(referral).title.startswith("Housing: send it")
        go(STAGE.SENT, by_themselves=True)
        assert now(referral).next_on == TODAY + 9 * DAY
        go(STAGE.ACCEPTED, visit_on=TODAY + DAY)
        go(STAGE.MISSED, words="no ride")
        duty = open_duty(referral)
        assert (duty.severity, duty.title) == (
            "soon",
            "Housing: book again: what got in the way?",
        )
        go(STAGE.ATTENDED)
        duty.refresh_from_db()
        assert (duty.status, duty.outcome) == ("done", "Was there, 21 Nov 2026.")
        go(STAGE.HEARD)

        assert now(referral).next_on is None
        assert open_duty(referral) is None

    def test_the_newest_step_is_taken_back(self, go, referral, clinician):
        assert open_duty(referral).assigned_to == clinician
        first = go(STAGE.SENT, by_themselves=True)
        assert open_duty(referral) is not None
        last = go(STAGE.DECLINED)
        with pytest.raises(ReferralRefused):
            acts.take_back_step(step=first, by=clinician, at=NOON)
        acts.take_back_step(step=last, by=clinician, at=NOON)
        assert now(referral).stage == "sent"
        assert "ask the place" in open_duty(referral).title
        acts.take_back_step(step=first, by=clinician, at=NOON)
        assert (now(referral).stage, now(referral).next_on) == (
            "asked",
            TODAY + 2 * DAY,
        )
        assert "send it" in open_duty(referral).title

    @pytest.mark.parametrize(
        ("stage", "more", "field"),
        [
            (STAGE.HEARD, {}, "stage"),
            (STAGE.ENDED, {"on": TODAY + DAY}, "on"),
            (STAGE.ENDED, {"on": TODAY - DAY}, "on"),
            (STAGE.SENT, {}, "disclosure"),
        ],
    )
    def test_refuses_what_cannot_be(self, go, stage, more, field):
        with pytest.raises(ReferralRefused) as caught:
            go(stage, **more)
        assert caught.value.field == field

    def test_a_visit_is_not_before_its_answer(self, go):
        go(STAGE.SENT, by_themselves=True)
        for day in (TODAY - DAY, dt.date(9999, 12, 31)):
            with pytest.raises(ReferralRefused):
                go(STAGE.ACCEPTED, visit_on=day)

    def test_who_asked_again_owes_the_next_asking(self, go, referral):
        go(STAGE.SENT, by_themselves=True)
        first = open_duty(referral)
        go(STAGE.SENT)
        first.refresh_from_db()
        assert first.outcome == "Asked again: no answer yet, 21 Nov 2026."
        assert open_duty(referral).pk != first.pk

    def test_whoever_was_given_its_duty_sees_it_through(
        self, go, referral, clinic, clinician
    ):
        other = StaffFactory(roles={clinic: ["care_manager"]})
        give_follow_up(
            follow_up=open_duty(referral),
            assigned_role="care_manager",
            assigned_to=other,
            by=clinician,
            at=NOON,
        )
        go(STAGE.SENT, by_themselves=True)
        assert now(referral).owner == other
        assert open_duty(referral).assigned_to == other

    def test_is_not_ticked_off(self, referral, clinician):
        duty = open_duty(referral)
        with pytest.raises(NotClosedByHand):
            close_follow_up(
                follow_up=duty, status="done", words="x", by=clinician, at=NOON
            )

    def test_after_a_death_it_can_only_end(self, go, referral, clinic, clinician):
        Patient.objects.filter(pk=referral.patient_id).update(status="deceased")
        with pytest.raises(Refused):
            go(STAGE.SENT, by_themselves=True)
        go(STAGE.ENDED)

    def test_a_visit_is_not_planned_beyond_two_years(self, go):
        go(STAGE.SENT, by_themselves=True)
        with pytest.raises(ReferralRefused) as caught:
            go(STAGE.ACCEPTED, visit_on=dt.date.max)
        assert caught.value.field == "visit_on"

    def test_nothing_leaves_but_through_the_gate(self, go, patient, clinician):
        stopped = given(patient, clinician, reason="")
        other = PatientFactory(clinic=patient.clinic)
        theirs = given(other, clinician)
        for disclosure in (stopped, theirs):
            with pytest.raises(ReferralRefused):
                go(STAGE.SENT, disclosure=disclosure)
        step = go(STAGE.SENT, disclosure=given(patient, clinician))
        assert step.disclosure is not None

    def test_one_open_loop_a_place(self, referral, patient, clinician, keep):
        gone = keep(name="Closed", is_current=False)
        for place in (referral.place, gone):
            with pytest.raises(ReferralRefused):
                acts.refer(
                    patient=patient, place=place, wanted="", by=clinician, at=NOON
                )

    def test_the_figures_say_what_is_not_known(self, go, referral, clinic):
        assert figures_of(clinic, today=TODAY).sent == 0
        go(STAGE.SENT, by_themselves=True)
        assert figures_of(clinic, today=TODAY).not_known == 1
        go(STAGE.ATTENDED)
        figures = figures_of(clinic, today=TODAY)
        assert (figures.sent, figures.were_there, figures.not_known) == (1, 1, 0)

    def test_a_place_is_in_the_directory_once(self, keep):
        keep()
        with pytest.raises(PlaceTwice):
            keep()


class TestLine:
    def test_says_what_is_stuck(self, go, referral):
        go(STAGE.SENT, by_themselves=True)
        line = ReferralLine(now(referral), TODAY + 9 * DAY)
        assert (line.state, line.days) == ("Sent, no answer", 9)
        assert line.rings == ["is-on", "is-on", "is-stuck", "", ""]
        assert ReferralLine(now(referral), TODAY).state == "Sent"


class TestPages:
    def test_the_list_has_stuck_ones_first(self, go, referral, as_clinician):
        page = as_clinician.get(reverse("aftercare:loops")).text
        assert "a room before 1 Dec" in page
        go(STAGE.SENT, by_themselves=True)
        go(STAGE.DECLINED, words="no places")
        page = as_clinician.get(
            reverse("aftercare:loops") + "?mine=1&kind=housing&page=x"
        ).text
        assert "Stuck" in page
        assert "no places" in page
        closed = as_clinician.get(reverse("aftercare:loops") + "?state=closed").text
        assert "No referral here" in closed

    def test_begins_and_goes_on(self, patient, keep, as_clinician):
        place = keep()
        new = reverse("aftercare:refer", args=[patient.pk])
        assert as_clinician.post(new, {"place": ""}).status_code == 400
        as_clinician.post(new, {"place": place.pk, "wanted": "a room"})
        referral = CareReferral.objects.get()
        url = reverse("aftercare:referral", args=[patient.pk, referral.pk])
        answer = as_clinician.post(url, {"stage": "sent", "on": clinic_today()})
        assert answer.status_code == 400
        assert "Tell the place through the gate first" in answer.text
        as_clinician.post(
            url, {"stage": "sent", "on": clinic_today(), "disclosure": "self"}
        )
        page = as_clinician.get(url).text
        assert "Take back" in page
        step = referral.steps.get()
        as_clinician.post(
            reverse("aftercare:take_back_step", args=[patient.pk, referral.pk, step.pk])
        )
        assert now(referral).stage == "asked"
        person = reverse("aftercare:referrals", args=[patient.pk])
        assert "Not sent yet" in as_clinician.get(person).text

    def test_is_given_to_a_colleague(self, referral, clinic, as_clinician):
        other = StaffFactory(roles={clinic: ["care_manager"]})
        url = reverse(
            "aftercare:give_referral", args=[referral.patient_id, referral.pk]
        )
        as_clinician.post(url, {"owner": other.pk})
        assert now(referral).owner == other
        assert open_duty(referral).assigned_to == other
        admin = StaffFactory(roles={clinic: ["admin"]})
        as_clinician.post(url, {"owner": admin.pk})
        assert now(referral).owner == other

    def test_is_given_to_nobody_who_may_not_see_it_through(
        self, referral, clinic, clinician
    ):
        admin = StaffFactory(roles={clinic: ["admin"]})
        with pytest.raises(ReferralRefused):
            acts.give_referral(referral=referral, to=admin, by=clinician, at=NOON)

    def test_the_directory_hides_who_would_end_the_medicine(
        self, patient, keep, as_clinician
    ):
        keep(name="Open Door", medicine="welcome", languages="Spanish")
        keep(name="Clean House", medicine="refused")
        # Whether a medicine is taken elsewhere, nobody may know here.
        url = reverse("aftercare:places")
        page = as_clinician.get(f"{url}?for={patient.pk}").text
        assert "Open Door" in page
        assert "Clean House" not in page
        assert "1 place asks" in page
        assert "Clean House" in as_clinician.get(f"{url}?for={patient.pk}&all=1").text
        new = reverse("aftercare:refer", args=[patient.pk])
        assert "Clean House" not in as_clinician.get(new).text
        refused = CarePlace.objects.get(name="Clean House").pk
        assert "asks people to stop" in as_clinician.get(f"{new}?place={refused}").text
        found = as_clinician.get(f"{url}?text=spanish&kind=housing").text
        assert "Open Door" in found
        assert "Clean House" not in found

    def test_a_place_is_checked_again(self, keep, as_clinician):
        place = keep()
        CarePlace.objects.update(checked_on=TODAY - 200 * DAY)
        directory = reverse("aftercare:places")
        assert "ask again" in as_clinician.get(directory).text
        url = reverse("aftercare:place", args=[place.pk])
        values = {
            "name": "Oak Street",
            "kind": "housing",
            "medicine": "welcome",
            "usual_days": "5",
            "is_current": "on",
        }
        assert as_clinician.post(url, {**values, "usual_days": "x"}).status_code == 400
        as_clinician.post(url, values)
        place.refresh_from_db()
        assert (place.name, place.usual_days) == ("Oak Street", 5)
        assert "ask again" not in as_clinician.get(directory).text
        as_clinician.post(reverse("aftercare:add_place"), {**values, "name": "Elm"})
        assert CarePlace.objects.count() == 2

    def test_the_other_clinic_sees_nothing(self, referral):
        other = StaffFactory(roles={ClinicFactory(): ["clinician"]})
        client = signed_in(other)
        for name, args in (
            ("referral", [referral.patient_id, referral.pk]),
            ("place", [referral.place_id]),
        ):
            assert (
                client.get(reverse(f"aftercare:{name}", args=args)).status_code == 404
            )
        assert "a room" not in client.get(reverse("aftercare:loops")).text
