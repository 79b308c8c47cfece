"""Follow-ups that staff repeat, and video visits with their link."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, ClinicDay
from aftercare.actions.follow_ups import FollowUpWindow, close_follow_up
from aftercare.actions.reconcile import reconcile
from aftercare.actions.repeats import (
    RepeatRefused,
    RepeatTold,
    add_repeat,
    end_repeat,
    resume_repeat,
)
from aftercare.models import CareRepeat, FollowUp, PersonMessage
from aftercare.owed.owed import owed as all_owed
from aftercare.owed.state import CarePhase, RepeatState
from aftercare.record.states import states_of
from knowledge.schedule.messages import MessageKind, reminder
from knowledge.schedule.repeats import RepeatPattern, refusal_of
from patients.actions.registry import HasDied
from patients.models import Patient
from tests.aftercare.test_messages import agree, work
from tests.aftercare.test_owed import ON_BUP
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
SERIES = RepeatState(
    key="7",
    kind="visit",
    title="Visit, wound care",
    pattern=RepeatPattern(first_on=TODAY, weeks=2, times=4),
    before=0,
    after=3,
    role="care_manager",
)
LINK = "https://video.example/room-1"


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)


@pytest.fixture
def add(person, clinician, noon):
    def add(first=TODAY, **more):
        told = {"weeks": 2, "times": 3, "until_on": None, "kind": "telehealth"}
        told |= {"title": "Video visit", "link": LINK, "assigned_role": "care_manager"}
        told |= {"window": FollowUpWindow(first, first, first), **more}
        return add_repeat(
            patient=person, told=RepeatTold(**told), by=clinician, at=noon
        )

    return add


def _rows(person):
    return list(
        FollowUp.objects.filter(patient=person, key__contains=":repeat:").order_by(
            "earliest_on"
        )
    )


class TestPattern:
    def test_so_many_times(self):
        days = list(RepeatPattern(first_on=TODAY, weeks=2, times=3).days())

        assert days == [(1, TODAY), (2, TODAY + 2 * WEEK), (3, TODAY + 4 * WEEK)]

    def test_says_how_often(self):
        often = RepeatPattern(first_on=TODAY, weeks=1, until_on=TODAY + WEEK)

        assert often.words == "Every week, until 28 Nov 2026."

    def test_until_a_day(self):
        last = TODAY + 3 * WEEK
        pattern = RepeatPattern(first_on=TODAY, weeks=1, until_on=last)

        assert [n for n, _ in pattern.days()] == [1, 2, 3, 4]

    @pytest.mark.parametrize(
        ("kind", "changes", "window", "field"),
        [
            pytest.param("visit", {}, (0, 3), "", id="in order"),
            pytest.param("injection", {}, (0, 3), "kind", id="owed by itself"),
            pytest.param("visit", {"weeks": 0}, (0, 3), "every_weeks", id="no time"),
            pytest.param("visit", {"weeks": 27}, (0, 3), "every_weeks", id="too rare"),
            pytest.param("visit", {"times": None}, (0, 3), "times", id="no end"),
            pytest.param(
                "visit", {"until_on": TODAY + WEEK}, (0, 3), "times", id="two ends"
            ),
            pytest.param("visit", {"times": 1}, (0, 3), "times", id="once"),
            pytest.param("visit", {"times": 53}, (0, 3), "times", id="too often"),
            pytest.param(
                "visit",
                {"times": None, "until_on": TODAY},
                (0, 3),
                "until_on",
                id="over before it begins",
            ),
            pytest.param("visit", {}, (7, 7), "latest_on", id="windows meet"),
            pytest.param(
                "visit", {"times": 52}, (0, 3), "every_weeks", id="over a year"
            ),
            pytest.param(
                "visit",
                {"times": None, "until_on": TODAY + 8 * WEEK},
                (0, 3),
                "",
                id="until a day",
            ),
        ],
    )
    def test_is_refused_at_its_field(self, kind, changes, window, field):
        pattern = replace(RepeatPattern(first_on=TODAY, weeks=2, times=3), **changes)
        before, after = window

        told = refusal_of(pattern, kind=kind, before=before, after=after, today=TODAY)

        assert told[0] == field
        assert bool(told[1]) == bool(field)


class TestPromises:
    def of(self, today, state=ON_BUP, series=SERIES):
        found = all_owed(replace(state, repeats=(series,)), today=today)
        return [one for one in found if ":repeat:" in one.key]

    def test_each_occurrence_has_its_key(self):
        keys = [one.key for one in self.of(TODAY)]

        assert keys == [f"{ON_BUP.prefix}:repeat:7:{n}" for n in (1, 2, 3, 4)]

    def test_the_last_one_that_is_over_stays(self):
        days = [one.due for one in self.of(TODAY + 5 * WEEK)]

        assert days == [TODAY + 4 * WEEK, TODAY + 6 * WEEK]

    def test_also_when_the_series_is_over(self):
        days = [one.due for one in self.of(TODAY + 20 * WEEK)]

        assert days == [TODAY + 6 * WEEK]

    def test_rolls_on_inside_the_horizon(self):
        long = replace(SERIES, pattern=RepeatPattern(first_on=TODAY, weeks=1, times=52))

        assert 5 < len(self.of(TODAY, series=long)) < 52

    def test_nobody_is_asked_in_from_hospital_or_after_leaving(self):
        for phase in (CarePhase.ON_HOLD, CarePhase.LEFT):
            assert not self.of(TODAY, state=replace(ON_BUP, phase=phase))


@pytest.mark.django_db
class TestRepeating:
    def test_owes_each_with_its_link(self, person, add):
        add()

        rows = _rows(person)
        assert [row.due_on for row in rows] == [TODAY + 2 * n * WEEK for n in range(3)]
        assert {row.link for row in rows} == {LINK}

    def test_reckoned_again_is_the_same(self, person, add, noon):
        add()
        before = [row.pk for row in _rows(person)]
        reconcile(patient=person, by=None, at=noon)

        assert [row.pk for row in _rows(person)] == before

    def test_a_closed_day_moves_it_within_its_window(self, person, add):
        ClinicDay.objects.create(
            clinic=person.clinic, day=TODAY + 2 * WEEK, name="Repairs"
        )
        add()

        moved = _rows(person)[1]
        assert moved.due_on == TODAY + 2 * WEEK + DAY
        assert "Repairs" in moved.reason

    def test_ending_it_ends_the_open_ones_and_is_taken_back(
        self, person, add, clinician, noon
    ):
        series = add(kind="call", link="", title="Call")
        first = _rows(person)[0]
        close_follow_up(
            follow_up=first, status="done", words="Spoke", by=clinician, at=noon
        )
        end_repeat(repeat=series, by=clinician, at=noon)

        assert [row.status for row in _rows(person)] == [
            "done",
            "cancelled",
            "cancelled",
        ]
        assert _rows(person)[1].outcome.endswith("it is not repeated any more.")

        resume_repeat(repeat=series, by=clinician, at=noon)
        assert [row.status for row in _rows(person)] == ["done", "planned", "planned"]

    def test_each_way_once(self, add, clinician, noon):
        series = add()
        with pytest.raises(RepeatRefused, match="goes on"):
            resume_repeat(repeat=series, by=clinician, at=noon)
        end_repeat(repeat=series, by=clinician, at=noon)
        with pytest.raises(RepeatRefused, match="ended already"):
            end_repeat(repeat=series, by=clinician, at=noon)

    def test_what_is_refused_is_not_written(self, add):
        with pytest.raises(RepeatRefused) as refusal:
            add(weeks=30)

        assert refusal.value.field == "every_weeks"
        assert not CareRepeat.objects.exists()

    def test_nothing_is_repeated_after_a_death(self, person, add):
        Patient.objects.filter(pk=person.pk).update(status="deceased")
        person.refresh_from_db()

        with pytest.raises(HasDied):
            add()

    def test_one_that_is_over_gives_way_to_the_next(self, person, add, noon):
        add()
        reconcile(patient=person, by=None, at=noon + WEEK)
        assert _rows(person)[0].is_open
        reconcile(patient=person, by=None, at=noon + 3 * WEEK)

        assert _rows(person)[1].is_open
        assert _rows(person)[0].outcome == "Missed; the next one takes its place."

    def test_cancelling_one_is_no_other_dutys_last_time(
        self, person, add, clinician, noon
    ):
        add(kind="drug_test", link="", title="Drug test")
        close_follow_up(
            follow_up=_rows(person)[0],
            status="cancelled",
            words="Not needed",
            by=clinician,
            at=noon,
        )

        [state] = states_of([person], clinic=person.clinic, on=TODAY).values()
        assert state.dropped == {}

    def test_a_series_of_an_earlier_episode_promises_nothing(self, person, add, noon):
        add()
        Patient.objects.filter(pk=person.pk).update(referred_on=TODAY + WEEK)
        person.refresh_from_db()
        [state] = states_of([person], clinic=person.clinic, on=TODAY + WEEK).values()

        if state.episode.referred_on > TODAY:
            assert state.repeats == ()


class TestReminder:
    def test_of_a_video_visit_asks_nobody_in(self):
        told = {"day": TODAY, "phone": "", "stop": "x"}
        text = reminder(MessageKind.VISIT, "en", **told, is_remote=True)

        assert "by video" in text
        assert "come in" not in text

    @pytest.mark.django_db
    def test_never_holds_the_link(self, person, add, clinician):
        to = person.contact_points.create(
            clinic=person.clinic, kind="email", value="a@example.org", may_text=True
        )
        agree(person, to, clinician, "visit")
        add(first=TODAY + DAY)
        work(person.clinic)

        assert PersonMessage.objects.get().follow_up.link == LINK
        [sent] = mail.outbox
        assert "by video" in sent.body
        assert "video.example" not in sent.body + sent.subject
        told = str(list(AuditEvent.objects.values()))
        assert "video.example" not in told


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def send(self, person, as_care_manager):
        def send(**more):
            told = {
                "kind": "telehealth",
                "due_on": clinic_today(),
                "who": "care_manager",
                "link": LINK,
            }
            url = reverse("aftercare:add", args=[person.pk])
            return as_care_manager.post(url, {**told, **more})

        return send

    def test_a_video_visit_is_a_press(self, person, send, as_care_manager):
        assert send().status_code == 302
        page = as_care_manager.get(reverse("aftercare:of_patient", args=[person.pk]))

        assert f'href="{LINK}"' in page.content.decode()
        assert FollowUp.objects.get(kind="telehealth").origin == "staff"

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"link": ""}, "A video visit needs its link."),
            ({"link": "http://video.example/1"}, "begins with https"),
            ({"link": "https://me:pw@video.example/1"}, "without a password"),
            ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"kind": "visit"}, "Only a video visit has a link."),
            ({"times": 3}, "Say how many weeks lie between."),
            ({"every_weeks": 2}, "Say how often, or until which day."),
            ({"every_weeks": 99, "times": 2}, "less than or equal to 26"),
        ],
    )
    def test_errors_stand_at_the_field_and_the_words_are_kept(self, send, more, words):
        page = send(title="With the nurse", **more)

        assert page.status_code == 400
        assert words in page.content.decode()
        assert "With the nurse" in page.content.decode()

    def test_is_repeated_ended_and_taken_up_again(self, person, send, as_care_manager):
        send(every_weeks=2, times=3)
        series = CareRepeat.objects.get()
        page = as_care_manager.get(reverse("aftercare:of_patient", args=[person.pk]))
        assert "Every 2 weeks, 3 times." in page.content.decode()

        url = reverse("aftercare:end_repeat", args=[person.pk, series.pk])
        ended = as_care_manager.post(url, follow=True)
        assert "Not repeated any more." in ended.content.decode()
        as_care_manager.post(url)
        resumed = reverse("aftercare:resume_repeat", args=[person.pk, series.pk])
        as_care_manager.post(resumed)
        series.refresh_from_db()
        assert series.ended_at is None

    def test_another_clinic_ends_nothing(self, person, send):
        send(every_weeks=2, times=3)
        stranger = signed_in(StaffFactory(roles={ClinicFactory(): ["care_manager"]}))
        series = CareRepeat.objects.get()
        url = reverse("aftercare:end_repeat", args=[person.pk, series.pk])

        assert stranger.post(url).status_code == 404


def test_the_day_of_the_tests_is_in_the_past():
    assert timezone.now() > NOON
