"""Attacks on the record by whoever has the application's own role in the database."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts import tenancy
from accounts.audit import record
from accounts.chain import heads
from accounts.models import AuditChain, AuditEvent, AuditLink, Membership, RowHistory
from accounts.permissions import Role
from accounts.protection import AS_OWNER, FROZEN
from plans.actions.signing import sign_plan
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready

pytestmark = pytest.mark.django_db


def run(*statements):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def as_owner(*statements):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.execute("SET ROLE mainstay_app")


@pytest.fixture
def plan(clinic, clinician, noon):
    person = PatientFactory(clinic=clinic)
    return sign_plan(
        plan=ready(drafted(person, clinician, noon)), by=clinician, at=noon
    )


class TestWithTablesOfItsOwn:
    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TEMP TABLE plans_plan (id bigint)",
            "CREATE TABLE public.plans_more (id bigint)",
            "CREATE SCHEMA mine",
            "SELECT mainstay_chain()",
            "SELECT mainstay_history()",
        ],
    )
    def test_makes_and_calls_nothing(self, statement):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(statement)

    def test_what_runs_as_the_owner_is_called_by_nobody_else(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = 'public' AND p.prosecdef"
                " AND has_function_privilege('mainstay_app', p.oid, 'EXECUTE')"
            )
            # Whose link or number it is, to whoever knows the whole of its digest; whose charts are
            # closed, by number; which record went into which; moving what is of a person
            # between two records of theirs (tests/patients/test_merges.py).
            assert {name for (name,) in cursor.fetchall()} == {
                "mainstay_check_in",
                "mainstay_calendar_feed",
                "mainstay_message_wish",
                "mainstay_text_wishes",
                "mainstay_hidden_from",
                "mainstay_merged_into",
                "mainstay_records_of",
                "mainstay_merge",
                "mainstay_take_apart",
            }

    def test_what_runs_as_the_owner_looks_into_temporary_tables_last(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = 'public' AND p.prosecdef AND NOT EXISTS (SELECT FROM"
                " unnest(p.proconfig) c WHERE c = 'search_path=pg_catalog, public, pg_temp')"
            )
            assert cursor.fetchall() == []
        assert AS_OWNER.startswith("SECURITY DEFINER")
        assert "{as_owner}" in FROZEN

    def test_a_signed_plan_stays_although_a_table_of_its_name_could_be_made(self, plan):
        line = plan.interventions.first()
        as_owner(
            "GRANT TEMPORARY ON DATABASE"
            f" {connection.settings_dict['NAME']} TO mainstay_app"
        )

        with pytest.raises(DatabaseError, match="is signed or recorded"):
            run(
                "CREATE TEMP TABLE plans_plan AS"
                " SELECT * FROM public.plans_plan WHERE false",
                "GRANT ALL ON plans_plan TO public",
                "UPDATE public.plans_intervention SET dose = 'FORGED 999 mg'"
                f" WHERE id = {line.pk}",
            )

    def test_a_change_leaves_its_history_although_a_table_hides_it(self, clinic):
        person = PatientFactory(clinic=clinic)
        as_owner(
            "GRANT TEMPORARY ON DATABASE"
            f" {connection.settings_dict['NAME']} TO mainstay_app"
        )
        before = RowHistory.objects.count()

        run(
            "CREATE TEMP TABLE accounts_rowhistory"
            " (LIKE public.accounts_rowhistory INCLUDING ALL)",
            "GRANT ALL ON accounts_rowhistory TO public",
            f"UPDATE patients_patient SET pronouns = 'x' WHERE id = {person.pk}",
            "DROP TABLE pg_temp.accounts_rowhistory",
        )

        assert RowHistory.objects.count() == before + 1

    def test_history_of_a_table_of_its_own_is_refused(self):
        as_owner(
            "GRANT TEMPORARY ON DATABASE"
            f" {connection.settings_dict['NAME']} TO mainstay_app"
        )

        with pytest.raises(DatabaseError, match="permission denied for function"):
            run(
                "CREATE TEMP TABLE plans_plan (id bigint, clinic_id bigint)",
                "CREATE TRIGGER h AFTER INSERT ON pg_temp.plans_plan"
                " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"
                " EXECUTE FUNCTION public.mainstay_history()",
            )


class TestStaffAndRoles:
    def test_a_role_given_in_sql_leaves_its_history(self, prescriber, clinic):
        run(
            "INSERT INTO accounts_membership (staff_id, clinic_id, role)"
            f" VALUES ({prescriber.pk}, {clinic.pk}, 'admin')"
        )

        left = RowHistory.objects.filter(table_name="accounts_membership").latest("pk")
        assert (left.operation, left.clinic_id) == ("insert", clinic.pk)
        assert left.new["role"] == "admin"

    def test_a_role_taken_leaves_its_history(self, prescriber, clinic):
        Membership.objects.get(staff=prescriber, role=Role.PRESCRIBER).delete()

        left = RowHistory.objects.filter(table_name="accounts_membership").latest("pk")
        assert (left.operation, left.old["role"]) == ("delete", "prescriber")

    def test_a_changed_password_is_history_and_its_hash_is_not(self, prescriber):
        prescriber.set_password("quite another long one")
        prescriber.save()

        left = RowHistory.objects.filter(table_name="accounts_staff").latest("pk")
        assert left.row_id == prescriber.pk
        assert left.old == left.new == {"password": "not kept"}
        said = RowHistory.objects.filter(table_name="accounts_staff")
        told = json.dumps(list(said.values_list("old", "new")))
        assert prescriber.password not in told

    def test_coming_in_is_no_change(self, prescriber, noon):
        before = RowHistory.objects.count()
        prescriber.last_login = noon
        prescriber.save()

        assert RowHistory.objects.count() == before

    def test_who_goes_leaves_what_they_were(self, clinic):
        stranger = PatientFactory(clinic=clinic).clinic
        as_owner(
            "INSERT INTO accounts_staff (email, name, credentials, is_active, password,"
            " session_generation, joined_at) VALUES"
            " ('x@y.example', 'X', '', true, 'hash', 1, now())",
            "DELETE FROM accounts_staff WHERE email = 'x@y.example'",
        )

        left = RowHistory.objects.filter(table_name="accounts_staff").latest("pk")
        assert (left.operation, left.old["password"]) == ("delete", "not kept")
        assert left.clinic_id is None
        assert stranger == clinic

    def test_a_changed_clinic_leaves_its_history(self, clinic):
        clinic.is_otp = False
        clinic.save()

        left = RowHistory.objects.filter(table_name="accounts_clinic").latest("pk")
        assert (left.old, left.new) == ({"is_otp": True}, {"is_otp": False})
        assert left.clinic_id == clinic.pk


class TestAudit:
    def test_who_writes_does_not_say_when_nor_for_whom(self, clinic):
        with tenancy.clinics([clinic.pk], actor="staff:1"):
            run(
                "INSERT INTO accounts_auditevent (at, clinic_id, actor, verb, subject, why,"
                " address, facts, written_at, written_for) VALUES ('2001-01-01',"
                f" {clinic.pk}, 'Ines', 'plan.signed', 'x', '', '', '{{}}',"
                " '2001-01-01', 'staff:999')"
            )
            forged = AuditEvent.objects.latest("pk")

        assert forged.written_at.year > 2001
        assert forged.written_for == "staff:1"

    def test_another_clinics_audit_is_not_written_into(self, clinic, other_clinic):
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            tenancy.clinics([clinic.pk], actor="staff:1"),
        ):
            run(
                "INSERT INTO accounts_auditevent (at, clinic_id, actor, verb, subject, why,"
                " address, facts, written_for) VALUES"
                f" (now(), {other_clinic.pk}, 'x', 'x', 'x', '', '', '{{}}', '')"
            )

    @pytest.mark.parametrize("table", ["accounts_auditchain", "accounts_auditlink"])
    def test_the_chain_is_not_written_by_hand(self, table):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(f"DELETE FROM {table}")


class TestChain:
    @pytest.fixture
    def rows(self, clinic, prescriber, noon):
        for number in range(4):
            record("test.act", clinic, by=prescriber, at=noon, clinic=clinic, n=number)
        self.commit()
        return list(AuditEvent.objects.filter(verb="test.act").order_by("pk"))

    def commit(self):
        """What a commit does: the triggers that wait for it run."""
        run("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")

    def said(self):
        try:
            call_command("verify_record")
        except CommandError as found:
            return str(found)
        return ""

    def test_holds_as_it_was_written(self, rows, clinic, capsys):
        assert self.said() == ""

        last = AuditChain.objects.get(clinic=clinic.pk)
        assert AuditLink.objects.filter(clinic=clinic.pk).count() == last.number
        assert last.digest in capsys.readouterr().out

    def test_a_clock_that_jumps_leaves_the_order_in_which_it_was_written(
        self, clinic, prescriber, noon
    ):
        for number, hours in enumerate((0, 24, -1, 1)):
            at = noon + dt.timedelta(hours=hours)
            record("test.act", clinic, by=prescriber, at=at, clinic=clinic, n=number)
        self.commit()

        written = AuditEvent.objects.filter(verb="test.act").order_by("pk")
        assert [one.facts["n"] for one in written] == [0, 1, 2, 3]
        assert self.said() == ""

    def test_a_changed_row_is_found(self, rows):
        as_owner(
            f"UPDATE accounts_auditevent SET actor = 'Somebody' WHERE id = {rows[1].pk}"
        )

        assert "the row is not what was written" in self.said()

    def test_a_removed_row_is_found(self, rows):
        as_owner(f"DELETE FROM accounts_auditevent WHERE id = {rows[1].pk}")

        assert "the row is gone" in self.said()

    def test_a_row_removed_with_its_link_is_found(self, rows):
        as_owner(
            f"DELETE FROM accounts_auditevent WHERE id = {rows[1].pk}",
            f"DELETE FROM accounts_auditlink WHERE event = {rows[1].pk}",
        )

        assert "a row before it is gone" in self.said()

    def test_the_newest_row_removed_with_its_link_is_found(self, rows):
        as_owner(
            f"DELETE FROM accounts_auditevent WHERE id = {rows[-1].pk}",
            f"DELETE FROM accounts_auditlink WHERE event = {rows[-1].pk}",
        )

        assert "the newest rows are gone" in self.said()

    def test_a_head_rewritten_with_its_rows_is_told_by_the_one_that_was_kept(
        self, rows, clinic
    ):
        kept = list(heads())
        links = AuditLink.objects.filter(clinic=clinic.pk).order_by("-number")
        last, before = links[:2]
        as_owner(
            f"DELETE FROM accounts_auditevent WHERE id = {last.event}",
            f"DELETE FROM accounts_auditlink WHERE event = {last.event}",
            f"UPDATE accounts_auditchain SET number = {before.number},"
            f" digest = '{before.digest}' WHERE clinic = {clinic.pk}",
        )

        # Nothing inside contradicts it any more.
        assert self.said() == ""
        assert list(heads()) != kept

    def test_a_row_put_there_past_the_chain_is_found(self, rows):
        as_owner(f"DELETE FROM accounts_auditlink WHERE event = {rows[2].pk}")

        assert "a row stands outside the chain" in self.said()

    def test_a_changed_plan_is_found(self, plan):
        line = plan.interventions.first()
        run("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
        as_owner(
            "ALTER TABLE plans_intervention DISABLE TRIGGER frozen",
            f"UPDATE plans_intervention SET dose = '999 mg' WHERE id = {line.pk}",
            "SET CONSTRAINTS ALL IMMEDIATE",
            "SET CONSTRAINTS ALL DEFERRED",
            "ALTER TABLE plans_intervention ENABLE TRIGGER frozen",
        )

        assert f"plan {plan.pk}: not what was signed" in self.said()
