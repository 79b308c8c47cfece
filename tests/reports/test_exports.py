"""The caseload as a file."""

import csv
import datetime as dt
import io
import os
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection

from accounts.access import Acting
from accounts.models import AuditEvent
from aftercare.models import OutreachAttempt
from patients.models import Patient
from reports.caseload import csv_file
from reports.caseload.turns import OF_A_CLINIC
from tests.conftest import NOON, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, lines_written, owed
from tests.factories.treatment import RegimenFactory


@pytest.fixture
def clinic(transactional_db):
    return ClinicFactory(name="Harbor Street Clinic")


@pytest.fixture
def admin(clinic):
    return StaffFactory(roles={clinic: ["admin"]}, name="Ada Okafor")


@pytest.fixture
def export(clinic, admin):
    def do(role="medical_director"):
        lines_written(clinic)
        acting = Acting(admin, clinic, frozenset({role}))
        text = b"".join(csv_file.caseload(acting, at=NOON)).decode()
        return list(csv.DictReader(io.StringIO(text)))

    return do


def test_names_every_medicine_that_is_taken_and_none_that_starts_later(clinic, export):
    person = PatientFactory(clinic=clinic, status="active")
    for medication, start, dose, overlaps in (
        ("MTD", -60, 90, False),
        ("BUP_LOW", -2, 2, True),
        ("NTX_XR", 30, 380, True),
    ):
        RegimenFactory(
            clinic=clinic,
            patient=person,
            medication=medication,
            dose_mg=dose,
            started_on=TODAY + dt.timedelta(days=start),
            is_low_dose_overlap=overlaps,
        )

    (row,) = export()

    assert row["Medicine"] == "Methadone + Buprenorphine, low-dose start"
    assert (row["Dose in mg"], row["Since"]) == ("90 + 2", "2026-09-22")


def test_who_reads_no_charts_takes_record_numbers_and_dates_alone(clinic, export):
    PatientFactory(clinic=clinic, status="active", family_name="Quillfeather")
    (row,) = export("admin")

    assert tuple(row) == csv_file.ADMINISTRATIVE
    assert not {"Name", "Status", "Next", "Why", "Medicine", "Score"} & row.keys()


def test_holds_one_row_a_person_in_care(clinic, admin, export):
    person = PatientFactory(clinic=clinic, status="active", mrn="004-0001")
    owed(person, 30)
    owed(person, -5, after=2, title="Visit, week 6", reason="Months 2 and 3.")
    RegimenFactory(
        clinic=clinic, patient=person, medication="MTD", dose_mg=85, started_on=TODAY
    )
    OutreachAttempt.objects.create(
        clinic=clinic, patient=person, outcome="no_answer", made_at=NOON, made_by=admin
    )
    PatientFactory(clinic=clinic, status="discharged")
    PatientFactory(clinic=clinic, status="deceased")

    (row,) = export()

    assert list(row) == list(csv_file.COLUMNS)
    assert row | {"Name": ""} == {
        "MRN": "004-0001",
        "Name": "",
        "Status": "Active",
        "Admitted": "",
        "Urgency": "today",
        "Next": "Visit, week 6",
        "Why": "Months 2 and 3.",
        "First day": "2026-11-16",
        "Due": "2026-11-16",
        "Last day": "2026-11-18",
        "Overdue": "yes",
        "Who": "care manager",
        "Medicine": "Methadone",
        "Dose in mg": "85",
        "Since": "2026-11-21",
        "Last contact": "2026-11-21",
        "Contact": "no answer",
        "Last score": "",
        "Score": "",
        "Scored on": "",
    }


def test_what_is_unknown_is_empty_and_not_no(clinic, export):
    PatientFactory(clinic=clinic)

    (row,) = export()

    assert (row["Next"], row["Overdue"], row["Medicine"]) == ("", "", "")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b"])
def test_no_spreadsheet_takes_a_text_for_a_formula(clinic, export, sign):
    person = PatientFactory(clinic=clinic, used_name=f"{sign}cmd|' /C calc'!A0")
    owed(person, title=f"{sign}1+1", reason=f"{sign}HYPERLINK(1)")

    (row,) = export()

    for column, text in (("Next", "1+1"), ("Why", "HYPERLINK(1)")):
        assert row[column] == f"'{sign}{text}"
    assert row["Name"].startswith(f"'{sign}cmd") or row["Name"].startswith("cmd")


def test_a_sign_inside_a_text_stays(clinic, export):
    owed(PatientFactory(clinic=clinic), title='Visit, "week" 6 = +1')

    assert export()[0]["Next"] == 'Visit, "week" 6 = +1'


def test_another_clinics_people_are_not_in_it(export):
    PatientFactory(clinic=ClinicFactory())

    assert export() == []


def test_sees_its_own_clinic_whatever_the_statement_says(clinic):
    PatientFactory(clinic=clinic, mrn="mine")
    PatientFactory(clinic=ClinicFactory(), mrn="theirs")

    told = csv_file.copied(
        "SELECT mrn FROM patients_patient", {}, clinic_id=clinic.pk, actor="test"
    )

    assert b"".join(told).split() == [b"mrn", b"mine"]


def test_whoever_reads_it_slowly_has_more_time_than_a_page(clinic):
    told = csv_file.copied(
        "SELECT current_setting('statement_timeout') AS most",
        {},
        clinic_id=clinic.pk,
        actor="test",
    )

    assert b"".join(told).split() == [b"most", csv_file.LONGEST_COPY.encode()]


def test_what_goes_wrong_in_the_database_is_said(clinic):
    # Said at the call or at the first row: whichever comes first.
    with pytest.raises(DatabaseError):
        list(csv_file.copied("SELECT 1/0", {}, clinic_id=clinic.pk, actor="test"))


def test_who_goes_away_ends_the_copy(clinic):
    before = threading.active_count()
    told = csv_file.copied(
        "SELECT repeat('x', 1000) FROM generate_series(1, 10000000)",
        {},
        clinic_id=clinic.pk,
        actor="test",
    )
    next(told)
    assert threading.active_count() == before + 1

    told.close()

    assert threading.active_count() == before
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT repeat%%'"
            " AND state = 'active' AND datname = current_database()"
        )
        assert cursor.fetchone()[0] == 0


def test_memory_stays_flat(clinic):
    def resident():
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    told = csv_file.copied(
        "SELECT repeat('x', 100) FROM generate_series(1, 600000)",
        {},
        clinic_id=clinic.pk,
        actor="test",
    )
    next(told)
    before = resident()
    size = sum(len(piece) for piece in told)

    assert size > 60_000_000
    assert resident() - before < 20_000_000


def test_a_change_on_the_way_is_not_half_in_it(clinic):
    for number in range(3):
        PatientFactory(clinic=clinic, mrn=f"004-{number}", family_name="Before")
    told = csv_file.copied(
        # More than the pipe takes, so that it stands still on the way.
        "SELECT family_name, repeat('x', 200000) FROM patients_patient ORDER BY mrn",
        {},
        clinic_id=clinic.pk,
        actor="test",
    )
    first = next(told)
    Patient.objects.filter(clinic=clinic).update(family_name="After")

    file = first + b"".join(told)

    assert file.count(b"Before") == 3
    assert b"After" not in file


WHY = {"purpose": "work", "why": "Saturday calls"}


class TestDoor:
    def test_sends_a_file_and_writes_down_who_took_it(self, clinic, admin):
        PatientFactory(clinic=clinic, mrn="004-0001")
        client = signed_in(admin)

        response = client.post("/caseload/export/", WHY)

        event = AuditEvent.objects.get(verb="caseload.exported")
        assert (event.why, event.facts) == ("Saturday calls", {"purpose": "work"})
        assert (event.staff_id, event.clinic_id) == (admin.pk, clinic.pk)
        today = dt.datetime.now(tz=ZoneInfo(clinic.time_zone))
        name = f"caseload-{today.date().isoformat()}.csv"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in response["Cache-Control"]
        content = b"".join(response.streaming_content)
        assert b"004-0001" in content
        assert b"42 CFR part 2" in content

    def test_leaves_for_a_reason_alone(self, admin):
        client = signed_in(admin)

        assert "Reason, kept with it" in client.get("/caseload/export/").text
        assert client.post("/caseload/export/", WHY | {"why": ""}).status_code == 400
        assert not AuditEvent.objects.filter(verb="caseload.exported").exists()

    @pytest.mark.parametrize("role", ["prescriber", "clinician", "care_manager"])
    def test_is_the_admins(self, clinic, role):
        client = signed_in(StaffFactory(roles={clinic: [role]}))

        assert client.post("/caseload/export/").status_code == 403
        assert not AuditEvent.objects.filter(verb="caseload.exported").exists()


def half_taken(staff, clinic):
    """A file that somebody takes slowly."""
    told = csv_file.copied(
        "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)",
        {},
        clinic_id=clinic.pk,
        actor="test",
        taker=staff.pk,
    )
    next(told)
    return told


class TestTurns:
    def asked(self, admin):
        return signed_in(admin).post("/caseload/export/", WHY)

    def test_one_at_a_time_for_each(self, clinic, admin):
        going = half_taken(admin, clinic)

        refused = self.asked(admin)

        assert refused.status_code == 429
        assert "still being made" in refused.text
        assert "Saturday calls" in refused.text
        assert not AuditEvent.objects.filter(verb="caseload.exported").exists()
        going.close()
        assert self.asked(admin).status_code == 200

    def test_few_at_a_time_for_a_clinic(self, clinic, admin):
        others = StaffFactory.create_batch(OF_A_CLINIC, roles={clinic: ["admin"]})
        going = [half_taken(one, clinic) for one in others]

        refused = self.asked(admin)

        assert refused.status_code == 429
        assert "Other files" in refused.text
        elsewhere = ClinicFactory()
        theirs = StaffFactory(roles={elsewhere: ["admin"]})
        assert self.asked(theirs).status_code == 200
        for one in going:
            one.close()
