"""Two records of one person made one, and taken apart again."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import tenancy
from accounts.models import AuditEvent
from accounts.permissions import Role
from accounts.protection import has_person
from aftercare.actions.reconcile import reconcile
from aftercare.models import CaseloadLine, FollowUp
from aftercare.queues import CARE
from assessments.actions.results import read_results
from jobs.actions.engine import run_queue
from medications.models import DecisionTalk
from patients.actions import registry
from patients.actions.chart_access import restrict_chart
from patients.actions.health import list_entry, note_no_known_allergies
from patients.actions.merges import (
    NotOnePerson,
    NotToBeParted,
    merge_people,
    preview_apart,
    preview_merge,
    take_apart,
)
from patients.chart_access import readers_of
from patients.merges import leads_of, numbers_of, people_numbered, record_now
from patients.merging.contents import WORDS, counted, tables
from patients.merging.details import LABELS
from patients.models import (
    CareTeamMember,
    Condition,
    DisclosureListRequest,
    MergedRows,
    Patient,
    PersonMerge,
)
from plans.actions.signing import sign_plan
from plans.content import is_as_signed
from plans.models import Plan
from tests.conftest import NOON, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import owed
from tests.factories.assessments import (
    IntakeAnswerFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.factories.plans import decided, drafted, ready
from tests.factories.treatment import DoseEventFactory, RegimenFactory
from treatment.models import DoseEvent

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def kept(clinic):
    return PatientFactory(clinic=clinic, mrn="T-10001", given_name="Alma")


@pytest.fixture
def gone(clinic):
    return PatientFactory(clinic=clinic, mrn="T-10002", given_name="Ana")


@pytest.fixture
def by(clinician):
    return clinician


def merged(kept, gone, by, at=NOON, **choices):
    seen = preview_merge(kept, gone, today=at.date())
    return merge_people(
        kept=kept, gone=gone, choices=choices, shown=seen.shown, by=by, at=at
    )


def as_staff(staff, clinic):
    return tenancy.clinics([clinic.pk], actor=f"staff:{staff.pk}")


def code(person, code="F11.20", **more):
    return Condition.objects.create(
        clinic=person.clinic,
        patient=person,
        code=code,
        title=code,
        recorded_at=NOON,
        **more,
    )


class TestGoesOver:
    def test_what_was_written_in_one_stands_in_the_other(self, kept, gone, by, clinic):
        dose, owed_row = DoseEventFactory(patient=gone), owed(gone)
        result, condition = ObservationFactory(patient=gone), code(gone)
        decision = decided(gone, by)

        merge = merged(kept, gone, by)

        for row in (dose, owed_row, result, condition, decision):
            row.refresh_from_db()
            assert row.patient_id == kept.pk
        told = {part.table: part.rows for part in merge.rows.all()}
        assert told["treatment_doseevent"] == [dose.pk]
        assert told["medications_medicationdecision"] == [decision.pk]

    def test_what_both_were_owed_is_owed_once(self, kept, gone, by, clinic):
        for one in (kept, gone):
            reconcile(patient=one, by=by, at=NOON)

        merged(kept, gone, by)
        run_queue(CARE, clinic_id=clinic.pk, at=NOON)

        with as_staff(by, clinic):
            still = FollowUp.objects.open()
            kinds = list(still.values_list("patient", "kind"))
            assert len(kinds) == len(set(kinds)) > 0
            assert {pk for pk, _ in kinds} == {kept.pk}
            assert [one.patient_id for one in CaseloadLine.objects.all()] == [kept.pk]

    def test_the_database_hides_the_other_from_everybody(self, kept, gone, by, clinic):
        merged(kept, gone, by)

        for scope in (
            as_staff(by, clinic),
            tenancy.clinics([clinic.pk], actor="person:1"),
            tenancy.every_clinic(actor="system:test"),
        ):
            with scope:
                assert list(Patient.objects.all()) == [kept]
                assert not gone.status_changes.exists()

    def test_every_table_about_people_goes_over_or_says_that_it_does_not(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.conrelid::regclass::text FROM pg_constraint c"
                " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
                " WHERE c.contype = 'f' AND c.confrelid = 'patients_patient'::regclass"
                " AND cardinality(c.conkey) = 1 AND a.attname = 'patient_id'"
            )
            about = {name for (name,) in cursor.fetchall()}
        assert about - {model._meta.db_table for model in tables()} == {
            "patients_statuschange",
            "plans_planreview",
            "aftercare_outreachcall",
            "patients_episode",
            "patients_carehold",
            "patients_careleaving",
            "patients_deathrecord",
            "patients_personmerge",
            "patients_mergeddetail",
            "aftercare_caremark",
            "aftercare_caseloadline",
        }
        assert set(WORDS) <= about

    def test_what_has_its_like_there_stays_behind(self, kept, gone, by, clinic):
        code(kept), code(gone), code(gone, "F17.2")
        for one in (kept, gone):
            registry.put_on_care_team(
                patient=one, staff=by, part="lead", by=by, at=NOON
            )
        registry.put_on_care_team(
            patient=gone, staff=by, part="counselor", by=by, at=NOON
        )

        seen = preview_merge(kept, gone, today=NOON.date())
        merged(kept, gone, by)

        assert seen.stays_in_words == ["1 place on the care team", "1 condition"]
        assert seen.goes_in_words == ["1 place on the care team", "1 condition"]
        with as_staff(by, clinic):
            held = Condition.objects.values_list("code", "patient")
            assert set(held) == {("F11.20", kept.pk), ("F17.2", kept.pk)}
            parts = CareTeamMember.objects.values_list("part", "patient")
            assert set(parts) == {("lead", kept.pk), ("counselor", kept.pk)}

    def test_a_draft_stays_behind_whole_where_the_other_has_one(self, kept, gone, by):
        for one in (kept, gone):
            drafted(one, by, with_decision=False)
        plan = Plan.objects.get(patient=gone)

        merged(kept, gone, by)

        assert plan.needs.exclude(patient=gone).count() == 0
        plan.refresh_from_db()
        assert plan.patient_id == gone.pk

    def test_what_is_still_written_for_the_other_goes_there(self, kept, gone, by):
        merged(kept, gone, by)

        late = DoseEventFactory(patient=gone)
        late.refresh_from_db()

        assert late.patient_id == kept.pk

    def test_a_closed_chart_stays_closed(self, kept, gone, by, clinic, prescriber):
        registry.put_on_care_team(patient=gone, staff=by, part="lead", by=by, at=NOON)
        restrict_chart(patient=gone, reason="Works here", by=by, at=NOON)

        merged(kept, gone, by)

        with as_staff(prescriber, clinic):
            assert not Patient.objects.exists()
        with as_staff(by, clinic):
            assert list(Patient.objects.all()) == [kept]

    def test_an_emergency_hour_is_no_right_to_merge(self, kept, gone, by, prescriber):
        registry.put_on_care_team(patient=gone, staff=by, part="lead", by=by, at=NOON)
        restrict_chart(patient=gone, reason="Works here", by=by, at=NOON)
        for one, other in ((kept, gone), (gone, kept)):
            with pytest.raises(registry.NotOnTheTeam):
                merged(one, other, prescriber)
        merge = merged(kept, gone, by)
        with pytest.raises(registry.NotOnTheTeam):
            take_apart(merge=merge, by=prescriber, at=NOON)

    def test_counts_what_nobody_looks_for_together(self):
        rows = {"patients_allergy": {1}, "somewhere": {1, 2}, "elsewhere": {3}}
        assert counted(rows) == ["1 allergy", "3 other entries"]
        assert counted({"somewhere": {1}}) == ["1 other entry"]


class TestDetails:
    def test_unknown_is_answered_by_the_other_record(self, kept, gone):
        gone.address, gone.is_unhoused, gone.date_of_birth = "12 Elm", False, None
        kept.pronouns, kept.sex_at_birth = "she/her", "unknown"
        told = {
            one.column: one
            for one in preview_merge(kept, gone, today=NOON.date()).differences
        }
        assert told["address"].proposed == "gone"
        assert told["is_unhoused"].kept == "Not known"
        assert told["is_unhoused"].gone == "No"
        assert told["sex_at_birth"].gone == "Female"
        assert told["given_name"].proposed == "kept"
        assert "pronouns" not in told
        assert "date_of_birth" not in told
        assert set(LABELS) == set(registry.DETAILS)

    def test_the_birth_date_is_shown_as_it_is_said(self, kept, gone):
        gone.date_of_birth = dt.date(1992, 4, 13)
        (birth,) = [
            one
            for one in preview_merge(kept, gone, today=NOON.date()).differences
            if one.column == "date_of_birth"
        ]
        assert (birth.kept, birth.gone) == ("14 Mar 1992", "13 Apr 1992")

    def test_what_is_chosen_is_taken_and_given_back(self, kept, gone, by):
        gone.date_of_birth, gone.is_unhoused = dt.date(1992, 4, 13), True
        gone.admitted_on = dt.date(2026, 11, 20)
        gone.save()

        merge = merged(
            kept, gone, by, date_of_birth="gone", is_unhoused="gone", given_name="kept"
        )
        kept.refresh_from_db()
        assert kept.date_of_birth == dt.date(1992, 4, 13)
        assert kept.is_unhoused is True
        assert kept.admitted_on == dt.date(2026, 11, 20)
        assert kept.given_name == "Alma"

        kept.is_unhoused = None
        kept.save()
        take_apart(merge=merge, by=by, at=NOON + DAY)
        kept.refresh_from_db()
        assert kept.date_of_birth == dt.date(1992, 3, 14)
        assert kept.admitted_on is None
        # Somebody has changed it since.
        assert kept.is_unhoused is None

    def test_an_allergy_of_one_record_ends_that_none_are_known(self, kept, gone, by):
        note_no_known_allergies(patient=kept, by=by, at=NOON)
        list_entry(
            patient=gone,
            kind="allergy",
            values={"kind": "other", "substance": "Penicillin"},
            by=by,
            at=NOON,
        )
        merge = merged(kept, gone, by)
        kept.refresh_from_db()
        assert kept.no_known_allergies is False
        take_apart(merge=merge, by=by, at=NOON)
        kept.refresh_from_db()
        assert kept.no_known_allergies is True

    def test_that_none_are_known_holds_for_both(self, kept, gone, by):
        note_no_known_allergies(patient=gone, by=by, at=NOON)
        merged(kept, gone, by)
        kept.refresh_from_db()
        assert kept.no_known_allergies is True

    def test_found_by_both_names_and_numbers(self, kept, gone, by, clinic):
        merge = merged(kept, gone, by)
        for words in ("T-10002", "T-10001", "Ana", "Alma"):
            with as_staff(by, clinic):
                assert list(Patient.objects.found_by(words)) == [kept]
        registry.change_details(
            patient=Patient.objects.get(pk=kept.pk),
            details={"given_name": "Alba"},
            by=by,
            at=NOON,
        )
        with as_staff(by, clinic):
            assert list(Patient.objects.found_by("Ana")) == [kept]
        take_apart(merge=merge, by=by, at=NOON)
        with as_staff(by, clinic):
            assert list(Patient.objects.found_by("Ana")) == [gone]


class TestSettleFirst:
    def settled(self, kept, gone):
        return " ".join(preview_merge(kept, gone, today=NOON.date()).to_settle)

    def test_a_death(self, kept, gone, by):
        registry.change_status(patient=gone, status="deceased", by=by, at=NOON)
        gone.refresh_from_db()
        assert "T-10002 is marked as deceased" in self.settled(kept, gone)
        assert "T-10002 is marked as deceased" in self.settled(gone, kept)
        with pytest.raises(NotOnePerson, match="deceased"):
            merged(kept, gone, by)

    def test_the_record_further_in_care_stays(self, kept, gone, by):
        registry.change_status(patient=gone, status="active", by=by, at=NOON)
        gone.refresh_from_db()
        assert "Keep T-10002 instead" in self.settled(kept, gone)
        assert self.settled(gone, kept) == ""

    def test_medicine_in_both(self, kept, gone):
        RegimenFactory(patient=kept)
        assert self.settled(kept, gone) == ""
        RegimenFactory(patient=gone, started_on=NOON.date() + DAY)
        assert "stops the one in T-10002 first" in self.settled(kept, gone)

    def test_intakes_in_both(self, kept, gone):
        IntakeFactory(patient=kept)
        intake = IntakeFactory(patient=gone)
        assert self.settled(kept, gone) == ""
        IntakeAnswerFactory(intake=intake, patient=gone)
        assert "intake is under way in both" in self.settled(kept, gone)

    def test_talks_in_both(self, kept, gone, clinic, by):
        for one in (kept, gone):
            assert self.settled(kept, gone) == ""
            DecisionTalk.objects.create(
                clinic=clinic,
                patient=one,
                language="en",
                mode="screen",
                opened_at=NOON,
                opened_by=by,
            )
        assert "talk about medication is under way in both" in self.settled(kept, gone)

    def test_lists_of_disclosures_owed_in_both(self, kept, gone, clinic, by):
        for one in (kept, gone):
            assert self.settled(kept, gone) == ""
            DisclosureListRequest.objects.create(
                clinic=clinic,
                patient=one,
                asked_on=NOON.date(),
                due_on=NOON.date(),
                recorded_at=NOON,
                recorded_by=by,
            )
        assert "wait for their list" in self.settled(kept, gone)

    def test_a_signed_plan_stays_where_it_was_signed(self, kept, gone, prescriber):
        signed(gone, prescriber)
        assert "Keep T-10002 instead" in self.settled(kept, gone)
        assert self.settled(gone, kept) == ""
        signed(kept, prescriber)
        assert "Plans are signed in both" in self.settled(kept, gone)

    def test_nothing_is_done_with_what_was_not_shown(self, kept, gone, by):
        seen = preview_merge(kept, gone, today=NOON.date())
        owed(gone)
        with pytest.raises(NotOnePerson, match="look again"):
            merge_people(
                kept=kept, gone=gone, choices={}, shown=seen.shown, by=by, at=NOON
            )
        assert not PersonMerge.objects.exists()

    def test_a_record_is_not_merged_with_itself(self, kept, by):
        with pytest.raises(NotOnePerson, match="two records"):
            merge_people(kept=kept, gone=kept, choices={}, shown="", by=by, at=NOON)


def signed(person, by):
    plan = ready(drafted(person, by))
    return sign_plan(plan=plan, by=by, at=NOON)


class TestApart:
    def test_everything_goes_back_and_what_came_since_stays(
        self, kept, gone, by, clinic
    ):
        dose, own = DoseEventFactory(patient=gone), DoseEventFactory(patient=kept)
        code(kept), code(gone)
        merge = merged(kept, gone, by)
        later = DoseEventFactory(patient=kept, on=NOON.date() + DAY)

        seen = preview_apart(merge)
        take_apart(merge=merge, by=by, at=NOON + 30 * DAY)

        assert seen.goes_in_words == ["1 dose"]
        assert seen.stays_in_words == []
        with as_staff(by, clinic):
            assert set(Patient.objects.all()) == {kept, gone}
            assert set(gone.dose_events.all()) == {dose}
            assert set(kept.dose_events.all()) == {own, later}
            assert gone.conditions.count() == 1
        merge.refresh_from_db()
        assert merge.undone_by == by

    def test_a_plan_signed_since_stays_with_all_of_it(self, kept, gone, prescriber):
        drafted(gone, prescriber)
        talk = owed(gone)
        merge = merged(kept, gone, prescriber)
        plan = Plan.objects.get(patient=kept)
        sign_plan(plan=ready(plan), by=prescriber, at=NOON)

        assert "1 plan" in preview_apart(merge).stays_in_words
        take_apart(merge=merge, by=prescriber, at=NOON + DAY)

        plan.refresh_from_db()
        talk.refresh_from_db()
        assert plan.patient_id == kept.pk
        assert not plan.needs.exclude(patient=kept).exists()
        assert is_as_signed(plan)
        assert talk.patient_id == gone.pk

    def test_what_newer_rows_rest_on_stays(self, kept, gone, prescriber):
        decision = decided(gone, prescriber)
        merge = merged(kept, gone, prescriber)
        RegimenFactory(patient=kept, decision=decision)

        assert preview_apart(merge).stays_in_words == ["1 decision"]
        take_apart(merge=merge, by=prescriber, at=NOON)

        decision.refresh_from_db()
        assert decision.patient_id == kept.pk

    def test_once_and_within_30_days(self, kept, gone, by):
        merge = merged(kept, gone, by)
        with pytest.raises(NotToBeParted):
            take_apart(merge=merge, by=by, at=NOON + 31 * DAY)
        take_apart(merge=merge, by=by, at=NOON)
        with pytest.raises(NotToBeParted):
            take_apart(merge=merge, by=by, at=NOON)

    def test_may_be_merged_again(self, kept, gone, by):
        take_apart(merge=merged(kept, gone, by), by=by, at=NOON)
        kept.refresh_from_db()
        merged(kept, gone, by, at=NOON + DAY)
        assert record_now(gone.pk) == kept.pk


class TestLeads:
    def test_from_record_to_record(self, kept, gone, by, clinic):
        first = PatientFactory(clinic=clinic, mrn="T-10000")
        merged(gone, first, by)
        gone.refresh_from_db()
        merged(kept, gone, by)

        assert record_now(first.pk) == kept.pk
        assert record_now(kept.pk) == kept.pk
        with as_staff(by, clinic):
            assert list(Patient.objects.found_by("T-10000")) == [kept]
            assert numbers_of([kept.pk]) == {kept.pk, gone.pk, first.pk}
            assert leads_of({first.pk, kept.pk}) == {first.pk: kept.pk}
            assert leads_of(set()) == {}
            assert people_numbered(clinic, ["T-10000", "T-10001", "T-9"]) == {
                "T-10000": kept,
                "T-10001": kept,
            }

    def test_a_laboratory_may_go_on_with_the_old_number(self, kept, gone, by, clinic):
        merged(kept, gone, by)
        sheet = b"mrn,test,value,unit,measured\nT-10002,QTc,460,ms,2026-11-20\n"
        with as_staff(by, clinic):
            found = read_results(clinic=clinic, content=sheet, by=by, at=NOON)
        assert found.lines[0]["patient"] == kept.pk

    def test_who_opened_either_is_told_of_the_one(self, kept, gone, by, prescriber):
        registry.note_chart_view(patient=gone, page="chart", by=prescriber, at=NOON)
        merged(kept, gone, by)
        assert prescriber.pk in {
            one.staff_id for one in readers_of(kept, since=NOON - DAY)
        }


class TestAttacks:
    """As the application's role."""

    def run(self, sql, *values):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    def test_recorded_rows_are_nobodys_to_give_to_another(self, kept, gone, by):
        result = ObservationFactory(patient=gone)
        with pytest.raises(DatabaseError, match="is signed or recorded"):
            self.run(
                "UPDATE assessments_observation SET patient_id = %s WHERE id = %s",
                kept.pk,
                result.pk,
            )
        DoseEventFactory(patient=gone)
        decided(gone, by)
        merged(kept, gone, by)
        with pytest.raises(DatabaseError, match="permission denied"):
            self.run(
                "UPDATE medications_medicationdecision SET patient_id = %s", gone.pk
            )
        with pytest.raises(DatabaseError, match="is signed or recorded"):
            self.run(
                "UPDATE assessments_observation SET patient_id = %s, text = 'x'",
                gone.pk,
            )

    def test_tables_that_are_of_no_person_move_nothing(self, kept, gone, by):
        merge = merged(kept, gone, by)
        for table in ("patients_statuschange", "accounts_staff", "pg_class"):
            with pytest.raises(DatabaseError, match=r"go over|does not exist"):
                self.run("SELECT mainstay_merge(%s, %s, '{}')", merge.pk, [table])

    def test_a_merge_of_another_clinic_is_not_there(self, kept, gone, by):
        merge = merged(kept, gone, by)
        other = ClinicFactory()
        for act in ("mainstay_merge(%s, '{}', '{}')", "mainstay_take_apart(%s, '{}')"):
            with (
                pytest.raises(DatabaseError, match="no rows"),
                tenancy.clinics([other.pk], actor="staff:1"),
            ):
                self.run(f"SELECT {act}", merge.pk)

    def test_a_merge_is_of_two_and_stays_as_it_was(self, kept, gone, by):
        merge = merged(kept, gone, by)
        with pytest.raises(DatabaseError, match="is signed or recorded"):
            self.run("UPDATE patients_personmerge SET gone_mrn = 'x'")
        with pytest.raises(IntegrityError, match="undone_in_time"):
            self.run(
                "UPDATE patients_personmerge SET undone_at = merged_at + interval '40 days',"
                " undone_by_id = merged_by_id"
            )
        with pytest.raises(DatabaseError, match="permission denied"):
            self.run("DELETE FROM patients_mergedrows WHERE merge_id = %s", merge.pk)

    def test_every_table_of_people_leads_there(self):
        assert has_person(DoseEvent)
        assert not has_person(PersonMerge)
        assert not has_person(MergedRows)
        assert not has_person(Patient)


class TestPages:
    @pytest.fixture
    def desk(self, clinic):
        return signed_in(StaffFactory(roles={clinic: [Role.CARE_MANAGER]}))

    def test_find_compare_merge_and_undo(self, desk, kept, gone):
        FollowUp.objects.all().delete()
        owed(gone)
        alike = desk.get(f"/people/{kept.pk}/twice/")
        assert f"/people/{kept.pk}/merge/{gone.pk}/" in alike.text
        found = desk.post(f"/people/{kept.pk}/twice/", {"sought": "T-10002"})
        assert f"/people/{kept.pk}/merge/{gone.pk}/" in found.text

        path = f"/people/{kept.pk}/merge/{gone.pk}/"
        page = desk.get(path)
        assert "1 follow-up" in page.text
        assert "birth dates differ" not in page.text
        sent = {
            "shown": page.context["seen"].shown,
            "given_name": "gone",
            "family_name": "kept",
        }
        refused = desk.post(path, sent)
        assert refused.status_code == 400
        assert "Tick this once you have compared" in refused.text
        assert desk.post(path, sent | {"is_one": "on"}).url == (
            f"/people/{kept.pk}/contacts/"
        )
        kept.refresh_from_db()
        assert kept.given_name == "Ana"

        led = desk.get(f"/people/{gone.pk}/contacts/", follow=True)
        assert led.redirect_chain == [(f"/people/{kept.pk}/", 302)]
        assert "T-10002 went into this record." in led.text
        assert desk.post(f"/people/{gone.pk}/details/", {}).status_code == 404

        merge = PersonMerge.objects.get()
        undo = f"/people/{kept.pk}/merges/{merge.pk}/"
        assert undo in desk.get(f"/people/{kept.pk}/contacts/").text
        assert "1 follow-up" in desk.get(undo).text
        assert desk.post(undo, {}).url == f"/people/{gone.pk}/"
        assert desk.get(f"/people/{gone.pk}/").status_code == 200
        assert "Taken apart" in desk.get(undo).text
        assert "taken apart already" in desk.post(undo, {}, follow=True).text

    def test_nobody_alike_nobody_found(self, desk, kept):
        assert "Nobody here is alike" in desk.get(f"/people/{kept.pk}/twice/").text
        path = f"/people/{kept.pk}/twice/"
        assert "Nobody else found" in desk.post(path, {"sought": "Xyz"}).text

    def test_what_is_to_settle_stands_in_place_of_the_form(self, desk, kept, gone, by):
        registry.change_status(patient=gone, status="active", by=by, at=NOON)
        page = desk.get(f"/people/{kept.pk}/merge/{gone.pk}/")
        assert "Settle first" in page.text
        assert "Merge the two" not in page.text

    def test_other_birth_dates_are_told_first(self, desk, kept, clinic):
        other = PatientFactory(clinic=clinic, date_of_birth=dt.date(1990, 1, 1))
        page = desk.get(f"/people/{kept.pk}/merge/{other.pk}/")
        assert "The birth dates differ" in page.text

    def test_another_clinics_record_is_not_there(self, desk, kept):
        stranger = PatientFactory()
        assert desk.get(f"/people/{kept.pk}/merge/{stranger.pk}/").status_code == 404
        assert desk.get(f"/people/{stranger.pk}/merge/{kept.pk}/").status_code == 404

    def test_the_audit_tells_both_under_one_number(
        self, kept, gone, by, clinic, prescriber
    ):
        registry.note_chart_view(patient=gone, page="chart", by=prescriber, at=NOON)
        merged(kept, gone, by)
        admin = signed_in(StaffFactory(roles={clinic: [Role.ADMIN, Role.CLINICIAN]}))
        page = admin.post("/audit/", {"person": "T-10001"}, follow=True)
        assert AuditEvent.objects.filter(patient_id=gone.pk).exists()
        assert "took another record of the person into this one" in page.text
        assert "merged this record into another" in page.text
