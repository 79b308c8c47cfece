"""Who may come in, and what they may do."""

import pytest
from django.core import mail

from accounts import actions, tasks
from accounts.models import AuditEvent, Membership, Staff
from accounts.permissions import Role
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def roles(staff, clinic):
    held = staff.memberships.filter(clinic=clinic).values_list("role", flat=True)
    return set(held)


def invite(clinic, by, at, **values):
    given = {
        "email": "tomas@clinic.example",
        "name": "Tomás Iglesias",
        "credentials": "LCSW",
        "roles": [Role.CLINICIAN],
    }
    return actions.invite_staff(clinic=clinic, by=by, at=at, **{**given, **values})


class TestInviteStaff:
    def test_a_new_person_has_roles_and_no_password_yet(self, clinic, admin, noon):
        person = invite(clinic, admin, noon, roles=["clinician", "care_manager"])

        assert roles(person, clinic) == {"clinician", "care_manager"}
        assert not person.has_usable_password()

    def test_somebody_from_another_clinic_keeps_name_and_password(
        self, clinic, other_clinic, admin, noon
    ):
        known = StaffFactory(
            email="tomas@clinic.example",
            name="T. Iglesias",
            roles={other_clinic: [Role.CLINICIAN]},
        )

        person = invite(clinic, admin, noon, email="Tomas@Clinic.example")

        assert person == known
        assert person.name == "T. Iglesias"
        assert person.has_usable_password()
        assert roles(person, clinic) == {"clinician"}

    def test_nobody_is_invited_twice(self, clinic, admin, noon):
        invite(clinic, admin, noon)

        with pytest.raises(actions.StaffAlreadyHere, match="already works"):
            invite(clinic, admin, noon)

    def test_the_act_is_audited_without_the_address(self, clinic, admin, noon):
        invite(clinic, admin, noon)

        event = AuditEvent.objects.get(verb="staff.invited")
        assert (event.staff_id, event.clinic_id) == (admin.pk, clinic.pk)
        assert "tomas@" not in str(event.facts)

    def test_where_the_audit_fails_nobody_is_invited(
        self, clinic, admin, noon, monkeypatch
    ):
        monkeypatch.setattr(actions.audit, "record", lambda *a, **k: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            invite(clinic, admin, noon)

        assert not Staff.objects.filter(email="tomas@clinic.example").exists()


class TestChangeRoles:
    def test_roles_are_replaced(self, clinic, clinician, admin, noon):
        actions.change_roles(
            staff=clinician,
            clinic=clinic,
            roles=[Role.PRESCRIBER, Role.CARE_MANAGER],
            by=admin,
            at=noon,
        )

        assert roles(clinician, clinic) == {"prescriber", "care_manager"}

    def test_roles_at_another_clinic_stay(
        self, clinic, other_clinic, clinician, admin, noon
    ):
        Membership.objects.create(
            staff=clinician, clinic=other_clinic, role=Role.CLINICIAN
        )

        actions.change_roles(
            staff=clinician, clinic=clinic, roles=[], by=admin, at=noon
        )

        assert roles(clinician, other_clinic) == {"clinician"}

    def test_the_last_admin_stays_admin(self, clinic, admin, clinician, noon):
        with pytest.raises(actions.LastAdmin):
            actions.change_roles(
                staff=admin, clinic=clinic, roles=[], by=clinician, at=noon
            )

    def test_nobody_gives_themselves_a_further_role(self, clinic, admin, noon):
        with pytest.raises(actions.OwnAccess):
            actions.change_roles(
                staff=admin,
                clinic=clinic,
                roles=[Role.ADMIN, Role.PRESCRIBER],
                by=admin,
                at=noon,
            )

        assert list(admin.memberships.values_list("role", flat=True)) == [Role.ADMIN]

    def test_nobody_takes_away_their_own_admin_role(self, clinic, admin, noon):
        StaffFactory(roles={clinic: [Role.ADMIN]})

        with pytest.raises(actions.OwnAccess):
            actions.change_roles(
                staff=admin, clinic=clinic, roles=["clinician"], by=admin, at=noon
            )

    def test_an_admin_gets_another_role_from_another_admin(self, clinic, admin, noon):
        other = StaffFactory(roles={clinic: [Role.ADMIN]})
        actions.change_roles(
            staff=admin, clinic=clinic, roles=["admin", "clinician"], by=other, at=noon
        )

        assert roles(admin, clinic) == {"admin", "clinician"}

    def test_one_admin_may_end_another_s_role(self, clinic, admin, noon):
        second = StaffFactory(roles={clinic: [Role.ADMIN]})

        actions.change_roles(
            staff=second, clinic=clinic, roles=["clinician"], by=admin, at=noon
        )

        assert roles(second, clinic) == {"clinician"}


class TestEndAccess:
    def test_somebody_without_a_clinic_can_no_longer_sign_in(
        self, clinic, clinician, admin, noon
    ):
        actions.end_access(
            staff=clinician, clinic=clinic, why="left", by=admin, at=noon
        )

        clinician.refresh_from_db()
        assert not clinician.is_active
        assert AuditEvent.objects.get(verb="staff.access_ended").why == "left"

    def test_somebody_with_another_clinic_stays_active_there(
        self, clinic, other_clinic, clinician, admin, noon
    ):
        Membership.objects.create(
            staff=clinician, clinic=other_clinic, role=Role.CLINICIAN
        )

        actions.end_access(
            staff=clinician, clinic=clinic, why="moved", by=admin, at=noon
        )

        clinician.refresh_from_db()
        assert clinician.is_active

    def test_their_sessions_end(self, clinic, clinician, admin, noon):
        before = clinician.get_session_auth_hash()

        actions.end_access(staff=clinician, clinic=clinic, why="x", by=admin, at=noon)

        clinician.refresh_from_db()
        assert clinician.get_session_auth_hash() != before

    def test_their_sessions_at_another_clinic_go_on(
        self, clinic, other_clinic, clinician, admin, noon
    ):
        Membership.objects.create(
            staff=clinician, clinic=other_clinic, role=Role.CLINICIAN
        )
        before = clinician.get_session_auth_hash()

        actions.end_access(staff=clinician, clinic=clinic, why="x", by=admin, at=noon)

        clinician.refresh_from_db()
        assert clinician.get_session_auth_hash() == before

    def test_nobody_ends_their_own_access(self, clinic, admin, noon):
        with pytest.raises(actions.OwnAccess):
            actions.end_access(staff=admin, clinic=clinic, why="x", by=admin, at=noon)

    def test_who_left_can_be_invited_again(self, clinic, clinician, admin, noon):
        actions.end_access(
            staff=clinician, clinic=clinic, why="left", by=admin, at=noon
        )

        again = invite(clinic, admin, noon, email=clinician.email)

        assert again == clinician
        assert again.is_active
        assert roles(again, clinic) == {"clinician"}

    def test_who_knows_a_password_gets_no_link_to_choose_one(
        self, as_admin, clinic, clinician, admin, noon
    ):
        actions.end_access(
            staff=clinician, clinic=clinic, why="left", by=admin, at=noon
        )
        person = {"name": clinician.name, "email": clinician.email}

        as_admin.post("/staff/invite/", {**person, "roles": ["clinician"]})

        assert roles(clinician, clinic) == {"clinician"}
        assert mail.outbox == []


class TestSessions:
    def test_sign_out_everywhere_changes_the_proof_of_every_session(
        self, clinic, clinician, noon
    ):
        before = clinician.get_session_auth_hash()

        actions.sign_out_everywhere(staff=clinician, clinic=clinic, at=noon)

        clinician.refresh_from_db()
        assert clinician.get_session_auth_hash() != before

    def test_a_new_password_is_set_and_audited(self, clinician, noon):
        actions.set_password(
            staff=clinician, password="seven words of one long song", at=noon
        )

        clinician.refresh_from_db()
        assert clinician.check_password("seven words of one long song")
        assert AuditEvent.objects.filter(verb="staff.password_set").count() == 1

    def test_expired_sessions_are_forgotten(self, as_clinician, noon):
        tasks.forget_ended_sessions()
        assert actions.forget_ended_sessions(at=noon) == 0
        later = noon.replace(year=noon.year + 1)
        assert actions.forget_ended_sessions(at=later) == 1
