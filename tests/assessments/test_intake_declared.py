"""What is declared holds together: facts, choices, branches, places."""

import datetime as dt

import pytest

from assessments.facts import FACTS, read_value
from assessments.intake import questions
from assessments.intake.catalogue import (
    ANSWERED_BY,
    PLACES,
    STEPS,
    AskedTwice,
    NoSuchQuestion,
    asking_for,
    gated_by,
    indexed,
    place_of,
    question_of,
)
from assessments.intake.declaration import Ask, all_met
from assessments.intake.instrument_panels import CONTEXT
from assessments.intake.progress import (
    Kept,
    given,
    instrument_panels,
    sheet_of,
    wheels,
    whole,
)
from assessments.intake.questions import ORDER
from assessments.observations.kinds import BY_CODE
from assessments.picture import Picture
from knowledge.conditions import facts_of, read_condition
from knowledge.instruments.registry import find
from knowledge.tables import HERE, INTAKE
from knowledge.told import shown_questions
from medications.options.evaluate import evaluate
from medications.rules.registry import RULES

NOON = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
QUESTIONS = [q for _, _, q in PLACES.values()]
OWN = [q for q in QUESTIONS if "." not in q.key]
# Asked for their own sake: they feed no fact, and say so here.
NO_FACT = {
    "alcohol_before",
    "child_care",
    "child_protection",
    "circle",
    "cognition",
    "contraception",
    "coping",
    "culture",
    "digital",
    "education",
    "episodes",
    "family_history",
    "family_involved",
    "first_opioid_age",
    "gene_test",
    "height",
    "infection_tests",
    "insurance",
    "last_overdose_on",
    "leaving",
    "medical_other",
    "mental_hospital",
    "mental_other",
    "mental_treatment",
    "moud_now",
    "opioid_use",
    "opioids_used",
    "other_use",
    "others_used",
    "pain_where",
    "pregnancy_wish",
    "self_medication",
    "results_at_hand",
    "sleep",
    "stigma_feared",
    "stigma_met",
    "suicidal_thoughts",
    "tests_had",
    "treatments_had",
    "unsafe_at_home",
    "vaccines",
    "value_weights",
    "values",
    "weight",
}
# Known without asking, only after a first dose or an order, or from the weights.
NEVER_ASKED = {
    "age",
    "sex",
    "rems",
    "is_otp",
    "cows_rise",
    "injection_day",
    "order",
    "values_most",
    "med_unknown",
    "allergy_unknown",
}


def test_seven_steps_in_order():
    assert [s.key for s in STEPS] == [
        "safety",
        "opioids",
        "substances",
        "body",
        "mind",
        "social",
        "strengths",
    ]


@pytest.mark.parametrize("question", OWN, ids=lambda q: q.key)
def test_each_question_feeds_a_fact_or_says_why_not(question):
    assert (
        question.is_fact or question.key in NO_FACT or question.key.startswith("words_")
    )


class TestShownAsTold:
    def test_the_room_and_the_intake_name_the_same(self):
        assert {q.key for q in QUESTIONS if q.shown} == shown_questions()

    @pytest.mark.parametrize("key", sorted(shown_questions()))
    def test_has_a_name_in_few_words(self, key):
        assert 0 < len(question_of(key).label.split()) <= 6

    @pytest.mark.parametrize(
        "told",
        [
            pytest.param({"key": "x", "shown": "overview"}, id="no name"),
            pytest.param({"key": "x", "label": "X"}, id="no page"),
            pytest.param(
                {"key": "alone", "shown": "overview", "label": "X"}, id="a fact"
            ),
        ],
    )
    def test_what_is_declared_amiss_is_refused(self, monkeypatch, told):
        question = {"ask": "X?", "kind": "text", **told}
        step = {"panels": [{"questions": [question]}]}
        monkeypatch.setattr(questions, "ORDER", ("safety",))
        monkeypatch.setattr(questions, "read_file", lambda _: step)

        with pytest.raises(questions.ShownAmiss, match=told["key"]):
            questions.declared_steps()


@pytest.mark.parametrize("question", [q for q in OWN if q.is_fact], ids=lambda q: q.key)
def test_each_choice_reads_into_its_fact(question):
    fact = FACTS[question.key]
    for choice in question.choices:
        raw = [choice] if question.kind is Ask.SEVERAL else choice
        assert read_value(fact, raw, as_of=NOON) is not None


@pytest.mark.parametrize(
    "question",
    [q for q in OWN if q.kind in (Ask.NUMBER, Ask.MEASURED)],
    ids=lambda q: q.key,
)
def test_each_number_has_limits_and_a_unit(question):
    assert question.low is not None
    assert question.high is not None
    assert question.unit or question.key in ("importance", "confidence", "trimester")


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if "." in q.key], ids=lambda q: q.key
)
def test_each_item_is_the_instruments_own(question):
    key, _, name = question.key.partition(".")
    declared = find(key)
    if name.startswith(f"{CONTEXT}."):
        assert name.removeprefix(f"{CONTEXT}.") in {c.key for c in declared.context}
    else:
        raws = {d.raw for d in declared.derivations}
        assert name in {*declared.item_keys, *raws}


@pytest.mark.parametrize("key", PLACES)
def test_each_condition_names_something_that_is_asked(key):
    _, panel, question = PLACES[key]
    columns = {f"{q.key}.{c.key}" for _, _, q in PLACES.values() for c in q.columns}
    known = {*PLACES, *columns, "age", "sex", "phq2.total", "payer", "is_otp"}

    assert {*facts_of((*panel.only, *question.only))} <= known


@pytest.mark.parametrize("name", sorted(FACTS))
def test_each_fact_of_the_rules_can_be_asked(name):
    assert asking_for(name) or name in NEVER_ASKED


def test_measured_questions_are_known_measurements():
    assert all(q.key in BY_CODE for q in OWN if q.kind is Ask.MEASURED)


def test_no_question_is_asked_twice():
    with pytest.raises(AskedTwice):
        indexed((STEPS[0], STEPS[0]))


def test_an_unknown_question_is_refused():
    with pytest.raises(NoSuchQuestion):
        question_of("favourite_colour")
    assert place_of("qtc")[0].key == "body"


def test_every_table_of_the_intake_is_a_step():
    assert {path.stem for path in (HERE / INTAKE).glob("*.toml")} - {"answered_by"} == {
        *ORDER
    }


def test_stand_ins_are_asked():
    assert {key for keys in ANSWERED_BY.values() for key in keys} <= PLACES.keys()


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        pytest.param({"any_of": ["a", "b"]}, "b", True, id="one of them"),
        pytest.param({"any_of": ["a"]}, None, False, id="open"),
        pytest.param({"any_of": ["a"]}, ["x", "a"], True, id="in a list"),
        pytest.param({"at_least": 3}, 3, True, id="from"),
        pytest.param({"at_least": 3}, None, False, id="from, not known"),
        pytest.param({"some": True}, "never", False, id="never"),
        pytest.param({"some": True}, "2026-11-01T10:00:00+00:00", True, id="dated"),
    ],
)
def test_conditions(condition, value, holds):
    assert all_met([read_condition({"fact": "q", **condition})], {"q": value}) is holds


@pytest.mark.parametrize(
    ("value", "holds"),
    [(None, True), (17, True), (18, False)],
    ids=["not known", "below", "not below"],
)
def test_an_exception_leaves_out_what_is_known_alone(value, holds):
    grown = read_condition({"unless": {"fact": "q", "at_least": 18}})

    assert all_met([grown], {"q": value}) is holds


def test_the_phq9_is_asked_from_where_the_phq2_is_positive():
    _, panel, _ = place_of("phq9.appetite")

    assert [one.operand for one in panel.only] == [find("phq2").bands[-1].lowest]


def test_a_branch_is_expected_only_where_it_applies():
    man = {"sex": "male", "age": 40}
    woman = {"sex": "female", "age": 40}
    body = {s.key: s for s in STEPS}["body"]

    assert "lactation" in {q.key for q in body.asked(woman)}
    assert "lactation" not in {q.key for q in body.asked(man)}


def test_the_phq9_follows_a_positive_phq2():
    low = {"phq2.interest": Kept("1"), "phq2.mood": Kept("1")}
    high = {"phq2.interest": Kept("2"), "phq2.mood": Kept("1")}

    def asked(answers):
        return {p.key for p in instrument_panels(given(answers, {}))}

    assert "phq9" not in asked(low)
    assert "phq9" in asked(high)
    assert gated_by("phq2.mood") == ("panel:phq9",)


def test_the_phq9_borrows_its_first_two_answers():
    rest = {
        key: Kept("1")
        for key in PLACES
        if key.startswith("phq9.") and key != "phq9.difficulty"
    }
    answers = {"phq2.interest": Kept("3"), "phq2.mood": Kept("2"), **rest}

    sheet = sheet_of("phq9", answers, {})

    assert sheet.untouched == 0
    assert sheet.score().total == 12


def test_not_known_is_dealt_with_but_not_answered():
    items = [k for k in PLACES if k.startswith("dsm5_oud.") and CONTEXT not in k]
    answers = {key: Kept("1") for key in items[:8]} | {
        key: Kept(None, is_known=False) for key in items[8:]
    }

    sheet = sheet_of("dsm5_oud", answers, {})

    assert sheet.untouched == 0
    assert sheet.score().status == "incomplete"
    assert sheet.score().band == "severe"


def test_supervised_use_reaches_the_score():
    items = {
        k: Kept("0") for k in PLACES if k.startswith("dsm5_oud.") and CONTEXT not in k
    }
    items |= {"dsm5_oud.tolerance": Kept("1"), "dsm5_oud.withdrawal": Kept("1")}

    alone = sheet_of("dsm5_oud", items, {}).score()
    supervised = sheet_of(
        "dsm5_oud", {**items, "dsm5_oud.context.supervised": Kept(value=True)}, {}
    ).score()

    assert (alone.total, supervised.total) == (2, 0)


def test_never_drinking_leaves_nothing_to_ask():
    assert sheet_of("audit_c", {"audit_c.frequency": Kept("0")}, {}).untouched == 0


def test_wheels_count_answers_not_facts():
    known = given({}, {"sex": "male", "age": 40})
    before = whole(wheels({}, known))
    after = whole(wheels({"alone": Kept(None, is_known=False)}, known))

    assert (before.answered, after.answered) == (0, 1)
    assert before.expected == after.expected > 100
    assert not before.is_done


def complete_answers():
    """Everything the intake can tell, of somebody with nothing special."""
    none = {
        name: []
        for name, fact in FACTS.items()
        if fact.kind.value.startswith("set-of") and name != "order"
    }
    numbers = {"alt": 20, "ast": 20, "uln": 40, "qtc": 420, "bmi": 24, "egfr": 90}
    counts = dict.fromkeys(
        (
            "mtd_dose",
            "bup_dose",
            "adherence",
            "travel",
            "bam8",
            "audit_c",
            "phq9",
            "ciwa",
        ),
        0,
    )
    choices = {
        "dsm_count": 7,
        "severity": "severe",
        "remission": "none",
        "cows": 9,
        "tolerance": "usual",
        "overdose_hx": "never",
        "alcohol": "none",
        "hepatitis": "none",
        "child_pugh": 0,
        "housing": "stable",
        "counselling": "accepts",
        "cssrs": "none",
        "protocol": "asam_2020",
        "setting": "outpatient",
        "challenge": "not_done",
        "dosing_assess": "alert",
        "pregnancy_test": "negative",
        "last_long_acting_drug": "methadone",
        "moud_stop": "never",
        "reentry": 400,
        "postpartum": 600,
        "sbp": 120,
        "hr": 70,
        "platelets": 200,
        "crcl": 90,
        "mtd_day": 0,
        "mtd_dose_change_dt": "never",
        "last_short_acting_dt": "2026-11-20T17:00:00+00:00",
        "last_fentanyl_dt": "2026-11-20T17:00:00+00:00",
        "last_long_acting_dt": "never",
        "last_bup_xr_dt": "never",
        "history": [],
        "sex": "female",
        "age": 34,
        "rems": True,
        "otp_access": True,
    }
    known = {**none, **numbers, **counts, **choices}
    flags = {
        name: False
        for name, fact in FACTS.items()
        if fact.kind.value == "bool" and name not in known
    }
    asked = {**flags, **known}
    return {k: v for k, v in asked.items() if asking_for(k) or k in NEVER_ASKED}


def test_a_complete_intake_leaves_no_option_wanting_for_a_question():
    picture = Picture.from_json(
        {"as_of": NOON.isoformat(), "facts": complete_answers()}
    )

    options = evaluate(picture)

    wanting = {
        missing.fact
        for option in options.options
        for missing in option.missing
        if not asking_for(missing.fact)
    }
    assert RULES
    assert wanting <= NEVER_ASKED
    assert "needs_data" not in {str(o.standing).lower() for o in options.options}
