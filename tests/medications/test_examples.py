"""Every example of reference part C holds; the examples cover what they must."""

from datetime import UTC, datetime

import pytest

from assessments.facts import FACTS, NEVER
from knowledge.editions import knowledge
from knowledge.examples import ExampleRow
from knowledge.medicines import medicines
from medications.options.evaluate import evaluate, reached
from medications.options.model import Action
from medications.rules.effects import Effect, Say
from medications.rules.examples import (
    UnclearExample,
    combined,
    examples,
    examples_of,
    read,
    run,
    said_by,
    shown,
)
from medications.rules.registry import says_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EDITION = knowledge().on(NOW.date())
ALL = [example for rows in examples().values() for example in rows]
# Tied to a medication, not to a fact: there is nobody for whom they are silent.
ALWAYS = {
    "C32": "oral naltrexone is weighed for everyone",
    "C65": "so is buprenorphine that dissolves in the mouth",
    "C82": "each injection must reach muscle",
    "C96": "naloxone is offered at every start",
}


def ids(example):
    return f"{example.rule}: {example.title}"


@pytest.mark.parametrize("example", ALL, ids=ids)
def test_every_example_holds(example):
    outcome = run(example, EDITION)

    assert set(said_by(outcome, EDITION)) == set(example.says)
    assert outcome.missing == example.asks


def spoken(example):
    """What the options of an example's picture show of its rule, by medication."""
    found = evaluate(example.picture)
    lines = [("", line) for line in found.general]
    for option in found.options:
        lines += [(option.medication, x) for x in (*option.findings, *option.actions)]
    return {
        (medication or line.medication, effect_of(line))
        for medication, line in lines
        if line.rule == example.rule
    }


def effect_of(line):
    return Effect.ACTION if isinstance(line, Action) else line.effect


@pytest.mark.parametrize("example", [e for e in ALL if e.says], ids=ids)
def test_what_a_rule_says_reaches_the_options(example):
    shown_there = spoken(example)

    for say in example.says:
        assert (say.medication, say.effect) in shown_there


@pytest.mark.parametrize("example", [e for e in ALL if not e.says], ids=ids)
def test_a_rule_that_is_silent_reaches_none(example):
    assert spoken(example) == set()


@pytest.mark.parametrize("example", ALL, ids=ids)
def test_an_example_reads_as_a_sentence(example):
    assert example.title[0].isupper() or example.title.startswith("eGFR")
    assert not example.title.endswith(".")
    assert len(example.title) <= 80


@pytest.mark.parametrize("rule", EDITION.cards)
class TestEveryRule:
    def test_has_an_example_that_fires(self, rule):
        assert any(example.says for example in examples_of(rule))

    def test_has_an_example_that_does_not(self, rule):
        assert rule in ALWAYS or any(not e.says for e in examples_of(rule))

    def test_has_one_for_an_answer_that_is_missing_if_it_holds_the_standing(self, rule):
        """Told apart from "no" by name, where a stop may stand behind it."""
        card = EDITION.cards[rule]
        stops = any(say.effect.rules_out for say in says_of(card.effects))
        asked = any(example.asks for example in examples_of(rule))
        assert asked or not stops or rule in {*ALWAYS, *NOT_ASKED}

    def test_says_its_examples_once(self, rule):
        titles = [example.title for example in examples_of(rule)]
        assert len(set(titles)) == len(titles)


# Stops that are never asked about, or by a rule that reads the same fact.
NOT_ASKED = {
    "C77": "C74 asks",
    "C88": "a setting of the clinic, never asked of a person",
    "C90": "an OTP is looked for as a task",
    "C107": "an adjunct, not held back",
    "C124": "a setting of the clinic, never asked of a person",
    "C125": "C02 asks for the diagnosis",
}


def test_no_example_is_of_a_rule_that_is_not_there():
    assert set(examples()) == set(EDITION.cards)


# The edges that the reference names: a value on each side, of the right rule.
EDGES = [
    ("C03", "cows", {4, 5}),
    ("C05", "cows", {4, 5}),
    ("C14", "cows", {7, 8, 10, 11, 12, 13}),
    ("C38", "alt", {120, 121, 200, 201}),
    ("C39", "child_pugh", {5, 6, 7}),
    ("C40", "child_pugh", {6, 7, 9, 10}),
    ("C41", "child_pugh", {9, 10}),
    ("C43", "crcl", {49, 50}),
    ("C45", "qtc", {449, 450, 451}),
    ("C46", "qtc", {449, 450, 451, 499, 500}),
    ("C47", "qtc", {499, 500, 501}),
    ("C55", "ciwa", {7, 8}),
    ("C56", "audit_c", {3, 4}),
    ("C66", "phq9", {19, 20}),
    ("C71", "postpartum", {12}),
    ("C74", "age", {15, 16}),
    ("C75", "age", {15, 16, 17, 18}),
    ("C76", "age", {17, 18}),
    ("C78", "age", {64, 65}),
    ("C83", "platelets", {49, 50}),
    ("C89", "travel", {30, 31}),
    ("C91", "reentry", {30, 31}),
    ("C101", "child_pugh", {6, 7, 9, 10}),
    ("C102", "egfr", {30, 90}),
    ("C104", "sbp", {89, 90}),
    ("C104", "hr", {49, 50}),
    ("C73", "age", {11, 12, 50, 51}),
    ("C120", "mtd_dose", {79, 80}),
    ("C120", "mtd_day", {27, 28}),
    ("C123", "reentry", {30, 31}),
    ("C125", "dsm_count", {1, 2, 3, 4}),
    ("C133", "sbp", {179, 180}),
    ("C133", "dbp", {109, 110}),
    ("C133", "hr", {129, 130}),
    ("C134", "qtc", {449, 450, 451}),
    ("C114", "mtd_day", {1, 28, 29}),
]


@pytest.mark.parametrize(("rule", "fact", "values"), EDGES)
def test_both_sides_of_an_edge_have_an_example(rule, fact, values):
    given = {example.picture.value(fact) for example in examples_of(rule)}

    assert values <= given


DAYS = [
    ("C06", "last_short_acting_dt", {6, 7}),
    ("C07", "last_short_acting_dt", {6, 7, 9, 10}),
    ("C08a", "last_long_acting_dt", {6, 7}),
    ("C08b", "last_long_acting_dt", {6, 7, 9, 10, 13, 14}),
    ("C118", "last_short_acting_dt", {30, 31}),
    ("C122", "last_bup_xr_dt", {9, 10, 36, 56, 57}),
    ("C122", "last_ntx_dt", {35, 36}),
    ("C136", "last_bup_xr_dt", {56, 57}),
    ("C137", "last_ntx_dt", {30, 31}),
]


@pytest.mark.parametrize(("rule", "fact", "days"), DAYS)
def test_each_day_of_a_wait_has_an_example(rule, fact, days):
    moments = [
        (e.picture.as_of, e.picture.value(fact))
        for e in examples_of(rule)
        if e.picture.known(fact)
    ]
    given = {(now - moment).days for now, moment in moments if moment != NEVER}

    assert days <= given


@pytest.mark.parametrize("one", combined(), ids=lambda one: one.row.title)
class TestTogether:
    def test_options_stand_as_the_reference_says(self, one):
        found = evaluate(one.picture)

        for medication, standing in one.row.stands.items():
            assert found.option(medication).standing.value == standing

    def test_the_rules_named_all_speak(self, one):
        found = evaluate(one.picture)

        for medication, rules in one.row.rules.items():
            spoke = {f.rule for f in found.option(medication).findings}
            assert set(rules) <= spoke

    def test_it_says_what_is_preferred(self, one):
        found = evaluate(one.picture)

        for medication in one.row.prefers:
            effects = {f.effect for f in found.option(medication).findings}
            assert Effect.PREFERRED in effects


class TestShown:
    def test_holds_the_live_sentence_and_the_facts_in_words(self):
        at_500 = next(e for e in examples_of("C47") if e.title.startswith("QTc 500"))
        seen = shown(at_500, EDITION)

        assert seen.because == "QTc 500 ms: 500 ms or more."
        assert seen.then == EDITION.cards["C47"].then
        assert [(fact.label, fact.value) for fact in seen.given] == [("QTc", "500 ms")]
        assert Say("MTD", Effect.AVOID) in seen.says
        assert not seen.is_silent

    @pytest.mark.parametrize(
        ("title", "because"),
        [
            ("CIWA-Ar 8", "CIWA-Ar 8."),
            (
                "CIWA-Ar 8, last drink 19 hours ago: it is said",
                "CIWA-Ar 8. Last drink Fri 20 Nov 2026 14:00, 19 h ago.",
            ),
            ("CIWA-Ar 8, never drinks: nothing more is said", "CIWA-Ar 8."),
        ],
    )
    def test_withdrawal_from_alcohol_says_when_the_last_drink_was(self, title, because):
        one = next(e for e in examples_of("C55") if e.title == title)

        assert shown(one, EDITION).because == because

    def test_a_rule_may_write_its_own_next_step(self):
        seen = shown(examples_of("C101")[0], EDITION)

        assert seen.then.startswith("Lofexidine: 3 tablets")

    def test_silence_is_told_from_a_question(self):
        silent = next(e for e in examples_of("C47") if e.title.startswith("QTc 499"))
        asks = next(e for e in examples_of("C47") if e.title == "No ECG")

        assert shown(silent, EDITION).is_silent
        assert shown(silent, EDITION).because == ""
        assert shown(asks, EDITION).asks == (FACTS["qtc"].label,)
        assert not shown(asks, EDITION).is_silent


@pytest.mark.parametrize("row", [{}, {"says": "MTD=INFO", "silent": True}])
def test_an_example_without_one_clear_consequence_is_refused(row):
    with pytest.raises(UnclearExample, match="C45"):
        read(ExampleRow(rule="C45", title="Unclear", as_of=NOW, **row))


def test_examples_are_no_part_of_the_edition():
    """Adding one changes no digest: decisions made before stay the same."""
    assert not [name for name in knowledge().rules if "example" in name]
    assert "examples" not in knowledge().parameters


@pytest.mark.parametrize("rule", EDITION.cards)
def test_a_rule_stops_nothing_that_its_card_does_not_name(rule):
    """The search for a way out leaves out what by its card stops nothing."""
    card = EDITION.cards[rule]
    named = stopped((*says_of(card.effects), *says_of(card.may)))
    for example in examples_of(rule):
        assert stopped(said_by(run(example, EDITION), EDITION)) <= named


def stopped(says):
    return {
        key
        for say in says
        if say.effect.rules_out
        for key in reached(say.medication, medicines())
    }
