"""Acts of an episode: admission, holds, leaving, coming back, and what each refuses."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AuditEvent
from patients.actions import episodes, holds, registry
from patients.episodes import current_episode
from patients.models import Episode
from tests.factories import ClinicFactory, PatientFactory
from treatment.actions.records import record_dose

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
EVENING = dt.datetime(2026, 11, 27, 20, 30, tzinfo=LOS_ANGELES)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def acting(clinician, noon):
    return {"by": clinician, "at": noon}


def admitted(person, acting):
    episodes.admit(patient=person, **acting)
    return person


def gone(person, acting, **more):
    told = {"leaving_class": "moved", "reason": "Work in Fresno"} | more
    episodes.leave_care(patient=person, **told, **acting)
    return person


class TestRegistering:
    def test_opens_the_first_episode_and_says_what_the_call_came_after(
        self, clinic, acting
    ):
        person = registry.register_patient(
            clinic=clinic,
            details={
                "given_name": "Zoë",
                "family_name": "Díaz",
                "date_of_birth": None,
                "sex_at_birth": "female",
            },
            referred_on=acting["at"].date(),
            called_after="overdose",
            **acting,
        )

        now = current_episode(person)
        assert (now.number, now.called_after) == (1, "overdose")
        assert now.referred_on == acting["at"].date()


class TestAdmission:
    def test_in_the_evening_in_los_angeles_it_is_still_that_day(self, clinician):
        clinic = ClinicFactory(time_zone="America/Los_Angeles")
        person = PatientFactory(clinic=clinic)

        episodes.admit(patient=person, by=clinician, at=EVENING.astimezone(dt.UTC))

        person.refresh_from_db()
        assert person.admitted_on == dt.date(2026, 11, 27)
        assert current_episode(person).admitted_on == dt.date(2026, 11, 27)
        assert person.status == "active"

    def test_the_first_dose_that_was_seen_taken_admits(self, clinic, person, acting):
        record_dose(
            patient=person,
            medication="BUP_SL",
            kind="administered",
            on=acting["at"].date(),
            amount_mg=8,
            **acting,
        )

        episode = person.episodes.get()
        assert (episode.admitted_on, episode.admitted_by_dose) == (
            acting["at"].date(),
            True,
        )
        person.refresh_from_db()
        assert person.status == "active"

    @pytest.mark.parametrize("days", [-7, 0])
    def test_a_later_dose_and_one_before_the_call_admit_nobody(
        self, person, acting, days
    ):
        if days == 0:
            episodes.admit(patient=person, on=person.referred_on, **acting)

        on = acting["at"].date() + days * DAY
        episodes.admit_by_dose(patient=person, on=on, **acting)

        assert not person.episodes.get().admitted_by_dose

    def test_nobody_is_admitted_twice(self, person, acting):
        with pytest.raises(episodes.AdmittedAlready):
            episodes.admit(patient=admitted(person, acting), **acting)

    @pytest.mark.parametrize(("days", "words"), [(1, "not come"), (-7, "before care")])
    def test_a_day_ahead_or_before_the_call_is_refused(
        self, person, acting, days, words
    ):
        on = acting["at"].date() + days * DAY

        with pytest.raises(episodes.DayRefused, match=words):
            episodes.admit(patient=person, on=on, **acting)

    def test_in_hospital_it_counts_and_the_hold_stays(self, person, acting):
        holds.hold_care(patient=person, kind="hospital", **acting)

        episodes.admit_by_dose(patient=person, on=acting["at"].date(), **acting)
        person.refresh_from_db()
        assert (person.status, person.admitted_on) == ("on_hold", acting["at"].date())
        assert holds.end_hold(patient=person, **acting).status == "active"


class TestHolds:
    def test_care_waits_and_goes_on_where_it_stood(self, person, acting):
        hold = holds.hold_care(
            patient=person, kind="custody", place="County jail", **acting
        )
        person.refresh_from_db()
        assert person.status == "on_hold"
        assert current_episode(person).hold_kind == "custody"

        holds.end_hold(patient=person, **acting)

        person.refresh_from_db()
        hold.refresh_from_db()
        assert (person.status, hold.ended_on) == ("referred", acting["at"].date())
        assert person.episodes.count() == 1

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"began_on": dt.date(2026, 11, 22)}, "began_on"),
            ({"began_on": dt.date(2026, 11, 1)}, "began_on"),
            ({"expected_until": dt.date(2026, 11, 20)}, "expected_until"),
        ],
    )
    def test_days_out_of_order_are_refused_at_their_field(
        self, person, acting, told, field
    ):
        with pytest.raises(episodes.DayRefused) as refusal:
            holds.hold_care(patient=person, kind="hospital", **told, **acting)

        assert refusal.value.field == field

    @pytest.mark.parametrize("day", [dt.date(2026, 11, 22), dt.date(2026, 11, 20)])
    def test_it_ends_between_its_beginning_and_today(self, person, acting, day):
        holds.hold_care(patient=person, kind="hospital", **acting)

        with pytest.raises(episodes.DayRefused):
            holds.end_hold(patient=person, ended_on=day, **acting)

    def test_what_is_held_is_not_held_again_and_what_is_not_does_not_end(
        self, person, acting
    ):
        with pytest.raises(holds.NotOnHold):
            holds.end_hold(patient=person, **acting)
        holds.hold_care(patient=person, kind="hospital", **acting)
        with pytest.raises(holds.HeldAlready):
            holds.hold_care(patient=person, kind="custody", **acting)

    def test_nobody_who_left_is_held(self, person, acting):
        with pytest.raises(episodes.HasLeft):
            holds.hold_care(patient=gone(person, acting), kind="hospital", **acting)


class TestLeaving:
    def test_ends_the_episode_with_its_class_and_reason(self, person, acting):
        gone(admitted(person, acting), acting)

        person.refresh_from_db()
        now = current_episode(person)
        assert person.status == "discharged"
        assert (now.left_on, now.leaving_class) == (acting["at"].date(), "moved")
        assert person.status_changes.first().discharge_class == "moved"

    def test_a_hold_ends_with_it(self, person, acting):
        hold = holds.hold_care(patient=person, kind="custody", **acting)

        gone(person, acting, leaving_class="incarcerated")

        hold.refresh_from_db()
        assert hold.ended_on == acting["at"].date()

    @pytest.mark.parametrize("class_", ["administrative", "declined", "lost_contact"])
    def test_a_return_to_use_alone_is_no_reason(self, person, acting, class_):
        with pytest.raises(episodes.ReasonRefused, match="return to use"):
            gone(
                person,
                acting,
                leaving_class=class_,
                reason="Keeps using fentanyl",
                notice="Letter",
            )

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            ({"leaving_class": ""}, episodes.ClassRefused),
            ({"leaving_class": "deceased"}, episodes.ClassRefused),
            (
                {"leaving_class": "administrative", "reason": " "},
                episodes.ReasonRefused,
            ),
            (
                {
                    "leaving_class": "administrative",
                    "reason": "Knife drawn in the lobby",
                },
                episodes.NoticeMissing,
            ),
            ({"on": dt.date(2026, 11, 22)}, episodes.DayRefused),
            ({"on": dt.date(2026, 11, 19)}, episodes.DayRefused),
        ],
    )
    def test_what_is_no_way_to_leave_is_refused(self, person, acting, told, refusal):
        with pytest.raises(refusal):
            gone(person, acting, **told)

        person.refresh_from_db()
        assert person.status == "referred"

    def test_danger_to_others_ends_it_with_notice(self, person, acting):
        gone(
            person,
            acting,
            leaving_class="administrative",
            reason="Knife drawn in the lobby",
            notice="Letter of 10 Nov; appeal open until 10 Dec; transfer offered",
        )

        assert current_episode(person).leaving_class == "administrative"

    def test_nobody_leaves_twice(self, person, acting):
        with pytest.raises(episodes.HasLeft):
            gone(gone(person, acting), acting)


class TestTakingALeavingBack:
    def test_the_same_episode_goes_on_with_its_clocks(self, person, acting):
        episodes.admit(patient=person, on=person.referred_on, **acting)
        gone(person, acting)

        episodes.take_back_leaving(patient=person, reason="Wrong person", **acting)

        person.refresh_from_db()
        now = current_episode(person)
        assert (person.status, person.admitted_on) == ("active", person.referred_on)
        assert (now.number, now.left_on, now.leaving_class) == (1, None, "")

    @pytest.mark.parametrize(
        ("days", "reason", "refusal"),
        [(0, " ", episodes.ReasonRefused), (8, "Mistake", episodes.StillInCare)],
    )
    def test_says_why_and_within_a_week(
        self, person, clinician, noon, acting, days, reason, refusal
    ):
        gone(person, acting)

        with pytest.raises(refusal):
            episodes.take_back_leaving(
                patient=person, reason=reason, by=clinician, at=noon + days * DAY
            )

    def test_whoever_is_in_care_has_nothing_to_take_back(self, person, acting):
        with pytest.raises(episodes.StillInCare):
            episodes.take_back_leaving(patient=person, reason="Mistake", **acting)


class TestComingBack:
    def test_clocks_begin_anew_and_nothing_is_lost(self, person, clinician, noon):
        episodes.admit(patient=person, by=clinician, at=noon)
        gone(person, {"by": clinician, "at": noon + 30 * DAY})
        back = noon + 80 * DAY

        episodes.come_back(
            patient=person, called_after="custody", by=clinician, at=back
        )

        person.refresh_from_db()
        assert (person.status, person.admitted_on) == ("referred", None)
        now = current_episode(person)
        assert (now.number, now.referred_on) == (2, back.date())
        assert now.called_after == "custody"
        first = Episode.objects.get(number=1)
        assert (first.admitted_on, first.leaving_class) == (noon.date(), "moved")
        assert person.status_changes.count() == 3

    def test_discharged_then_active_is_admitted_anew(self, person, clinician, noon):
        episodes.admit(patient=person, by=clinician, at=noon)
        gone(person, {"by": clinician, "at": noon})

        later = noon + 10 * DAY
        registry.change_status(patient=person, status="active", by=clinician, at=later)

        person.refresh_from_db()
        assert person.admitted_on == later.date()
        assert [one.number for one in person.episodes.all()] == [2, 1]

    @pytest.mark.parametrize("status", ["discharged", "deceased", "on_hold"])
    def test_nobody_comes_back_to_that(self, person, acting, status):
        with pytest.raises(episodes.ClassRefused):
            episodes.come_back(patient=gone(person, acting), status=status, **acting)

    def test_whoever_is_in_care_does_not_come_back(self, person, acting):
        with pytest.raises(episodes.StillInCare):
            episodes.come_back(patient=person, **acting)

    def test_is_undone_on_its_day(self, person, acting):
        gone(admitted(person, acting), acting)
        episodes.come_back(patient=person, **acting)

        episodes.undo_coming_back(patient=person, **acting)

        person.refresh_from_db()
        assert (person.status, person.admitted_on) == (
            "discharged",
            acting["at"].date(),
        )
        assert current_episode(person).number == 1
        assert AuditEvent.objects.filter(verb="care.coming_back_undone").exists()

    def test_not_on_another_day(self, person, acting, clinician, noon):
        episodes.come_back(patient=gone(person, acting), **acting)

        with pytest.raises(episodes.ComingBackStands, match="another day"):
            episodes.undo_coming_back(patient=person, by=clinician, at=noon + DAY)

    def test_not_once_a_dose_was_given(self, person, acting):
        episodes.come_back(patient=gone(person, acting), **acting)
        episodes.admit_by_dose(patient=person, on=acting["at"].date(), **acting)

        with pytest.raises(episodes.ComingBackStands, match="begun"):
            episodes.undo_coming_back(patient=person, **acting)

    def test_a_first_episode_is_no_coming_back(self, person, acting):
        with pytest.raises(episodes.ComingBackStands, match="Nobody"):
            episodes.undo_coming_back(patient=person, **acting)


class TestContactsAfterLeaving:
    def test_are_declined_and_allowed_again(self, person, acting):
        gone(person, acting)

        for _ in range(2):
            episodes.decline_contacts(patient=person, **acting)
        assert current_episode(person).declined_on == acting["at"].date()
        episodes.allow_contacts(patient=person, **acting)
        assert current_episode(person).declined_on is None

    def test_in_care_there_is_nothing_to_decline(self, person, acting):
        with pytest.raises(episodes.StillInCare):
            episodes.decline_contacts(patient=person, **acting)


class TestOldDoor:
    """`change_status` leads to the same acts."""

    def test_on_hold_and_back(self, person, acting):
        registry.change_status(
            patient=person, status="on_hold", reason="Abroad", **acting
        )
        assert person.holds.get().kind == "other"

        registry.change_status(patient=person, status="aftercare", **acting)

        person.refresh_from_db()
        assert person.status == "aftercare"
        assert person.holds.get().ended_on == acting["at"].date()

    def test_back_from_a_discharge_straight_to_a_hold(self, person, acting):
        gone(person, acting)

        registry.change_status(patient=person, status="on_hold", **acting)

        person.refresh_from_db()
        assert person.status == "on_hold"
        assert current_episode(person).number == 2

    def test_a_death_ends_the_episode_and_taken_back_reopens_it(self, person, acting):
        registry.change_status(patient=person, status="deceased", **acting)
        assert current_episode(person).leaving_class == "deceased"

        registry.change_status(
            patient=person, status="referred", reason="Wrong person", **acting
        )

        assert current_episode(person).left_on is None

    def test_whoever_had_left_stays_as_they_left(self, person, acting):
        gone(person, acting)
        registry.change_status(patient=person, status="deceased", **acting)
        assert current_episode(person).leaving_class == "moved"

        registry.change_status(
            patient=person,
            status="discharged",
            discharge_class="moved",
            reason="Wrong person",
            **acting,
        )

        person.refresh_from_db()
        assert person.status == "discharged"
