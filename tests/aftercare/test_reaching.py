"""Ways of reaching somebody: each an act, each open only where it may be used."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from aftercare.actions import outreach, outreach_ways
from aftercare.actions.messages import to_send
from aftercare.actions.outreach import OutcomeOfAnotherWay, record_outreach
from aftercare.actions.outreach_ways import NotReachedSo, SomebodyCalls, VisitTold
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp, OutreachAttempt, OutreachCall, PersonMessage
from aftercare.owed.tries import rung_on
from aftercare.record.reaching import LETTER, call_now, emergency_contacts
from jobs import texts
from jobs.queues import Batch
from knowledge.schedule.messages import messages
from knowledge.schedule.reaching import reaching
from knowledge.schedule.steps import rungs
from patients.models import Disclosure, Patient, SupportPerson
from tests.aftercare.test_messages import agree, work
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, lines_written, owed
from tests.factories.consents import consent_given, released
from tests.factories.patients import DeathRecordFactory

DAY = dt.timedelta(days=1)
MISSED = {"kind": "contact", "title": "Visit, week 6", "status": "missed"}


@pytest.fixture
def person(clinic):
    return PatientFactory(
        clinic=clinic, status=Patient.Status.ACTIVE, address="Wherry Lane 4"
    )


@pytest.fixture
def texting(settings):
    settings.TEXT_URL = texts.MEMORY
    texts.OUTBOX.clear()
    yield texts.OUTBOX
    texts.OUTBOX.clear()


@pytest.fixture
def wish(person, clinician, texting):
    to = person.contact_points.create(
        clinic=person.clinic, kind="phone", value="(555) 010-0142", may_text=True
    )
    return agree(person, to, clinician, "visit")


@pytest.fixture
def sister(person):
    return _support(person)


def _support(person, name="Elena", **more):
    told = {"relation": "sister", "phone": "555-010-0143", **more}
    return SupportPerson.objects.create(
        clinic=person.clinic, patient=person, name=name, **told
    )


def _point(person):
    return person.contact_points.create(
        clinic=person.clinic, kind="phone", value="(555) 010-0177"
    )


def _batch(clinic, at):
    return Batch(clinic_id=clinic.pk, on=clinic_today(at), at=at, size=9)


class TestKnowledge:
    def test_every_rung_names_ways_that_are_declared(self):
        named = {way for rung in rungs() for way in rung.ways}

        assert named <= set(reaching().ways)
        assert {"text", "letter", "emergency", "wellbeing", "field", "peer"} <= named

    def test_every_outcome_and_way_is_one_of_a_try(self):
        for key, way in reaching().ways.items():
            assert key in OutreachAttempt.Channel.values
            assert set(way.outcomes) <= set(OutreachAttempt.Outcome.values)
            assert way.asks.words

    @pytest.mark.parametrize(
        ("hours", "words"),
        [
            ([], ""),
            ([9, 10, 18], "mornings, 2 of 3"),
            ([13], "afternoons, 1 of 1"),
            ([9, 18], ""),
        ],
    )
    def test_the_best_time_is_said_where_one_stands_out(self, hours, words):
        reached = [dt.datetime(2026, 11, 3, hour, tzinfo=dt.UTC) for hour in hours]

        assert reaching().best_time(reached) == words

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_a_letter_says_nothing_of_care(self, language):
        told = reaching().letter_lines(language, name="Alma", phone="555-0100")
        text = " ".join([told[0], *told[1], told[2]]).lower()

        for word in ("clinic", "treatment", "medic", "dose", "clínica", "tratamiento"):
            assert word not in text
        assert "555-0100" in text

    def test_a_clinic_without_a_number_gives_none(self):
        assert len(reaching().letter_lines("en", name="Alma", phone="")[1]) == 2

    @pytest.mark.parametrize(("hour", "days"), [(3, 0), (14, 0), (20, 1), (23, 1)])
    def test_what_is_written_at_night_leaves_the_next_day(self, hour, days):
        moment = dt.datetime(2026, 11, 21, hour, tzinfo=dt.UTC)

        assert messages().leaves_on(moment, TODAY, {}) == TODAY + days * DAY


@pytest.mark.django_db
class TestCalling:
    def test_who_comes_second_is_told(self, person, care_manager, clinician, noon):
        outreach_ways.start_call(patient=person, by=care_manager, at=noon)

        with pytest.raises(
            SomebodyCalls, match=f"{care_manager.name} has been calling"
        ):
            outreach_ways.start_call(patient=person, by=clinician, at=noon)

    def test_and_may_call_anyway(self, person, care_manager, clinician, noon):
        outreach_ways.start_call(patient=person, by=care_manager, at=noon)
        outreach_ways.start_call(patient=person, anyway=True, by=clinician, at=noon)

        assert call_now(person, at=noon).by == clinician
        assert OutreachCall.objects.open().count() == 1

    def test_a_call_of_ones_own_begins_again(self, person, clinician, noon):
        for _ in range(2):
            outreach_ways.start_call(patient=person, by=clinician, at=noon)

        assert OutreachCall.objects.open().count() == 1

    def test_a_try_ends_it(self, person, clinician, noon):
        outreach_ways.start_call(patient=person, by=clinician, at=noon)
        record_outreach(patient=person, outcome="no_answer", by=clinician, at=noon)

        assert call_now(person, at=noon) is None

    def test_what_nobody_ended_is_over_after_a_while(self, person, clinician, noon):
        outreach_ways.start_call(patient=person, by=clinician, at=noon)
        later = noon + dt.timedelta(minutes=reaching().number("calling_minutes"))

        assert call_now(person, at=later) is None

    def test_nobody_calls_where_a_death_was_told(self, person, clinician, noon):
        DeathRecordFactory(patient=person, told_by=clinician, recorded_by=clinician)

        with pytest.raises(NotReachedSo, match="death"):
            outreach_ways.start_call(patient=person, by=clinician, at=noon)

    def test_two_at_once_are_never_both_calling(self, person, clinician, noon):
        call = outreach_ways.start_call(patient=person, by=clinician, at=noon)
        call.pk = None

        with pytest.raises(IntegrityError):
            call.save(force_insert=True)


@pytest.mark.django_db
class TestText:
    def test_leaves_by_the_worker_and_says_nothing(
        self, person, wish, clinician, texting, noon
    ):
        visit = owed(person, -2, **MISSED)
        attempt = outreach_ways.send_text(
            patient=person, follow_up=visit, by=clinician, at=noon
        )
        assert attempt.outcome_words == "waits to leave"

        work(person.clinic)

        [(number, text)] = texting
        assert number == "+15550100142"
        assert "Please call when you can." in text
        assert person.clinic.name not in text
        attempt = OutreachAttempt.objects.get()
        assert (attempt.channel, attempt.outcome_words) == ("text", "sent")
        visit.refresh_from_db()
        assert (visit.status, visit.next_try_on) == ("missed", TODAY + 2 * DAY)

    def test_once_a_day(self, person, wish, clinician, noon):
        outreach_ways.send_text(patient=person, by=clinician, at=noon)

        with pytest.raises(NotReachedSo, match="sent already"):
            outreach_ways.send_text(patient=person, by=clinician, at=noon)

    def test_at_night_it_is_for_tomorrow(self, person, wish, clinician, noon):
        night = noon.replace(hour=23, minute=30)
        outreach_ways.send_text(patient=person, by=clinician, at=night)
        message = PersonMessage.objects.get()

        assert message.for_day >= clinic_today(night)
        assert not to_send(_batch(person.clinic, night)).filter(pk=message.pk).exists()

    def test_taken_back_it_does_not_leave(self, person, wish, clinician, texting, noon):
        attempt = outreach_ways.send_text(patient=person, by=clinician, at=noon)
        outreach.take_back_outreach(attempt=attempt, by=clinician, at=noon)

        work(person.clinic)

        assert texting == []

    def test_needs_a_wish(self, person, clinician, noon):
        with pytest.raises(NotReachedSo, match="asked for no messages"):
            outreach_ways.send_text(patient=person, by=clinician, at=noon)

    def test_and_a_number_that_is_still_safe(self, person, wish, clinician, noon):
        person.contact_points.update(may_text=False)

        with pytest.raises(NotReachedSo):
            outreach_ways.send_text(patient=person, by=clinician, at=noon)

    def test_nobody_in_custody_is_written_to(self, person, wish, clinician, noon):
        person.status = Patient.Status.ON_HOLD

        with pytest.raises(NotReachedSo):
            outreach_ways.send_text(patient=person, by=clinician, at=noon)


def _letter(person, by, at, **more):
    told = {"ground": "own_copy", "recipient": person.shown_name, "purpose": "request"}
    return released(person, LETTER, by, at, **{**told, **more})


@pytest.mark.django_db
class TestLetter:
    def test_is_a_try_once_it_is_in_the_post(self, person, clinician, noon):
        letter = _letter(person, clinician, noon)
        attempt = outreach_ways.post_letter(
            patient=person, letter=letter, by=clinician, at=noon
        )

        assert (attempt.channel, attempt.outcome_words) == ("letter", "sent")
        assert attempt.disclosure == letter

    def test_each_letter_once(self, person, clinician, noon):
        letter = _letter(person, clinician, noon)
        told = {"patient": person, "letter": letter, "by": clinician, "at": noon}
        outreach_ways.post_letter(**told)

        with pytest.raises(NotReachedSo, match="in the post already"):
            outreach_ways.post_letter(**told)

    def test_goes_to_the_person_alone(self, person, clinician, noon):
        for letter in (
            _letter(person, clinician, noon, ground="inside", purpose="treatment"),
            _letter(PatientFactory(clinic=person.clinic), clinician, noon),
            _letter(person, clinician, noon, ground="consent"),
        ):
            with pytest.raises(NotReachedSo, match="let no letter"):
                outreach_ways.post_letter(
                    patient=person, letter=letter, by=clinician, at=noon
                )


@pytest.mark.django_db
class TestEmergencyContact:
    def test_is_shown_with_a_consent_that_names_them(
        self, person, sister, clinician, noon
    ):
        assert not list(emergency_contacts(person, at=noon))
        consent_given(person, clinician, noon)

        [found] = emergency_contacts(person, at=noon)
        assert found.support == sister
        assert found.sections == ("in_care", "safety")

    @pytest.mark.parametrize(
        "more",
        [
            pytest.param({"sections": ["registry"]}, id="not that they are in care"),
            pytest.param({"purposes": ["payment"]}, id="for something else"),
            pytest.param({"name": "Marta"}, id="names somebody else"),
        ],
    )
    def test_not_with_one_for_something_else(
        self, person, sister, clinician, noon, more
    ):
        if "sections" in more:
            more = {"sections": ["counseling_notes"], "kind": "counseling_notes"}
        consent_given(person, clinician, noon, **more)

        assert not list(emergency_contacts(person, at=noon))

    @pytest.mark.parametrize(
        "more", [{"phone": ""}, {"endangers": True}, {"is_current": False}]
    )
    def test_nor_somebody_who_cannot_or_must_not_be_called(
        self, person, clinician, noon, more
    ):
        _support(person, **more)
        consent_given(person, clinician, noon)

        assert not list(emergency_contacts(person, at=noon))

    def test_what_is_passed_on_went_through_the_gate(
        self, person, sister, clinician, noon
    ):
        consent = consent_given(person, clinician, noon)
        duty = owed(person, kind="emergency_contact", status="due")
        attempt = outreach_ways.call_emergency_contact(
            patient=person,
            support=sister,
            outcome="passed_on",
            note="Will ask her to call",
            by=clinician,
            at=noon,
        )

        told = Disclosure.objects.get()
        assert (told.consent, told.recipient, told.said) == (
            consent,
            "Elena",
            "Will ask her to call",
        )
        assert (attempt.disclosure, attempt.support) == (told, sister)
        duty.refresh_from_db()
        assert duty.status == "done"

    def test_nobody_was_told_where_nobody_answered(
        self, person, sister, clinician, noon
    ):
        consent_given(person, clinician, noon)
        attempt = outreach_ways.call_emergency_contact(
            patient=person, support=sister, outcome="no_answer", by=clinician, at=noon
        )

        assert attempt.disclosure is None
        assert not Disclosure.objects.exists()

    def test_without_a_consent_nothing_is_recorded(
        self, person, sister, clinician, noon
    ):
        with pytest.raises(NotReachedSo, match="No consent in force"):
            outreach_ways.call_emergency_contact(
                patient=person,
                support=sister,
                outcome="passed_on",
                by=clinician,
                at=noon,
            )


@pytest.mark.django_db
class TestGoingOut:
    @pytest.fixture
    def go(self, person, clinician, noon):
        def go(way="field", outcome="not_found", **more):
            told = {"went": "Two of us", "happened_on": TODAY, **more}
            return outreach_ways.record_visit_outside(
                patient=person,
                told=VisitTold(way=way, outcome=outcome, **told),
                by=clinician,
                at=noon,
            )

        return go

    def test_says_who_went_and_when_the_next_try_is(self, person, go):
        visit = owed(person, -13, **MISSED)
        attempt = go(happened_on=TODAY - DAY, next_on=TODAY + 3 * DAY)
        visit.refresh_from_db()

        assert (attempt.went, attempt.on) == ("Two of us", TODAY - DAY)
        assert visit.next_try_on == TODAY + 3 * DAY

    def test_finding_them_there_is_a_talk_on_its_day(self, person, go, noon):
        FollowUp.objects.all().delete()
        call = owed(
            person,
            -1,
            kind="call",
            origin="plan",
            status="due",
            key=f"{person.pk}:plan:1",
        )
        go(outcome="reached_coming", happened_on=TODAY - DAY)
        reconcile(patient=person, by=None, at=noon)
        call.refresh_from_db()

        assert (call.status, call.kept_on) == ("done", TODAY - DAY)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"happened_on": TODAY + DAY}, "happened_on"),
            ({"happened_on": TODAY - 15 * DAY}, "happened_on"),
            ({"next_on": TODAY}, "next_on"),
            ({"next_on": TODAY + 15 * DAY}, "next_on"),
            ({"way": "wellbeing", "outcome": "seen_safe"}, "disclosure"),
        ],
    )
    def test_is_refused_at_the_field(self, go, more, field):
        with pytest.raises(NotReachedSo) as refusal:
            go(**more)

        assert refusal.value.field == field

    def test_others_go_once_the_gate_let_something_out(
        self, person, go, clinician, noon
    ):
        told = released(
            person,
            "words",
            clinician,
            noon,
            recipient="County mobile crisis",
            ground="emergency",
            address="County mobile crisis",
            ground_words="Not seen for five days after an overdose",
        )
        attempt = go("wellbeing", "seen_safe", went="Mobile crisis", disclosure=told)

        assert attempt.disclosure == told
        # Others saw them: nobody here has spoken with them.
        assert attempt.outcome not in outreach.REACHED

    def test_not_where_the_gate_stopped_it(self, person, go, clinician, noon):
        for told in (
            released(person, "words", clinician, noon, ground="consent"),
            released(PatientFactory(clinic=person.clinic), "words", clinician, noon),
        ):
            with pytest.raises(NotReachedSo, match="gate stopped"):
                go("wellbeing", "not_found", disclosure=told)

    def test_a_letter_is_not_answered(self, go):
        with pytest.raises(OutcomeOfAnotherWay):
            go("field", "sent")


@pytest.mark.django_db
class TestPage:
    URL = "aftercare:reach"

    @pytest.fixture
    def late(self, person):
        today = clinic_today()
        return owed(
            person,
            (today - TODAY).days - 4,
            **MISSED,
        )

    def test_shows_the_rung_of_today_with_its_ways(
        self, person, late, sister, as_care_manager, care_manager
    ):
        consent_given(person, care_manager, timezone.now())
        page = as_care_manager.get(reverse(self.URL, args=[person.pk]))

        assert page.context["calendar"].steps[3].state == "is-now"
        text = page.content.decode()
        assert "Home or field visit" in text
        assert "May be told: That they are in care here" in text
        assert "Next: home or field visit, or a letter" in text
        assert "no messages asked for" in text
        assert rung_on(late.due_on, clinic_today()) == 3

    def test_says_what_is_missing(self, person, as_care_manager):
        Patient.objects.update(address="")
        page = as_care_manager.get(reverse(self.URL, args=[person.pk]))

        text = page.content.decode()
        assert "no consent names anybody" in text
        assert "no address" in text
        assert "No number is on file." in text

    def test_the_second_is_told_and_may_go_on(self, person, clinic, as_care_manager):
        other = signed_in(StaffFactory(roles={clinic: ["clinician"]}, name="Lena"))
        url = reverse("aftercare:call_now", args=[person.pk])
        other.post(url)

        page = as_care_manager.post(url)
        assert page.status_code == 400
        assert "Lena has been calling since" in page.content.decode()
        _point(person)
        shown = as_care_manager.get(reverse("aftercare:of_patient", args=[person.pk]))
        assert "Lena calls, since" in shown.content.decode()
        assert as_care_manager.post(url, {"anyway": "on"}).status_code == 302

    def test_the_page_of_aftercare_says_how_to_reach_them(
        self, person, as_care_manager
    ):
        _point(person)
        page = as_care_manager.get(reverse("aftercare:of_patient", args=[person.pk]))

        assert "(555) 010-0177" in page.content.decode()

    def test_one_press_sends_a_text(self, person, wish, as_care_manager):
        url = reverse("aftercare:send_text", args=[person.pk])

        assert as_care_manager.post(url).status_code == 302
        again = as_care_manager.post(url)
        assert again.status_code == 400
        assert "One is sent already" in again.content.decode()

    def test_a_letter_is_let_out_printed_and_posted(self, person, as_care_manager):
        given = as_care_manager.post(
            reverse("patients:give", args=[person.pk, LETTER]),
            {"whom": "person", "purpose": "treatment"},
        )
        paper = as_care_manager.get(given.url)
        text = paper.content.decode()
        assert "Please call me when you can." in text
        assert person.clinic.name not in text.split('id="main"')[1]
        spanish = as_care_manager.get(given.url, {"language": "es"})
        assert "Por favor, llámeme" in spanish.content.decode()

        as_care_manager.post(f"{given.url}posted/")
        assert OutreachAttempt.objects.get().channel == "letter"

    def test_a_letter_of_another_day_asks_the_gate_again(
        self, person, as_care_manager, care_manager
    ):
        old = _letter(person, care_manager, NOON)
        page = as_care_manager.get(
            reverse("aftercare:letter", args=[person.pk, old.pk])
        )

        assert page.url == reverse("patients:give", args=[person.pk, LETTER])

    def test_an_emergency_contact_is_called_with_one_press(
        self, person, sister, as_care_manager, care_manager
    ):
        consent_given(person, care_manager, timezone.now())
        url = reverse("aftercare:emergency", args=[person.pk, sister.pk])

        assert as_care_manager.post(url, {"outcome": "passed_on"}).status_code == 302
        nothing = as_care_manager.post(url, {"note": "Rang long"})
        assert nothing.status_code == 400
        assert "Rang long" in nothing.content.decode()

    def test_a_visit_is_told_with_its_errors_at_the_field(
        self, person, as_care_manager
    ):
        url = reverse("aftercare:went_out", args=[person.pk, "wellbeing"])
        told = {"outcome": "not_found", "went": "Police", "happened_on": clinic_today()}

        assert "through the gate" in as_care_manager.get(url).content.decode()
        refused = as_care_manager.post(url, told)
        assert refused.status_code == 400
        assert "Ask the gate first" in refused.content.decode()
        url = reverse("aftercare:went_out", args=[person.pk, "field"])
        assert as_care_manager.post(url, told).status_code == 302

    @pytest.mark.parametrize("way", ["phone", "pigeon"])
    def test_only_ways_with_a_form_have_a_page(self, person, as_care_manager, way):
        url = reverse("aftercare:went_out", args=[person.pk, way])

        assert as_care_manager.get(url).status_code == 404

    def test_nothing_is_offered_where_a_death_is_told(
        self, person, as_care_manager, care_manager
    ):
        DeathRecordFactory(
            patient=person, told_by=care_manager, recorded_by=care_manager
        )
        page = as_care_manager.get(reverse(self.URL, args=[person.pk]))

        assert "do not call or write" in page.content.decode()
        assert "I call now" not in page.content.decode()

    def test_the_caseload_says_who_calls(self, person, clinic, late, as_care_manager):
        other = signed_in(StaffFactory(roles={clinic: ["clinician"]}, name="Lena"))
        other.post(reverse("aftercare:call_now", args=[person.pk]))
        _point(person)
        lines_written(clinic, at=timezone.now())
        page = as_care_manager.get(reverse("reports:caseload"), {"open": person.pk})

        assert "Lena calls, since" in page.content.decode()

    def test_another_clinic_sees_nothing(self, person):
        stranger = signed_in(StaffFactory(roles={ClinicFactory(): ["care_manager"]}))

        assert stranger.get(reverse(self.URL, args=[person.pk])).status_code == 404
