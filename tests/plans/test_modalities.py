"""The library of kinds of care: each is cited, and each trigger is met at its edge."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.facts import FACTS, FactKind
from assessments.picture import KnownFact, Picture
from knowledge.conditions import BadDeclaration, holds, read_condition
from knowledge.needs import need_rules
from knowledge.wording.dates import day_named
from plans.conditions import Seen, Told, filled, told, value_text
from plans.modalities import library, match, matches

AT = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def known(value, at=AT):
    return KnownFact(value, at, "test")


def picture(**facts):
    """A picture of values as of now; facts not named are unknown."""
    return Picture(
        AT, {n: v if isinstance(v, KnownFact) else known(v) for n, v in facts.items()}
    )


def offered(chosen=None, **facts):
    """The keys of what is suggested."""
    also = {"chosen": known(chosen)} if chosen else {}
    return {one.modality.key for one in match(picture(**facts), also)}


def reason(key, chosen=None, **facts):
    also = {"chosen": known(chosen)} if chosen else {}
    found = {one.modality.key: one for one in match(picture(**facts), also)}
    return found[key].because


def can_say(condition):
    """Whether a declared fact can take the value that a condition asks for."""
    fact = FACTS[condition.fact]
    numbers = {FactKind.INT, FactKind.DECIMAL}
    return {
        "unknown": True,
        "within_days": fact.kind is FactKind.DATETIME,
        "at_least": fact.kind in numbers,
        "at_most": fact.kind in numbers,
        "is": fact.kind is FactKind.BOOL or condition.operand in fact.choices,
        "any_of": fact.kind in {FactKind.CHOICE, FactKind.SET}
        and isinstance(condition.operand, list)
        and set(condition.operand) <= set(fact.choices),
    }[condition.test]


class TestLibrary:
    def test_every_kind_of_care_is_cited_and_limited(self):
        for one in library():
            assert one.source
            assert one.limits
            assert one.stop
            assert one.tag.startswith("["), one.key
            assert one.evidence

    def test_fits_the_columns_of_the_plan(self):
        for one in library():
            assert len(one.key) <= 60
            assert len(one.title) <= 200
            assert len(one.dose) <= 200
            assert len(one.evidence) <= 12
            assert len(one.rule) <= 12
            assert len(one.tag) <= 60
            assert len(one.stop) <= 200

    def test_keys_are_distinct(self):
        keys = [one.key for one in library()]

        assert len(keys) == len(set(keys))

    def test_each_trigger_answers_a_declared_need(self):
        needs = {rule.key for rule in need_rules()}

        assert {t.need for one in library() for t in one.trigger} <= needs

    def test_each_need_can_be_answered(self):
        answered = {t.need for one in library() for t in one.trigger}

        assert {rule.key for rule in need_rules()} <= answered

    def test_holds_what_a_plan_must_be_able_to_offer(self):
        assert {
            "cbt",
            "mi",
            "contingency_management",
            "peer_support",
            "family_couples",
            "mindfulness",
            "nutrition",
            "exercise",
            "twelve_step",
            "smart_recovery",
            "vocational",
            "case_management",
            "naloxone_kit",
            "trauma_therapy",
            "ipv_safety",
            "smoking_cessation",
            "cbt_i",
            "pain_program",
            "infection_screening",
            "lock_box",
        } <= {one.key for one in library()}

    def test_reads_declared_facts_only(self):
        used = {c.fact for one in library() for t in one.trigger for c in t.all}
        used |= {
            c.fact for rule in need_rules() for case in rule.case for c in case.all
        }

        assert used - {"chosen"} <= set(FACTS)

    def test_asks_of_a_fact_only_what_it_can_say(self):
        conditions = [c for one in library() for t in one.trigger for c in t.all]
        conditions += [c for rule in need_rules() for k in rule.case for c in k.all]

        wrong = [c for c in conditions if c.fact in FACTS and not can_say(c)]

        assert wrong == []


EDGES = [
    pytest.param("cbt", {"bam8": 1}, {"bam8": 2}, id="craving 2 of 4"),
    pytest.param("cbt", {"phq9": 9}, {"phq9": 10}, id="PHQ-9 10"),
    pytest.param("cbt", {"gad7": 9}, {"gad7": 10}, id="GAD-7 10"),
    pytest.param("cbt_i", {"bam2": 1}, {"bam2": 2}, id="poor sleep"),
    pytest.param("mi", {"importance": 7}, {"importance": 6}, id="importance 6"),
    pytest.param("mi", {"confidence": 7}, {"confidence": 6}, id="confidence 6"),
    pytest.param("mi", {"missed_visits": 0}, {"missed_visits": 1}, id="missed visits"),
    pytest.param(
        "contingency_management", {"stimulants": False}, {"stimulants": True}, id="CM"
    ),
    pytest.param(
        "contingency_management",
        {"udt": frozenset(["fentanyl"])},
        {"udt": frozenset(["cocaine"])},
        id="CM from a test",
    ),
    pytest.param("trauma_therapy", {"pc_ptsd5": 3}, {"pc_ptsd5": 4}, id="PC-PTSD-5 4"),
    pytest.param(
        "ask_trauma_again", {"pc_ptsd5": 2}, {"pc_ptsd5": 3}, id="sub-threshold"
    ),
    pytest.param("peer_support", {"barc10": 47}, {"barc10": 46}, id="BARC-10 below 47"),
    pytest.param("family_couples", {"bam15": 1}, {"bam15": 2}, id="conflict"),
    pytest.param("family_couples", {"age": 22}, {"age": 21}, id="young people"),
    pytest.param("ipv_safety", {"hits": 10}, {"hits": 11}, id="HITS 11"),
    pytest.param("pain_program", {"peg": 3}, {"peg": 4}, id="PEG 4"),
    pytest.param(
        "nutrition", {"bmi": Decimal("18.5")}, {"bmi": Decimal("18.4")}, id="BMI low"
    ),
    pytest.param("nutrition", {"bmi": 35}, {"bmi": Decimal("35.1")}, id="BMI high"),
    pytest.param(
        "smoking_cessation", {"tobacco": False}, {"tobacco": True}, id="tobacco"
    ),
    pytest.param(
        "transport_help", {"travel": 30}, {"travel": 31}, id="over 30 minutes"
    ),
    pytest.param(
        "transport_help", {"transport": True}, {"transport": False}, id="no ride"
    ),
    pytest.param("reentry_bridge", {"reentry": 31}, {"reentry": 30}, id="leaving"),
    pytest.param("repeat_ecg", {"qtc": 450}, {"qtc": 451}, id="QTc over 450"),
    pytest.param("withdrawal_monitoring", {"cows": 4}, {"cows": 5}, id="COWS 5"),
    pytest.param(
        "alcohol_counselling",
        {"audit_c": 3, "sex": "male"},
        {"audit_c": 4, "sex": "male"},
        id="AUDIT-C 4 in men",
    ),
    pytest.param(
        "alcohol_counselling",
        {"audit_c": 2, "sex": "female"},
        {"audit_c": 3, "sex": "female"},
        id="AUDIT-C 3 in women",
    ),
    pytest.param(
        "alcohol_counselling",
        {"audit_c": 2},
        {"audit_c": 3},
        id="AUDIT-C 3, sex unknown",
    ),
    pytest.param(
        "mindfulness",
        {"bam8": 2, "peg": 3},
        {"bam8": 2, "peg": 4},
        id="craving and pain",
    ),
    pytest.param(
        "infection_screening",
        {"route": frozenset(["smoking"])},
        {"route": frozenset(["injecting"])},
        id="injecting",
    ),
    pytest.param(
        "lock_box",
        {"household": frozenset(["children"]), "lock_box": True},
        {"household": frozenset(["children"]), "lock_box": False},
        id="children and no lock",
    ),
    pytest.param("safety_plan", {"cssrs": "none"}, {"cssrs": "low"}, id="C-SSRS low"),
    pytest.param("spotting", {"alone": False}, {"alone": True}, id="alone"),
    pytest.param(
        "postpartum_care", {"postpartum": 13}, {"postpartum": 12}, id="first year"
    ),
]


@pytest.mark.parametrize(("key", "below", "at"), EDGES)
class TestTriggers:
    def test_at_the_edge_and_not_below(self, key, below, at):
        assert key not in offered(**below)
        assert key in offered(**at)


def test_unknown_points_to_nothing_but_asking_and_protection():
    assert offered() == {"naloxone_kit", "criteria"}


class TestReasons:
    def test_say_this_persons_values_with_their_days(self):
        facts = {"phq9": known(14, AT - 3 * DAY), "bam8": known(3, AT - 400 * DAY)}

        said = reason("cbt", **facts)

        assert "PHQ-9 is 14, moderate (Wed 18 Nov)." in said
        assert "Craving bothers at 3 of 4 (BAM 8, Fri 17 Oct 2025)." in said

    def test_a_kit_is_for_everyone(self):
        assert reason("naloxone_kit").startswith("Offered at each start")
        assert reason("naloxone_kit", overdose_hx="past_12_months").startswith(
            "Overdose"
        )

    @pytest.mark.parametrize(("days", "recent"), [(365, True), (366, False)])
    def test_the_last_fentanyl_is_told_with_its_day(self, days, recent):
        said = reason("naloxone_kit", last_fentanyl_dt=AT - days * DAY)

        assert ("Last fentanyl" in said) is recent

    def test_never_is_not_long_ago(self):
        never = dt.datetime(1, 1, 1, tzinfo=dt.UTC)

        assert "Last fentanyl" not in reason("naloxone_kit", last_fentanyl_dt=never)

    def test_what_hangs_on_the_chosen_medicine(self):
        assert "liver_tests" in offered(chosen="NTX_XR")
        assert "liver_tests" not in offered(chosen="MTD")
        assert "liver_tests" not in offered(chosen="NTX_XR", alt=30)
        assert "ecg" in offered(chosen="MTD")
        assert "ecg" not in offered(chosen="MTD", ecg_risk=frozenset())
        assert "ecg" in offered(chosen="MTD", ecg_risk=frozenset(["syncope"]))
        assert "open_door" in offered(chosen="NOT_NOW")


class TestHeldBack:
    def test_no_joint_sessions_where_home_is_not_safe(self):
        found = matches(Seen(picture(bam15=3, hits=11), {}))

        assert [one.modality.key for one in found.withheld] == ["family_couples"]
        assert "HITS is 11" in found.withheld[0].because
        assert "family_couples" not in {s.modality.key for s in found.suggestions}

    def test_safety_is_asked_before_joint_sessions(self):
        by_key = {s.modality.key: s for s in match(picture(bam15=3))}
        asked = {s.modality.key: s for s in match(picture(bam15=3, hits=4))}

        assert by_key["family_couples"].ask_first == ("hits",)
        assert asked["family_couples"].ask_first == ()

    def test_not_mindfulness_in_psychosis(self):
        facts = {"bam8": 3, "peg": 5, "mental": frozenset(["psychosis"])}

        assert "mindfulness" not in offered(**facts)


class TestConditions:
    @pytest.mark.parametrize(
        "declared",
        [
            {"at_least": 3},
            {"fact": "phq9"},
            {"fact": "phq9", "more": 3},
            {"fact": "a", "is": 1, "at_most": 2},
        ],
    )
    def test_any_other_form_is_refused(self, declared):
        with pytest.raises(BadDeclaration):
            read_condition(declared)

    @pytest.mark.parametrize(
        ("test", "operand", "value"),
        [("at_least", 1, True), ("at_most", 1, "one"), ("within_days", 3, 5)],
    )
    def test_a_value_of_another_kind_does_not_pass(self, test, operand, value):
        condition = read_condition({"fact": "phq9", test: operand})

        assert holds(condition, Seen(picture(phq9=value), {})) is False

    @pytest.mark.parametrize(
        ("value", "held"),
        [(frozenset(["a"]), False), (frozenset(["b"]), True), ("a", False)],
    )
    def test_none_of(self, value, held):
        condition = read_condition({"fact": "phq9", "none_of": ["a"]})

        assert holds(condition, Seen(picture(phq9=value), {})) is held

    def test_tomorrow_is_not_in_the_past(self):
        condition = read_condition({"fact": "phq9", "within_days": 3})

        assert holds(condition, Seen(picture(phq9=AT + DAY), {})) is False

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (True, "yes"),
            (False, "no"),
            (frozenset(["b_c", "a"]), "a, b c"),
            ("past_12_months", "past 12 months"),
            (14, "14"),
        ],
    )
    def test_values_in_words(self, value, text):
        assert value_text(value) == text

    def test_days_in_words(self):
        assert day_named(dt.date(2026, 11, 26), AT.date()) == "Thu 26 Nov"
        assert day_named(dt.date(2025, 1, 2), AT.date()) == "Thu 2 Jan 2025"

    def test_what_is_not_known_is_said_so(self):
        seen = Seen(picture(phq9=14), {})

        assert filled("{phq9} and {gad7}", seen, ("phq9", "gad7")) == "14 and not known"
        assert told(seen, "phq9", known(14)) == Told("14", "Sat 21 Nov", "moderate")
        assert told(seen, "alone", known(value=True)).band == ""


@given(
    st.dictionaries(
        st.sampled_from(["phq9", "gad7", "bam8", "bam15"]), st.integers(0, 27)
    )
)
def test_more_knowledge_of_trouble_never_removes_an_offer(facts):
    fewer = offered(**{name: value for name, value in facts.items() if name != "phq9"})
    more = offered(**(facts | {"phq9": 27}))

    assert fewer <= more | {"measure_mood"}
