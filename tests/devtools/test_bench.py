"""The bench: what it makes up, what it counts, and one small run of the whole."""

import copy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Clinic
from aftercare.models import FollowUp
from assessments.models import Intake, IntakeAnswer
from devtools import load_clinic
from devtools.bench import pages, reckoning, statement_count, tables, timer
from devtools.bench.tables import BenchRow
from devtools.demo import loader
from devtools.demo.content import Stage
from devtools.demo.people import stories
from patients.models import Patient
from tests.conftest import NOON
from tests.factories import ClinicFactory
from tests.lasting import lasting
from treatment.models import DoseEvent, Regimen


@pytest.fixture
def few(monkeypatch):
    only_few(monkeypatch)


def only_few(patch):
    """Four people at the first clinic, three of them in treatment, and one beside."""
    active = [s for s in stories() if s.stage is Stage.ACTIVE]
    begun = next(s for s in stories() if s.stage is Stage.INTAKE and s.at_otp)
    chosen = [s for s in active if s.at_otp][:3] + [s for s in active if not s.at_otp][
        :1
    ]
    patch.setattr(loader, "stories", lambda: iter([begun, *chosen]))
    patch.setattr("simple_icd_10_cm.get_all_codes", lambda **_: ["F11.20"])


def test_a_crowd_goes_into_an_empty_database_alone(clinic):
    with pytest.raises(load_clinic.NotEmpty, match="make bench"):
        load_clinic.open_crowd(at=NOON)


@pytest.fixture(scope="class")
def opened(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        only_few(patch)
        with django_db_blocker.unblock():
            people = load_clinic.open_crowd(at=NOON)
        yield people


class TestCrowd:
    @pytest.fixture
    def people(self, opened, db):
        return copy.deepcopy(opened)

    def test_grows_to_what_is_asked_for(self, people):
        load_clinic.grow(people, to=10)
        ids = load_clinic.grow(people, to=30)

        assert len(ids) == len(set(ids)) == 30
        assert Patient.objects.filter(clinic=people.clinic).count() == 30
        assert Patient.objects.filter(clinic=people.other).count() == 1

    def test_is_reckoned_as_a_whole_and_the_next_day_again(self, people, monkeypatch):
        monkeypatch.setattr(reckoning.load_clinic, "open_crowd", lambda **_: people)
        monkeypatch.setattr(reckoning, "DAYS", 2)

        found = list(reckoning.passes(people=12, workers=1, at=NOON))

        assert [one.people for one in found] == [12, 12]
        assert all(one.is_whole and one.per_minute > 0 for one in found)

    def test_has_people_of_other_names_with_the_same_history(self, people):
        load_clinic.grow(people, to=12)
        first = people.first[-1]
        copy = Patient.objects.get(mrn=f"B-{7:06d}")

        assert first == people.first[7 % len(people.first)]
        assert copy.search_text != first.search_text
        assert copy.status == first.status
        for model in (IntakeAnswer, Regimen, DoseEvent, FollowUp):
            assert (
                model.objects.filter(patient=copy).count()
                == model.objects.filter(patient=first).count()
                > 0
            )
        intake = Intake.objects.get(patient=copy)
        assert set(IntakeAnswer.objects.filter(patient=copy).values_list("intake")) == {
            (intake.pk,)
        }

    def test_owes_what_a_sweep_will_find(self, people):
        waiting = FollowUp.objects.to_mark_due(on=NOON.date())
        before = waiting.count()

        load_clinic.owe(clinic=people.other, rows=5, on=NOON.date(), at=NOON)

        assert waiting.count() == before + 5


class TestCounting:
    def test_leaves_out_what_surrounds_a_page(self):
        captured = [
            {"sql": text}
            for text in (
                "BEGIN",
                'SAVEPOINT "s1"',
                'SELECT * FROM "accounts_staffsession"',
                "SELECT coalesce(current_setting('mainstay.clinics', true), '')",
                "SELECT set_config('mainstay.clinics', '1', true)",
                'SELECT * FROM "patients_patient"',
                "INSERT INTO accounts_auditevent VALUES (1)",
                "SELECT set_config('mainstay.clinics', '', true)",
                'RELEASE SAVEPOINT "s1"',
                "COMMIT",
            )
        ]

        assert statement_count.statements(captured) == 4
        assert statement_count.selects(captured) == ['SELECT * FROM "patients_patient"']

    def test_counts_a_scope_that_is_not_nested(self):
        captured = [{"sql": "SELECT set_config('mainstay.clinics', '1', true)"}]

        assert statement_count.statements(captured) == 1


def test_what_is_measured_takes_turns(monkeypatch):
    monkeypatch.setattr(timer, "WARM_UPS", 1)
    turns = []
    took = timer.in_turns(
        {"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, times=2
    )

    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert len(took["a"].seconds) == 2


def test_of_many_the_middle_and_nearly_the_slowest_are_told():
    took = timer.Timed(tuple(n / 1000 for n in range(1, 101)))

    assert took.median_ms == pytest.approx(50.5)
    assert took.p95_ms == pytest.approx(96)
    assert took.total == pytest.approx(5.05)


def test_a_table_lines_its_figures_up():
    lines = list(
        tables.table(
            BenchRow("page", "ms"), [BenchRow("home", "9"), BenchRow("a", "100")]
        )
    )

    assert lines == ["page   ms", "----  ---", "home    9", "a     100", ""]


def test_a_page_that_does_not_answer_is_no_figure(clinic, prescriber):
    client = pages.signed_in(prescriber, clinic, at=timezone.now())

    with pytest.raises(pages.NotAnswered, match="/nowhere/ answered 404"):
        pages.asked(client, "/nowhere/")()


class TestCommand:
    def test_has_no_place_in_production(self, settings):
        settings.PRODUCTION = True

        with pytest.raises(CommandError, match="not in production"):
            call_command("bench")

    def test_refuses_a_database_in_use(self, db):
        ClinicFactory()

        with pytest.raises(CommandError, match="empty database of its own"):
            call_command("bench")

    @pytest.mark.slow
    # Each worker of the sweep is a fork, which Python warns of where threads run.
    @pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
    def test_says_everything_in_one_run(self, transactional_db, few, monkeypatch):
        monkeypatch.setattr("devtools.bench.report.FEW", 110)
        out = StringIO()

        call_command("bench", people=120, times=1, due=20, stdout=out)

        said = out.getvalue()
        for word in (
            *("110 and 120 people", "caseload, everyone", "search by MRN"),
            *("options of one person, ms", "all re-evaluated on 2 cores, s for 10,000"),
            *("walk of one answer that is saved", "stays", "returns"),
            *("due rows/s, workers: 1", "due rows/s, workers: 2", "x COPY"),
        ):
            assert word in said
        self.pages_send_the_same_at_both_sizes(said)
        assert not FollowUp.objects.filter(key__startswith="bench", status="planned")
        assert Clinic.objects.count() == 2

    def pages_send_the_same_at_both_sizes(self, said):
        table = said[said.index("page ") : said.index("walk of ")].splitlines()[2:]
        lines = [line.split() for line in table if line.strip()]
        assert len(lines) > 8
        for line in lines:
            before, after, most = map(int, line[-3:])
            assert before == after <= most, line
