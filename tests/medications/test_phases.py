"""What the decision page is about: a start, a medicine under way, doses missed."""

from decimal import Decimal

import pytest

from knowledge.editions import knowledge
from medications.decision_page.bedside import bedside, named, with_answered
from medications.decision_page.can_wait import can_wait
from medications.decision_page.columns import arrange
from medications.decision_page.five_signs import five_signs
from medications.decision_page.phases import Phase, phase_of
from medications.decision_page.restart import restart
from medications.decision_page.under_way_page import ChangeCause, under_way
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from tests.medications.pictures import NOW, READY, ago, old, picture

EDITION = knowledge().on(NOW.date())
ON_METHADONE = {
    "mtd_dose": 90,
    "mtd_day": 75,
    "mtd_dose_change_dt": {"value": ago(days=9)[:10]},
    "last_long_acting_dt": {"value": ago(hours=3)},
    "last_long_acting_drug": "methadone",
    "last_short_acting_dt": {"value": ago(days=120)},
    "med_list": ["methadone"],
    "udt": ["methadone"],
}
ALL_WELL = {
    "end_of_dose_withdrawal": False,
    "cows": 0,
    "opioid_days": 0,
    "effect_when_used": "none",
    "bam8": 0,
    "side_effects": "none",
}
MISSED = {
    **ON_METHADONE,
    "mtd_dose": 70,
    "mtd_day": 264,
    "last_long_acting_dt": {"value": ago(days=10)},
    "udt": "unknown",
}


def known(*facts, **more):
    given = dict(READY)
    for some in (*facts, more):
        given |= some
    return picture(given)


def page(*facts, **more):
    held = known(*facts, **more)
    options = with_changes(evaluate(held), held)
    return under_way(options, arrange(options, held, EDITION), held, EDITION)


class TestPhase:
    @pytest.mark.parametrize(
        ("facts", "phase"),
        [
            pytest.param({}, Phase.START, id="nothing taken"),
            pytest.param(ON_METHADONE, Phase.UNDER_WAY, id="taken today"),
            pytest.param(MISSED, Phase.RESTART, id="nine days missed"),
        ],
    )
    def test_follows_from_what_is_taken(self, facts, phase):
        assert phase_of(evaluate(known(facts))) is phase


class TestUnderWay:
    def test_all_five_at_goal_it_works(self):
        shown = page(ON_METHADONE, ALL_WELL)

        assert shown.call == "Continue, it works."
        assert shown.why == "All five signs are at goal."
        assert [sign.is_at_goal for sign in shown.signs] == [True] * 5
        assert shown.steps == ()
        assert shown.raised is None

    def test_none_asked_lately_the_five_come_first(self):
        unasked = dict.fromkeys((*ALL_WELL, "udt"), "unknown")

        assert page(ON_METHADONE, unasked).call == "Ask the five first."

    def test_some_not_asked_is_said_by_name(self):
        shown = page(ON_METHADONE, ALL_WELL, bam8="unknown")

        assert shown.call == "Go on, and ask what is open."
        assert shown.why == "Not asked lately: craving."

    @pytest.mark.parametrize(
        ("facts", "sign"),
        [
            ({"end_of_dose_withdrawal": True}, "withdrawal"),
            ({"udt": ["methadone", "fentanyl"]}, "use"),
            ({"effect_when_used": "full"}, "effect when used"),
            ({"bam8": 2}, "craving"),
        ],
    )
    def test_one_not_at_goal_reviews_the_dose(self, facts, sign):
        shown = page(ON_METHADONE, ALL_WELL, facts, mtd_dose=60)

        assert shown.call == "Stay on methadone, review the dose."
        assert sign in shown.why
        assert shown.raised.amount("low") == Decimal(5)
        assert shown.steps[0].rule == "C119"

    def test_old_answers_are_not_asked_lately(self):
        signs = five_signs(known(ON_METHADONE, bam8=old(0, days=40)), EDITION, "MTD")

        assert signs[3].is_at_goal is None

    def test_early_in_treatment_a_week_is_long(self):
        early = {"mtd_day": 10, "bam8": old(0, days=8)}
        signs = five_signs(known(ON_METHADONE, early), EDITION, "MTD")

        assert signs[3].is_at_goal is None

    def test_a_wish_to_stop_is_talked_over_first(self):
        shown = page(ON_METHADONE, ALL_WELL, request=["stop_medication"])

        assert shown.call.startswith("Wishes to come off")

    def test_an_effect_that_cannot_be_borne_is_a_cause(self):
        shown = page(ON_METHADONE, ALL_WELL, side_effects=["unbearable"])

        assert shown.call.startswith("Change for cause")
        assert [c.is_met for c in shown.causes] == [False, True, False, False]

    def test_what_makes_it_unsafe_goes_before_all(self):
        shown = page(ON_METHADONE, ALL_WELL, qtc=520)

        assert shown.call.startswith("Not to go on with methadone as it is")
        assert shown.causes[0] == ChangeCause(
            "A new stop", "QTc 520 ms: 500 ms or more.", is_met=True
        )
        assert [c.is_met for c in shown.causes] == [True, False, False, True, False]

    def test_what_would_make_it_a_change_says_where_it_stands(self):
        states = [c.state for c in page(ON_METHADONE, ALL_WELL).causes]

        assert states == ["from Thu 10 Dec", "none", "430 ms", "not asked"]

    @pytest.mark.parametrize(
        ("facts", "state"),
        [
            ({"mtd_dose": 60}, "60 mg now"),
            ({"mtd_dose_change_dt": "never"}, "no"),
            ({"qtc": "unknown", "side_effects": "unknown"}, "from Thu 10 Dec"),
        ],
    )
    def test_harm_counts_after_weeks_at_a_dose_that_could_do(self, facts, state):
        assert page(ON_METHADONE, ALL_WELL, facts).causes[0].state == state

    def test_an_injection_has_no_dose_to_judge(self):
        depot = {"last_bup_xr_dt": {"value": ago(days=20)}, "cows": 0}
        shown = page(depot, last_bup_xr_drug="SUBLOCADE")

        assert shown.title == "Sublocade, monthly injection, under way"
        assert [c.words for c in shown.causes][-1] == "Their wish"
        assert {c.key for c in shown.others} == {"BUP_SL", "MTD", "NTX_XR"}


class TestRestart:
    def rows(self, *facts, **more):
        held = known(MISSED, *facts, **more)
        return restart(evaluate(held), held, EDITION)

    def test_methadone_by_what_was_taken_since(self):
        table = self.rows()

        assert table.title == "Restart after 9 missed days"
        assert [row.dose for row in table.rows] == [
            "2.5 to 10 mg",
            "up to 30 mg",
            "up to 20 mg",
        ]
        assert table.most.startswith("Never above 35 mg")

    def test_one_row_where_the_dose_is_the_same_whatever_was_taken(self):
        table = self.rows(last_long_acting_dt={"value": ago(days=4)})

        assert table.title == "Restart after 3 missed days"
        assert [(row.taken, row.dose) for row in table.rows] == [
            ("Whatever was taken since", "up to 35 mg")
        ]
        assert not table.turns

    @pytest.mark.parametrize(
        ("days", "day_of", "first"),
        [
            pytest.param(4, 100, "Hold the dose: the prescriber decides.", id="3"),
            pytest.param(5, 100, "The prescriber sees them before the dose.", id="4"),
            pytest.param(10, 100, "", id="9"),
            pytest.param(
                3,
                10,
                "Still in the first two weeks: review as a new start.",
                id="early",
            ),
        ],
    )
    def test_who_looks_first_stands_before_any_number(self, days, day_of, first):
        last = {"value": ago(days=days)}

        assert self.rows(last_long_acting_dt=last, mtd_day=day_of).first == first

    def test_what_is_not_known_counts_as_the_lowest_tolerance(self):
        rows = self.rows(last_short_acting_dt="unknown").rows

        assert [row.is_now for row in rows] == [True, False, False]

    @pytest.mark.parametrize(
        ("sedatives", "now"),
        [
            pytest.param([], 1, id="asked: none"),
            pytest.param(["benzodiazepine"], 2, id="some"),
            pytest.param("unknown", 2, id="not asked"),
        ],
    )
    def test_an_answer_moves_the_row_that_counts(self, sedatives, now):
        used = {"last_short_acting_dt": {"value": ago(hours=6)}}
        rows = self.rows(used, sedatives=sedatives or "none").rows

        assert rows[now].is_now

    def test_a_film_goes_by_other_opioids(self):
        held = picture(
            {
                **READY,
                "bup_dose": 16,
                "last_long_acting_dt": {"value": ago(days=6)},
                "last_long_acting_drug": "buprenorphine",
                "med_list": ["buprenorphine"],
            }
        )
        table = restart(evaluate(held), held, EDITION)

        assert [row.taken for row in table.rows] == ["None", "Any opioid", "Not known"]
        assert table.rows[0].dose == "8 mg"

    def test_no_table_where_nothing_was_missed(self):
        held = known()

        assert restart(evaluate(held), held, EDITION) is None


class TestBedside:
    def test_shared_questions_are_asked_once_the_rest_under_its_medicine(self):
        asked = bedside(
            evaluate(known(allergy="unknown", bup_exposure="unknown")), Phase.START
        )

        facts = [fact for one in asked for fact in one.facts]
        assert facts.count("allergy") == 1
        assert {one.only for one in asked if "bup_exposure" in one.facts} == {
            "Buprenorphine XR, injection"
        }

    def test_nothing_is_asked_for_what_cannot_be_given_here(self):
        asked = bedside(evaluate(known(gi="unknown", is_otp=False)), Phase.START)

        assert "gi" not in {fact for one in asked for fact in one.facts}

    def test_under_way_only_the_medicine_taken_asks(self):
        asked = bedside(
            evaluate(known(ON_METHADONE, bup_exposure="unknown", resp="unknown")),
            Phase.UNDER_WAY,
        )

        assert {fact for one in asked for fact in one.facts} == {"resp"}

    def test_a_question_has_a_name_that_reads_back(self):
        (one, *_) = bedside(evaluate(known(allergy="unknown")), Phase.START)

        assert named(one.name).facts == one.facts
        assert [q.id for q in with_answered([one.name], ())] == [one.id]

    @pytest.mark.parametrize(
        "name", ["", "MTD", "MTD.look", "XYZ.look.resp", "MTD.look.qtc", "MTD.x.resp"]
    )
    def test_what_names_no_line_is_none(self, name):
        assert named(name) is None

    def test_what_was_answered_stays_until_the_page_is_left(self):
        before = bedside(
            evaluate(known(allergy="unknown", resp="unknown")), Phase.START
        )
        after = bedside(evaluate(known(resp="unknown")), Phase.START)

        shown = list(with_answered([one.name for one in before], after))
        assert [one.id for one in shown] == [one.id for one in before]


class TestCanWait:
    def test_is_told_by_the_day_it_is_owed(self):
        waits = can_wait(evaluate(picture({"age": 30})))

        days = [owed.due_on for owed in waits.owed]
        assert days[0] is None
        assert (days[1] - NOW.date()).days == 14
        assert "Housing" in waits.refining or waits.refining
