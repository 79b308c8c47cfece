"""Episodes of care: from the call to the leaving, and what is read of them."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from patients.episodes import current_episode, current_episodes, day_of_death
from patients.models import DeathRecord, StatusChange
from tests.factories import PatientFactory
from tests.factories.patients import CareHoldFactory, EpisodeFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 20)
LATER = dt.date(2026, 11, 25)


class TestReader:
    def test_the_newest_episode_counts(self, clinic):
        person = PatientFactory(clinic=clinic, status="discharged")
        EpisodeFactory(
            patient=person, number=2, referred_on=LATER, called_after="custody"
        )

        found = current_episode(person)

        assert (found.number, found.referred_on) == (2, LATER)
        assert (found.called_after, found.has_left) == ("custody", False)

    def test_who_left_says_when_and_how(self, clinic):
        person = PatientFactory(clinic=clinic, status="discharged")

        found = current_episode(person)

        assert (found.left_on, found.leaving_class) == (DAY, "moved")
        assert found.has_left

    def test_a_hold_is_told_until_it_ends(self, clinic):
        held, back = PatientFactory.create_batch(2, clinic=clinic, status="active")
        CareHoldFactory(patient=held, kind="custody", began_on=LATER)
        CareHoldFactory(patient=back, ended_on=LATER)

        found = current_episodes([held.pk, back.pk])

        assert (found[held.pk].hold_kind, found[held.pk].hold_since) == (
            "custody",
            LATER,
        )
        assert (found[back.pk].hold_kind, found[back.pk].hold_since) == ("", None)

    def test_many_are_read_at_once(self, clinic, django_assert_num_queries):
        people = PatientFactory.create_batch(3, clinic=clinic)

        with django_assert_num_queries(1):
            found = current_episodes([one.pk for one in people])

        assert set(found) == {one.pk for one in people}

    def test_a_record_without_one_says_nothing(self, clinic):
        assert current_episode(PatientFactory(clinic=clinic, episode=False)) is None


class TestDayOfDeath:
    def test_the_living_have_none(self, clinic):
        assert day_of_death(PatientFactory(clinic=clinic)) is None

    def test_the_last_one_that_was_marked_counts(self, clinic):
        person = PatientFactory(clinic=clinic, status="deceased")
        for day in (25, 22):
            StatusChange.objects.create(
                clinic=clinic,
                patient=person,
                status="deceased",
                changed_at=dt.datetime(2026, 11, day, 17, tzinfo=dt.UTC),
            )

        assert day_of_death(person) == dt.date(2026, 11, 22)


class TestDatabase:
    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"number": 2}, id="a second open one"),
            pytest.param(
                {"number": 1, "left_on": LATER, "leaving_class": "moved"}, id="twice 1"
            ),
            pytest.param({"number": 2, "left_on": LATER}, id="left without a class"),
            pytest.param(
                {
                    "number": 2,
                    "left_on": dt.date(2026, 11, 1),
                    "leaving_class": "moved",
                },
                id="left before the call",
            ),
            pytest.param(
                {
                    "number": 2,
                    "admitted_on": dt.date(2026, 11, 1),
                    "left_on": LATER,
                    "leaving_class": "moved",
                },
                id="admitted before the call",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(self, clinic, wrong):
        person = PatientFactory(clinic=clinic)

        with pytest.raises(IntegrityError), transaction.atomic():
            EpisodeFactory(patient=person, **wrong)

    def test_one_hold_at_a_time(self, clinic):
        person = PatientFactory(clinic=clinic)
        CareHoldFactory(patient=person)

        with pytest.raises(IntegrityError), transaction.atomic():
            CareHoldFactory(patient=person, kind="custody")

    def test_an_episode_that_ended_stays_as_it_was(self, clinic):
        person = PatientFactory(clinic=clinic, status="discharged")

        with pytest.raises(IntegrityError), transaction.atomic():
            person.episodes.update(referred_on=dt.date(2026, 11, 1))
        person.episodes.update(no_contact_since=LATER)


def change(status, day, **more):
    at = dt.datetime(2026, 11, day, 20, tzinfo=dt.UTC)
    told = {"discharge_class": "", "reason": "", "changed_by_id": 4} | more
    return SimpleNamespace(status=status, changed_at=at, **told)


class TestMigration:
    """What the status changes so far make of everybody's way through care."""

    def courses(self, *changes, admitted_on=None):
        person = SimpleNamespace(
            referred_on=DAY,
            admitted_on=admitted_on,
            registered_at=0,
            registered_by_id=4,
        )
        module = import_module("patients.migrations.0008_episodes")
        return module.courses_of(person, changes, ZoneInfo("Asia/Tokyo"))

    def test_days_are_those_of_the_clinic(self):
        [only] = self.courses(change("referred", 20), change("active", 21))

        assert only["admitted_on"] == dt.date(2026, 11, 22)

    def test_back_after_a_discharge_is_another_episode(self):
        first, second = self.courses(
            change("active", 20),
            change("discharged", 22, discharge_class="moved", reason="Fresno"),
            change("active", 24),
            admitted_on=DAY,
        )

        assert (first["admitted_on"], first["left_on"]) == (DAY, dt.date(2026, 11, 23))
        assert (first["leaving_class"], first["leaving_reason"]) == ("moved", "Fresno")
        assert second["admitted_on"] == second["referred_on"] == LATER

    def test_a_referral_again_is_not_yet_an_admission(self):
        *_, second = self.courses(
            change("discharged", 22, discharge_class="moved"), change("in_intake", 24)
        )

        assert (second["referred_on"], second["admitted_on"]) == (LATER, None)

    def test_a_death_that_was_a_mistake_leaves_one_episode(self):
        [only] = self.courses(change("deceased", 22), change("active", 24))

        assert "left_on" not in only

    def test_a_death_after_leaving_changes_nothing_of_the_leaving(self):
        [only] = self.courses(
            change("discharged", 22, discharge_class="moved"), change("deceased", 24)
        )

        assert only["leaving_class"] == "moved"

    def test_days_out_of_order_are_put_right(self):
        [only] = self.courses(
            change("discharged", 18, discharge_class="moved"),
            admitted_on=dt.date(2026, 11, 19),
        )

        assert only["referred_on"] == only["admitted_on"] == dt.date(2026, 11, 19)
        assert only["left_on"] == dt.date(2026, 11, 19)

    def test_everybody_gets_theirs_and_whose_care_waited_a_hold(self, clinic):
        again = PatientFactory(
            clinic=clinic, episode=False, admitted_on=DAY, status="active"
        )
        waits = PatientFactory(clinic=clinic, episode=False, status="on_hold")
        for person, status, day in (
            (again, "discharged", 21),
            (again, "active", 24),
            (waits, "in_intake", 21),
            (waits, "on_hold", 22),
        ):
            StatusChange.objects.create(
                clinic=clinic,
                patient=person,
                status=status,
                discharge_class="moved" if status == "discharged" else "",
                changed_at=dt.datetime(2026, 11, day, 20, tzinfo=dt.UTC),
            )

        module = import_module("patients.migrations.0008_episodes")
        module.make_episodes(apps, SimpleNamespace(connection=connection))

        again.refresh_from_db()
        assert again.admitted_on == dt.date(2026, 11, 24)
        assert again.episodes.count() == 2
        [hold] = waits.holds.all()
        assert (hold.kind, hold.status_before) == ("other", "in_intake")
        assert hold.began_on == dt.date(2026, 11, 22)

    def test_deaths_marked_so_far_are_taken_over(self, clinic, clinician):
        marked, imported = PatientFactory.create_batch(
            2, clinic=clinic, status="deceased"
        )
        for status, day in (("active", 20), ("deceased", 22)):
            StatusChange.objects.create(
                clinic=clinic,
                patient=marked,
                status=status,
                changed_at=dt.datetime(2026, 11, day, 20, tzinfo=dt.UTC),
                changed_by=clinician,
            )

        module = import_module("patients.migrations.0009_leaving_and_death")
        module.take_deaths_over(apps, SimpleNamespace(connection=connection))

        told = DeathRecord.objects.get(patient=marked)
        assert (told.died_on, told.is_about) == (dt.date(2026, 11, 22), False)
        assert (told.status_before, told.recorded_by) == ("active", clinician)
        assert DeathRecord.objects.get(patient=imported).is_about
