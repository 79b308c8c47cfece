"""Leaving, deaths and coming back: their pages, and what each does to what is owed."""

import datetime as dt

import pytest
from django.urls import reverse

from aftercare.actions import deaths as ends
from aftercare.actions.check_ins import NotForThisPerson, send_check_in
from aftercare.actions.leaving_care import (
    CallerMissing,
    ConcernOpen,
    LeavingTerms,
    let_go,
)
from aftercare.models import FollowUp
from assessments.actions.measures import record_assessment
from patients.actions import deaths, episodes
from patients.actions.holds import hold_care
from patients.episodes import current_episode
from patients.merging.obstacles import of_the_record
from patients.models import CareLeaving, DeathRecord
from tests.conftest import clinic_today, markup, signed_in, unconfirmed
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import owed
from tests.factories.consents import consent_given
from treatment.actions.records import record_dose
from treatment.actions.regimens import start_regimen
from treatment.current import treatment_of

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def acting(clinician, noon):
    return {"by": clinician, "at": noon}


@pytest.fixture
def person(clinic, acting):
    person = PatientFactory(clinic=clinic)
    episodes.admit(patient=person, **acting)
    person.refresh_from_db()
    return person


@pytest.fixture
def second(clinic):
    return StaffFactory(roles={clinic: ["prescriber"]}, name="Second Person")


def in_danger(person, acting):
    return record_assessment(
        patient=person,
        instrument="cssrs",
        answers={"wish": 1, "thoughts": 0, "behavior_ever": 0},
        **acting,
    ).concerns.get()


class TestLetGo:
    def leave(self, person, acting, **more):
        told = {
            "leaving_class": "moved",
            "reason": "Work in Fresno",
            "on": acting["at"].date(),
            "terms": LeavingTerms(kit="in_hand", called_by=acting["by"]),
        } | more
        return let_go(patient=person, **told, **acting)

    def test_keeps_what_was_settled(self, person, acting):
        leaving = self.leave(person, acting)

        assert (leaving.episode.number, leaving.kit) == (1, "in_hand")
        assert current_episode(person).leaving_class == "moved"

    def test_waits_for_an_answer_to_a_concern_about_suicide(self, person, acting):
        in_danger(person, acting)

        with pytest.raises(ConcernOpen):
            self.leave(person, acting)

    def test_somebody_calls_afterwards_or_the_person_declines(self, person, acting):
        terms = LeavingTerms(kit="in_hand")
        with pytest.raises(CallerMissing):
            self.leave(person, acting, terms=terms)

        self.leave(person, acting, terms=terms, declines=True)

        assert current_episode(person).declined_on == acting["at"].date()


class TestLeavingPage:
    def url(self, person):
        return reverse("aftercare:leave_care", args=[person.pk])

    def body(self, clinician, **more):
        return {
            "leaving_class": "moved",
            "reason": "Work in Fresno",
            "left_on": clinic_today().isoformat(),
            "kit": "in_hand",
            "called_by": clinician.pk,
            "supply_until": "2026-12-04",
            "next_dose_on": "2026-12-07",
        } | more

    def test_shows_what_is_open_by_danger_first(
        self, as_clinician, clinic, person, acting
    ):
        owed(person, title="Tooth care")
        owed(person, 30, title="Visit, week 6")
        in_danger(person, acting)

        page = markup(as_clinician.get(self.url(person))).split("<main")[1]

        assert page.index("Risk of suicide") < page.index("Tooth care")
        assert "Nobody leaves before it is answered" in page
        assert "Visit, week 6" not in page
        assert "more promised for later" in page

    def test_who_opens_no_chart_calls_nobody(self, as_clinician, person, acting):
        StaffFactory(roles={person.clinic: ["admin"]}, name="Ada Okafor")

        page = markup(as_clinician.get(self.url(person))).split("<main")[1]

        assert "Ada Okafor" not in page

    def test_what_can_kill_stands_before_what_is_late(self, as_clinician, person):
        owed(person, -3, title="Dose review")
        owed(person, 1, before=1, title="Call: come in", severity="danger")

        page = markup(as_clinician.get(self.url(person))).split("<main")[1]

        assert page.index("Call: come in") < page.index("Dose review")
        assert page.count('class="is-danger"') == 1

    def test_says_afterwards_how_and_counts_the_gap(
        self, as_clinician, clinician, person
    ):
        answer = as_clinician.post(self.url(person), self.body(clinician))
        assert answer.status_code == 302

        page = markup(as_clinician.get(self.url(person)))
        assert "2 days without medicine" in page
        assert "Work in Fresno" in page

    def test_a_consent_may_name_who_is_asked_after_them(
        self, as_clinician, clinician, person, acting
    ):
        consent = consent_given(person, **acting)
        body = self.body(clinician, consent=consent.pk)

        assert as_clinician.post(self.url(person), body).status_code == 302
        assert CareLeaving.objects.get().consent == consent

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"reason": "Relapsed"}, "A return to use is no reason"),
            ({"leaving_class": "administrative"}, "Say when and how notice"),
            ({"called_by": ""}, "Name who calls afterwards"),
            ({"left_on": "2040-01-01"}, "This day has not come yet"),
        ],
    )
    def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
        self, as_clinician, clinician, person, more, words
    ):
        body = self.body(clinician, next_place="Valley Clinic", **more)
        answer = as_clinician.post(self.url(person), body)

        assert answer.status_code == 400
        assert words in markup(answer)
        assert "Valley Clinic" in markup(answer)
        assert current_episode(person).left_on is None

    def test_is_no_care_managers_alone(self, clinic, person):
        alone = StaffFactory(roles={clinic: ["care_manager"]})

        assert signed_in(alone).get(self.url(person)).status_code == 403

    def test_a_leaving_is_taken_back_with_words(self, as_clinician, clinician, person):
        as_clinician.post(self.url(person), self.body(clinician))
        back = reverse("aftercare:take_back_leaving", args=[person.pk])

        assert as_clinician.post(back, {"reason": ""}).status_code == 400
        assert as_clinician.post(back, {"reason": "Stays"}).status_code == 302
        assert current_episode(person).left_on is None

    def test_calls_are_declined_and_allowed_again(
        self, as_clinician, clinician, person
    ):
        as_clinician.post(self.url(person), self.body(clinician))

        as_clinician.post(reverse("aftercare:decline_contacts", args=[person.pk]))
        assert "Declined since" in markup(as_clinician.get(self.url(person)))
        as_clinician.post(reverse("aftercare:allow_contacts", args=[person.pk]))
        assert "They decline these calls" in markup(as_clinician.get(self.url(person)))


class TestComingBackPage:
    def url(self, person):
        return reverse("aftercare:come_back", args=[person.pk])

    def test_one_press_begins_the_next_episode_and_one_undoes_it(
        self, as_clinician, person, clinician
    ):
        now = {"by": clinician, "at": dt.datetime.now(dt.UTC)}
        episodes.leave_care(patient=person, leaving_class="moved", **now)
        assert "Start episode 2 today" in markup(as_clinician.get(self.url(person)))

        as_clinician.post(self.url(person), {"called_after": "custody"})

        found = current_episode(person)
        assert (found.number, found.called_after) == (2, "custody")
        assert "First contact" in markup(as_clinician.get(self.url(person)))
        undo = reverse("aftercare:undo_coming_back", args=[person.pk])
        as_clinician.post(undo)
        assert current_episode(person).number == 1


REPORT = {
    "died_on": dt.date(2026, 11, 19),
    "is_about": True,
    "source": "family",
    "source_words": "The daughter called Priya, 09:10",
    "cause": "unknown",
    "cause_words": "",
    "medicine_at_home": "yes",
    "told": "The care team",
}


def reported(person, acting, **more):
    told = deaths.DeathReport(**REPORT, told_by=acting["by"])
    return deaths.report_death(
        patient=person, report=told, **({"mrn": person.mrn} | more), **acting
    )


class TestDeath:
    def test_until_a_second_person_confirms_only_calls_and_texts_stop(
        self, person, acting
    ):
        owed(person)
        reported(person, acting)

        person.refresh_from_db()
        assert person.status == "active"
        assert FollowUp.objects.open().count() == 1
        with pytest.raises(NotForThisPerson):
            send_check_in(patient=person, instruments=["phq9"], language="en", **acting)

    def test_until_then_their_chart_offers_no_call(
        self, as_care_manager, person, acting
    ):
        owed(person, kind="call")
        reported(person, acting)

        page = markup(as_care_manager.get(f"/people/{person.pk}/aftercare/"))

        assert "A death is reported" in page.split("<main")[0]
        assert "#reach" not in page

    def test_confirmed_it_ends_what_is_owed_and_taken(
        self, clinic, person, acting, second, noon
    ):
        by = {"by": second, "at": noon}
        start_regimen(
            patient=person,
            medication="BUP_SL",
            started_on=dt.date(2026, 11, 10),
            dose_mg=8,
            **by,
        )
        promised = owed(person)
        record = reported(person, acting)

        ends.confirm_death(record=record, **by)

        person.refresh_from_db()
        promised.refresh_from_db()
        assert (person.status, promised.status) == ("deceased", "cancelled")
        assert not treatment_of(person.pk, on=noon.date()).taken
        assert treatment_of(person.pk, on=dt.date(2026, 11, 18)).taken
        with pytest.raises(deaths.Refused, match="deceased"):
            record_dose(
                patient=person,
                medication="BUP_SL",
                kind="administered",
                on=dt.date(2026, 11, 20),
                amount_mg=8,
                **by,
            )

    def test_care_ends_with_the_day_of_death_and_not_before_it_began(
        self, person, acting, second, noon
    ):
        ends.confirm_death(record=reported(person, acting), by=second, at=noon)

        now = current_episode(person)
        assert (now.left_on, now.leaving_class) == (now.admitted_on, "deceased")
        died = person.status_changes.filter(status="deceased").get()
        assert clinic_today(died.changed_at) == dt.date(2026, 11, 19)

    def test_nobody_confirms_their_own_report(self, person, acting):
        with pytest.raises(deaths.NotSecond):
            deaths.confirm_death(record=reported(person, acting), **acting)

    @pytest.mark.parametrize(
        ("more", "day", "refusal"),
        [
            ({"mrn": "T-99999x"}, None, deaths.WrongNumber),
            ({}, dt.date(2026, 11, 22), deaths.DayOfDeathRefused),
            ({}, dt.date(1990, 1, 1), deaths.DayOfDeathRefused),
        ],
    )
    def test_another_number_or_day_is_refused(self, person, acting, more, day, refusal):
        told = REPORT | ({"died_on": day} if day else {})
        report = deaths.DeathReport(**told, told_by=acting["by"])

        with pytest.raises(refusal):
            deaths.report_death(
                patient=person,
                report=report,
                **({"mrn": person.mrn} | more),
                **acting,
            )

    def test_a_report_is_dropped_and_stays_on_record(self, person, acting):
        record = reported(person, acting)
        with pytest.raises(deaths.AlreadyRecorded):
            reported(person, acting)

        deaths.drop_death(record=record, **acting)

        with pytest.raises(deaths.NothingWaits):
            deaths.drop_death(record=record, **acting)
        assert DeathRecord.objects.get().dropped_at == acting["at"]
        reported(person, acting)

    def test_two_people_put_a_mistake_right_and_nothing_is_lost(
        self, clinic, person, acting, second, noon
    ):
        promised = owed(person)
        record = reported(person, acting)
        with pytest.raises(deaths.NothingWaits):
            deaths.ask_correction(record=record, reason="Mistake", **acting)
        ends.confirm_death(record=record, by=second, at=noon)
        with pytest.raises(deaths.CorrectionReasonMissing):
            deaths.ask_correction(record=record, reason=" ", **acting)
        with pytest.raises(deaths.NothingWaits):
            deaths.correct_death(record=record, **acting)
        deaths.ask_correction(record=record, reason="Another person", **acting)
        with pytest.raises(deaths.NothingWaits):
            deaths.ask_correction(record=record, reason="Again", **acting)
        with pytest.raises(deaths.NotSecond):
            deaths.correct_death(record=record, **acting)

        ends.correct_death(record=record, by=second, at=noon + DAY)

        person.refresh_from_db()
        promised.refresh_from_db()
        assert (person.status, promised.status) == ("active", "planned")
        assert person.admitted_on == noon.date()
        assert current_episode(person).left_on is None

    def test_whoever_was_away_comes_back_to_where_care_stood(
        self, person, acting, second, noon
    ):
        hold_care(patient=person, kind="hospital", **acting)
        record = reported(person, acting)
        ends.confirm_death(record=record, by=second, at=noon)
        deaths.ask_correction(record=record, reason="Another person", **acting)

        ends.correct_death(record=record, by=second, at=noon)

        person.refresh_from_db()
        assert person.status == "active"

    def test_records_are_not_made_one_meanwhile(self, clinic, person, acting):
        reported(person, acting)

        other = PatientFactory(clinic=clinic)
        words = " ".join(of_the_record(person, other, acting["at"].date()))
        assert "waits for a second person" in words


class TestDeathPage:
    def url(self, person, name="death", *rows):
        return reverse(f"aftercare:{name}", args=[person.pk, *rows])

    def body(self, person, clinician, **more):
        told = {n: value for n, value in REPORT.items() if n != "is_about"}
        return told | {"told_by": clinician.pk, "mrn": person.mrn} | more

    def test_the_wrong_number_is_said_beside_the_field(
        self, as_clinician, clinician, person
    ):
        body = self.body(person, clinician, mrn="004-1112")
        answer = as_clinician.post(self.url(person), body)

        assert answer.status_code == 400
        assert "not the record number of this person" in markup(answer)
        assert not DeathRecord.objects.exists()

    def test_reported_confirmed_asked_and_put_right(
        self, as_clinician, clinician, person, second
    ):
        as_clinician.post(self.url(person), self.body(person, clinician))
        record = DeathRecord.objects.get()
        page = markup(as_clinician.get(self.url(person)))
        assert "Waits for a second person" in page
        assert "Confirm the death" not in page

        other = signed_in(second)
        assert "Confirm the death" in markup(other.get(self.url(person)))
        other.post(self.url(person, "confirm_death", record.pk))
        page = markup(other.get(self.url(person)))
        assert "Was it a mistake?" in page

        asked = self.url(person, "ask_correction", record.pk)
        assert as_clinician.post(asked, {}).status_code == 400
        as_clinician.post(asked, {"correction_reason": "Another person"})
        assert "Put it right" in markup(other.get(self.url(person)))
        other.post(self.url(person, "correct_death", record.pk))
        person.refresh_from_db()
        assert person.status == "active"

    def test_meanwhile_nobody_is_asked_to_call(self, as_clinician, person, acting):
        reported(person, acting)

        url = reverse("aftercare:of_patient", args=[person.pk])
        page = markup(as_clinician.get(url))
        assert "do not call or write" in page
        assert "What happened?" not in page
        promised = owed(person)
        drawer = as_clinician.get(reverse("aftercare:close", args=[promised.pk]))
        assert "do not call or write" in markup(drawer)

    def test_whoever_is_slower_is_told_and_keeps_what_was_typed(
        self, as_clinician, clinician, person, acting
    ):
        reported(person, acting)

        body = self.body(person, clinician, cause_words="As the sister said")
        answer = as_clinician.post(self.url(person), body)

        assert answer.status_code == 400
        assert "A death is on this record already" in markup(answer)
        assert "As the sister said" in markup(answer)

    def test_the_chart_of_who_died_owes_nothing(
        self, as_clinician, person, acting, second, noon
    ):
        ends.confirm_death(record=reported(person, acting), by=second, at=noon)

        page = markup(as_clinician.get(reverse("reports:chart", args=[person.pk])))
        assert "Deceased. Nothing is owed" in page
        for words in ("Next due", "Last dose", "Overdose risk", "No plan yet"):
            assert words not in page.split("<main")[0] + page.split("Look closer")[1]

    def test_a_report_is_dropped(self, as_clinician, clinician, person):
        as_clinician.post(self.url(person), self.body(person, clinician))
        record = DeathRecord.objects.get()

        as_clinician.post(self.url(person, "drop_death", record.pk))

        assert "Record the death" in markup(as_clinician.get(self.url(person)))

    def test_asks_who_is_there(self, clinician, person):
        answer = unconfirmed(clinician).post(
            self.url(person), self.body(person, clinician)
        )

        assert answer.status_code == 403
        assert not DeathRecord.objects.exists()

    def test_one_that_came_with_the_record_says_so(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic, status="deceased")

        assert "Came with the record" in markup(as_clinician.get(self.url(person)))
