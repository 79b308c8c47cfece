"""What the decision page is about: a start, a medicine under way, doses missed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knowledge.editions import knowledge
from medications.decision_page.bedside import (
    TURNED_ON,
    bedside,
    named,
    not_asked,
    with_answered,
)
from medications.decision_page.can_wait import can_wait
from medications.decision_page.columns import arrange, for_all
from medications.decision_page.comes_first import comes_first
from medications.decision_page.five_signs import five_signs
from medications.decision_page.monitoring import Monitoring, monitoring
from medications.decision_page.phases import Phase, phase_of
from medications.decision_page.restart import by_the_table, restart
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
        used = {"last_short_acting_dt": {"value": ago(hours=6)}, "tolerance": "usual"}
        rows = self.rows(used, sedatives=sedatives or "none").rows

        assert rows[now].is_now

    @pytest.mark.parametrize(
        ("told", "is_daily"),
        [
            pytest.param({"tolerance": "unknown"}, False, id="one use"),
            pytest.param({"tolerance": "low"}, False, id="tolerance low"),
            pytest.param(
                {"tolerance": {"value": "usual", "as_of": ago(days=3)}},
                False,
                id="usual three days ago",
            ),
            pytest.param({"tolerance": "usual"}, True, id="usual now"),
            pytest.param(
                {"tolerance": "unknown", "opioid_days": 27}, False, id="27 of 30 days"
            ),
            pytest.param(
                {"tolerance": "unknown", "opioid_days": 28}, True, id="28 of 30 days"
            ),
        ],
    )
    def test_one_use_after_a_week_without_doses_keeps_no_tolerance(
        self, told, is_daily
    ):
        used = {"last_short_acting_dt": {"value": ago(hours=6)}}
        rows = self.rows(used, told, sedatives="none").rows

        assert [row.is_now for row in rows] == [not is_daily, is_daily, False]
        assert rows[0].is_unknown is not is_daily

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

    def test_a_film_after_a_week_starts_low_unless_opioids_kept_tolerance(self):
        film = {
            "bup_dose": 16,
            "last_long_acting_dt": {"value": ago(days=12)},
            "last_long_acting_drug": "buprenorphine",
            "med_list": ["buprenorphine"],
        }
        held = picture({**READY, **film})

        doses = [row.dose for row in restart(evaluate(held), held, EDITION).rows]
        assert doses == ["1 to 2 mg", "2 to 4 mg, after a score", "1 to 2 mg"]

    def test_buprenorphine_beside_it_is_low_where_tolerance_is_lost(self):
        table = self.rows()

        assert table.is_compared
        assert [row.other for row in table.rows] == [
            "1 to 2 mg",
            "2 to 4 mg, after a score",
            "2 to 4 mg, after a score",
        ]
        keys = [line.key for line in table.lines]
        assert keys == ["lost", "back", "low_tolerance", "start"]
        assert all(line.cites for line in table.lines)

    def test_which_comes_first_is_as_the_rules_rank_them_by_each_answer(self):
        none, daily, sedated = self.rows(preference="MTD").rows

        assert none.first.words == "Buprenorphine: safer first month"
        assert none.first.basis.rule == "C29"
        assert daily.first.words == sedated.first.words == "Methadone: their wish"
        assert daily.first.basis.rule == "C23"

    def test_what_nobody_knows_is_told_apart_from_none(self):
        unknown = dict.fromkeys(
            ("last_short_acting_dt", "last_fentanyl_dt", "tolerance"), "unknown"
        )
        last = {"value": ago(days=10), "as_of": ago(days=10)}
        (row, *_) = self.rows(unknown, last_long_acting_dt=last, preference="MTD").rows

        assert (row.is_now, row.is_unknown) == (True, True)
        assert row.first.medicine == "Methadone"
        assert row.if_none.words == "Buprenorphine: safer first month"

    def test_what_is_ruled_out_has_no_dose(self):
        rows = self.rows(qtc=520, allergy=["buprenorphine"]).rows

        assert {row.dose for row in rows} == {"Avoid"}
        assert {row.other for row in rows} == {"Contraindicated"}
        assert {row.first.words for row in rows} == {"Neither now"}

    def test_the_columns_say_the_dose_of_the_row_that_counts(self):
        held = known(MISSED, preference="MTD")
        options = with_changes(evaluate(held), held)
        columns = arrange(options, held, EDITION)
        shown = by_the_table(columns, restart(options, held, EDITION))

        said = {column.key: column for column in shown}
        assert said["MTD"].verdict == "2.5 to 10 mg today, then up slowly."
        assert said["BUP_SL"].verdict.startswith("1 to 2 mg today.")
        assert said["BUP_XR"].verdict == "After days of small supervised doses."
        assert "C122" in {line.rule for line in said["MTD"].first}
        column = said["MTD"]
        assert "C122" in {line.rule for line in column.reasons_against}
        in_sight = {line.rule for line in (*column.own_first, *column.minus)}
        assert "C122" not in in_sight

    @pytest.mark.parametrize(
        "frail",
        [
            pytest.param({"age": 70}, id="older"),
            pytest.param({"resp": ["copd"]}, id="lungs"),
            pytest.param({"child_pugh": 8}, id="liver"),
        ],
    )
    def test_who_is_frail_gets_the_careful_dose_whatever_was_taken(self, frail):
        rows = self.rows(frail).rows

        assert [row.dose for row in rows[1:]] == ["up to 20 mg", "up to 20 mg"]

    def test_no_amount_stands_where_the_dose_is_held(self):
        held = known(MISSED, dosing_assess="sedated")
        options = with_changes(evaluate(held), held)
        columns = arrange(options, held, EDITION)
        table = restart(options, held, EDITION)
        shown = by_the_table(columns, table)

        said = {column.key: column.verdict for column in shown}
        assert table.first == "Hold today's dose; look again first."
        assert not [words for words in said.values() if " mg today" in words]

    def test_where_tolerance_was_kept_the_film_waits_for_a_score(self):
        used = {"last_short_acting_dt": {"value": ago(hours=6)}, "tolerance": "usual"}
        held = known(MISSED, used, sedatives="none")
        options = with_changes(evaluate(held), held)
        columns = arrange(options, held, EDITION)
        shown = by_the_table(columns, restart(options, held, EDITION))

        said = {column.key: column.verdict for column in shown}
        assert said["MTD"] == "Up to 30 mg today, then up slowly."
        assert said["BUP_SL"] == "2 to 4 mg today, after a score."

    def test_without_a_dose_in_the_table_the_columns_stay(self):
        held = known(MISSED)
        options = with_changes(evaluate(held), held)
        columns = arrange(options, held, EDITION)
        table = replace(restart(options, held, EDITION), rows=())

        assert by_the_table(columns, table) == columns

    def test_no_table_where_nothing_was_missed(self):
        held = known()

        assert restart(evaluate(held), held, EDITION) is None


class TestComesFirst:
    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            pytest.param({}, "Equal on what is known", id="a tie"),
            pytest.param(
                {"phys_dependence": True, "preference": "MTD"},
                "Methadone: their wish",
                id="another wish",
            ),
            pytest.param({"is_otp": False}, "Buprenorphine", id="methadone not here"),
            pytest.param(
                {"allergy": ["buprenorphine"]}, "Methadone", id="one ruled out"
            ),
            pytest.param(
                {"preference": "BUP_XR"}, "Buprenorphine: their wish", id="a wish"
            ),
        ],
    )
    def test_by_their_places(self, facts, words):
        assert comes_first(evaluate(known(facts)), EDITION).words == words


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

    def test_what_another_medicine_waits_for_stays_in_its_fold(self):
        before = bedside(evaluate(known(bup_exposure="unknown")), Phase.START)
        name = next(one.name for one in before if "bup_exposure" in one.facts)

        (shown,) = with_answered([name], ())
        assert shown.only == "Buprenorphine XR, injection"

    def test_in_a_restart_what_todays_dose_turns_on_is_asked_first(self):
        facts = ("resp", "gi", "allergy", "sedatives", "last_short_acting_dt")
        held = known(MISSED, dict.fromkeys(facts, "unknown"))
        asked = bedside(evaluate(held), Phase.RESTART)

        turned_on = [not TURNED_ON.isdisjoint(one.facts) for one in asked]
        assert turned_on == sorted(turned_on, reverse=True)
        assert any(turned_on)

    def test_a_task_that_is_asked_here_is_not_said_again(self):
        held = known(dsm_count="unknown", severity="unknown")
        options = with_changes(evaluate(held), held)
        lines = for_all(arrange(options, held, EDITION))
        asked = bedside(options, Phase.START)

        assert "C02" in {line.rule for line in lines}
        assert "C02" not in {line.rule for line in not_asked(lines, asked)}
        assert not_asked(lines, ()) == lines


class TestCanWait:
    def test_is_told_by_the_day_it_is_owed(self):
        waits = can_wait(evaluate(picture({"age": 30})))

        days = [owed.due_on for owed in waits.owed]
        assert days[0] is None
        assert (days[1] - NOW.date()).days == 14
        assert "Housing" in waits.refining or waits.refining


class TestMonitoring:
    @pytest.mark.parametrize(
        ("told", "words", "is_checked"),
        [
            pytest.param(None, "not checked", False, id="not asked"),
            pytest.param(False, "not checked", False, id="no"),
            pytest.param(True, "checked today", True, id="today"),
            pytest.param(
                {"value": True, "as_of": ago(days=1)},
                "not checked today, last 20 Nov",
                False,
                id="yesterday",
            ),
        ],
    )
    def test_a_check_counts_on_its_own_day(self, told, words, is_checked):
        assert monitoring(picture(pdmp=told)) == Monitoring(
            words, is_checked=is_checked
        )
