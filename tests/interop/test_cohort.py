"""The import of the cohort: what becomes of every row, once, twice and interrupted."""

import datetime as dt
import os
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, Clinic
from assessments.models import Intake, IntakeAnswer, Observation
from assessments.picture.assemble import picture_of
from interop.actions import records
from interop.actions.cohort import import_cohort
from interop.actions.loading import People, load
from interop.cohort import files
from interop.cohort.records import Observed
from interop.cohort.source import NOMINAL_CONSENT, CohortUnreadable, noon
from patients.models import Patient, StatusChange, Visit
from reports.progress.events import happened_to
from tests.conftest import NOON
from tests.interop.folder import ROWS, ROWS_IN_ALL, write
from treatment.models import DoseEvent, Regimen, ToxicologyResult

pytestmark = pytest.mark.django_db
HELD_IN = (Patient, Observation, IntakeAnswer, DoseEvent, ToxicologyResult, Visit)


@pytest.fixture
def imported(db, tmp_path):
    def do(**changed):
        write(tmp_path, **changed)
        return import_cohort(folder=tmp_path, at=NOON, tell=lambda _: None)

    return do


def person(who):
    return Patient.objects.get(mrn=f"CTN-{who:05d}")


def reasons(run, file):
    """What was noted of this file: line, held or not, why."""
    return [(n.line, n.is_held, n.reason) for n in run.report.noted if n.file == file]


def counts():
    return {model: model.objects.count() for model in (*HELD_IN, Regimen, StatusChange)}


class TestPeople:
    def test_belong_to_the_clinic_of_their_site_under_a_pseudonym(self, imported):
        imported()

        assert Counter(Patient.objects.values_list("clinic__name", flat=True)) == {
            "CTN site 11": 3,
            "CTN site 22": 2,
        }
        one = person(1)
        assert (one.shown_name, one.is_pseudonym) == ("Pseudonym CTN-00001", True)
        assert (one.date_of_birth, one.sex_at_birth) == (None, "female")
        assert person(5).sex_at_birth == "unknown"
        assert one.referred_by == "Trial CTN-0027"

    def test_have_an_open_intake_and_a_first_status(self, imported):
        imported()

        assert Intake.objects.filter(status="in_progress").count() == 5
        assert StatusChange.objects.filter(patient=person(5)).count() == 1

    def test_without_a_site_or_a_number_are_listed(self, imported):
        run = imported()

        assert reasons(run, "everybody.csv") == [
            (7, False, "the person has no site"),
            (8, False, "the person has no site"),
            (9, False, "names no person (who is empty or no number)"),
        ]
        assert reasons(run, "site_masked.csv") == [(7, False, "names no site")]
        assert (7, False, "the person is not among everybody, or has no site") in (
            reasons(run, "demographics.csv")
        )

    def test_of_an_unknown_trial_are_listed(self, imported):
        run = imported(everybody=["1,99"])

        assert reasons(run, "everybody.csv") == [
            (2, False, "has the trial '99', which is not known")
        ]

    def test_the_act_is_written_down_at_each_clinic(self, imported):
        imported()

        events = AuditEvent.objects.filter(verb="cohort.imported")
        assert {e.facts["people"] for e in events} == {2, 3}


class TestFaults:
    """The faults that the dictionary of the data names."""

    def test_of_doses(self, imported):
        run = imported()

        assert reasons(run, "treatment.csv") == [
            (3, True, "a second dose on day 5"),
            (4, True, "a dose before randomization"),
            (5, True, "397 mg is more than 240 mg"),
            (6, True, "90 mg is more than 32 mg"),
            (9, True, "amount 2 where 1 injection belongs"),
            (
                10,
                False,
                "the person was never randomized, so the medicine is not known",
            ),
            (11, False, "has the amount NaN, which cannot be"),
            (12, False, "has the amount -4, which cannot be"),
            (13, False, "has 'much' where an amount belongs"),
            (14, False, "has no day"),
            (15, False, "the person is not among everybody, or has no site"),
            (16, False, "names no person (who is empty or no number)"),
        ]
        amounts = DoseEvent.objects.filter(patient=person(1)).values_list(
            "amount_mg", flat=True
        )
        assert sorted(amounts) == [Decimal(n) for n in (10, 30, 30, 397)]

    def test_a_blank_and_na_are_unknown_alike(self, imported):
        imported()

        for who in (2, 5):
            assert not IntakeAnswer.objects.filter(
                patient=person(who), question__in=["age", "employment", "mental"]
            ).exists()

    def test_a_visit_without_a_day_is_held_without_one(self, imported):
        run = imported()

        assert (5, True, records.UNDATED) in reasons(run, "visit.csv")
        [visit] = Visit.objects.filter(patient=person(1), on=None)
        assert (visit.kind, visit.status, visit.reasons) == (
            "p1wk3a",
            "missed",
            ["in_jail"],
        )

    def test_a_death_without_a_day_is_none_of_today(self, imported):
        imported()

        assert person(3).status == "deceased"
        [death] = StatusChange.objects.filter(patient=person(3), status="deceased")
        assert not death.is_day_known
        happened = happened_to(person(3))
        assert "Deceased" not in {mark.words for mark in happened.marks}
        assert {(one.words, one.more) for one in happened.undated} == {
            ("Deceased", "Died during the trial"),
            ("Visit missed", "dead"),
            ("Visit, kept or not", "no note"),
        }

    def test_a_death_with_a_day_is_of_that_day(self, imported):
        imported(visit=["3,WK24,no visit,,1,,,,,,,,,,,,,,40"])

        [death] = StatusChange.objects.filter(patient=person(3), status="deceased")
        assert death.is_day_known
        assert death.changed_at == noon(NOMINAL_CONSENT + dt.timedelta(days=40))

    @pytest.mark.parametrize(
        ("who", "ending"),
        [
            pytest.param(1, "", id="nothing told"),
            pytest.param(2, "; left the trial", id="left"),
            pytest.param(3, "; died", id="died"),
        ],
    )
    def test_how_it_ended_stands_with_the_medicine(self, imported, who, ending):
        imported()

        reasons = Regimen.objects.filter(patient=person(who))
        assert set(reasons.values_list("stop_reason", flat=True)) == {
            f"Last recorded dose{ending}"
        }

    def test_a_repeated_randomization_adds_nothing(self, imported):
        run = imported()

        assert (3, True, "repeats the first randomization") in reasons(
            run, "randomization.csv"
        )
        arms = Observation.objects.filter(patient=person(1), code="randomization")
        assert arms.count() == 1

    def test_a_row_without_who_is_listed(self, imported):
        run = imported()

        assert reasons(run, "fagerstrom.csv")[0] == (
            3,
            False,
            "names no person (who is empty or no number)",
        )

    def test_a_row_that_comes_twice_is_held_twice_and_said(self, imported):
        run = imported()

        assert reasons(run, "uds.csv")[0] == (3, True, records.AGAIN)
        found = ToxicologyResult.objects.filter(patient=person(1), result="positive")
        assert found.count() == 2

    def test_a_second_answer_to_a_question_is_said(self, imported):
        run = imported(asi=[], qol=["3,Yes", "3,Yes"])

        assert reasons(run, "qol.csv") == [(3, True, records.AGAIN)]

    def test_a_row_in_which_nothing_was_answered_is_held_as_unknown(self, imported):
        run = imported()

        assert reasons(run, "asi.csv") == [
            (3, True, "nothing in this row was answered")
        ]

    @pytest.mark.parametrize(
        ("who", "day", "negative"),
        [
            pytest.param(1, 0, {"alcohol", "cannabis"}, id="positive for opiates"),
            pytest.param(1, 7, set(), id="temperature out of range"),
            pytest.param(2, 0, {"opiate", "cannabis"}, id="another trial's test"),
            pytest.param(3, 0, set(), id="no specimen"),
        ],
    )
    def test_what_was_tested_and_not_found_is_negative(
        self, imported, who, day, negative
    ):
        imported()

        found = ToxicologyResult.objects.filter(
            patient=person(who),
            result="negative",
            collected_at__date=NOMINAL_CONSENT + dt.timedelta(days=day),
        )
        assert set(found.values_list("analyte", flat=True)) == negative

    def test_a_group_nobody_knows_is_said_and_tests_nothing(self, imported):
        assert reasons(imported(), "meta_substance_groups_uds.csv") == [
            (5, False, "has the group 'Glue', which is not known")
        ]

    def test_what_describes_the_trials_is_not_held(self, imported):
        run = imported()

        assert reasons(run, "meta_study_length.csv") == [
            (2, False, "describes the trials, not a person")
        ]

    def test_each_row_is_accounted_for(self, imported):
        run = imported()

        assert run.report.accounts_for_every_row()
        assert run.report.read == {name: len(rows) for name, rows in ROWS.items()}
        assert sum(run.report.read.values()) == ROWS_IN_ALL

    def test_odd_bytes_are_said_and_do_no_harm(self, db, tmp_path):
        write(tmp_path)
        (tmp_path / "asi.csv").write_bytes(
            b"\xef\xbb\xbfwho,used_iv\r\n1,Y\x00es\r\n2\r\n3,No,more\r\n4,\xe9\r\n\r\n"
        )
        run = import_cohort(folder=tmp_path, at=NOON, tell=lambda _: None)

        assert [line for line, _, _ in reasons(run, "asi.csv")] == [2, 3, 4, 5, 6]
        assert run.report.held["asi.csv"] == 3
        assert run.report.accounts_for_every_row()


class TestHeld:
    def test_last_use_is_the_last_day_before_consent(self, imported):
        imported()
        answer = IntakeAnswer.objects.get(
            patient=person(1), question="last_short_acting_dt"
        )

        day = NOMINAL_CONSENT - dt.timedelta(days=1)
        assert answer.value == noon(day).isoformat()
        assert answer.source == "record"

    def test_doses_make_a_regimen_and_admit(self, imported):
        imported()
        regimen, again = Regimen.objects.filter(patient=person(2)).order_by(
            "started_on"
        )

        assert (regimen.medication, regimen.started_on, regimen.stopped_on) == (
            "BUP_SL",
            NOMINAL_CONSENT + dt.timedelta(days=8),
            NOMINAL_CONSENT + dt.timedelta(days=10),
        )
        # After the second randomization it began anew.
        assert (again.medication, again.started_on) == (
            "BUP_SL",
            NOMINAL_CONSENT + dt.timedelta(days=31),
        )
        assert (person(2).status, person(2).admitted_on) == (
            "active",
            regimen.started_on,
        )
        assert person(4).status == "referred"
        moments = StatusChange.objects.filter(patient=person(2)).order_by("changed_at")
        assert [(one.status, one.changed_at) for one in moments] == [
            ("referred", noon(NOMINAL_CONSENT)),
            ("active", noon(regimen.started_on)),
        ]

    def test_each_randomization_has_its_counselling(self, imported):
        imported()

        told = Observation.objects.filter(patient=person(2), code="counselling")
        assert list(told.order_by("effective_at").values_list("text", flat=True)) == [
            "medical management with opioid drug counselling",
            "standard medical management",
        ]

    def test_no_use_is_a_no(self, imported):
        imported()

        said = Observation.objects.filter(patient=person(2), code__startswith="used:")
        assert dict(said.values_list("code", "text")) == {
            "used:heroin": "no",
            "used:cocaine": "yes",
        }

    @pytest.mark.parametrize(("day", "last"), [(5, 4), (6, 5), (8, 6)])
    def test_a_replay_of_the_past_knows_the_doses_before_it(self, imported, day, last):
        imported()

        moment = noon(NOMINAL_CONSENT + dt.timedelta(days=day))
        taken = picture_of(person(1), at=moment).value("last_long_acting_dt")
        assert taken.date() == NOMINAL_CONSENT + dt.timedelta(days=last)

    def test_a_level_of_withdrawal_is_no_score(self, imported):
        imported()
        level = Observation.objects.get(source_key="withdrawal.csv:2::7")

        assert (level.code, level.text) == (
            "withdrawal_band",
            "level 1 of 3 (COWS or SOWS 5 to 12)",
        )

    def test_a_completed_intake_takes_no_more_answers(self, imported, clinician):
        imported(demographics=[], tlfb=[])
        Intake.objects.update(
            status="complete", completed_at=NOON, completed_by=clinician
        )
        before = IntakeAnswer.objects.count()

        imported()

        assert IntakeAnswer.objects.count() == before

    def test_a_key_too_long_for_its_column_keeps_what_tells_it_apart(self, clinic):
        patient = Patient.objects.create(
            clinic=clinic,
            mrn="CTN-00001",
            referred_on=NOMINAL_CONSENT,
            registered_at=NOON,
            sex_at_birth="unknown",
        )
        people = People([(1, patient.pk, clinic.pk, None)])
        long = "x" * 100
        found = [
            Observed(1, "pain", f"{long}{n}", noon(NOMINAL_CONSENT), text=long * 2)
            for n in range(2)
        ]

        assert load(found, people, at=NOON) == 2
        assert load(found, people, at=NOON) == 0
        keys = Observation.objects.values_list("source_key", flat=True)
        assert {len(key) for key in keys} == {80}
        assert {len(one.text) for one in Observation.objects.all()} == {120}


class TestAgain:
    def test_adds_nothing(self, imported):
        first = imported()
        before = counts()
        second = imported()

        assert first.added > 50
        assert second.added == 0
        assert counts() == before
        assert second.report.noted == first.report.noted

    def test_goes_on_where_a_run_was_stopped(self, imported, monkeypatch):
        def stop(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(records, "add_last_uses", stop)
            with pytest.raises(KeyboardInterrupt):
                imported()
        assert Observation.objects.exists()
        assert not DoseEvent.objects.exists()

        imported()

        assert DoseEvent.objects.count() == 9
        assert imported().added == 0


class TestRefusal:
    @pytest.mark.parametrize("name", [name for name, _ in files.NEEDED])
    def test_a_missing_file_stops_before_anything_is_written(self, imported, name):
        with pytest.raises(CohortUnreadable, match=f"^{name} is not in"):
            imported(**{name.removesuffix(".csv"): None})

        assert not Clinic.objects.exists()

    @pytest.mark.parametrize(
        "name", [name for name, columns in files.NEEDED if columns]
    )
    def test_a_missing_column_does_too(self, db, tmp_path, name):
        write(tmp_path)
        (tmp_path / name).write_text("somebody\n1\n")

        with pytest.raises(CohortUnreadable, match=f"^{name} lacks the column"):
            import_cohort(folder=tmp_path, at=NOON, tell=lambda _: None)
        assert not Clinic.objects.exists()


class TestCommand:
    def test_says_what_came_of_it_and_writes_the_report(self, db, tmp_path):
        folder, out = write(tmp_path), StringIO()
        report = tmp_path / "report.csv"

        call_command("import_cohort", folder, report=report, stdout=out)

        said = out.getvalue()
        assert "5 people at 2 clinics" in said
        assert "treatment.csv: 16 rows, 9 held (5 of them odd), 7 not held" in said
        lines = report.read_text().splitlines()
        assert lines[0] == "file,line,held,reason"
        assert f"Rows to look at: {len(lines) - 1}, in {report}" in said

    def test_refuses_in_a_sentence(self, tmp_path):
        with pytest.raises(CommandError, match=r"everybody\.csv is not in"):
            call_command("import_cohort", tmp_path)


REAL = Path(
    os.environ.get("COHORT")
    or Path(__file__).resolve().parents[3] / "shared/data/ctn0094"
)


@pytest.mark.slow
@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the CTN-0094 public data is not in {REAL} (or $COHORT)"
)
@pytest.mark.no_cover
def test_the_real_people(db):
    """All 2,788, twice: nothing lost, nothing doubled, every fault that is known."""
    first = import_cohort(folder=REAL, at=NOON, tell=lambda _: None)
    before = counts()
    second = import_cohort(folder=REAL, at=NOON, tell=lambda _: None)

    assert Patient.objects.count() == 2788
    assert first.report.accounts_for_every_row()
    for name in first.report.read:
        with (REAL / name).open(encoding="utf-8") as stream:
            assert first.report.read[name] == sum(1 for _ in stream) - 1
    said = Counter(note.reason for note in first.report.noted)
    assert said["a dose before randomization"] > 0
    assert any(reason.startswith("a second dose") for reason in said)
    assert second.added == 0
    assert counts() == before
