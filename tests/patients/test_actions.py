"""Registering people, their way through care, and the lists kept for them."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent
from patients.actions import health, registry
from patients.models import Allergy, CareTeamMember, Patient, StatusChange
from tests.conftest import clinic_today
from tests.factories import ClinicFactory, PatientFactory, StaffFactory

pytestmark = pytest.mark.django_db

DETAILS = {
    "given_name": "Zoë",
    "family_name": "O'Neill-Díaz",
    "date_of_birth": dt.date(1988, 2, 29),
    "sex_at_birth": "female",
    "language": "English",
    "referral_reason": "Emergency visit",
}


def register(clinic, by, at, phone="(555) 010-0142", **more):
    return registry.register_patient(
        clinic=clinic,
        details={**DETAILS, **more},
        referred_on=clinic_today(at),
        phone=phone,
        by=by,
        at=at,
    )


class TestRegister:
    def test_a_phone_that_is_not_known_is_left_out(self, clinic, care_manager, noon):
        person = register(clinic, care_manager, noon, phone="")

        assert not person.contact_points.exists()

    def test_opens_a_record_with_a_number_a_phone_and_a_first_status(
        self, clinic, care_manager, noon
    ):
        person = register(clinic, care_manager, noon)

        assert person.mrn == f"{clinic.mrn_prefix}-0001"
        assert person.status == "referred"
        assert person.contact_points.get().value == "(555) 010-0142"
        assert person.status_changes.get().reason == "Registered"
        assert AuditEvent.objects.get(verb="patient.registered").patient_id == person.pk

    def test_two_people_get_two_numbers(self, clinic, care_manager, noon):
        first = register(clinic, care_manager, noon)
        second = register(clinic, care_manager, noon)

        assert first.mrn != second.mrn

    @pytest.mark.parametrize(
        "typed", ["zoe", "ZOË", "oneill", "neill d", "diaz", "o'neill"]
    )
    def test_is_found_without_accents_case_or_hyphens(
        self, clinic, care_manager, noon, typed
    ):
        person = register(clinic, care_manager, noon)

        assert list(Patient.objects.all().found_by(typed)) == [person]

    def test_is_found_by_the_name_they_use_and_by_number(
        self, clinic, care_manager, noon
    ):
        person = register(clinic, care_manager, noon, used_name="Max")

        assert list(Patient.objects.all().found_by("max")) == [person]
        assert list(Patient.objects.all().found_by(person.mrn)) == [person]

    @pytest.mark.parametrize("form", ["MRN {}", "mrn: {}", "MRN#{}", "{} MRN"])
    def test_is_found_by_the_number_as_the_chart_shows_it(
        self, clinic, care_manager, noon, form
    ):
        person = register(clinic, care_manager, noon)

        typed = form.format(person.mrn)

        assert list(Patient.objects.all().found_by(typed)) == [person]

    def test_is_found_by_birth_date(self, clinic, care_manager, noon):
        person = register(clinic, care_manager, noon)

        assert list(Patient.objects.all().found_by("2/29/1988")) == [person]


class TestLike:
    @pytest.mark.parametrize(
        ("name", "born", "found"),
        [
            pytest.param("Zoe ONeill-Diaz", None, True, id="same name, other signs"),
            pytest.param(
                "Zoe O'Neil Dias", dt.date(1988, 2, 29), True, id="misspelt, same day"
            ),
            pytest.param(
                "Chloe Neill", dt.date(1988, 2, 29), True, id="alike, same day"
            ),
            pytest.param(
                "Walt Adeyemi", dt.date(1988, 2, 29), False, id="same day alone"
            ),
            pytest.param("Walt Adeyemi", None, False, id="somebody else"),
        ],
    )
    def test_near_spellings_are_shown(
        self, clinic, care_manager, noon, name, born, found
    ):
        person = register(clinic, care_manager, noon)

        given, family = name.split(" ", 1)
        assert (person in Patient.objects.all().like(given, family, born)) is found


class TestDetails:
    def test_what_changed_is_audited_by_field_without_its_value(
        self, clinic, care_manager, noon
    ):
        person = register(clinic, care_manager, noon)

        registry.change_details(
            patient=person, details={"pronouns": "they/them"}, by=care_manager, at=noon
        )

        event = AuditEvent.objects.get(verb="patient.details_changed")
        assert event.facts == {"fields": ["pronouns"]}

    def test_nothing_changed_leaves_no_trace(self, clinic, care_manager, noon):
        person = register(clinic, care_manager, noon)

        registry.change_details(
            patient=person, details=DETAILS, by=care_manager, at=noon
        )

        assert not AuditEvent.objects.filter(verb="patient.details_changed").exists()


class TestStatus:
    def test_becoming_active_sets_the_day_of_admission_once(
        self, clinic, clinician, noon
    ):
        person = PatientFactory(clinic=clinic)

        registry.change_status(patient=person, status="active", by=clinician, at=noon)
        later = noon + dt.timedelta(days=30)
        registry.change_status(patient=person, status="on_hold", by=clinician, at=later)
        registry.change_status(patient=person, status="active", by=clinician, at=later)

        person.refresh_from_db()
        assert person.admitted_on == noon.date()
        assert person.status_changes.count() == 3

    @pytest.mark.parametrize(
        ("status", "discharge_class"),
        [
            pytest.param("discharged", "", id="discharge without its class"),
            pytest.param("active", "moved", id="class without a discharge"),
        ],
    )
    def test_a_discharge_and_its_class_go_together(
        self, clinic, clinician, noon, status, discharge_class
    ):
        with pytest.raises(registry.NotOnThisWay):
            registry.change_status(
                patient=PatientFactory(clinic=clinic),
                status=status,
                discharge_class=discharge_class,
                by=clinician,
                at=noon,
            )

    def test_the_same_status_again_is_no_step(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic, status="active")

        registry.change_status(patient=person, status="active", by=clinician, at=noon)

        assert not StatusChange.objects.exists()

    def test_a_death_is_taken_back_only_with_the_reason(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic, status="deceased")

        with pytest.raises(registry.DeathStands, match="Say why"):
            registry.change_status(
                patient=person, status="active", reason=" ", by=clinician, at=noon
            )
        registry.change_status(
            patient=person,
            status="active",
            reason="Marked on the wrong person",
            by=clinician,
            at=noon,
        )

        person.refresh_from_db()
        assert person.status == "active"
        assert person.status_changes.get().reason == "Marked on the wrong person"

    @pytest.mark.parametrize(
        ("zone", "day"), [("America/New_York", 20), ("UTC", 21), ("Asia/Tokyo", 21)]
    )
    def test_the_day_of_admission_is_the_clinics(self, clinician, zone, day):
        person = PatientFactory(clinic=ClinicFactory(time_zone=zone))
        evening = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)

        registry.change_status(
            patient=person, status="active", by=clinician, at=evening
        )

        person.refresh_from_db()
        assert person.admitted_on == dt.date(2026, 11, day)

    def test_return_to_use_is_no_reason_for_discharge(self):
        words = " ".join(StatusChange.DischargeClass.labels).lower()

        assert "use" not in words

    def test_history_is_never_edited(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        registry.change_status(patient=person, status="active", by=clinician, at=noon)

        with pytest.raises(DatabaseError), transaction.atomic():
            StatusChange.objects.update(reason="otherwise")


class TestCareTeam:
    def test_the_next_one_takes_the_part_over(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        second = StaffFactory(roles={clinic: ["clinician"]})
        for staff in (clinician, second):
            registry.put_on_care_team(
                patient=person, staff=staff, part="lead", by=clinician, at=noon
            )

        assert CareTeamMember.objects.get(until_at=None).staff == second

    def test_the_same_person_again_changes_nothing(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        for _ in range(2):
            registry.put_on_care_team(
                patient=person, staff=clinician, part="lead", by=clinician, at=noon
            )

        assert CareTeamMember.objects.count() == 1

    def test_a_stranger_cannot_join(self, clinic, other_clinic, clinician, noon):
        stranger = StaffFactory(roles={other_clinic: ["clinician"]})

        with pytest.raises(registry.NotOnTheStaff):
            registry.put_on_care_team(
                patient=PatientFactory(clinic=clinic),
                staff=stranger,
                part="lead",
                by=clinician,
                at=noon,
            )


class TestLists:
    def allergy(self, person, by, at):
        return health.list_entry(
            patient=person,
            kind="allergy",
            values={"kind": "nmp", "substance": "NMP", "reaction": ""},
            by=by,
            at=at,
        )

    def test_an_allergy_says_that_somebody_asked(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)

        self.allergy(person, clinician, noon)

        person.refresh_from_db()
        assert person.no_known_allergies is False
        assert person.allergies_asked_at == noon

    @pytest.mark.parametrize(
        ("kind", "values", "says"),
        [
            ("medicine", {"ingredient": "None."}, "Takes no other medicine"),
            ("allergy", {"kind": "other", "substance": "NKDA"}, "Asked: none known"),
        ],
    )
    def test_an_entry_that_says_none_is_refused_with_the_way_to_say_it(
        self, clinic, clinician, noon, kind, values, says
    ):
        person = PatientFactory(clinic=clinic)

        with pytest.raises(health.SaysNone, match=says):
            health.list_entry(
                patient=person, kind=kind, values=values, by=clinician, at=noon
            )

        person.refresh_from_db()
        assert person.allergies_asked_at is None

    def test_none_known_is_an_answer(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)

        health.note_no_known_allergies(patient=person, by=clinician, at=noon)

        person.refresh_from_db()
        assert person.no_known_allergies is True

    def test_none_known_contradicts_a_listed_one(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        self.allergy(person, clinician, noon)

        with pytest.raises(health.AlreadyListed):
            health.note_no_known_allergies(patient=person, by=clinician, at=noon)

    def test_an_entry_ends_and_comes_back(self, clinic, clinician, noon):
        entry = self.allergy(PatientFactory(clinic=clinic), clinician, noon)

        health.end_entry(entry=entry, kind="allergy", by=clinician, at=noon)
        assert not Allergy.objects.get().is_current
        health.restore_entry(entry=entry, kind="allergy", by=clinician, at=noon)
        assert Allergy.objects.get().is_current

    def test_the_same_condition_is_not_listed_twice(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        given = {
            "patient": person,
            "kind": "condition",
            "values": {
                "code": "B18.2",
                "title": "Chronic viral hepatitis C",
                "since": "",
            },
            "by": clinician,
            "at": noon,
        }
        first = health.list_entry(**given)

        with pytest.raises(health.AlreadyListed):
            health.list_entry(**given)
        health.end_entry(entry=first, kind="condition", by=clinician, at=noon)
        health.list_entry(**given)
        with pytest.raises(health.AlreadyListed, match="since"):
            health.restore_entry(entry=first, kind="condition", by=clinician, at=noon)
