"""People in other hands: for good, until a day, while somebody is away; and back again."""

import contextlib
import datetime as dt

import pytest
from django.urls import reverse

from accounts import tenancy
from accounts.models import AuditEvent
from accounts.permissions import Role
from aftercare.actions import hands
from aftercare.actions.hand_plan import HandOverAsked, givers_of, plan_hand_over
from aftercare.actions.recipients import recipients_for
from aftercare.models import CaseloadLine, HandedPerson, HandOver
from aftercare.record.covers import covers_of, hands_here, stand_ins
from patients.actions.chart_access import restrict_chart
from patients.actions.registry import put_on_care_team
from patients.models import CareTeamMember, Patient
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
UNTIL = TODAY + 3 * DAY
WORDS = "Marguerite hears badly: let it ring long."


@pytest.fixture
def dana(clinic):
    return StaffFactory(roles={clinic: [Role.PEER]}, name="Dana Kowalski")


@pytest.fixture
def jun(clinic):
    return StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, name="Jun Park")


@pytest.fixture
def people(clinic, care_manager, prescriber, noon):
    """Three people of one care manager, with a prescriber on the team."""
    made = [PatientFactory(clinic=clinic) for _ in range(3)]
    for one in made:
        for staff, part in ((care_manager, "care_manager"), (prescriber, "prescriber")):
            put_on_care_team(
                patient=one, staff=staff, part=part, by=prescriber, at=noon
            )
    return made


@pytest.fixture
def give(clinic, people, care_manager, noon):
    """A hand-over as it was seen; by the care manager whose people they are."""

    def do(to, kind="for_good", *, giver=care_manager, part="", until_on=None, **more):
        asked = HandOverAsked(kind, to, giver, part, until_on)
        chosen = more.pop("people", [one.pk for one in people])
        plan = plan_hand_over(clinic, chosen, asked, on=TODAY)
        told = {"seen": plan.digest, "by": care_manager, "at": noon, **more}
        return hands.hand_over(clinic=clinic, asked=asked, people=chosen, **told)

    return do


@pytest.fixture
def cover(give):
    def do(to, **more):
        return give(to, "cover", until_on=UNTIL, **more)

    return do


@pytest.fixture
def closed(people, prescriber, noon):
    """The chart of the first of them, closed by its prescriber."""
    restrict_chart(patient=people[0], reason="Works here", by=prescriber, at=noon)
    return people[0]


@contextlib.contextmanager
def _as_at_work(clinic, staff):
    """Whatever this person sees of the clinic, and no more."""
    with tenancy.clinics([clinic.pk], actor=f"staff:{staff.pk}"):
        yield


def holders(part="care_manager"):
    held = CareTeamMember.objects.filter(part=part, until_at=None).order_by("patient")
    return [one.staff for one in held.select_related("staff")]


def heard_by(clinic, one, on=TODAY):
    return recipients_for(clinic.pk, [one], on=on).to_remind(one)


class TestForGood:
    def test_parts_move_and_what_was_given_by_name(
        self, give, jun, people, care_manager
    ):
        call = owed(people[0], assigned_to=care_manager)

        made = give(jun, words=WORDS, words_of={people[1].pk: "Calls after six."})

        assert holders() == [jun] * 3
        call.refresh_from_db()
        assert call.assigned_to == jun
        told = HandedPerson.objects.filter(hand_over=made).order_by("patient")
        assert [one.words for one in told] == ["", "Calls after six.", ""]

    def test_the_line_of_the_caseload_says_so_at_once(self, give, jun, people):
        owed(people[0])
        give(jun)

        line = CaseloadLine.objects.get(patient=people[0])
        assert jun.pk in line.acting_staff

    def test_each_person_has_a_line_in_the_audit(self, give, jun, people):
        give(jun)

        told = AuditEvent.objects.filter(verb="hand_over.made")
        assert {one.patient_id for one in told} == {one.pk for one in people}

    def test_what_needs_a_right_goes_to_who_has_it(
        self, give, dana, people, care_manager, prescriber
    ):
        """A peer may not order: the examination goes to the prescriber of the team."""
        test = owed(
            people[0], assigned_to=care_manager, assigned_role="prescriber", title="ECG"
        )

        give(dana)

        test.refresh_from_db()
        assert test.assigned_to == prescriber
        assert holders() == [dana] * 3

    def test_what_nobody_of_the_team_may_do_stays_and_the_duty_role_hears(
        self, clinic, give, dana, people, care_manager, clinician, noon
    ):
        """A counselor hands over to a peer: the review of the plan stays with them."""
        put_on_care_team(
            patient=people[0], staff=clinician, part="counselor", by=clinician, at=noon
        )
        people[0].care_team.filter(part="prescriber").update(until_at=noon)
        clinic.duty_role = Role.PRESCRIBER
        clinic.save()
        duty = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
        review = owed(people[0], kind="plan_review", assigned_role="clinician")

        made = give(dana, giver=clinician, by=clinician, people=[people[0].pk])

        review.refresh_from_db()
        assert review.assigned_to == clinician
        assert heard_by(clinic, review) == (clinician.pk,)
        clinician.memberships.update(role=Role.CARE_MANAGER)
        assert {clinician.pk, duty.pk} <= set(heard_by(clinic, review))
        hands.take_back_hand_over(hand=made, by=clinician, at=noon)
        review.refresh_from_db()
        assert review.assigned_to is None

    def test_who_has_no_right_of_their_own_hears_with_who_has(
        self, clinic, people, care_manager, prescriber
    ):
        order = owed(
            people[0], assigned_to=care_manager, assigned_role="prescriber", title="ECG"
        )

        assert heard_by(clinic, order) == (care_manager.pk, prescriber.pk)

    def test_a_prescriber_is_followed_by_a_prescriber_alone(
        self, clinic, people, jun, prescriber
    ):
        asked = HandOverAsked("for_good", jun, prescriber)

        plan = plan_hand_over(clinic, [people[0].pk], asked, on=TODAY)

        assert plan.parts == 0
        assert [one.staff_id for one in plan.elsewhere] == [None]

    def test_who_is_not_theirs_stays(self, clinic, give, jun):
        other = PatientFactory(clinic=clinic)

        made = give(
            jun, people=[other.pk, *Patient.objects.values_list("pk", flat=True)]
        )

        assert made.people.count() == 3

    def test_what_stood_otherwise_on_the_page_moves_nothing(self, give, jun):
        with pytest.raises(hands.NotYetSeen):
            give(jun, seen="")

        assert not HandOver.objects.exists()

    def test_nobody_of_theirs_is_refused(self, clinic, give, jun):
        other = PatientFactory(clinic=clinic)

        with pytest.raises(hands.CannotHandOver, match="already"):
            give(jun, people=[other.pk])

    def test_for_good_is_for_who_may_change_the_team(self, give, jun, dana):
        with pytest.raises(hands.NotTheirsToGive):
            give(jun, by=dana)

    def test_to_oneself_is_refused(self, give, care_manager):
        with pytest.raises(hands.WrongHands, match="has them now"):
            give(care_manager)

    def test_to_somebody_of_another_clinic_is_refused(self, give, other_clinic):
        foreign = StaffFactory(roles={other_clinic: [Role.CARE_MANAGER]})

        with pytest.raises(hands.WrongHands, match="may not take"):
            give(foreign)

    def test_few_statements_for_two_hundred(
        self, clinic, give, jun, care_manager, django_assert_max_num_queries
    ):
        many = Patient.objects.bulk_create(
            PatientFactory.build(clinic=clinic, mrn=f"M-{n}") for n in range(200)
        )
        CareTeamMember.objects.bulk_create(
            CareTeamMember(
                clinic=clinic,
                patient=one,
                staff=care_manager,
                part="care_manager",
                since_at=NOON,
            )
            for one in many
        )

        with django_assert_max_num_queries(400):
            made = give(jun, people=[one.pk for one in many])

        assert made.people.count() == 200


class TestClosedCharts:
    """Whoever opened one in an emergency is not on its team, and decides nothing."""

    @pytest.mark.parametrize("kind", ["assigned", "for_good", "cover"])
    def test_nobody_outside_the_team_gives_it_over(self, give, closed, clinician, kind):
        told = {"giver": None, "part": "counselor"} if kind == "assigned" else {}
        until_on = UNTIL if kind == "cover" else None

        with pytest.raises(hands.ClosedAmongThem, match=closed.shown_name):
            give(clinician, kind, by=clinician, until_on=until_on, **told)

        assert holders("counselor") == []
        assert not HandOver.objects.exists()

    def test_they_are_not_left_behind_when_it_is_taken_back(
        self, clinic, give, people, jun, care_manager, prescriber, noon
    ):
        """The giver left the team, and sees nothing of the chart that closed since."""
        made = give(jun)
        restrict_chart(patient=people[0], reason="Asked", by=prescriber, at=noon)

        with (
            pytest.raises(hands.ClosedAmongThem, match="1 of them has"),
            _as_at_work(clinic, care_manager),
        ):
            hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        made.refresh_from_db()
        assert made.taken_back_at is None
        assert holders() == [jun] * 3
        with _as_at_work(clinic, jun):
            hands.take_back_hand_over(hand=made, by=jun, at=noon)
        assert holders() == [care_manager] * 3

    def test_a_cover_ends_whoever_ends_it(
        self, clinic, cover, people, jun, care_manager, prescriber, noon
    ):
        made = cover(jun)
        restrict_chart(patient=people[0], reason="Asked", by=prescriber, at=noon)
        CareTeamMember.objects.filter(staff=care_manager).update(until_at=noon)

        with _as_at_work(clinic, care_manager):
            hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        assert not covers_of(jun.pk, clinic.pk, on=TODAY)

    def test_of_the_team_everybody_may(self, give, closed, jun):
        give(jun)

        assert holders() == [jun] * 3


class TestTakenBack:
    def test_everything_goes_back(self, give, jun, people, care_manager, noon):
        call = owed(people[0], assigned_to=care_manager)
        made = give(jun)

        hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        assert holders() == [care_manager] * 3
        call.refresh_from_db()
        assert call.assigned_to == care_manager

    def test_what_moved_on_meanwhile_stays(
        self, give, jun, people, care_manager, clinician, noon
    ):
        made = give(jun)
        put_on_care_team(
            patient=people[0],
            staff=clinician,
            part="care_manager",
            by=care_manager,
            at=noon,
        )

        hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        assert holders() == [clinician, care_manager, care_manager]

    def test_once(self, give, jun, care_manager, noon):
        made = give(jun)
        hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        with pytest.raises(hands.TakenBackAlready):
            hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

    def test_by_whoever_made_it_or_changes_teams(self, give, jun, dana, noon):
        made = give(jun)

        with pytest.raises(hands.NotTheirsToGive):
            hands.take_back_hand_over(hand=made, by=dana, at=noon)

    def test_nobody_gets_back_what_they_can_no_longer_hold(
        self, clinic, give, jun, people, care_manager, prescriber, noon
    ):
        made = give(jun)
        care_manager.memberships.all().delete()

        hands.take_back_hand_over(hand=made, by=prescriber, at=noon)

        assert holders() == [jun] * 3


class TestCover:
    def test_nothing_moves_and_whoever_covers_hears(
        self, clinic, cover, jun, people, care_manager
    ):
        call = owed(people[0])

        cover(jun)

        assert holders() == [care_manager] * 3
        assert heard_by(clinic, call) == (jun.pk,)

    def test_it_ends_by_itself_after_its_last_day(
        self, clinic, cover, jun, people, care_manager
    ):
        call = owed(people[0])
        cover(jun)

        assert heard_by(clinic, call, UNTIL) == (jun.pk,)
        assert heard_by(clinic, call, UNTIL + DAY) == (care_manager.pk,)

    def test_taken_back_it_ends_at_once(
        self, clinic, cover, jun, people, care_manager, noon
    ):
        call = owed(people[0])
        made = cover(jun)

        hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        assert heard_by(clinic, call) == (care_manager.pk,)

    def test_of_those_people_alone(self, clinic, cover, jun, people, care_manager):
        call = owed(people[1])

        cover(jun, people=[people[0].pk])

        assert heard_by(clinic, call) == (care_manager.pk,)

    def test_an_act_of_a_prescriber_goes_to_one(
        self, clinic, give, dana, people, prescriber, clinician
    ):
        """The covered prescriber is away: another of the team hears, else the duty."""
        order = owed(people[0], assigned_role="prescriber")
        give(dana, "cover", giver=prescriber, until_on=UNTIL)

        assert heard_by(clinic, order) == (dana.pk,)

    def test_another_prescriber_of_the_team_hears_first(
        self, clinic, give, dana, people, prescriber, care_manager, noon
    ):
        other = StaffFactory(roles={clinic: [Role.PRESCRIBER]})
        put_on_care_team(
            patient=people[0], staff=other, part="lead", by=care_manager, at=noon
        )
        order = owed(people[0], assigned_role="prescriber")
        give(dana, "cover", giver=prescriber, until_on=UNTIL)

        assert heard_by(clinic, order) == (other.pk,)

    def test_the_preview_says_so_before(self, clinic, people, dana, prescriber):
        owed(people[0], assigned_role="prescriber", title="ECG")
        owed(people[0], 30, assigned_role="prescriber", title="Later")
        asked = HandOverAsked("cover", dana, prescriber, until_on=UNTIL)

        plan = plan_hand_over(clinic, [people[0].pk], asked, on=TODAY)

        assert [one.title for one in plan.elsewhere] == ["ECG"]

    def test_an_escalation_goes_to_whoever_covers(
        self, clinic, cover, jun, people, care_manager
    ):
        call = owed(people[0], -3, status="missed")
        cover(jun)

        told = recipients_for(clinic.pk, [call], on=TODAY).to_escalate(call)
        assert told == (jun.pk,)

    def test_where_the_stand_in_has_left_others_hear_too(
        self, clinic, cover, jun, people, care_manager
    ):
        """Whoever is covered is away: the duty role hears, and all care managers."""
        clinic.duty_role = Role.PEER
        clinic.save()
        duty = StaffFactory(roles={clinic: [Role.PEER]})
        other = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        call = owed(people[0])
        cover(jun)
        jun.memberships.all().delete()

        assert heard_by(clinic, call) == (care_manager.pk, duty.pk)
        told = recipients_for(clinic.pk, [call], on=TODAY).to_escalate(call)
        assert set(told) == {care_manager.pk, other.pk}

    def test_of_a_closed_chart_the_team_hears(
        self, clinic, cover, jun, closed, people, care_manager, prescriber
    ):
        """The stand-in does not open it; the page says so before."""
        call = owed(closed, title="Call her")
        asked = HandOverAsked("cover", jun, care_manager, until_on=UNTIL)
        plan = plan_hand_over(clinic, [closed.pk], asked, on=TODAY)
        cover(jun)

        assert [(one.title, one.staff_id) for one in plan.elsewhere] == [
            ("Call her", prescriber.pk)
        ]
        assert heard_by(clinic, call) == (prescriber.pk,)
        told = recipients_for(clinic.pk, [call], on=TODAY).to_escalate(call)
        assert told == (prescriber.pk,)

    def test_of_a_closed_chart_the_owner_hears_where_nobody_else_does(
        self, clinic, cover, jun, closed, care_manager, prescriber, noon
    ):
        call = owed(closed)
        cover(jun)
        closed.care_team.filter(staff=prescriber).update(until_at=noon)

        assert care_manager.pk in heard_by(clinic, call)
        told = recipients_for(clinic.pk, [call], on=TODAY).to_escalate(call)
        assert care_manager.pk in told

    def test_a_day_that_is_over_is_refused(self, give, jun):
        with pytest.raises(hands.WrongDays):
            give(jun, "cover", until_on=TODAY - DAY)

    def test_whoever_leaves_is_seen_to_stand_in_for_somebody(self, give, jun, admin):
        page = reverse("aftercare:leaving", args=[jun.pk])
        client = signed_in(admin)
        assert "Stands in for" not in client.get(page).text

        give(jun, "cover", until_on=clinic_today() + DAY)

        assert "Stands in for" in client.get(page).text

    def test_the_words_stand_for_whoever_covers(self, clinic, cover, jun, people):
        cover(jun, words=WORDS)
        mine = covers_of(jun.pk, clinic.pk, on=TODAY)

        here = hands_here(mine, [one.pk for one in people])

        assert here.words(people[0].pk) == WORDS
        assert not covers_of(jun.pk, clinic.pk, on=UNTIL + DAY)

    def test_the_words_of_a_hand_over_for_good_stand_some_days(
        self, clinic, give, jun, people
    ):
        give(jun, words=WORDS)

        def said(day):
            mine = covers_of(jun.pk, clinic.pk, on=day)
            return hands_here(mine, [people[0].pk]).words(people[0].pk)

        assert said(TODAY + 14 * DAY) == WORDS
        assert said(TODAY + 15 * DAY) == ""


@pytest.fixture
def away(clinic, care_manager, noon):
    def do(to, *, staff=care_manager, by=None, since_on=TODAY, until_on=UNTIL, **more):
        return hands.go_away(
            clinic=clinic,
            staff=staff,
            to=to,
            since_on=since_on,
            until_on=until_on,
            by=by or staff,
            at=noon,
            **more,
        )

    return do


class TestAway:
    def test_everybody_is_covered_those_too_who_come_later(
        self, clinic, away, jun, people, care_manager, noon
    ):
        away(jun)
        late = PatientFactory(clinic=clinic)
        put_on_care_team(
            patient=late,
            staff=care_manager,
            part="care_manager",
            by=care_manager,
            at=noon,
        )

        assert heard_by(clinic, owed(late)) == (jun.pk,)

    def test_it_begins_on_its_day(self, clinic, away, jun, people, care_manager):
        call = owed(people[0])
        away(jun, since_on=TODAY + DAY)

        assert heard_by(clinic, call) == (care_manager.pk,)
        assert heard_by(clinic, call, TODAY + DAY) == (jun.pk,)

    def test_from_hand_to_hand(self, clinic, away, jun, dana, people, noon):
        """Jun covers, falls ill, and Dana covers Jun: she has the people of both."""
        away(jun)
        away(dana, staff=jun)
        call = owed(people[0])

        assert heard_by(clinic, call) == (dana.pk,)
        mine = covers_of(dana.pk, clinic.pk, on=TODAY)
        assert len(mine.everybody_of) == 2

    def test_two_who_cover_each_other_keep_their_own(self, clinic, people, jun):
        """No rule makes that; were it so, nobody would be lost."""
        first = people[0].care_team.get(part="care_manager").staff
        for owner, to in ((first, jun), (jun, first)):
            HandOver.objects.create(
                clinic=clinic,
                kind="away",
                from_staff=owner,
                to_staff=to,
                since_on=TODAY,
                until_on=UNTIL,
                made_at=NOON,
                made_by=owner,
            )

        found = stand_ins(clinic.pk, [people[0].pk], on=TODAY)

        assert found.hand_for(first.pk, people[0].pk) == jun.pk
        assert len(covers_of(jun.pk, clinic.pk, on=TODAY).everybody_of) == 1

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            ({"since_on": TODAY - DAY}, hands.DaysBegun),
            ({"until_on": TODAY - DAY}, hands.WrongDays),
        ],
    )
    def test_days_that_are_over_are_refused(self, away, jun, told, refusal):
        with pytest.raises(refusal):
            away(jun, **told)

    def test_nobody_covers_for_themselves(self, away, care_manager):
        with pytest.raises(hands.WrongHands, match="themselves"):
            away(care_manager)

    def test_who_may_not_take_over_is_refused(self, away, admin):
        with pytest.raises(hands.WrongHands, match="may not take"):
            away(admin)

    def test_who_is_away_covers_nobody(self, away, jun, dana, care_manager):
        away(dana, staff=jun)

        with pytest.raises(hands.WrongHands, match="is away until"):
            away(jun)

    def test_twice_the_same_days_is_refused(self, away, jun, dana):
        away(jun)

        with pytest.raises(hands.WrongDays, match="covers until"):
            away(dana)

    def test_of_a_colleague_by_who_may_change_teams(self, away, jun, dana, clinician):
        assert away(jun, by=clinician).made_by == clinician
        with pytest.raises(hands.NotTheirsToGive):
            away(jun, staff=clinician, by=dana)

    def test_ended_early_by_who_was_away(self, clinic, away, jun, people, noon):
        made = away(jun)
        hands.take_back_hand_over(hand=made, by=made.from_staff, at=noon)

        assert not covers_of(jun.pk, clinic.pk, on=TODAY)
        assert AuditEvent.objects.filter(verb="hand_over.cover_ended").exists()


class TestAssigned:
    def test_whoever_held_the_part_is_let_go(self, give, jun, people, care_manager):
        made = give(jun, "assigned", giver=None, part="care_manager")

        assert holders() == [jun] * 3
        told = AuditEvent.objects.filter(verb="hand_over.assigned")
        assert told.count() == 3
        assert made.part == "care_manager"

    def test_taken_back_an_empty_part_is_empty(
        self, give, jun, people, care_manager, noon
    ):
        made = give(jun, "assigned", giver=None, part="peer")
        hands.take_back_hand_over(hand=made, by=care_manager, at=noon)

        assert holders("peer") == []

    def test_a_part_is_held_by_who_may(self, give, jun):
        with pytest.raises(hands.WrongHands):
            give(jun, "assigned", giver=None, part="prescriber")

    def test_what_needs_a_right_does_not_go_along(
        self, clinic, give, dana, people, clinician, prescriber, noon
    ):
        """To who may of the team, else it stays by name with who had it."""
        reviews = [
            owed(one, kind="plan_review", assigned_role="clinician") for one in people
        ]
        for one in people[:2]:
            put_on_care_team(
                patient=one, staff=clinician, part="counselor", by=clinician, at=noon
            )
        people[1].care_team.filter(part="prescriber").update(until_at=noon)
        people[2].care_team.filter(part="prescriber").update(until_at=noon)

        give(dana, "assigned", giver=None, part="counselor")

        for one in reviews:
            one.refresh_from_db()
        told = [one.assigned_to for one in reviews]
        assert told == [prescriber, clinician, None]

    def test_the_load_moves_with_what_was_given_by_name(
        self, clinic, jun, people, care_manager, admin, noon
    ):
        call = owed(people[0], assigned_to=care_manager)
        made = hands.even_load_out(
            clinic=clinic,
            moves={(care_manager, jun): [people[0].pk]},
            by=admin,
            at=noon,
        )

        call.refresh_from_db()
        assert call.assigned_to == jun
        assert holders() == [jun, care_manager, care_manager]
        hands.take_back_hand_over(hand=made[0], by=admin, at=noon)
        assert holders() == [care_manager] * 3


def test_whose_they_are_is_said_most_first(clinic, people, care_manager, prescriber):
    owed(people[0], assigned_to=prescriber)
    put_on_care_team(
        patient=people[0], staff=prescriber, part="lead", by=prescriber, at=NOON
    )

    found = givers_of(clinic, [one.pk for one in people])

    assert set(found.values()) == {3}
    assert set(found) == {care_manager, prescriber}
