"""What the database itself keeps apart, whatever the code forgets."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import tenancy
from accounts.models import AuditEvent, RowHistory
from accounts.protection import clinic_owned
from patients.models import Allergy, Patient
from tests.factories import PatientFactory
from tests.universe import universe

pytestmark = pytest.mark.django_db


def test_the_application_role_owns_no_table_and_cannot_bypass_row_security():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone()[0] == 0
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, "mainstay_app")


@pytest.mark.parametrize(
    "model", [pytest.param(m, id=m._meta.db_table) for m in clinic_owned()]
)
def test_every_clinical_table_compares_the_clinic_and_keeps_its_history(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relrowsecurity, (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname),"
            " (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'history%%')"
            " FROM pg_class c WHERE c.relname = %s",
            [table],
        )
        assert cursor.fetchone() == (True, 1, 3 if model.with_history else 0)


class TestOnePersonInTwoClinics:
    def test_no_clinic_named_sees_nothing(self, clinic):
        PatientFactory(clinic=clinic)

        with tenancy.clinics([], actor="test"):
            assert Patient.objects.count() == 0

    def test_the_wrong_clinic_sees_nothing(self, clinic, other_clinic):
        PatientFactory(clinic=clinic)

        with tenancy.clinics([other_clinic.pk], actor="test"):
            assert Patient.objects.count() == 0

    def test_the_right_clinic_sees_its_own(self, clinic, other_clinic):
        mine = PatientFactory(clinic=clinic)
        PatientFactory(clinic=other_clinic)

        with tenancy.clinics([clinic.pk], actor="test"):
            assert list(Patient.objects.all()) == [mine]

    def test_a_row_cannot_be_written_into_another_clinic(self, clinic, other_clinic):
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            tenancy.clinics([clinic.pk], actor="test"),
        ):
            PatientFactory(clinic=other_clinic)

    def test_a_reference_cannot_cross_clinics(self, clinic, other_clinic, noon):
        person = PatientFactory(clinic=other_clinic)

        def refer():
            with transaction.atomic(), connection.cursor() as cursor:
                Allergy.objects.create(
                    clinic=clinic,
                    patient=person,
                    kind="other",
                    substance="latex",
                    recorded_at=noon,
                )
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError, match="same_clinic"):
            refer()


def test_no_row_of_any_table_is_seen_but_by_its_own_clinic(
    clinic, other_clinic, subtests
):
    universe(clinic)

    for model in clinic_owned():
        with subtests.test(model._meta.db_table):
            with tenancy.clinics([], actor="test"):
                assert model.objects.count() == 0
            with tenancy.clinics([other_clinic.pk], actor="test"):
                assert model.objects.count() == 0
            with tenancy.clinics([clinic.pk], actor="test"):
                assert model.objects.count() > 0, "the universe lacks one of these"


@pytest.mark.parametrize("model", [AuditEvent, RowHistory])
def test_neither_audit_shows_another_clinic(model, clinic, other_clinic):
    universe(clinic)

    with tenancy.clinics([other_clinic.pk], actor="test"):
        assert not model.objects.filter(clinic_id=clinic.pk).exists()
    with tenancy.clinics([clinic.pk], actor="test"):
        assert model.objects.filter(clinic_id=clinic.pk).exists()


class TestScope:
    def test_the_wider_scope_comes_back(self, clinic, other_clinic):
        PatientFactory(clinic=clinic)
        PatientFactory(clinic=other_clinic)

        with tenancy.every_clinic(actor="test"):
            with tenancy.clinics([clinic.pk], actor="test"):
                assert Patient.objects.count() == 1
            assert Patient.objects.count() == 2

    def test_an_error_takes_the_scope_with_it(self, clinic, other_clinic):
        PatientFactory(clinic=clinic)

        with (
            pytest.raises(ZeroDivisionError),
            tenancy.clinics([other_clinic.pk], actor="test"),
        ):
            raise ZeroDivisionError

        assert Patient.objects.count() == 1


class TestHistory:
    def test_a_change_leaves_only_what_changed_with_who_did_it(self, clinic):
        person = PatientFactory(clinic=clinic, pronouns="")
        with tenancy.clinics([clinic.pk], actor="staff:7"):
            Patient.objects.filter(pk=person.pk).update(pronouns="she/her")

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT actor, operation, old, new FROM accounts_rowhistory"
                " WHERE table_name = 'patients_patient' AND row_id = %s ORDER BY id DESC LIMIT 1",
                [person.pk],
            )
            actor, operation, old, new = cursor.fetchone()
        assert (actor, operation) == ("staff:7", "update")
        assert '"she/her"' in new
        assert "given_name" not in old

    @pytest.mark.parametrize("table", ["accounts_rowhistory", "accounts_auditevent"])
    @pytest.mark.parametrize(
        "act", ["UPDATE {} SET actor = ''", "DELETE FROM {}", "TRUNCATE {}"]
    )
    def test_neither_audit_can_be_rewritten(self, table, act):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act.format(table))

    def test_history_cannot_be_invented(self):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO accounts_rowhistory (at, transaction, actor, clinic_id, table_name, row_id, operation)"
                " VALUES (now(), 1, 'x', 1, 'x', 1, 'insert')"
            )
