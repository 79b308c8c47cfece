"""Groups of the clinic: roster, sessions, who came, and what each of them owes."""

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import pytest
from django.urls import reverse

from accounts.models import ClinicDay
from aftercare.actions import groups as acts
from aftercare.actions.follow_ups import close_follow_up
from aftercare.actions.groups import GroupRefused, digest_of_marks
from aftercare.actions.reconcile import reconcile
from aftercare.models import CareGroup, FollowUp, GroupAttendance, GroupMember
from aftercare.owed.owed import owed as all_owed
from aftercare.owed.state import GroupMark, GroupState
from aftercare.record.groups import groups_of, roster_of, session_on
from aftercare.record.states import states_of
from knowledge.schedule.groups import SessionDay, group_rules, on_open_day, sessions_of
from knowledge.schedule.open_days import EVERY_DAY, DayException, OpenDays
from patients.actions.registry import HasDied
from patients.models import Patient
from tests.aftercare.test_owed import ON_BUP
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
TUESDAY = dt.date(2026, 11, 24)
AT = dt.datetime(2026, 11, 24, 20, tzinfo=dt.UTC)


class _Here(NamedTuple):
    clinic: object


def closed_on(*days):
    return OpenDays(exceptions={day: DayException(False, "Repairs") for day in days})


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)


@pytest.fixture
def group(clinic, clinician):
    return _kept(clinic, clinician)


def _kept(clinic, by, name="Evening circle", at=NOON, group=None, **more):
    values = {
        "name": name,
        "weekday": 2,
        "begins": dt.time(10),
        "place": "Room 2",
        "capacity": 8,
        "leader": by,
        **more,
    }
    return acts.keep_group(clinic=clinic, values=values, group=group, by=by, at=at)


@pytest.fixture
def member(group, person, clinician):
    return acts.join_group(group=group, patient=person, by=clinician, at=NOON)


@pytest.fixture
def mark(group, member, clinician):
    def mark(kind, planned_on=TUESDAY, at=AT, shown=None):
        lines = roster_of(group, planned_on=planned_on)
        return acts.save_attendance(
            group=group,
            planned_on=planned_on,
            marks={member.patient_id: kind} if kind else {},
            shown=shown or digest_of_marks(lines),
            by=clinician,
            at=at,
        )

    return mark


def _duties(person, kind="group"):
    return FollowUp.objects.filter(patient=person, kind=kind, key__contains="group")


class TestSessions:
    def test_fall_on_the_weekday_of_the_group(self):
        found = list(sessions_of(2, TODAY, today=TODAY, days=EVERY_DAY))

        assert [one.on for one in found] == [TUESDAY + n * WEEK for n in range(4)]

    def test_are_not_looked_for_for_ever(self):
        found = list(sessions_of(2, dt.date(2026, 1, 1), today=TODAY, days=EVERY_DAY))

        assert found[0].on >= TODAY - 14 * DAY

    @pytest.mark.parametrize(
        ("closed", "on"),
        [
            pytest.param([], TUESDAY, id="open"),
            pytest.param([0], TUESDAY + DAY, id="moved to the next open day"),
            pytest.param([0, 1, 2], TUESDAY + 3 * DAY, id="three days at most"),
            pytest.param([0, 1, 2, 3], None, id="else cancelled"),
        ],
    )
    def test_move_from_a_closed_day(self, closed, on):
        days = closed_on(*(TUESDAY + n * DAY for n in closed))
        session = on_open_day(TUESDAY, days)

        assert (session.on, session.is_changed) == (on, bool(closed))


class TestPromises:
    GROUP = GroupState(
        key="5",
        name="Evening circle",
        leader="9",
        sessions=(
            SessionDay(planned_on=TUESDAY - WEEK, on=TUESDAY - WEEK),
            SessionDay(planned_on=TUESDAY, on=TUESDAY),
            SessionDay(planned_on=TUESDAY + WEEK, on=TUESDAY + WEEK),
        ),
    )

    def of(self, *, today=TODAY, sessions=None, marks=None):
        group = replace(self.GROUP, sessions=sessions or self.GROUP.sessions)
        group = replace(group, marks=marks or {})
        found = all_owed(replace(ON_BUP, groups=(group,)), today=today)
        return [one for one in found if "group" in one.key]

    def test_the_next_session_by_its_leader_and_the_last_without_attendance(self):
        found = self.of()

        assert [one.due for one in found] == [TUESDAY - WEEK, TUESDAY]
        assert {one.owner for one in found} == {"9"}
        assert found[1].key == f"{ON_BUP.prefix}:group:5:{TUESDAY}"

    def test_a_missed_one_owes_a_call_the_next_day(self):
        day = TUESDAY - WEEK
        found = self.of(marks={day: GroupMark("missed", day, NOON)})

        assert [(one.kind, one.due) for one in found] == [
            ("call", day + DAY),
            ("group", TUESDAY),
        ]
        assert found[0].after == NOON

    @pytest.mark.parametrize("kind", ["present", "excused"])
    def test_any_other_mark_owes_nothing(self, kind):
        day = TUESDAY - WEEK
        found = self.of(marks={day: GroupMark(kind, day, NOON)})

        assert [one.due for one in found] == [TUESDAY]

    def test_a_moved_one_is_told_and_held(self):
        moved = SessionDay(planned_on=TUESDAY, on=TUESDAY + DAY, why="Repairs")
        found = self.of(sessions=(moved,))

        assert [(one.kind, one.due) for one in found] == [
            ("call", TUESDAY),
            ("group", TUESDAY + DAY),
        ]
        assert "Repairs" in found[0].reason
        assert "Moved from" in found[1].reason

    def test_a_cancelled_one_is_told_and_the_next_is_owed(self):
        gone = SessionDay(planned_on=TUESDAY, on=None, why="Repairs")
        found = self.of(sessions=(gone, self.GROUP.sessions[2]))

        assert [(one.kind, one.due) for one in found] == [
            ("call", TUESDAY),
            ("group", TUESDAY + WEEK),
        ]
        assert "cancelled" in found[0].title

    def test_of_one_that_is_over_nobody_is_told_any_more(self):
        moved = SessionDay(planned_on=TUESDAY, on=TUESDAY + DAY, why="Repairs")
        found = self.of(sessions=(moved,), today=TUESDAY + DAY)

        assert [one.kind for one in found] == ["group"]


@pytest.mark.django_db
class TestRoster:
    def test_whoever_joins_is_owed_the_next_session(self, member, person, clinician):
        duty = _duties(person).get()

        assert (duty.due_on, duty.assigned_to) == (TUESDAY, clinician)
        assert duty.title == "Group: Evening circle"

    def test_whoever_leaves_is_owed_none(self, member, person, clinician):
        acts.leave_group(member=member, why="Works now", by=clinician, at=NOON)

        assert _duties(person).get().status == "cancelled"
        with pytest.raises(GroupRefused, match="left this group"):
            acts.leave_group(member=member, by=clinician, at=NOON)

    def test_and_may_come_back(self, group, member, person, clinician):
        acts.leave_group(member=member, by=clinician, at=NOON)
        acts.join_group(group=group, patient=person, by=clinician, at=NOON)

        assert _duties(person).get().is_open

    def test_is_joined_once_and_holds_so_many(self, group, member, person, clinician):
        told = {"group": group, "by": clinician, "at": NOON}
        with pytest.raises(GroupRefused, match="already"):
            acts.join_group(patient=person, **told)
        CareGroup.objects.update(capacity=1)
        with pytest.raises(GroupRefused, match="Full: 1 of 1"):
            acts.join_group(patient=PatientFactory(clinic=person.clinic), **told)

    def test_a_group_that_ended_owes_nothing(self, group, member, person, clinician):
        _kept(person.clinic, clinician, group=group, is_current=False)

        assert not _duties(person).open().exists()
        with pytest.raises(GroupRefused, match="held no more"):
            acts.join_group(
                group=group,
                patient=PatientFactory(clinic=person.clinic),
                by=clinician,
                at=NOON,
            )

    def test_whoever_left_care_takes_no_place(self, group, member, person):
        assert [line.member for line in roster_of(group)] == [member]
        Patient.objects.filter(pk=person.pk).update(status="discharged")

        assert not roster_of(group)
        assert groups_of(_Here(group.clinic)).get().taken == 0

    @pytest.mark.parametrize(
        ("status", "refusal"), [("discharged", GroupRefused), ("deceased", HasDied)]
    )
    def test_is_for_people_in_care(self, group, clinic, clinician, status, refusal):
        person = PatientFactory(clinic=clinic, status=status)
        with pytest.raises(refusal):
            acts.join_group(group=group, patient=person, by=clinician, at=NOON)

    def test_two_groups_have_two_names(self, group, clinic, clinician):
        with pytest.raises(GroupRefused, match="of this name"):
            _kept(clinic, clinician)

    def test_is_found_by_its_words(self, group, clinic, clinician):
        _kept(clinic, clinician, "Círculo", languages="Spanish")

        [found] = groups_of(_Here(clinic), text="spanish")
        assert found.name == "Círculo"


@pytest.mark.django_db
class TestAttendance:
    def test_present_closes_the_duty_of_its_day(self, mark, person):
        assert mark("present") == 1

        [done, ahead] = _duties(person).order_by("due_on")
        assert (done.status, done.kept_on) == ("done", TUESDAY)
        assert (ahead.status, ahead.due_on) == ("planned", TUESDAY + WEEK)

    def test_missed_owes_a_call_and_the_next_session(self, mark, person):
        mark("missed")

        assert [one.status for one in _duties(person).order_by("due_on")] == [
            "cancelled",
            "planned",
        ]
        call = _duties(person, "call").get()
        assert call.title == "Ask why they missed the group"
        assert call.due_on == TUESDAY + DAY

    def test_excused_owes_no_call(self, mark, person):
        mark("excused")

        assert not _duties(person, "call").exists()

    def test_put_right_it_no_longer_keeps_the_duty(self, mark, person):
        mark("present")
        mark("missed")

        assert _duties(person).order_by("due_on")[0].status == "cancelled"
        assert GroupAttendance.objects.get().mark == "missed"
        mark("present")
        assert GroupAttendance.objects.get().mark == "present"

    def test_who_is_not_marked_stays_unknown(self, mark, person):
        assert mark("") == 0
        assert not GroupAttendance.objects.exists()

    def test_closes_a_group_that_was_asked_for_by_hand(
        self, mark, person, clinic, clinician
    ):
        asked = FollowUp.objects.create(
            clinic=clinic,
            patient=person,
            key=f"{person.pk}:staff:x",
            kind="group",
            title="Group",
            origin="staff",
            earliest_on=TODAY,
            due_on=TUESDAY,
            latest_on=TUESDAY,
            created_at=NOON,
        )
        mark("present")
        asked.refresh_from_db()

        assert (asked.status, asked.kept_on) == ("done", TUESDAY)

    def test_of_another_group_keeps_nothing_of_this_one(
        self, person, member, clinic, clinician
    ):
        other = _kept(clinic, clinician, "Morning walk")
        acts.join_group(group=other, patient=person, by=clinician, at=NOON)
        acts.save_attendance(
            group=other,
            planned_on=TUESDAY,
            marks={person.pk: "present"},
            shown=digest_of_marks(roster_of(other, planned_on=TUESDAY)),
            by=clinician,
            at=AT,
        )

        ours = _duties(person).get(key__contains=f":group:{member.group_id}:")
        assert ours.is_open

    def test_saved_meanwhile_nothing_is_saved_over(self, mark):
        with pytest.raises(GroupRefused, match="saved meanwhile"):
            mark("present", shown="older")

    @pytest.mark.parametrize(
        ("day", "words"),
        [(TUESDAY + WEEK, "not held yet"), (TUESDAY + DAY, "No session")],
    )
    def test_only_of_a_session_that_was_held(self, mark, day, words):
        with pytest.raises(GroupRefused, match=words):
            mark("present", planned_on=day)

    def test_who_joined_later_is_not_asked_about(self, group, member):
        assert not roster_of(group, planned_on=TODAY - 4 * DAY)

    def test_a_closing_by_hand_is_no_other_dutys_last_time(
        self, member, person, clinician
    ):
        close_follow_up(
            follow_up=_duties(person).get(),
            status="cancelled",
            words="Travels",
            by=clinician,
            at=NOON,
        )
        [state] = states_of([person], clinic=person.clinic, on=TODAY).values()

        assert state.dropped == {}


@pytest.mark.django_db
class TestChanging:
    @pytest.fixture
    def change(self, group, member, clinician):
        def change(to, planned_on=TUESDAY, at=NOON):
            return acts.change_session(
                group=group,
                planned_on=planned_on,
                to=to,
                why="The room is painted",
                by=clinician,
                at=at,
            )

        return change

    def test_a_moved_session_is_owed_on_its_new_day_and_told(self, change, person):
        change(TUESDAY + DAY)

        assert _duties(person).get().due_on == TUESDAY + DAY
        told = _duties(person, "call").get()
        assert "The room is painted" in told.reason

    def test_a_cancelled_one_gives_way_to_the_next(self, change, person, group):
        change(None)

        assert _duties(person).open().get().due_on == TUESDAY + WEEK
        assert session_on(group, TUESDAY, today=TODAY).on is None

    def test_may_be_changed_again(self, change, person):
        change(None)
        change(TUESDAY)

        assert _duties(person).open().get().due_on == TUESDAY

    @pytest.mark.parametrize(
        ("to", "words"),
        [
            (TODAY - DAY, "From today to"),
            (TUESDAY + WEEK, "From today to"),
            (TUESDAY + DAY, "Repairs"),
        ],
    )
    def test_to_an_open_day_of_its_week(self, change, clinic, to, words):
        ClinicDay.objects.create(clinic=clinic, day=TUESDAY + DAY, name="Repairs")

        with pytest.raises(GroupRefused, match=words):
            change(to)

    def test_not_what_is_over_or_recorded(self, change, mark):
        with pytest.raises(GroupRefused, match="over"):
            change(None, at=AT + DAY)
        mark("present")
        with pytest.raises(GroupRefused, match="recorded"):
            change(None, at=AT)

    def test_a_day_that_closes_moves_it_for_everybody(self, member, person, clinic):
        ClinicDay.objects.create(clinic=clinic, day=TUESDAY, name="Repairs")
        reconcile(patient=person, by=None, at=NOON)

        assert _duties(person).get().due_on == TUESDAY + DAY
        assert _duties(person, "call").get().due_on >= TODAY


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def today_group(self, clinic, care_manager):
        today = clinic_today()
        at = dt.datetime.combine(today - 7 * DAY, dt.time(18), tzinfo=dt.UTC)
        return _kept(
            clinic,
            care_manager,
            "Circle",
            at=at,
            weekday=today.isoweekday(),
            languages="English, Spanish",
        )

    def test_the_list_is_empty_then_found(self, as_care_manager, group):
        url = reverse("aftercare:groups")
        assert "Evening circle" in as_care_manager.get(url).content.decode()
        nothing = as_care_manager.get(url, {"text": "yoga"})
        assert "No group is found" in nothing.content.decode()
        CareGroup.objects.all().delete()
        assert "No group yet" in as_care_manager.get(url).content.decode()

    def test_a_group_is_added_and_changed(self, as_care_manager, care_manager):
        told = {
            "name": "Walk",
            "weekday": 4,
            "begins": "09:30",
            "leader": care_manager.pk,
            "capacity": 6,
            "is_current": "on",
        }
        url = reverse("aftercare:add_group")
        refused = as_care_manager.post(url, told)
        assert refused.status_code == 400
        assert "Say where, or give the link." in refused.content.decode()
        many = as_care_manager.post(url, {**told, "capacity": 99, "place": "Park"})
        assert "20 people at most" in many.content.decode()
        link = as_care_manager.post(url, {**told, "link": "http://x.example"})
        assert "begins with https" in link.content.decode()
        assert as_care_manager.post(url, {**told, "place": "Park"}).status_code == 302
        group = CareGroup.objects.get()
        page = as_care_manager.get(reverse("aftercare:edit_group", args=[group.pk]))
        assert "Walk" in page.content.decode()

    def test_no_fewer_places_than_people(
        self, as_care_manager, group, clinic, care_manager
    ):
        for _ in range(3):
            acts.join_group(
                group=group,
                patient=PatientFactory(clinic=clinic),
                by=care_manager,
                at=NOON,
            )
        told = {"name": "R", "weekday": 2, "begins": "10:00", "place": "Room 2"}
        page = as_care_manager.post(
            reverse("aftercare:edit_group", args=[group.pk]),
            {**told, "leader": care_manager.pk, "capacity": 2, "is_current": "on"},
        )

        assert "3 are on the roster." in page.content.decode()

    def test_somebody_joins_comes_and_leaves(
        self, as_care_manager, today_group, person
    ):
        joined = reverse("aftercare:groups_of_person", args=[person.pk])
        assert "In no group." in as_care_manager.get(joined).content.decode()
        assert (
            as_care_manager.post(joined, {"group": today_group.pk}).status_code == 302
        )
        again = as_care_manager.post(joined, {"group": today_group.pk})
        assert "on this roster already" in again.content.decode()

        page = as_care_manager.get(reverse("aftercare:group", args=[today_group.pk]))
        assert person.shown_name in page.content.decode()
        day = clinic_today().isoformat()
        url = reverse("aftercare:attendance", args=[today_group.pk, day])
        form = as_care_manager.get(url)
        shown = form.context["form"]["shown_marks"].initial
        told = {"shown_marks": shown, f"of_{person.pk}": "missed"}
        assert as_care_manager.post(url, told).status_code == 302
        assert GroupAttendance.objects.get().mark == "missed"
        late = as_care_manager.post(url, {**told, f"of_{person.pk}": "present"})
        assert late.status_code == 400
        assert "saved meanwhile" in late.content.decode()

        member = GroupMember.objects.get()
        left = reverse("aftercare:leave_group", args=[person.pk, member.pk])
        as_care_manager.post(left, {"why": "Works now"})
        assert "Works now" in as_care_manager.get(joined).content.decode()

    def test_a_session_is_moved_on_its_page(self, as_care_manager, today_group):
        day = (clinic_today() + WEEK).isoformat()
        url = reverse("aftercare:change_session", args=[today_group.pk, day])
        assert "is owed to tell them" in as_care_manager.get(url).content.decode()
        assert as_care_manager.post(url, {"to": "", "why": ""}).status_code == 400
        assert as_care_manager.post(url, {"why": "Painted"}).status_code == 302
        page = as_care_manager.get(reverse("aftercare:group", args=[today_group.pk]))
        assert "cancelled" in page.content.decode()

    @pytest.mark.parametrize("day", ["2026-13-45", "2020-01-01"])
    def test_no_such_session(self, as_care_manager, today_group, day):
        url = reverse("aftercare:attendance", args=[today_group.pk, day])

        assert as_care_manager.get(url).status_code == 404

    def test_another_clinic_finds_none(self, group):
        stranger = signed_in(StaffFactory(roles={ClinicFactory(): ["care_manager"]}))

        url = reverse("aftercare:group", args=[group.pk])
        assert stranger.get(url).status_code == 404


def test_the_rules_are_declared():
    assert {"session", "missed", "changed", "cancelled"} == set(group_rules().steps)
