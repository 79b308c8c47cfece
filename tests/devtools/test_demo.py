"""The demo clinics: invented people, told through the actions, with a fixed seed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import chain
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import tenancy
from accounts.models import AuditEvent, Clinic, Staff
from aftercare.models import Alert, CareReferral, FollowUp, MessageWish
from assessments.models import Assessment, Intake
from assessments.picture.assemble import picture_of
from devtools.demo import loader
from devtools.demo.clinics import PASSWORD, SIGN_INS
from devtools.demo.content import DEMO, Stage
from devtools.demo.people import stories
from devtools.demo.telling import Telling
from jobs import texts
from jobs.models import Heartbeat
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from medications.decision_page.phases import Phase, phase_of
from medications.decision_page.phases import missed as missed_doses
from medications.decision_page.restart import restart
from medications.options.evaluate import evaluate
from patients.models import Patient
from plans.models import Plan
from tests.conftest import NOON
from tests.factories import ClinicFactory
from treatment.models import DoseEvent, Regimen

FEW_CODES = ["F11.20", "F11.21", "F32.1", "B18.2"]


@pytest.mark.parametrize("hour", range(24))
def test_the_days_of_a_story_are_those_of_the_calendar(hour):
    """Whatever hour it is told at, and on whichever side of a change of the clocks."""
    now = datetime(2026, 11, 29, hour, 50, tzinfo=UTC)
    team = SimpleNamespace(clinic=ClinicFactory.build(time_zone="America/New_York"))
    telling = Telling(SimpleNamespace(days=300), team, None, now)

    told = [telling.day(telling.moment(n, 4)) for n in range(300)]

    assert told == [telling.begun + timedelta(days=n) for n in range(300)]


@pytest.fixture
def few(monkeypatch):
    """The first two people of each stage, who missed doses, and a handful of codes."""
    seen = Counter()
    chosen = []
    for story in stories():
        seen[story.stage] += 1
        if seen[story.stage] <= 2 or story.person.days_missed:
            chosen.append(story)
    monkeypatch.setattr(loader, "stories", lambda: iter(chosen))
    monkeypatch.setattr("simple_icd_10_cm.get_all_codes", lambda **_: FEW_CODES)
    return chosen


class TestStories:
    def test_are_the_same_for_the_same_seed(self):
        assert list(stories()) == list(stories())
        assert list(stories(1)) != list(stories(2))

    def test_are_about_eighty_of_every_stage(self):
        found = Counter(story.stage for story in stories())

        assert found == {stage: its.people for stage, its in DEMO.stages.items()}
        assert set(found) == set(Stage)
        assert found.total() == 80

    def test_differ_in_what_matters(self):
        people = list(stories())
        traits = set(chain.from_iterable(story.traits for story in people))

        assert {"pregnant", "fentanyl", "benzodiazepine", "heart", "unstable"} <= traits
        assert len({story.person.language for story in people}) >= 4
        assert {True, False} == {story.at_otp for story in people}
        # Methadone for OUD is dispensed at an OTP alone.
        assert not [s for s in people if s.wish == "MTD" and not s.at_otp]


class TestCommand:
    @pytest.fixture
    def loaded(self, db, few):
        def do(*words):
            out = StringIO()
            call_command("load_demo", *words, stdout=out)
            return out.getvalue()

        return do

    def test_fills_an_empty_site(self, loaded, few):
        said = loaded()

        assert f"{len(few)} invented people in two clinics." in said
        assert PASSWORD in said
        assert Patient.objects.count() == len(few)
        assert Clinic.objects.count() == 2
        assert Staff.objects.count() == len(DEMO.staff)
        self.each_stage_has_what_belongs_to_it()
        self.treatment_makes_sense()
        self.somebody_is_back_after_missed_days()
        self.everything_was_told_in_order_of_time()
        self.everybody_named_can_sign_in()

    def each_stage_has_what_belongs_to_it(self):
        by_status = Counter(Patient.objects.values_list("status", flat=True))
        assert by_status["referred"] >= 2
        assert by_status["active"] >= 2
        assert by_status["aftercare"] == by_status["on_hold"] == 2
        assert by_status["discharged"] == 2
        for model in (
            Intake,
            Plan,
            Regimen,
            DoseEvent,
            Assessment,
            FollowUp,
            Heartbeat,
        ):
            assert model.objects.exists(), model
        assert Plan.objects.filter(status="draft").exists()
        assert Plan.objects.filter(status="signed").exists()

    def treatment_makes_sense(self):
        """Nobody is dosed after a stop, methadone is an OTP's, an injection has a next."""
        for regimen in Regimen.objects.select_related("clinic", "patient"):
            doses = DoseEvent.objects.filter(patient=regimen.patient)
            if regimen.stopped_on:
                assert not doses.filter(on__gt=regimen.stopped_on).exists()
            elif medicines()[regimen.medication].is_depot:
                owed = FollowUp.objects.open().filter(kind="injection")
                assert owed.filter(patient=regimen.patient).count() == 1
            assert regimen.medication != "MTD" or regimen.clinic.is_otp

    def somebody_is_back_after_missed_days(self):
        """On methadone, so that a restart can be seen; nothing was kept meanwhile."""
        (person,) = (one for one in DEMO.people if one.days_missed)
        patient = Patient.objects.get(family_name=person.name.partition(" ")[2])
        at = timezone.now()
        picture = picture_of(patient, at=at)

        options = evaluate(picture)

        assert phase_of(options) is Phase.RESTART
        (missed,) = missed_doses(options)
        assert missed.medication == "MTD"
        table = restart(options, picture, knowledge().on(picture.today))
        assert table.title == f"Restart after {person.days_missed} missed days"
        kept = FollowUp.objects.filter(patient=patient, status="done")
        last = picture.today - timedelta(days=person.days_missed)
        assert not kept.filter(kept_on__gte=last).exists()

    def everything_was_told_in_order_of_time(self):
        last = {}
        for event in AuditEvent.objects.exclude(patient_id=None).order_by("pk"):
            before = last.get(event.patient_id, event.at)
            assert before <= event.at, event
            last[event.patient_id] = event.at

    def everybody_named_can_sign_in(self):
        out = StringIO()
        call_command("demo_sign_ins", stdout=out)
        for role, email in SIGN_INS:
            assert role in out.getvalue()
            assert Staff.objects.get(email=email).check_password(PASSWORD)

    def test_goes_into_an_empty_site_alone(self, loaded):
        ClinicFactory()

        with pytest.raises(CommandError, match="There are clinics already"):
            loaded()

    def test_leaves_a_site_with_clinics_as_it_is_when_told_so(self, loaded):
        ClinicFactory()

        assert loaded("--if-empty") == ""
        assert not Patient.objects.exists()

    def test_has_no_place_in_production(self, loaded, settings):
        settings.PRODUCTION = True

        with pytest.raises(CommandError, match="no place in production"):
            loaded()

    def test_says_how_far_it_is(self, db, few, monkeypatch):
        monkeypatch.setattr(loader, "TOLD_EVERY", 1)
        monkeypatch.setattr(loader, "stories", lambda: iter(few[:2]))
        said = []

        loader.load_demo(at=NOON, tell=said.append)

        assert said == ["1 people", "2 people", f"{len(FEW_CODES)} ICD-10-CM codes"]

    def test_no_sign_ins_where_there_is_no_demo(self, db):
        out = StringIO()

        call_command("demo_sign_ins", stdout=out)

        assert out.getvalue() == ""


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_of_it_can_be_told_today(monkeypatch, settings):
    """Every story, by the same acts as in a clinic, up to this hour: what an act refuses
    since yesterday stops whoever starts the site for the first time."""
    monkeypatch.setattr("simple_icd_10_cm.get_all_codes", lambda **_: FEW_CODES)
    # As where `make run` starts it: people in the demo have telephones.
    settings.TEXT_URL = texts.MEMORY

    people = loader.load_demo(at=timezone.now(), tell=lambda _: None)

    assert people == 80
    with tenancy.every_clinic(actor="test"):
        stages = set(CareReferral.objects.values_list("stage", flat=True))
        assert {"sent", "missed", "heard"} & stages
        assert MessageWish.objects.exists()
        assert Alert.objects.unacknowledged().exists()
