"""Holds, ages of answers and bedside questions, as the knowledge pages say them."""

import pytest

from accounts.permissions import Role
from knowledge.bedside import every_line
from knowledge.editions import knowledge
from knowledge.freshness import freshness
from knowledge.holds import held_facts
from medications.clinic_policy.policy import shown_of, stances_of
from medications.knowledge_pages import asking
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.search import ROLES
from medications.knowledge_pages.subject_signoffs import shown_of as subject_shown
from tests.conftest import markup, signed_in
from tests.factories import StaffFactory
from tests.medications.test_knowledge_room import words_of

BEFORE_USE = "To be signed by the medical director before use"
SIGNED = "Signed here, as the reference asks before use"


def text_of(words):
    return {head: text for _, head, text in words}


class TestWords:
    def test_holds_are_said_by_option_the_strongest_first(self):
        said = text_of(asking.holds())["Last fentanyl or analogue"]

        assert said.startswith(
            "The option waits: Naltrexone XR, injection; Naltrexone tablets. "
            "The first dose waits: Buprenorphine, daily; Buprenorphine XR, injection. "
            "A task, nothing waits: Methadone; Buprenorphine, low-dose start. "
        )

    def test_a_form_that_differs_from_its_family_is_named(self):
        said = text_of(asking.holds())["Pregnancy, Pregnancy test, Could be pregnant"]

        assert "Brixadi, weekly injection: a task, nothing waits." in said

    @pytest.mark.parametrize(
        ("fact", "due"),
        [
            ("Sedatives", "Owed now, at the bedside; else today."),
            ("Infection from use", "Owed within 14 days."),
        ],
    )
    def test_says_by_when_an_answer_is_owed(self, fact, due):
        assert due in text_of(asking.holds())[fact]

    def test_every_fact_and_every_rule_has_its_line(self):
        rests_on = [rests for rests, _, _ in asking.holds()]
        rules = [
            rule
            for _, head, text in asking.holds()
            for rule in text.split(", ")
            if head.startswith("Rules:")
        ]

        assert set(held_facts().values()) <= set(rests_on)
        assert sorted(rules) == sorted(knowledge().rules)

    def test_every_fact_that_ages_has_its_line(self):
        assert set(freshness()) <= {rests for rests, _, _ in asking.ages()}

    def test_lists_beside_the_options_say_when_they_are_asked(self):
        said = {head: text for _, head, text in asking.bedside()}

        assert said["Pressure and pulse now."].startswith(
            "Lofexidine, clonidine (only when withdrawal management with them is wanted)"
        )
        assert any("C133" in head for head in said)

    def test_for_whom_it_counts_for_a_shorter_time_is_said(self):
        [said] = [text for _, head, text in asking.ages() if head.startswith("Kidney")]

        assert "For 90 days only where Medical conditions: cirrhosis or" in said
        assert "or On dialysis" not in said
        assert "90 or less stands; anything else is asked again." in said

    def test_every_question_has_its_line_and_place(self):
        questions = {head for _, head, _ in asking.bedside()}

        assert {line.question for _, line in every_line()} == questions
        assert "Methadone, line 1. " in next(
            text for _, head, text in asking.bedside() if "oxygen at home" in head
        )

    @pytest.mark.parametrize(
        ("fact", "said"),
        [
            ("cows", "counts for 2 hours"),
            ("pregnancy", "counts for 14 days; “yes” stands after that"),
            ("child_pugh", "counts for 90 days; 7 or more stands after that"),
            ("allergy", "counts for 12 months; what it names stands after that"),
            ("age", "does not age"),
        ],
    )
    def test_an_age_has_its_direction(self, fact, said):
        assert asking.age_of(fact) == said

    def test_what_stands_has_its_end(self):
        said = " ".join(text for _, _, text in asking.ages())

        assert "“yes” stands for 10 months in all; anything else is asked again" in said
        assert "it stops nothing, clears nothing and is asked again" in said


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def as_director(self, clinic):
        return signed_in(StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}))

    def test_a_rule_says_what_waits_for_it(self, as_clinician):
        page = words_of(as_clinician.get("/knowledge/C14/"))

        assert (
            "The first dose waits: Buprenorphine, daily; Buprenorphine XR, injection."
            in page
        )

    def test_a_rule_that_holds_nothing_says_so(self, as_clinician):
        page = words_of(as_clinician.get("/knowledge/C01/"))

        assert "The rule is silent, and nothing waits." in page

    @pytest.mark.parametrize(
        "rule", [r for r, c in knowledge().rules.items() if c.roles]
    )
    def test_a_rule_says_its_roles(self, as_clinician, rule):
        page = words_of(as_clinician.get(f"/knowledge/{rule}/"))

        for role in knowledge().rules[rule].roles:
            assert ROLES[role] in page

    def test_a_rule_that_sends_elsewhere_is_drawn_so(self, as_clinician):
        page = markup(as_clinician.get("/knowledge/C124/"))

        assert "is-nothere" in page
        assert "Rule C124, treatment under way, setting" in page

    def test_a_rule_is_marked_until_it_is_signed(self, as_director, clinic):
        before = words_of(as_director.get("/knowledge/C14/"))
        as_director.post(
            "/knowledge/C14/",
            {
                "stance": "as_is",
                "version": knowledge().rules["C14"].version,
                "reason": "",
                "shown": shown_of("C14", stances_of(clinic.pk)),
            },
        )
        after = words_of(as_director.get("/knowledge/C14/"))

        assert BEFORE_USE in before
        assert "until the clinic has chosen" in before
        assert SIGNED in after
        assert BEFORE_USE not in after

    def test_a_rule_with_a_choice_names_its_number(self, as_clinician):
        page = words_of(as_clinician.get("/knowledge/C49/"))

        assert "With long QT a depot is a caution and no stop" in page
        assert "the clinic chooses where it signs the rule" in page

    def test_a_rule_that_is_not_among_them_is_not_marked(self, as_clinician):
        assert BEFORE_USE not in words_of(as_clinician.get("/knowledge/C47/"))

    @pytest.mark.parametrize(
        ("subject", "part"),
        [
            ("holds", "The four holds"),
            ("freshness", "what an old one still says"),
            ("weighing", "The order of options, and ties"),
            ("bedside", "The questions asked at the bedside"),
            ("formulary", "The dose after missed days of methadone"),
        ],
    )
    def test_a_subject_is_marked_until_it_is_signed(
        self, as_director, clinic, subject, part
    ):
        address = f"/knowledge/subjects/{subject}/"
        before = words_of(as_director.get(address))
        days = {n: c.days for n, c in SUBJECTS[subject].choices().items()}
        shown = subject_shown(SUBJECTS[subject], None)
        as_director.post(f"{address}sign/", {"shown": shown, **days})
        after = words_of(as_director.get(address))

        assert BEFORE_USE in before
        assert part in before
        assert SIGNED in after
        assert BEFORE_USE not in after

    def test_what_this_edition_does_not_hold_is_not_to_be_signed(self, as_clinician):
        page = words_of(as_clinician.get("/knowledge/subjects/promises/"))

        assert "Not in this edition yet." in page
        assert "Standing duties for as long as somebody is in care E8" in page
        assert BEFORE_USE not in page

    def test_a_subject_that_is_not_among_them_is_not_marked(self, as_clinician):
        page = words_of(as_clinician.get("/knowledge/subjects/language/"))

        assert BEFORE_USE not in page
