"""Alerts: raised with what cannot wait, told up the rungs, until somebody has it."""

import datetime as dt
from collections import Counter
from smtplib import SMTPServerDisconnected
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import AuditEvent, Membership
from accounts.permissions import Role
from aftercare.actions import alerts as acts
from aftercare.actions import deaths as ends
from aftercare.actions.check_ins import answer_check_in, save_check_in, send_check_in
from aftercare.actions.reconcile import reconcile
from aftercare.models import Alert, AlertCall, CaseloadLine, FollowUp, HandOver, Notice
from aftercare.queues import ALERT_CALLS, FOLLOW_UPS, MAIL
from assessments.actions.concerns import resolve_concern
from assessments.actions.handovers import save_answers, send_answers, start_handover
from assessments.actions.measures import record_assessment, record_observation
from assessments.models import Concern
from jobs.actions import engine
from patients.actions import deaths
from patients.actions.chart_access import restrict_chart
from patients.actions.registry import put_on_care_team
from tests.aftercare.test_leaving_care import REPORT
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import owed, worried_about

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NO_TO_ALL = dict.fromkeys(
    ["wish", "thoughts", "method", "intent", "plan", "behavior_ever"], 0
)


@pytest.fixture
def clinic(clinic):
    clinic.duty_role = Role.CARE_MANAGER
    clinic.acknowledge_minutes, clinic.escalate_minutes = 10, 20
    clinic.save()
    return clinic


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def director(clinic):
    return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}, name="Dana Osei")


@pytest.fixture
def everybody(care_manager, prescriber, director):
    """One on each rung."""
    return care_manager, prescriber, director


@pytest.fixture
def work(clinic):
    def do(at):
        return engine.run_queue(ALERT_CALLS, clinic_id=clinic.pk, at=at)

    return do


def link(person, by, at, *keys):
    return send_check_in(
        patient=person, instruments=keys or ["phq9"], language="en", by=by, at=at
    )


def typed(check_in, at, self_harm=1):
    return save_check_in(
        check_in=check_in, instrument="phq9", answers={"self_harm": self_harm}, at=at
    )


def sent(person, by, at, self_harm=1):
    """Answers about self-harm, given by link."""
    check_in = link(person, by, at)
    typed(check_in, at, self_harm)
    answer_check_in(check_in=check_in, at=at)
    return Alert.objects.filter(patient=person).first()


def phq9(person, by, at, self_harm=1, **more):
    return record_assessment(
        patient=person,
        instrument="phq9",
        answers={"mood": 1, "self_harm": self_harm},
        by=by,
        at=at,
        **more,
    )


def cssrs(person, by, at, *yes):
    return record_assessment(
        patient=person,
        instrument="cssrs",
        answers={**NO_TO_ALL, **dict.fromkeys(yes, 1)},
        by=by,
        at=at,
    )


def told(alert):
    return [one.recipient for one in alert.calls.all()]


def mailed():
    found = [message.to[0] for message in mail.outbox]
    mail.outbox.clear()
    return found


class TestTheClimb:
    def test_duty_then_prescriber_then_director_then_everybody_until_one_has_it(
        self, person, clinician, everybody, work, noon
    ):
        duty, prescriber, director = everybody
        alert = sent(person, clinician, noon)

        heard = []
        for minutes in (0, 9, 10, 29, 30, 44, 45, 59, 60):
            work(noon + minutes * MINUTE)
            heard.append(mailed())

        assert heard[:5] == [[duty.email], [], [prescriber.email], [], [director.email]]
        rest = sorted(one.email for one in everybody)
        assert [sorted(some) for some in heard[5:]] == [[], rest, [], rest]

        acts.acknowledge(alert=alert, by=director, at=noon + 61 * MINUTE)
        work(noon + 200 * MINUTE)
        assert mailed() == []

    def test_the_mail_has_no_name_and_no_health_word(
        self, person, clinician, everybody, work, noon, settings
    ):
        alert = sent(person, clinician, noon)

        work(noon)

        [message] = mail.outbox
        assert message.subject == "Mainstay: someone needs you now"
        assert message.body == f"{settings.SITE_URL}/alerts/{alert.pk}/\n"

    def test_the_own_prescriber_comes_before_the_others(
        self, person, clinic, clinician, everybody, work, noon
    ):
        own = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
        put_on_care_team(patient=person, staff=own, part="lead", by=clinician, at=noon)
        alert = sent(person, clinician, noon)

        work(noon + 10 * MINUTE)

        assert told(alert) == [everybody[0], own]

    @pytest.mark.parametrize("kind", ["away", "closed", "left"])
    def test_who_covers_for_the_own_prescriber_is_called_too(
        self, person, clinic, clinician, everybody, work, kind, noon
    ):
        duty, own, _ = everybody
        stand_in = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
        for staff, part in ((own, "prescriber"), (duty, "care_manager")):
            put_on_care_team(
                patient=person, staff=staff, part=part, by=clinician, at=noon
            )
        HandOver.objects.create(
            clinic=clinic,
            kind="away",
            from_staff=own,
            to_staff=stand_in,
            since_on=noon.date(),
            until_on=noon.date(),
            made_at=noon,
            made_by=own,
        )
        if kind == "closed":
            put_on_care_team(
                patient=person, staff=clinician, part="lead", by=clinician, at=noon
            )
            restrict_chart(patient=person, reason="Works here", by=clinician, at=noon)
        if kind == "left":
            Membership.objects.filter(staff=stand_in).delete()
        alert = sent(person, clinician, noon)

        work(noon + 10 * MINUTE)

        hand = [stand_in] if kind == "away" else []
        assert told(alert) == [duty, own, *hand]

    def test_where_nobody_is_on_a_rung_the_next_is_called_at_once(
        self, person, clinician, director, noon
    ):
        alert = sent(person, clinician, noon)

        assert told(alert) == [None, None, director]

    def test_where_no_rung_has_anybody_whoever_reads_charts_is_called(
        self, person, clinic, clinician, noon
    ):
        clinic.duty_role = ""
        clinic.save()

        alert = sent(person, clinician, noon)

        assert told(alert) == [None, None, None, clinician]

    def test_workers_that_were_away_call_all_that_is_due_once(
        self, person, clinician, everybody, work, noon
    ):
        alert = sent(person, clinician, noon)

        work(noon + 100 * MINUTE)
        work(noon + 100 * MINUTE)

        rungs = [(one.rung, one.number) for one in alert.calls.all()]
        assert rungs[:3] == [("duty", 0), ("prescriber", 0), ("director", 0)]
        assert set(rungs[3:]) == {("again", 4)}
        assert len(rungs) == 6

    def test_minutes_are_minutes_where_clocks_are_put_back(
        self, person, clinic, clinician, everybody
    ):
        clinic.time_zone = "America/New_York"
        clinic.save()
        before = dt.datetime(2026, 11, 1, 1, 55, tzinfo=ZoneInfo(clinic.time_zone))

        alert = sent(person, clinician, before)
        assert alert.next_call_at == before.astimezone(dt.UTC) + 10 * MINUTE

        acts.pass_on(alert=alert, by=everybody[0], at=before)
        alert.refresh_from_db()
        assert alert.next_call_at == before.astimezone(dt.UTC) + 20 * MINUTE

    def test_who_left_is_not_called(self, person, clinician, everybody, work, noon):
        Membership.objects.filter(staff=everybody[1]).delete()
        alert = sent(person, clinician, noon)

        work(noon + 10 * MINUTE)

        assert told(alert) == [everybody[0], None, everybody[2]]

    def test_of_a_closed_chart_nobody_is_told_but_the_team(
        self, person, clinic, clinician, everybody, noon
    ):
        own = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        for staff, part in ((own, "care_manager"), (clinician, "lead")):
            put_on_care_team(
                patient=person, staff=staff, part=part, by=clinician, at=noon
            )
        restrict_chart(patient=person, reason="Works here", by=clinician, at=noon)

        alert = sent(person, clinician, noon)

        assert told(alert) == [own]
        assert alert.calls.get().role == ""


class TestRaising:
    @pytest.mark.parametrize("how", ["link", "tablet", "staff", "result"])
    def test_at_once_whatever_the_door(self, person, clinician, everybody, how, noon):
        if how == "link":
            sent(person, clinician, noon)
        elif how == "tablet":
            tablet = start_handover(
                patient=person,
                instruments=["phq9"],
                language="en",
                by=clinician,
                at=noon,
            )
            given = {"instrument": "phq9", "answers": {"self_harm": 1}}
            save_answers(handover=tablet, at=noon, **given)
            send_answers(handover=tablet, at=noon)
        elif how == "staff":
            phq9(person, clinician, noon)
        else:
            record_observation(
                patient=person,
                code="qtc",
                value=510,
                effective_at=noon,
                by=clinician,
                at=noon,
            )

        alert = Alert.objects.get()
        assert alert.concern == Concern.objects.get()
        assert told(alert) == [everybody[0]]

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda *who: phq9(*who, self_harm=0), id="none"),
            pytest.param(lambda *who: cssrs(*who, "wish"), id="low"),
            pytest.param(
                lambda p, by, at: phq9(p, by, at, given_at=at - dt.timedelta(days=15)),
                id="older than its two weeks",
            ),
        ],
    )
    def test_nobody_is_called_for_what_can_wait(self, person, clinician, answer, noon):
        answer(person, clinician, noon)

        assert not Alert.objects.exists()

    def test_typed_and_not_sent_calls_at_once(self, person, clinician, everybody, noon):
        typed(link(person, clinician, noon), noon)

        alert = Alert.objects.get()
        assert (alert.source, alert.concern) == (Alert.Source.TYPED, None)
        assert alert.typed == {"phq9": {"self_harm": 1}}
        assert told(alert) == [everybody[0]]

    def test_on_a_tablet_too(self, person, clinician, everybody, noon):
        tablet = start_handover(
            patient=person, instruments=["phq9"], language="en", by=clinician, at=noon
        )

        save_answers(
            handover=tablet, instrument="phq9", answers={"self_harm": 2}, at=noon
        )

        assert Alert.objects.get().handover == tablet

    def test_taken_back_before_sending_it_stays(self, person, clinician, noon):
        check_in = link(person, clinician, noon)
        typed(check_in, noon)
        typed(check_in, noon, self_harm=0)
        answer_check_in(check_in=check_in, at=noon)

        alert = Alert.objects.get()
        assert (alert.is_climbing, alert.typed["phq9"]["self_harm"]) == (True, 1)
        assert not Concern.objects.exists()

    def test_typed_twice_and_sent_is_one_alert_that_stays_acknowledged(
        self, person, clinician, care_manager, noon
    ):
        check_in = link(person, clinician, noon)
        typed(check_in, noon)
        alert = acts.acknowledge(alert=Alert.objects.get(), by=care_manager, at=noon)
        typed(check_in, noon, self_harm=3)
        answer_check_in(check_in=check_in, at=noon)

        alert.refresh_from_db()
        assert Alert.objects.get() == alert
        assert alert.concern == Concern.objects.get()
        assert alert.acknowledged_by == care_manager

    def test_further_answers_while_it_climbs_are_the_same_alert(
        self, person, clinician, noon
    ):
        sent(person, clinician, noon)
        typed(link(person, clinician, noon + MINUTE), noon + MINUTE)
        sent(person, clinician, noon + 2 * MINUTE)

        alert = Alert.objects.get()
        assert alert.concern == Concern.objects.order_by("pk").last()
        assert told(alert) == [None, None, None, clinician]

    def test_new_answers_call_anew_where_somebody_had_the_older_ones(
        self, person, clinician, care_manager, noon
    ):
        old = sent(person, clinician, noon)
        acts.acknowledge(alert=old, by=care_manager, at=noon)

        sent(person, clinician, noon + MINUTE)

        old.refresh_from_db()
        assert old.ended_why == Alert.Ended.FOLLOWED
        assert Alert.objects.open().get().is_climbing

    @pytest.mark.parametrize("door", ["typed", "result"])
    def test_a_second_of_the_cause_calls_anew_too(
        self, person, clinician, care_manager, door, noon
    ):
        def once(at):
            if door == "typed":
                return typed(link(person, clinician, at), at)
            of = {"patient": person, "by": clinician, "at": at, "effective_at": at}
            value = 510 if at == noon else 520
            return record_observation(code="qtc", value=value, **of)

        once(noon)
        old = acts.acknowledge(alert=Alert.objects.get(), by=care_manager, at=noon)
        once(noon + MINUTE)

        old.refresh_from_db()
        assert old.ended_why == Alert.Ended.FOLLOWED
        assert Alert.objects.open().get().is_climbing

    def test_typed_and_not_sent_owes_the_screener_until_somebody_answers(
        self, person, clinician, noon
    ):
        typed(link(person, clinician, noon), noon)
        alert = acts.acknowledge(alert=Alert.objects.get(), by=clinician, at=noon)
        reconcile(patient=person, by=clinician, at=noon)
        [screener] = FollowUp.objects.open().filter(kind="safety_screen")
        factors = CaseloadLine.objects.get(patient=person).factors
        assert factors[0]["key"] == "safety_concern"

        acts.answer_alert(alert=alert, words="Seen, safe.", by=clinician, at=noon)
        reconcile(patient=person, by=clinician, at=noon)

        screener.refresh_from_db()
        assert screener.status == "cancelled"

    @pytest.mark.parametrize("door", ["link", "tablet"])
    def test_typed_while_another_climbs_calls_once_that_one_is_over(
        self, person, clinician, door, noon
    ):
        first = sent(person, clinician, noon)
        where = {"patient": person, "instruments": ["phq9"], "language": "en"}
        if door == "link":
            sheet = typed(link(person, clinician, noon), noon, self_harm=3)
        else:
            sheet = start_handover(**where, by=clinician, at=noon)
            given = {"instrument": "phq9", "answers": {"self_harm": 3}}
            sheet = save_answers(handover=sheet, at=noon, **given)
        assert Alert.objects.open().get() == first

        resolve_concern(
            concern=first.concern, words="Safe.", by=clinician, at=noon + MINUTE
        )

        alert = Alert.objects.open().get()
        assert (alert.check_in or alert.handover, alert.is_climbing) == (sheet, True)
        assert alert.typed == {"phq9": {"self_harm": 3}}
        [screener] = FollowUp.objects.open().filter(key__startswith=alert.duty_prefix)
        assert screener.kind == "safety_screen"

    def test_of_several_sheets_each_calls_as_the_one_before_is_over(
        self, person, clinician, noon
    ):
        sheets = [link(person, clinician, noon) for _ in range(3)]
        for one in sheets:
            typed(one, noon)

        called = []
        for minutes in range(1, 4):
            alert = Alert.objects.open().get()
            called.append(alert.check_in)
            at = noon + minutes * MINUTE
            acts.answer_alert(alert=alert, words="Seen.", by=clinician, at=at)

        assert sorted(one.pk for one in called) == [one.pk for one in sheets]
        assert not Alert.objects.open().exists()

    def test_a_link_that_cannot_be_used_any_more_calls_nobody(
        self, person, clinician, noon
    ):
        first = sent(person, clinician, noon)
        typed(link(person, clinician, noon), noon)
        much_later = noon + dt.timedelta(days=60)

        resolve_concern(
            concern=first.concern, words="Safe.", by=clinician, at=much_later
        )

        assert not Alert.objects.open().exists()

    def test_what_a_clinician_dealt_with_calls_nobody_anew(
        self, person, clinician, noon
    ):
        check_in = link(person, clinician, noon)
        typed(check_in, noon, self_harm=2)
        alert = Alert.objects.get()
        acts.answer_alert(alert=alert, words="Called her.", by=clinician, at=noon)
        later = noon + MINUTE

        save_check_in(
            check_in=check_in, instrument="phq9", answers={"mood": 2}, at=later
        )
        answer_check_in(check_in=check_in, at=later)

        assert Concern.objects.open().exists()
        assert Alert.objects.get() == alert

    def test_other_answers_on_the_same_sheet_call_anew_and_sent_are_one(
        self, person, clinician, noon
    ):
        check_in = link(person, clinician, noon)
        typed(check_in, noon)
        first = Alert.objects.get()
        acts.answer_alert(alert=first, words="Called her.", by=clinician, at=noon)

        typed(check_in, noon + MINUTE, self_harm=3)
        anew = Alert.objects.open().get()
        typed(check_in, noon + 2 * MINUTE)
        answer_check_in(check_in=check_in, at=noon + 3 * MINUTE)

        anew.refresh_from_db()
        assert Alert.objects.open().get() == anew
        assert anew.concern == Concern.objects.get()

    def test_nobody_is_called_about_who_died(self, person, clinician, noon):
        tablet = start_handover(
            patient=person, instruments=["phq9"], language="en", by=clinician, at=noon
        )
        person.status = "deceased"
        person.save()

        given = {"instrument": "phq9", "answers": {"self_harm": 1}}
        save_answers(handover=tablet, at=noon, **given)
        raised = acts.raise_for_concern(
            concern=worried_about(person), by=clinician, at=noon
        )

        assert raised is None
        assert not Alert.objects.exists()

    def test_a_care_manager_sees_it_first_on_the_caseload(
        self, person, clinician, care_manager, noon
    ):
        alert = sent(person, clinician, noon)
        factors = CaseloadLine.objects.get(patient=person).factors
        assert [one["key"] for one in factors][:2] == ["alert", "safety_concern"]

        acts.acknowledge(alert=alert, by=care_manager, at=noon)
        reconcile(patient=person, by=care_manager, at=noon)

        factors = CaseloadLine.objects.get(patient=person).factors
        assert factors[0]["key"] == "safety_concern"


class TestAcknowledging:
    def test_is_by_one_name_and_ends_nothing(
        self, person, clinician, care_manager, prescriber, noon
    ):
        alert = sent(person, clinician, noon)
        acts.acknowledge(alert=alert, by=care_manager, at=noon)
        again = acts.acknowledge(alert=alert, by=care_manager, at=noon + MINUTE)

        with pytest.raises(acts.SomebodyHasIt, match="since Sat 21 Nov, 12:00"):
            acts.acknowledge(alert=alert, by=prescriber, at=noon + MINUTE)
        with pytest.raises(acts.SomebodyHasIt):
            acts.pass_on(alert=alert, by=prescriber, at=noon + MINUTE)

        assert (again.acknowledged_at, again.ended_at) == (noon, None)
        assert Concern.objects.open().exists()
        assert AuditEvent.objects.filter(verb="alert.acknowledged").count() == 1

    def test_who_cannot_passes_it_on_at_once(
        self, person, clinician, everybody, work, noon
    ):
        duty, prescriber, _ = everybody
        alert = sent(person, clinician, noon)

        acts.pass_on(alert=alert, by=duty, at=noon + MINUTE)

        assert told(alert) == [duty, prescriber]
        alert.refresh_from_db()
        assert alert.next_call_at == noon + 21 * MINUTE

    def test_passed_on_after_hours_the_next_rungs_wait_their_minutes(
        self, person, clinician, everybody, work, noon
    ):
        duty, prescriber, director = everybody
        alert = sent(person, clinician, noon)
        acts.acknowledge(alert=alert, by=duty, at=noon + MINUTE)
        later = noon + dt.timedelta(hours=3)

        acts.pass_on(alert=alert, by=duty, at=later)
        work(later + 19 * MINUTE)
        assert told(alert) == [duty, prescriber]
        work(later + 20 * MINUTE)

        assert told(alert) == [duty, prescriber, director]

    def test_it_is_over_with_its_concern(self, person, clinician, care_manager, noon):
        alert = sent(person, clinician, noon)
        resolve_concern(
            concern=alert.concern, words="Seen, safe.", by=clinician, at=noon + MINUTE
        )

        alert.refresh_from_db()
        assert (alert.ended_why, alert.ended_by) == (Alert.Ended.RESOLVED, clinician)
        with pytest.raises(acts.AlertOver):
            acts.acknowledge(alert=alert, by=care_manager, at=noon + 2 * MINUTE)

    def test_a_graver_concern_that_is_open_keeps_it(self, person, clinician, noon):
        alert = sent(person, clinician, noon)
        cssrs(person, clinician, noon + MINUTE, "wish", "thoughts", "intent")

        alert.refresh_from_db()
        assert (alert.level, alert.is_climbing) == (Concern.Level.HIGH, True)

    def test_who_has_it_and_screens_them_is_not_called_anew(
        self, person, clinician, noon
    ):
        alert = sent(person, clinician, noon)
        acts.acknowledge(alert=alert, by=clinician, at=noon)

        cssrs(person, clinician, noon + MINUTE, "wish", "thoughts", "intent")

        alert.refresh_from_db()
        assert Alert.objects.get() == alert
        assert (alert.acknowledged_by, alert.ended_at) == (clinician, None)
        assert alert.level == Concern.Level.HIGH
        verbs = AuditEvent.objects.filter(verb__startswith="alert.")
        told_last = verbs.order_by("-pk").values_list("verb", flat=True)[:2]
        assert list(told_last) == ["alert.taken_up", "alert.ended"]

    def test_one_of_two_concerns_resolved_leaves_it_about_the_other(
        self, person, clinician, noon
    ):
        alert = sent(person, clinician, noon)
        first = alert.concern
        cssrs(person, clinician, noon + MINUTE, "wish", "thoughts", "intent")
        sent(person, clinician, noon + 2 * MINUTE)
        high = Concern.objects.get(level=Concern.Level.HIGH)
        resolve_concern(concern=high, words="Seen.", by=clinician, at=noon + 3 * MINUTE)

        alert.refresh_from_db()
        assert alert.ended_at is None
        assert alert.concern not in (first, high)

    def test_typed_and_not_sent_is_over_with_words_on_what_was_done(
        self, person, clinician, noon
    ):
        typed(link(person, clinician, noon), noon)
        alert = Alert.objects.get()

        with pytest.raises(acts.NothingDone):
            acts.answer_alert(alert=alert, words=" ", by=clinician, at=noon)
        acts.answer_alert(alert=alert, words="Called her.", by=clinician, at=noon)

        alert.refresh_from_db()
        assert (alert.ended_why, alert.words) == ("answered", "Called her.")

    def test_one_with_a_concern_is_over_with_that_alone(self, person, clinician, noon):
        alert = sent(person, clinician, noon)

        with pytest.raises(acts.HasConcern):
            acts.answer_alert(alert=alert, words="Done", by=clinician, at=noon)

    def test_a_death_ends_it_and_put_right_it_climbs_on(
        self, person, clinician, prescriber, noon
    ):
        alert = sent(person, clinician, noon)
        report = deaths.DeathReport(**REPORT, told_by=clinician)
        record = deaths.report_death(
            patient=person, report=report, mrn=person.mrn, by=clinician, at=noon
        )
        ends.confirm_death(record=record, by=prescriber, at=noon + MINUTE)

        alert.refresh_from_db()
        assert alert.ended_why == Alert.Ended.DIED

        deaths.ask_correction(
            record=record, reason="Another person", by=clinician, at=noon
        )
        ends.correct_death(record=record, by=prescriber, at=noon + 2 * MINUTE)

        alert.refresh_from_db()
        assert alert.is_climbing


class TestMail:
    def test_calls_that_could_not_be_mailed_go_out_as_one_beside_the_next(
        self, person, clinician, everybody, work, noon, settings
    ):
        alert = sent(person, clinician, noon)
        with mock.patch("jobs.notices.send_mail", side_effect=SMTPServerDisconnected):
            for minutes in (0, 10, 30, 45):
                work(noon + minutes * MINUTE)
        assert not AlertCall.objects.exclude(sent_at=None).exists()

        work(noon + 200 * MINUTE)

        assert Counter(mailed()) == {one.email: 2 for one in everybody}
        assert alert.calls.filter(sent_at=None).count() == 0


class TestFollowUpsOfTheSame:
    def test_who_was_called_is_not_mailed_of_its_duties_too(
        self, person, clinician, care_manager, clinic, noon
    ):
        sent(person, clinician, noon)
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)
        engine.run_queue(MAIL, clinic_id=clinic.pk, at=noon)

        assert care_manager.email not in mailed()

    @pytest.mark.parametrize("is_held", [False, True], ids=["climbing", "held"])
    def test_another_danger_is_said_to_who_was_called(
        self, person, clinician, care_manager, clinic, is_held, noon
    ):
        alert = sent(person, clinician, noon)
        if is_held:
            acts.acknowledge(alert=alert, by=care_manager, at=noon)
        call = owed(person, severity="danger", assigned_role="care_manager")

        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)

        heard = Notice.objects.filter(follow_up=call).get()
        assert (heard.kind, heard.recipient) == ("reminder", care_manager)

    def test_what_is_owed_once_somebody_has_it_is_said(
        self, person, clinician, care_manager, clinic, noon
    ):
        alert = sent(person, clinician, noon)
        acts.acknowledge(alert=alert, by=care_manager, at=noon)

        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)

        its = Notice.objects.filter(follow_up__key__startswith=alert.duty_prefix)
        assert its.filter(recipient=care_manager, kind="reminder").exists()

    @pytest.mark.parametrize("is_held", [False, True], ids=["climbing", "held"])
    def test_what_was_missed_is_said_to_who_was_called(
        self, person, clinician, care_manager, clinic, is_held, noon
    ):
        alert = sent(person, clinician, noon)
        if is_held:
            acts.acknowledge(alert=alert, by=care_manager, at=noon)

        later = noon + dt.timedelta(days=2)
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=later)

        its = FollowUp.objects.filter(key__startswith=alert.duty_prefix)
        missed = its.get(kind="safety_screen")
        assert (missed.status, missed.escalated_at) == ("missed", later)
        heard = missed.notices.filter(kind="escalation")
        assert [one.recipient for one in heard] == [care_manager]

    def test_other_things_are_said_as_before(
        self, person, clinician, care_manager, clinic, noon
    ):
        sent(person, clinician, noon)
        owed(person, assigned_role="care_manager")
        monday = noon + dt.timedelta(days=2)
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon)
        engine.run_queue(MAIL, clinic_id=clinic.pk, at=monday)

        assert care_manager.email in mailed()
