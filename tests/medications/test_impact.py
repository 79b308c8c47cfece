"""Whose options change before a rule is signed: the pure core, the runs, the workers."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from accounts.permissions import Role
from assessments.actions.measures import record_observation
from jobs.actions import engine
from jobs.actions.kinds import JOBS, work_now
from jobs.actions.requests import end_job
from jobs.models import Job
from knowledge.editions import build, knowledge
from knowledge.medicines import medicines
from knowledge.policy import Policy
from medications.actions import impact as actions
from medications.actions.sign_rules import MayNotBeSwitchedOff, Proposed, sign_off
from medications.clinic_policy import impact_list
from medications.models import ImpactChange, ImpactRun, RuleSignOff
from medications.options.compare import impact, weighing
from patients.models import Patient
from tests.factories import PatientFactory, StaffFactory
from tests.factories.medications import KnowledgeEditionFactory
from tests.medications.pictures import CLEAR, picture

Stance = RuleSignOff.Stance
Status = Job.Status
LATER = dt.timedelta(minutes=5)
OFF = {"stance": Stance.OFF, "reason": "A specialist sees everybody here."}


def with_number(name, value):
    """The knowledge that ships, but for one number."""
    tables = {**knowledge().tables}
    values = [{**tables["parameters"][name]["values"][0], "value": value}]
    one = {**tables["parameters"][name], "values": values}
    tables["parameters"] = {**tables["parameters"], name: one}
    return build(tables)


class TestCore:
    def moved(self, facts, *, before=None, after=None, policy=None):
        ships = knowledge()
        found = impact(
            [(7, picture({**CLEAR, **facts}))],
            before=weighing(before or ships),
            after=weighing(after or ships, policy or Policy()),
        )
        return {
            m.medication: (m.before, m.after, m.gone, m.new)
            for _, each in found
            for m in each
        }

    def test_nothing_changes_where_nothing_does(self):
        assert self.moved({"qtc": 512}) == {}

    def test_a_stop_that_goes_lifts_the_standing(self):
        moved = self.moved({"qtc": 512}, policy=Policy(off={"C47": "x"}))

        before, after, gone, new = moved["MTD"]
        assert (before, gone, new) == ("AVOID", ("C47=ACTION", "C47=AVOID"), ())
        assert after != "AVOID"

    def test_a_number_that_moves_brings_what_it_now_catches(self):
        policy = Policy(numbers={"qtc_avoid": 480})

        assert self.moved({"qtc": 490}, policy=policy)["MTD"][1] == "AVOID"
        assert "MTD" not in self.moved({"qtc": 460}, policy=policy)

    def test_an_edition_is_compared_with_another(self):
        stricter = with_number("qtc_avoid", 480)

        moved = self.moved({"qtc": 490}, after=stricter)

        assert moved["MTD"][1] == "AVOID"
        assert "C47=AVOID" in moved["MTD"][3]

    def test_a_task_that_goes_counts_though_nothing_stands_otherwise(self):
        moved = self.moved({"qtc": 430}, policy=Policy(off={"C96": "x"}))

        assert all(gone for _, _, gone, _ in moved.values())
        assert all(before == after for before, after, _, _ in moved.values())

    def test_adjuncts_count_too(self):
        moved = self.moved({"sbp": 80}, policy=Policy(off={"C104": "x"}))

        assert moved["LOFEX"] == ("", "", ("C104=AVOID",), ())


@pytest.fixture
def director(clinic):
    return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}, name="Ines Marchetti")


@pytest.fixture
def long_qt(clinic, prescriber, noon):
    """People whose QTc is long, and as many in whom it is not."""

    def made(count, where=clinic):
        return [
            _measured(where, prescriber, noon, 512 - 90 * (n % 2)) for n in range(count)
        ]

    return made


def _measured(clinic, by, at, qtc):
    person = PatientFactory(clinic=clinic)
    record_observation(
        patient=person, code="qtc", value=qtc, effective_at=at, by=by, at=at
    )
    return person


def off(rule="C47"):
    version = knowledge().rules[rule].version
    return Proposed(rule=rule, version=version, **OFF)


@pytest.fixture
def ask(clinic, director, noon):
    def asked(proposed=None, at=noon):
        return actions.ask_impact(
            clinic=clinic, proposed=proposed or off(), by=director, at=at
        )

    return asked


def worked(run, at, batch=2):
    while run.job.is_waiting:
        if not actions.advance(run.job, at, batch=batch) and run.job.is_waiting:
            end_job(run.job, Status.DONE, at=at)
    return ImpactRun.objects.get(pk=run.pk)


def whom(run):
    return set(run.changes.filter(medication="MTD").values_list("patient", flat=True))


@pytest.mark.django_db
class TestRuns:
    def test_finds_those_whose_options_change_and_no_others(self, ask, long_qt, noon):
        people = long_qt(5)

        run = worked(ask(), noon + LATER)

        assert whom(run) == {people[0].pk, people[2].pk, people[4].pk}
        assert (run.job.status, run.job.total, run.job.done) == (Status.DONE, 5, 5)
        change = run.changes.filter(medication="MTD").first()
        assert (change.before, change.gone) == ("AVOID", ["C47=ACTION", "C47=AVOID"])

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
    def test_ends_whatever_the_last_batch_holds(self, ask, long_qt, noon, count):
        long_qt(count)

        run = worked(ask(), noon + LATER)

        assert (run.job.status, run.job.done) == (Status.DONE, count)

    def test_who_is_no_longer_in_care_is_left_out(self, ask, long_qt, noon):
        person = long_qt(1)[0]
        Patient.objects.filter(pk=person.pk).update(status=Patient.Status.DECEASED)

        assert not worked(ask(), noon + LATER).changes.exists()

    def test_another_clinics_people_are_left_out(
        self, ask, long_qt, other_clinic, noon
    ):
        long_qt(2, where=other_clinic)

        run = worked(ask(), noon + LATER)

        assert (run.job.total, run.changes.count()) == (0, 0)

    def test_what_is_in_force_already_is_the_ground(
        self, ask, long_qt, clinic, director, noon
    ):
        long_qt(2)
        sign_off(clinic=clinic, proposed=off(), by=director, at=noon)

        again = worked(ask(), noon + LATER)
        back = Proposed(rule="C47", version=off().version)
        undone = worked(ask(back), noon + LATER)

        assert not again.changes.exists()
        assert undone.changes.get(medication="MTD").new == ["C47=ACTION", "C47=AVOID"]

    def test_what_could_not_be_signed_is_not_looked_at(self, ask):
        with pytest.raises(MayNotBeSwitchedOff):
            ask(off("C03"))
        assert not ImpactRun.objects.exists()

    def test_one_at_a_time(self, ask):
        ask()

        with pytest.raises(actions.StillUnderWay):
            ask()

    def test_is_audited(self, ask, director, clinic):
        run = ask()

        event = AuditEvent.objects.get(verb="knowledge.impact_asked")
        assert event.subject == f"medications.impactrun:{run.pk}"
        assert (event.clinic_id, event.staff_id) == (clinic.pk, director.pk)
        assert event.facts == {"rule": "C47", "stance": "off"}

    def test_rules_that_changed_meanwhile_end_it(self, ask, long_qt, noon):
        long_qt(2)
        run = ask()
        ImpactRun.objects.update(knowledge_digest="another")

        assert worked(run, noon + LATER).job.status == Status.FAILED
        assert not run.changes.exists()

    def test_what_is_done_is_not_done_again(self, ask, long_qt, noon):
        long_qt(2)
        run = worked(ask(), noon + LATER)
        before = run.changes.count()

        assert work_now(run.job, at=noon + LATER) is False
        assert run.changes.count() == before


@pytest.mark.django_db
class TestEditions:
    @pytest.fixture
    def earlier(self, clinic, noon):
        edition = with_number("qtc_avoid", 600)
        return KnowledgeEditionFactory(clinic=clinic, edition=edition, kept_at=noon)

    def asked(self, clinic, by, at):
        return actions.ask_edition_impact(clinic=clinic, by=by, at=at)

    def test_the_edition_in_use_against_the_one_before(
        self, earlier, clinic, director, long_qt, noon
    ):
        people = long_qt(2)

        run = worked(self.asked(clinic, director, noon), noon + LATER)

        assert whom(run) == {people[0].pk}
        assert run.changes.get(medication="MTD").after == "AVOID"
        assert (run.rule, run.earlier_digest) == ("", earlier.digest)

    def test_refuses_where_there_is_none(self, clinic, director, noon):
        KnowledgeEditionFactory(clinic=clinic, kept_at=noon)

        with pytest.raises(actions.NoEarlierEdition):
            self.asked(clinic, director, noon)


@pytest.mark.django_db
class TestWorkers:
    def test_a_round_finishes_what_waits(self, ask, long_qt, clinic, noon):
        people = long_qt(5)
        run = ask()

        done = engine.run_queue(JOBS, clinic_id=clinic.pk, at=noon)

        assert done == {"batches": 1}
        run.job.refresh_from_db()
        assert run.job.status == Status.DONE
        assert whom(run) == {people[0].pk, people[2].pk, people[4].pk}

    def test_goes_on_where_it_stopped(self, ask, long_qt, clinic, noon):
        people = long_qt(5)
        run = ask()
        actions.advance(run.job, noon, batch=2)

        engine.run_queue(JOBS, clinic_id=clinic.pk, at=noon)

        assert whom(run) == {people[0].pk, people[2].pk, people[4].pk}
        assert Job.objects.get().done == 5

    def test_the_third_fault_ends_it(self, ask, long_qt, clinic, noon, monkeypatch):
        long_qt(1)
        run = ask()

        def fails(*_, **__):
            raise ZeroDivisionError

        monkeypatch.setattr(actions, "pictures_of", fails)
        for hours in range(3):
            at = noon + dt.timedelta(hours=hours)
            engine.run_queue(JOBS, clinic_id=clinic.pk, at=at)

        run.job.refresh_from_db()
        assert (run.job.status, run.job.ended_at) == (Status.FAILED, at)
        assert not engine.run_queue(JOBS, clinic_id=clinic.pk, at=at + LATER)


@pytest.mark.django_db
class TestInWords:
    """What a reader is told of the changes of one person."""

    @pytest.fixture
    def told(self, ask, clinic, noon):
        def words(*changes):
            run = worked(ask(), noon)
            person = PatientFactory(clinic=clinic)
            ImpactChange.objects.bulk_create(
                ImpactChange(clinic=clinic, run=run, patient=person, **change)
                for change in changes
            )
            return impact_list.listed(run, [person])[0].moves

        return words

    def test_what_stands_otherwise_comes_first(self, told):
        first, second = told(
            change("BUP_SL", "ELIGIBLE", "ELIGIBLE", gone=["C45=INFO"]),
            change("MTD", "AVOID", "CAUTION"),
        )

        assert (first.medications, first.before.word) == ("Methadone", "Avoid")
        assert first.stands_otherwise
        assert not second.stands_otherwise
        assert second.gone == ("a note (C45)",)

    def test_a_new_place_is_told_only_where_the_standing_stays(self, told):
        stays, goes = sorted(
            told(
                change("BUP_SL", "ELIGIBLE", "ELIGIBLE", ranks=(2, 1)),
                change("MTD", "ELIGIBLE", "AVOID", ranks=(1, None)),
            ),
            key=lambda move: move.medications,
        )

        assert (stays.rank_before, stays.rank_after) == (2, 1)
        assert stays.moves_in_rank
        assert not goes.moves_in_rank

    def test_forms_are_not_named_beside_what_they_are_forms_of(self, told):
        (move,) = told(
            *(
                change(key, "ELIGIBLE", "AVOID")
                for key in ("BUP_XR", "SUBLOCADE", "MTD")
            )
        )

        assert move.medications == "Buprenorphine XR, injection; Methadone"

    def test_all_of_them_are_every_medication(self, told):
        (move,) = told(
            *(change(key, "", "", new=["C96=ACTION"]) for key in medicines().keys)
        )

        assert move.medications == "Every medication"
        assert move.new == ("a task (C96)",)

    def test_an_adjunct_has_its_name(self, told):
        (move,) = told(change("LOFEX", "", "", gone=["C104=AVOID"]))

        assert move.medications == "Lofexidine"

    def test_what_was_asked(self, ask):
        run = ask()
        assert impact_list.asked_words(run) == f"C47, version {run.version}: do not use"

        run.rule, run.earlier_digest = "", "a" * 64
        assert impact_list.asked_words(run) == "This edition in place of aaaaaaaaaaaa"


def change(medication, before, after, *, ranks=(None, None), gone=(), new=()):
    return {
        "medication": medication,
        "before": before,
        "after": after,
        "rank_before": ranks[0],
        "rank_after": ranks[1],
        "gone": list(gone),
        "new": list(new),
    }
