"""The overview: what to look at, worst first, and what changed since the decision."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from assessments.change.points import Point
from assessments.models import Concern
from assessments.picture import Picture
from knowledge.severity import Severity
from medications.options.evaluate import evaluate
from medications.risk.factors import risk_of
from reports.overview.changed import ChangedColumn, ChangedLine, changed_since
from reports.overview.look_closer import reasons_of
from tests.factories import PatientFactory
from tests.medications.test_worked_examples import BASE, DEPENDENT, TestUnderWay, ago

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)


def known(facts, *, at=NOW):
    every = {name: told for name, told in {**BASE, **facts}.items() if told is not None}
    return Picture.from_json({"as_of": at.isoformat(), "facts": every})


def looked(patient, facts, *, concerns=(), follow_ups=()):
    picture = known(facts)
    return reasons_of(
        patient,
        evaluate(picture),
        risk_of(picture),
        concerns,
        follow_ups,
        at=NOW,
    )


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


class TestLookCloser:
    def test_nothing_asks_where_no_rule_speaks(self, patient):
        found = looked(patient, {**TestUnderWay.METHADONE, "ora": ["has_kit"]})

        assert found.first == ()
        assert found.more == ()

    def test_what_can_kill_comes_before_what_is_late(self, patient):
        late = SimpleNamespace(title="Dentist", latest_on=dt.date(2026, 11, 1))
        facts = {
            **TestUnderWay.METHADONE,
            "last_long_acting_dt": ago(days=5),
            "sedatives": ["benzodiazepine"],
        }
        found = looked(patient, facts, follow_ups=[late])

        severities = [one.severity for one in (*found.first, *found.more)]
        assert severities == sorted(severities)
        assert found.first[0].severity is Severity.CAN_KILL
        titles = {one.title for one in (*found.first, *found.more)}
        assert "Dentist" in titles

    def test_about_the_medicine_that_runs_and_no_other(self, patient):
        found = looked(patient, {**TestUnderWay.METHADONE, "qtc": 470})
        rules = {one.rule for one in (*found.first, *found.more)}

        assert "C46" in rules
        assert "C126" not in rules

    def test_a_stop_of_what_is_taken_can_kill(self, patient):
        found = looked(patient, {**TestUnderWay.METHADONE, "qtc": 520})

        assert found.first[0].rule == "C47"
        assert found.first[0].css == "is-danger"
        assert found.first[0].icon == "late"

    def test_a_concern_is_answered_where_it_stands(self, patient):
        concern = SimpleNamespace(
            level=Concern.Level.UNSCREENED, reason="Thoughts", patient_id=1, pk=2
        )
        found = looked(patient, DEPENDENT, concerns=[concern])

        assert found.first[0].title == "Thoughts"
        assert found.first[0].act == "Answer"

    def test_four_stand_open_and_the_rest_is_named(self, patient):
        late = [
            SimpleNamespace(title=f"Due {n}", latest_on=dt.date(2026, 11, 1))
            for n in range(6)
        ]
        found = looked(patient, DEPENDENT, follow_ups=late)

        assert len(found.first) == 4
        assert found.more_words == f"{len(found.more)} more: aftercare"

    def test_before_a_start_it_is_about_those_of_the_first_place(self, patient):
        found = looked(patient, {**DEPENDENT, "sedatives": ["benzodiazepine"]})

        assert "C53" in {one.rule for one in found.first}


def score(total, day, *, instrument="phq9", **more):
    at = dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC)
    return Point(at=at, instrument=instrument, version="1", total=total, **more)


class TestChanged:
    BEFORE = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)

    def test_worse_better_and_what_stayed(self):
        before = known({"housing": "stable", "alone": True}, at=self.BEFORE)
        now = known({"housing": "unhoused", "alone": False})
        found = changed_since(before, now, [])

        assert [line.label for line in found.worse] == ["Housing"]
        assert (found.worse[0].before, found.worse[0].now) == ("stable", "unhoused")
        assert [line.now for line in found.better] == ["No"]
        assert found.unchanged == len(now.facts) - 2
        assert found.since == self.BEFORE

    def test_a_score_moves_only_by_a_change_that_counts(self):
        before, now = known({}, at=self.BEFORE), known({})
        grew = changed_since(before, now, [score(8, 5), score(16, 15)])
        hardly = changed_since(before, now, [score(8, 5), score(9, 15)])
        old = changed_since(before, now, [score(8, 5), score(16, 6)])

        assert [line.label for line in grew.worse] == ["PHQ-9"]
        assert hardly.worse == ()
        assert old.worse == ()

    def test_the_medicine_taken_makes_no_urine_worse(self):
        taken = TestUnderWay.METHADONE
        before = known({"udt": ["opiate"]}, at=self.BEFORE)
        well = changed_since(before, known({**taken, "udt": ["methadone"]}), [])
        more = changed_since(
            before, known({**taken, "udt": ["methadone", "cocaine"]}), []
        )

        assert "Urine drug test" in [line.label for line in well.better]
        assert "Urine drug test" not in [line.label for line in well.worse]
        assert "Urine drug test" in [line.label for line in more.worse]

    def test_methadone_that_nobody_prescribed_is_worse(self):
        before = known({"udt": []}, at=self.BEFORE)
        found = changed_since(before, known({"udt": ["methadone"]}), [])

        assert "Urine drug test" in [line.label for line in found.worse]

    def test_an_instrument_without_a_total_tells_its_parts(self):
        parts = [
            score(None, day, instrument="bam", subscales={"risk": Decimal(risk)})
            for day, risk in ((8, 16), (15, 8))
        ]
        found = changed_since(known({}, at=self.BEFORE), known({}), parts)

        assert [(x.label, x.before, x.now) for x in found.better] == [
            ("BAM risk", "16", "8")
        ]

    def test_a_lower_sum_does_not_hide_a_new_thought_of_self_harm(self):
        points = [
            score(20, 8, items={"self_harm": 0}),
            score(10, 15, items={"self_harm": 1}),
        ]
        found = changed_since(known({}, at=self.BEFORE), known({}), points)

        assert [(x.label, x.now) for x in found.worse] == [
            ("PHQ-9: thoughts of self-harm, not reported before", "10")
        ]

    def test_what_is_not_shown_at_once_is_counted_and_folded(self):
        nobody = known(dict.fromkeys(BASE))
        found = changed_since(None, nobody, []).columns[-1]

        assert len(found.first) == 3
        assert (*found.first, *found.more) == found.lines
        assert found.more

    def test_of_what_moved_more_is_in_sight_than_of_what_nobody_knows(self):
        moved = ChangedColumn("Worse", (ChangedLine("mind", "PHQ-9", "8", "15"),) * 6)

        assert (len(moved.first), len(moved.more)) == (5, 1)

    def test_what_nobody_knows_or_is_old_is_asked(self):
        found = changed_since(None, known({"resp": None, "cows": None}), [])

        assert found.since is None
        assert "not asked" in {line.now for line in found.unknown}

    def test_an_old_answer_says_when(self):
        cows = {"value": 12, "as_of": ago(days=2)}
        found = changed_since(None, known({"cows": cows}), [])

        old = next(line for line in found.unknown if line.label == "COWS")
        assert (old.now, bool(old.on)) == ("out of date", True)
