"""From facts, a choice and a person's words to a plan, and whether it is ready."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.picture import KnownFact, Picture
from knowledge.language import wordings
from knowledge.needs import need_rules
from medications.decision_aid.reading_grade import grade, syllables
from plans.drafting.choice import (
    MedicineChoice,
    NotAnOption,
    RequiredAction,
    chosen_from,
)
from plans.drafting.completeness import (
    is_conditional,
    readiness,
    template_likeness,
)
from plans.drafting.draft import LONGEST_TITLE, Supporter, draft, headline
from plans.drafting.planned import (
    PlannedGoal,
    PlannedIntervention,
    PlannedNeed,
    PlannedStanding,
    PlannedTree,
)
from plans.drafting.reading import likeness
from plans.drafting.tree import PlannedDomain, PlannedKind, PlannedState

ZONE = ZoneInfo("America/New_York")
AT = dt.datetime(2026, 11, 21, 10, 5, tzinfo=ZONE)
TODAY = AT.date()

# Alma of the mock-ups: severe, overdose 12 days ago, shift work, children at home.
ALMA = {
    "severity": "severe",
    "dsm_count": 8,
    "overdose_hx": "past_12_months",
    "alone": True,
    "phq9": 14,
    "pc_ptsd5": 4,
    "confidence": 4,
    "importance": 9,
    "shift": True,
    "household": frozenset(["children"]),
    "lock_box": False,
    "opioid_days": 28,
}
WORDS = {
    "main": "To be at work, be myself, and not be sick.",
    "work": "I cannot lose this job. It is the one thing that is going right.",
    "depression": "   ",
}
CHOICE = MedicineChoice(
    "BUP_LOW",
    TODAY,
    dose="0.5 mg day 1, to 12 mg on day 7",
    who="Samir Haddad",
    starts_on=TODAY,
    reasons=("Earlier precipitated withdrawal.",),
    rules=("C18",),
    verified="[V 113]",
    actions=(RequiredAction("C65", "Ask oral history.", is_blocking=False),),
)


def picture(facts):
    return Picture(AT, {n: KnownFact(v, AT, "intake") for n, v in facts.items()})


def drafted(facts=ALMA, choice=CHOICE, words=WORDS, supporters=()):
    return draft(picture(facts), choice, words, supporters)


def need(plan, key):
    return next(one for one in plan.needs if one.key == key)


def keys(plan):
    return {one.key for one in plan.needs}


class TestNeeds:
    def test_stand_in_three_domains_with_this_persons_values(self):
        plan = drafted()

        assert {one.domain for one in plan.needs} == set(PlannedDomain)
        assert need(plan, "oud").title == "Opioid use disorder, severe"
        assert need(plan, "depression").title == "Depression, moderate (PHQ-9 14)"
        assert need(plan, "depression").source == "PHQ-9 14, Sat 21 Nov"
        assert (
            need(plan, "storage").title == "Household with children, no locked storage"
        )

    def test_keep_the_facts_they_came_from(self):
        used = need(drafted(), "storage").facts

        assert [(f.name, f.value) for f in used] == [
            ("household", "children"),
            ("lock_box", "no"),
        ]
        assert used[0].to_json() == {
            "name": "household",
            "value": "children",
            "on": "2026-11-21",
        }

    def test_a_fact_that_is_asked_for_by_its_absence_is_not_listed(self):
        assert need(drafted({}), "oud").facts == ()

    @pytest.mark.parametrize(
        ("facts", "key", "title"),
        [
            ({"severity": "mild"}, "oud", "Opioid use disorder, mild"),
            ({"remission": "early", "severity": "none"}, "oud", "in remission (early)"),
            ({"dsm_count": 5}, "oud", "Opioid use disorder, moderate"),
            (
                {"phys_dependence": True, "severity": "none"},
                "oud",
                "Physical dependence",
            ),
            ({}, "oud", "criteria not recorded yet"),
            ({}, "overdose_risk", "Overdose protection"),
            ({"tolerance": "low"}, "overdose_risk", "Low opioid tolerance"),
            ({"cows": 14}, "withdrawal", "Opioid withdrawal, moderate (COWS 14)"),
            ({"pregnancy": True}, "pregnancy", "Pregnancy"),
            ({"could_be_pregnant": True}, "pregnancy_unknown", "Pregnancy not known"),
            ({"pain": frozenset(["chronic"])}, "pain", "Pain: chronic"),
            ({"peg": 7}, "pain", "Pain, severe (PEG 7)"),
            ({"route": frozenset(["injecting"])}, "infection_risk", "Injecting"),
            ({"qtc": 470}, "heart", "QTc 470 ms"),
            ({"audit_c": 3, "sex": "female"}, "alcohol", "AUDIT-C 3"),
            (
                {"sedatives": frozenset(["benzodiazepine"])},
                "sedatives",
                "benzodiazepine",
            ),
            ({"gad7": 15}, "anxiety", "Anxiety, severe"),
            ({"mental": frozenset(["depression"])}, "depression", "not measured"),
            ({"cssrs": "high"}, "suicide_risk", "Suicide risk, high"),
            ({"stimulants": True}, "stimulants", "Stimulant use"),
            ({"housing": "unhoused"}, "housing", "Housing: unhoused"),
            ({"travel": 40}, "transport", "40 minutes"),
            ({"hits": 11}, "home_safety", "HITS 11"),
            ({"barc10": 46}, "support", "BARC-10 46"),
            ({"reentry": 10}, "reentry", "in 10 days"),
            ({"legal": True}, "legal", "Told to stop medication"),
        ],
    )
    def test_each_shows_when_its_facts_say_so(self, facts, key, title):
        assert title in need(drafted(facts, choice=None), key).title

    @pytest.mark.parametrize(
        ("facts", "key"),
        [
            ({"severity": "none"}, "oud"),
            ({"phq9": 9}, "depression"),
            ({"pregnancy": False, "could_be_pregnant": True}, "pregnancy_unknown"),
            ({"audit_c": 3, "sex": "male"}, "alcohol"),
            ({"lock_box": False}, "storage"),
            ({"housing": "stable"}, "housing"),
        ],
    )
    def test_none_shows_otherwise(self, facts, key):
        assert key not in keys(drafted(facts, choice=None))

    def test_what_was_not_asked_stays_open_and_names_the_facts(self):
        plan = drafted({"phq9": 3, "mental": frozenset()}, choice=None)
        still_open = {one.need: one.facts for one in plan.not_asked}

        assert "depression" not in still_open
        assert still_open["anxiety"] == ("gad7",)
        assert still_open["storage"] == ("household", "lock_box", "diversion")

    def test_pregnancy_is_not_an_open_question_for_everybody(self):
        everyone = {one.need for one in drafted({}).not_asked}
        men = {one.need for one in drafted({"sex": "male"}).not_asked}

        assert "pregnancy" in everyone
        assert not {"pregnancy", "postpartum", "pregnancy_unknown"} & men

    def test_answers_about_safety_at_home_are_private(self):
        assert need(drafted({"hits": 12}), "home_safety").is_private
        assert not need(drafted({"hits": 12}), "oud").is_private


class TestGoals:
    def test_the_persons_words_stand_unchanged(self):
        plan = drafted()

        assert need(plan, "work").goals[0].own_words == WORDS["work"]
        assert need(plan, "oud").goals[0].own_words == WORDS["main"]

    def test_no_words_are_made_up(self):
        assert need(drafted(), "depression").goals[0].own_words is None
        assert need(drafted(), "storage").goals[0].own_words is None

    def test_each_can_be_measured_from_where_it_stands(self):
        goal = need(drafted(), "depression").goals[0]

        assert (goal.measure, goal.baseline, goal.target) == ("PHQ-9", "14", "below 10")
        assert goal.due_on == dt.date(2027, 2, 19)

    def test_an_unmeasured_start_is_said_to_be_one(self):
        goal = need(drafted({"severity": "mild"}), "oud").goals[0]

        assert goal.baseline == "not measured yet"

    def test_every_declared_goal_fits_its_columns(self):
        for rule in need_rules():
            assert len(rule.goal) <= 300
            assert len(rule.measure) <= 120
            assert len(rule.target) <= 60
            assert rule.due_days > 0
            assert rule.tag


class TestInterventions:
    def test_the_medicine_comes_first_with_its_reasons(self):
        medicine = need(drafted(), "oud").interventions[0]

        assert medicine.kind is PlannedKind.MEDICATION
        assert medicine.state is PlannedState.ACCEPTED
        assert medicine.title == "Buprenorphine, low-dose start"
        assert medicine.why == (
            "Chosen together on Sat 21 Nov. Earlier precipitated withdrawal."
        )
        assert medicine.rule == "C18"

    def test_its_required_actions_stand_beside_it(self):
        action = need(drafted(), "oud").interventions[1]

        assert (action.kind, action.rule) == (PlannedKind.ACTION, "C65")
        assert action.why.startswith("With the medicine")

    def test_a_blocking_action_says_before_the_first_dose(self):
        blocking = RequiredAction("C21", "x" * 300, True, "No buprenorphine before.")
        choice = dataclasses.replace(CHOICE, actions=(blocking,))

        action = need(drafted(choice=choice), "oud").interventions[1]

        assert action.is_blocking
        assert action.why.startswith(
            "Before the first dose: rule C21. No buprenorphine"
        )
        assert action.why.endswith("x" * 300)
        assert len(action.title) == LONGEST_TITLE

    def test_a_long_action_is_cut_at_a_clause(self):
        text = "Give the test dose; " + "watch for an hour " * 15

        assert headline(text) == "Give the test dose"

    def test_naloxone_is_in_every_plan(self):
        for facts in ({}, {"severity": "none"}, ALMA):
            kit = [i for i in drafted(facts).interventions() if i.key == "naloxone_kit"]
            assert [one.state for one in kit] == [PlannedState.ACCEPTED]

    def test_suggestions_say_why_this_person(self):
        trauma = need(drafted(), "trauma").interventions[0]

        assert trauma.state is PlannedState.SUGGESTED
        assert trauma.why == "PC-PTSD-5 is 4 of 5 (Sat 21 Nov)."
        assert trauma.evidence == "A/B"

    def test_one_course_answers_two_needs_and_is_told_once(self):
        plan = drafted(ALMA | {"bam8": 3})
        in_depression = need(plan, "depression").interventions[0]
        in_craving = need(plan, "craving").interventions[0]

        assert in_depression.key == in_craving.key == "cbt"
        assert in_depression.dose.startswith("weekly")
        assert in_craving.dose == "the same as planned above"
        assert "PHQ-9" in in_depression.why
        assert "PHQ-9" not in in_craving.why

    def test_what_must_be_asked_first_is_said(self):
        family = need(drafted({"bam15": 3}), "family").interventions[0]

        assert family.why.endswith("Ask HITS first.")

    def test_what_is_held_back_is_told_with_its_reason(self):
        plan = drafted({"bam15": 3, "hits": 15})

        assert need(plan, "family").unanswered
        assert [one.key for one in plan.held_back] == ["family_couples"]

    def test_an_unanswered_need_stays_visible(self):
        plan = drafted({"severity": "severe", "bam15": 3, "hits": 15}, choice=None)

        assert "oud" in keys(plan)
        assert need(plan, "oud").unanswered

    def test_supporters_take_part_as_far_as_consent_goes(self):
        sister = Supporter(
            "Elena", "sister", "takes the children", "May be told: visits."
        )
        with_need = drafted(ALMA | {"barc10": 30}, supporters=(sister,))
        without = drafted(supporters=(sister,))

        assert need(with_need, "support").interventions[-1].title == "Elena, sister"
        assert need(without, "oud").interventions[-1].why == "May be told: visits."

    def test_choosing_none_is_a_choice_with_an_open_door(self):
        none = chosen_from({}, "NOT_NOW", decided_on=TODAY)
        plan = drafted(choice=none)

        door = need(plan, "oud").interventions
        assert "open_door" in {one.key for one in door}
        assert not [one for one in door if one.kind is PlannedKind.MEDICATION]

    def test_the_day_of_the_choice_is_the_clinics_day(self):
        none = MedicineChoice("NOT_NOW", TODAY)

        door = need(drafted(choice=none), "oud").interventions
        assert "(Sat 21 Nov)" in next(i.why for i in door if i.key == "open_door")

    def test_without_oud_the_medicine_still_has_a_place(self):
        plan = drafted({"severity": "none"})

        assert (
            need(plan, "overdose_risk").interventions[0].kind is PlannedKind.MEDICATION
        )

    def test_the_year_of_an_older_choice_is_told(self):
        choice = MedicineChoice("MTD", dt.date(2025, 3, 4))

        medicine = need(drafted(choice=choice), "oud").interventions[0]
        assert medicine.why == "Chosen together on Tue 4 Mar 2025."


OPTIONS = {
    "options": [
        {
            "medication": "MTD",
            "findings": [
                {
                    "rule": "C22",
                    "effect": "PREFERRED",
                    "because": "Severe OUD.",
                    "verified": "[V 80]",
                },
                {
                    "rule": "C89",
                    "effect": "CAUTION",
                    "because": "40 minutes.",
                    "verified": "[P]",
                },
            ],
            "actions": [
                {
                    "rule": "C48",
                    "text": "ECG",
                    "blocking": False,
                    "because": "Syncope.",
                },
                {
                    "rule": "C48",
                    "text": "ECG",
                    "blocking": False,
                    "because": "Syncope.",
                },
                {"rule": "C96", "text": "Offer naloxone", "blocking": False},
            ],
        },
        {"medication": "BUP_SL", "findings": [], "actions": []},
    ]
}


class TestChoice:
    def test_reads_reasons_and_actions_from_the_options_as_shown(self):
        choice = chosen_from(
            OPTIONS, "MTD", decided_on=TODAY, dose="20 mg", words="Her wish."
        )

        assert choice.title == "Methadone"
        assert choice.reasons == ("Her wish.", "Severe OUD.")
        assert choice.rules == ("C22",)
        assert [(a.rule, a.because) for a in choice.actions] == [("C48", "Syncope.")]

    def test_without_reasons_there_are_none(self):
        choice = chosen_from(OPTIONS, "BUP_SL", decided_on=TODAY)

        assert (choice.reasons, choice.verified) == ((), "")
        assert need(drafted(choice=choice), "oud").interventions[0].rule == ""

    def test_what_was_not_shown_is_refused(self):
        with pytest.raises(NotAnOption, match="NTX_PO"):
            chosen_from(OPTIONS, "NTX_PO", decided_on=TODAY)


def accepted(tree):
    """The same tree with every suggestion accepted."""
    return changed(tree, state=PlannedState.ACCEPTED)


def changed(tree, **values):
    needs = tuple(
        dataclasses.replace(
            one,
            interventions=tuple(
                dataclasses.replace(i, **values) for i in one.interventions
            ),
        )
        for one in tree.needs
    )
    return dataclasses.replace(tree, needs=needs)


def tree_of(plan):
    """A fresh draft, as readiness looks at it."""
    return PlannedTree(
        tuple(_need_of(need) for need in plan.needs),
        frozenset(one.domain for one in plan.not_asked),
    )


def _need_of(need):
    goals = tuple(
        PlannedGoal(g.own_words or "", g.wording, g.measure, g.target, g.due_on)
        for g in need.goals
    )
    interventions = tuple(
        PlannedIntervention(
            i.key, i.kind, i.state, i.title, (i.dose, i.why, i.limits, i.stop_rule)
        )
        for i in need.interventions
    )
    return PlannedNeed(need.key, need.domain, need.title, "", goals, interventions)


def check(tree, key):
    return next(one for one in readiness(tree).checks if one.key == key)


class TestReadiness:
    def test_a_fresh_draft_waits_for_somebody_to_accept(self):
        found = readiness(tree_of(drafted()))

        assert [one.key for one in found.blockers] == ["needs"]
        assert "trauma" in found.blockers[0].needs

    def test_accepted_whole_it_can_be_signed(self):
        found = readiness(accepted(tree_of(drafted())))

        assert not found.blockers
        assert ("own_words", "warning") in [
            (one.key, one.standing) for one in found.checks
        ]

    def test_one_need_is_counted_in_the_singular(self):
        tree = tree_of(drafted())
        one_left = dataclasses.replace(
            accepted(tree),
            needs=(
                *[n for n in accepted(tree).needs if n.key != "trauma"],
                *[n for n in tree.needs if n.key == "trauma"],
            ),
        )

        found = check(one_left, "needs")
        assert found.text == "1 need has no answer"
        assert (found.done, found.of) == (len(tree.needs) - 1, len(tree.needs))

    def test_a_need_set_aside_with_a_reason_blocks_no_more(self):
        tree = tree_of(drafted())
        aside = tuple(
            dataclasses.replace(n, set_aside_reason="Not now, her wish.")
            if not n.is_answered
            else n
            for n in tree.needs
        )

        assert (
            check(dataclasses.replace(tree, needs=aside), "needs").standing
            is PlannedStanding.OK
        )

    def test_a_blank_reason_is_none(self):
        tree = tree_of(drafted())
        aside = tuple(dataclasses.replace(n, set_aside_reason=" ") for n in tree.needs)

        assert (
            check(dataclasses.replace(tree, needs=aside), "needs").standing
            is PlannedStanding.BLOCKER
        )

    def test_an_empty_plan_is_not_ready(self):
        empty = PlannedTree(())

        assert check(empty, "needs").standing is PlannedStanding.BLOCKER
        assert check(empty, "kit").standing is PlannedStanding.BLOCKER
        assert check(empty, "grade").text == "Reading grade none yet"

    @pytest.mark.parametrize(
        "goal",
        [
            PlannedGoal("", "w", "", "t", TODAY),
            PlannedGoal("", "w", "m", " ", TODAY),
            PlannedGoal("", "w", "m", "t", None),
        ],
    )
    def test_a_goal_without_measure_target_or_day_blocks(self, goal):
        tree = PlannedTree(
            (PlannedNeed("work", PlannedDomain.SOCIAL, "Work", goals=(goal,)),)
        )

        assert check(tree, "measurable").standing is PlannedStanding.BLOCKER

    def test_a_need_without_goal_blocks(self):
        tree = PlannedTree((PlannedNeed("work", PlannedDomain.SOCIAL, "Work"),))

        assert check(tree, "measurable").text == "1 goal cannot be measured"

    def test_no_medication_decision_blocks(self):
        tree = accepted(tree_of(drafted(choice=None)))

        assert check(tree, "medication").standing is PlannedStanding.BLOCKER

    def test_choosing_none_is_recorded_and_does_not_block(self):
        tree = accepted(tree_of(drafted(choice=MedicineChoice("NOT_NOW", TODAY))))

        assert check(tree, "medication").standing is PlannedStanding.OK

    def test_without_oud_no_medicine_is_asked_for(self):
        tree = tree_of(drafted({"severity": "none"}, choice=None))

        assert check(tree, "medication").text == "No opioid use disorder to treat"

    def test_medication_tied_to_counselling_blocks(self):
        choice = dataclasses.replace(CHOICE, dose="8 mg, only if she attends group")

        found = check(accepted(tree_of(drafted(choice=choice))), "medication")
        assert found.standing is PlannedStanding.BLOCKER

    @pytest.mark.parametrize(
        ("text", "conditional"),
        [
            ("8 mg daily, as long as tests are negative", True),
            ("Must attend counselling weekly", True),
            ("Refill contingent on urine tests", True),
            ("Not conditional on counselling, tests or other substance use.", False),
            ("8 mg daily. Counselling offered.", False),
            ("Only if COWS is 8 or more", False),
            ("Only if needed. Group on Mondays.", False),
        ],
    )
    def test_what_counts_as_a_condition(self, text, conditional):
        assert is_conditional(text) is conditional

    @pytest.mark.parametrize(
        ("state", "reason", "standing"),
        [
            (PlannedState.ACCEPTED, "", PlannedStanding.OK),
            (PlannedState.DECLINED, "Has two at home.", PlannedStanding.WARNING),
            (PlannedState.DECLINED, "", PlannedStanding.BLOCKER),
            (PlannedState.SUGGESTED, "", PlannedStanding.BLOCKER),
        ],
    )
    def test_the_kit(self, state, reason, standing):
        tree = changed(tree_of(drafted()), state=state, declined_reason=reason)

        assert check(tree, "kit").standing is standing

    def test_a_domain_with_open_questions_is_said(self):
        found = check(tree_of(drafted({"severity": "severe"})), "domains")

        assert found.standing is PlannedStanding.WARNING
        assert found.text == "No need in mind and social, and not everything was asked"
        assert (found.done, found.of) == (1, 3)

    def test_a_domain_asked_whole_and_empty_is_considered(self):
        tree = tree_of(drafted({"severity": "severe"}))

        asked = dataclasses.replace(tree, not_asked=frozenset())
        assert check(asked, "domains").standing is PlannedStanding.OK

    def test_words_to_avoid_are_pointed_out_and_not_changed(self):
        tree = PlannedTree(
            (
                PlannedNeed(
                    "x", PlannedDomain.MIND, "Detox", set_aside_reason="She refused."
                ),
            )
        )

        found = check(tree, "language")
        assert found.standing is PlannedStanding.WARNING
        assert "withdrawal management" in found.text
        assert "declined" in found.text

    def test_the_library_itself_speaks_person_first(self):
        everything = dict.fromkeys(
            (
                "alone",
                "stimulants",
                "tobacco",
                "shift",
                "legal",
                "legal_matter",
                "food",
            ),
            True,
        )
        tree = tree_of(
            drafted(ALMA | everything | {"cssrs": "high", "housing": "unhoused"})
        )

        assert check(tree, "language").standing is PlannedStanding.OK

    def test_likeness_falls_as_a_plan_becomes_a_persons_own(self):
        plain = template_likeness(tree_of(drafted(words={})))
        own = template_likeness(
            tree_of(
                drafted(
                    words={
                        **WORDS,
                        "storage": "My kids first, always, before anything.",
                    }
                )
            )
        )

        assert plain.done > own.done > 0

    def test_what_blocks_comes_first(self):
        order = [one.standing for one in readiness(tree_of(drafted())).checks]

        assert order == sorted(order, key=[*reversed(PlannedStanding)].index)


class TestLanguage:
    @pytest.mark.parametrize(
        "text",
        [
            "an addict",
            "Junkies",
            "a drug user",
            "dirty urine",
            "a clean test",
            "has stayed clean",
            "her habit",
            "alcohol abuse",
            "on MAT",
            "relapsed twice",
            "a slip",
            "non-compliant",
            "noncompliance",
            "refused the test",
            "failed the drug test",
            "drug-seeking",
            "addicted to heroin",
            "after detox",
            "an alcoholic",
            "the inmate",
            "a homeless man",
            "committed suicide",
            "take-home privileges",
            "replacement therapy",
        ],
    )
    def test_finds_words_to_avoid(self, text):
        assert wordings(text)

    @pytest.mark.parametrize(
        "text",
        [
            "a person who uses drugs",
            "National Institute on Drug Abuse",
            "Brief Addiction Monitor",
            'She says: "I am an addict."',
            "Sie sagt: “clean time”",
            "relapse prevention plan",
            "a clean glass of water",
            "the mat on the floor",
            "habitat",
            "experiencing homelessness",
            "disabused",
        ],
    )
    def test_leaves_quotations_names_and_other_words(self, text):
        assert wordings(text) == ()

    def test_the_longest_finding_stands_for_those_inside_it(self):
        found = wordings("a former addict")

        assert [one.found for one in found] == ["former addict"]
        assert "recovery" in found[0].use

    def test_says_where(self):
        assert [one.at for one in wordings("x detox, then detox")] == [2, 14]


class TestReading:
    @pytest.mark.parametrize(
        ("word", "count"),
        [
            ("cat", 1),
            ("table", 2),
            ("make", 1),
            ("see", 1),
            ("medication", 4),
            ("a", 1),
            ("hmm", 1),
            ("the", 1),
        ],
    )
    def test_syllables(self, word, count):
        assert syllables(word) == count

    def test_grade_follows_the_formula(self):
        # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59 is below zero.
        assert grade("The cat sat on the mat.") == 0.0
        # 4 words, 1 sentence, 4 + 2 + 3 + 4 = 13 syllables.
        assert grade("Medication supports personal recovery") == pytest.approx(
            0.39 * 4 + 11.8 * 13 / 4 - 15.59, abs=0.05
        )

    def test_short_sentences_are_easier(self):
        long = "We will call you each week and ask how the new dose feels to you."
        short = "We will call you each week. We ask how the new dose feels."

        assert grade(short) < grade(long)

    def test_no_words_have_no_grade(self):
        assert grade("12, 34.") is None

    def test_likeness_in_a_hundred(self):
        assert likeness("one two three four", "one two three four") == 100
        assert likeness("one two three four", "one two three five") == 50
        assert likeness("one two", "one two") == 0


facts = st.fixed_dictionaries(
    {},
    optional={
        "phq9": st.integers(0, 27),
        "gad7": st.integers(0, 21),
        "bam8": st.integers(0, 4),
        "pc_ptsd5": st.integers(0, 5),
        "severity": st.sampled_from(["none", "mild", "moderate", "severe"]),
        "housing": st.sampled_from(["stable", "unstable", "unhoused"]),
        "alone": st.booleans(),
        "transport": st.booleans(),
        "cows": st.integers(0, 48),
        "hits": st.integers(4, 20),
        "bam15": st.integers(0, 4),
        "sex": st.sampled_from(["female", "male", "other"]),
        "audit_c": st.integers(0, 12),
    },
)
choices = st.sampled_from(
    [None, CHOICE, MedicineChoice("MTD", TODAY), MedicineChoice("NONE", TODAY)]
)


class TestEveryDraft:
    @given(facts, choices)
    def test_same_in_same_out(self, said, choice):
        assert drafted(said, choice) == drafted(said, choice)

    @given(facts, choices)
    def test_always_brings_the_kit_once(self, said, choice):
        plan = drafted(said, choice)

        kit = [one for one in plan.interventions() if one.key == "naloxone_kit"]
        assert len(kit) == 1

    @given(facts, choices)
    def test_every_line_has_a_reason(self, said, choice):
        assert all(one.why for one in drafted(said, choice).interventions())

    @given(facts, choices)
    def test_a_need_is_found_or_open_or_answered_no(self, said, choice):
        plan = drafted(said, choice)

        assert not keys(plan) & {
            one.need for one in plan.not_asked if one.need != "overdose_risk"
        }

    @given(
        facts,
        choices,
        st.dictionaries(st.sampled_from(["main", "work", "mood"]), st.text()),
    )
    def test_words_are_quoted_or_absent(self, said, choice, words):
        plan = drafted(said, choice, words)

        spoken = {goal.own_words for one in plan.needs for goal in one.goals}
        assert spoken <= {None, *words.values()}

    @given(facts)
    def test_the_same_need_never_stands_twice(self, said):
        plan = drafted(said)

        assert len(keys(plan)) == len(plan.needs)
