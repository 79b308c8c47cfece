"""A colleague leaves: what they hold, who takes it over, when access ends."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import AuditEvent
from accounts.permissions import Role
from accounts.refusals import Overtaken
from aftercare.actions import leaving
from aftercare.actions.holdings import colleagues_of, holdings_of, without_access
from aftercare.actions.recipients import recipients_for
from aftercare.models import FollowUp, StaffLeaving, Successor
from aftercare.queues import FOLLOW_UPS
from assessments.actions.measures import record_assessment
from jobs.actions import engine
from patients.actions.registry import put_on_care_team
from patients.models import CareTeamMember
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def people(clinic):
    return [PatientFactory(clinic=clinic) for _ in range(3)]


@pytest.fixture
def leaver(clinic, people, prescriber, noon):
    """Counselor of three people, one of whom is in danger; a call is theirs by name."""
    staff = StaffFactory(roles={clinic: [Role.CLINICIAN]}, name="Tomás Iglesias")
    for person in people:
        put_on_care_team(
            patient=person, staff=staff, part="counselor", by=prescriber, at=noon
        )
    record_assessment(
        patient=people[0],
        instrument="cssrs",
        answers={"wish": 1, "thoughts": 0, "behavior_ever": 0},
        by=prescriber,
        at=noon,
    )
    owed(people[1], assigned_to=staff)
    return staff


@pytest.fixture
def announced(clinic, leaver, admin, noon):
    return leaving.announce_leaving(
        clinic=clinic, staff=leaver, leaves_on=TODAY + 9 * DAY, by=admin, at=noon
    )


@pytest.fixture
def name(announced, admin, noon):
    def naming(chosen, shown=""):
        leaving.name_successors(
            leaving=announced, chosen=chosen, shown=shown, by=admin, at=noon
        )

    return naming


@pytest.fixture
def everybody(people, clinician, care_manager):
    return {
        f"person:{people[0].pk}": clinician,
        "part:counselor": care_manager,
        "follow_ups": care_manager,
    }


def counselors(people):
    held = CareTeamMember.objects.filter(part="counselor", until_at=None)
    return [held.get(patient=person).staff for person in people]


class TestHoldings:
    def test_danger_stands_first_and_alone(self, clinic, leaver, people):
        held = holdings_of(clinic, leaver)

        assert [one.key for one in held] == [
            f"person:{people[0].pk}",
            "part:counselor",
            "follow_ups",
        ]
        assert (held[0].patient, held[0].parts) == (people[0], "counselor")
        assert held[1].words == "2 people as counselor"
        assert held[2].words == "1 follow-up assigned by name"

    def test_the_least_load_is_offered_first(
        self, clinic, leaver, people, prescriber, clinician, admin, noon
    ):
        put_on_care_team(
            patient=people[0], staff=prescriber, part="lead", by=prescriber, at=noon
        )

        words = [one.words for one in colleagues_of(clinic, leaver)]

        assert words == ["Samir Haddad, 0 people", "Ines Marchetti, 1 person"]

    def test_a_prescribers_part_is_taken_by_a_prescriber(
        self, clinic, prescriber, people, noon, announced, clinician, admin
    ):
        put_on_care_team(
            patient=people[2],
            staff=announced.staff,
            part="prescriber",
            by=prescriber,
            at=noon,
        )
        held = {one.key: one for one in holdings_of(clinic, announced.staff)}
        assert held["part:prescriber"].words == "1 person as prescriber"

        with pytest.raises(leaving.CannotTakeOver):
            leaving.name_successors(
                leaving=announced,
                chosen={"part:prescriber": clinician},
                shown="",
                by=admin,
                at=noon,
            )

    def test_in_danger_the_prescribers_part_counts(
        self, clinic, prescriber, people, noon, leaver
    ):
        put_on_care_team(
            patient=people[0], staff=leaver, part="prescriber", by=prescriber, at=noon
        )

        assert holdings_of(clinic, leaver)[0].needs == "medication_decide"


class TestAnnounce:
    def test_another_day_is_the_same_leaving(self, announced, clinic, admin, noon):
        again = leaving.announce_leaving(
            clinic=clinic, staff=announced.staff, leaves_on=TODAY, by=admin, at=noon
        )

        assert again == announced
        assert StaffLeaving.objects.get().leaves_on == TODAY

    def test_not_yesterday_and_not_oneself(self, clinic, leaver, admin, noon):
        with pytest.raises(leaving.DayPast):
            leaving.announce_leaving(
                clinic=clinic, staff=leaver, leaves_on=TODAY - DAY, by=admin, at=noon
            )
        with pytest.raises(leaving.LeavingRefused, match="Another admin"):
            leaving.announce_leaving(
                clinic=clinic, staff=admin, leaves_on=TODAY, by=admin, at=noon
            )


class TestNaming:
    def test_names_are_kept_changed_and_taken_back(
        self, name, announced, everybody, clinician
    ):
        name(everybody)
        name({"part:counselor": clinician})

        assert leaving.named_of(announced) == {"part:counselor": clinician}
        assert leaving.unnamed(announced) == 2

    def test_another_admin_was_faster(self, name, everybody):
        with pytest.raises(Overtaken):
            name(everybody, shown="what stood there before")

    def test_who_has_left_meanwhile_is_no_name(
        self, name, announced, everybody, clinician
    ):
        name(everybody)
        clinician.is_active = False
        clinician.save()

        assert leaving.unnamed(announced) == 1

    def test_a_stranger_takes_nothing_over(self, name, other_clinic):
        stranger = StaffFactory(roles={other_clinic: [Role.CLINICIAN]})

        with pytest.raises(leaving.CannotTakeOver):
            name({"part:counselor": stranger})


class TestConfirm:
    def confirm(self, announced, admin, noon):
        return leaving.confirm_leaving(leaving=announced, by=admin, at=noon)

    def test_nobody_may_be_without_a_name(self, announced, admin, noon):
        with pytest.raises(leaving.NotEverybodyNamed, match="3 without a name"):
            self.confirm(announced, admin, noon)

    def test_the_last_admin_stays(self, clinic, admin, noon):
        second = StaffFactory(roles={clinic: [Role.ADMIN]})
        gone = leaving.announce_leaving(
            clinic=clinic, staff=admin, leaves_on=TODAY, by=second, at=noon
        )
        second.is_active = False
        second.save()

        with pytest.raises(leaving.LeavingRefused, match="one active admin"):
            self.confirm(gone, second, noon)

    def test_it_is_carried_out_when_the_day_is_over(
        self, name, announced, everybody, people, clinic, admin, noon
    ):
        name(everybody)
        self.confirm(announced, admin, noon)
        leaver = announced.staff
        with pytest.raises(leaving.HandedOver):
            name(everybody)

        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon + 9 * DAY)
        assert leaver.memberships.exists()
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon + 10 * DAY)

        assert not leaver.memberships.exists()
        alone, manager, _ = everybody.values()
        assert counselors(people) == [alone, manager, manager]
        assert not FollowUp.objects.filter(assigned_to=leaver).exists()
        assert AuditEvent.objects.filter(verb="staff.handed_over").count() == 1
        announced.refresh_from_db()
        assert announced.ended_at is not None

    def test_who_came_since_goes_with_the_part(
        self, name, announced, everybody, people, clinic, admin, prescriber, noon
    ):
        name(everybody)
        self.confirm(announced, admin, noon)
        late = PatientFactory(clinic=clinic)
        for part in ("counselor", "lead"):
            put_on_care_team(
                patient=late, staff=announced.staff, part=part, by=prescriber, at=noon
            )

        leaving.carry_out(announced, by=admin, at=noon)

        assert counselors([late]) == [everybody["part:counselor"]]
        assert list(without_access(clinic)) == [announced.staff]

    def test_after_an_emergency_it_is_handed_over_at_once(
        self, name, announced, everybody, people, clinic, admin, noon
    ):
        name(everybody)
        accounts.end_access(
            staff=announced.staff, clinic=clinic, why="Emergency", by=admin, at=noon
        )
        assert list(without_access(clinic)) == [announced.staff]

        self.confirm(announced, admin, noon)

        assert not without_access(clinic).exists()
        assert counselors(people)[0] == everybody[f"person:{people[0].pk}"]

    def test_without_named_follow_ups_none_move(self, announced, admin, noon):
        FollowUp.objects.all().delete()
        Successor.objects.all().delete()

        leaving.carry_out(announced, by=admin, at=noon)

        assert not announced.staff.memberships.exists()


class TestVacant:
    def reminded(self, clinic, one):
        return recipients_for(clinic.pk, [one], on=TODAY).to_remind(one)

    def test_the_duty_role_hears_of_what_nobody_holds_any_more(
        self, clinic, leaver, people, admin, prescriber, care_manager, noon
    ):
        clinic.duty_role = Role.PRESCRIBER
        clinic.save()
        mine = FollowUp.objects.get(assigned_to=leaver)
        of_part = owed(people[2], assigned_role="clinician")
        nobodys = owed(people[2], assigned_role="care_manager")
        assert self.reminded(clinic, mine) == (leaver.pk,)

        accounts.end_access(
            staff=leaver, clinic=clinic, why="Emergency", by=admin, at=noon
        )

        assert self.reminded(clinic, mine) == (prescriber.pk,)
        assert self.reminded(clinic, of_part) == (prescriber.pk,)
        assert self.reminded(clinic, nobodys) == (care_manager.pk,)


class TestPage:
    def url(self, leaver, part=""):
        return f"/staff/{leaver.pk}/leaving/{part}"

    def shown(self, text, after):
        part = text.partition(after)[2]
        return part.partition('name="shown" value="')[2].partition('"')[0]

    def test_from_the_day_to_the_last_name(
        self, as_admin, leaver, people, clinician, care_manager
    ):
        far = "2040-01-02"
        assert as_admin.post(self.url(leaver, "confirm/")).status_code == 404
        assert "They leave" in markup(as_admin.get(self.url(leaver)))
        as_admin.post(self.url(leaver), {"leaves_on": far})

        text = markup(as_admin.get(self.url(leaver)))
        assert "3 without a name" in text
        assert people[0].family_name not in text
        assert f"MRN {people[0].mrn}" in text
        assert 'type="submit" disabled' in text

        sent = {
            "shown": self.shown(text, "successors/"),
            f"person:{people[0].pk}": clinician.pk,
            "part:counselor": care_manager.pk,
            "follow_ups": care_manager.pk,
        }
        as_admin.post(self.url(leaver, "successors/"), sent)
        as_admin.post(self.url(leaver, "confirm/"))

        assert "Settled." in markup(as_admin.get(self.url(leaver)))
        assert StaffLeaving.objects.get().confirmed_at is not None

    def test_what_is_wrong_is_said_beside_it(self, as_admin, leaver, people):
        day = as_admin.post(self.url(leaver), {"leaves_on": "2020-01-01"})
        assert day.status_code == 400
        assert "This day is over." in markup(day)
        as_admin.post(self.url(leaver), {"leaves_on": "2040-01-02"})

        chosen = as_admin.post(
            self.url(leaver, "successors/"), {"part:counselor": "999"}
        )

        assert chosen.status_code == 400
        assert "Select a valid choice" in markup(chosen)

    def test_whose_access_ended_is_found_while_parts_are_vacant(
        self, as_admin, leaver, clinic, admin, noon
    ):
        accounts.end_access(
            staff=leaver, clinic=clinic, why="Emergency", by=admin, at=noon
        )

        text = markup(as_admin.get(self.url(leaver)))

        assert "has left" in text
        assert "the duty role hears of them" in text

    def test_who_opens_charts_sees_the_name(self, leaver, people, clinic):
        both = StaffFactory(roles={clinic: [Role.ADMIN, Role.CLINICIAN]})

        assert people[0].shown_name in markup(signed_in(both).get(self.url(leaver)))

    def test_nothing_held_is_said(self, as_admin, clinician):
        assert "Nothing is held by name." in markup(as_admin.get(self.url(clinician)))
