"""The order of danger and the kinds of follow-up, as they are declared."""

import re

import pytest

from aftercare.forms.follow_ups import KINDS
from knowledge.choosing import TaskDay
from knowledge.editions import knowledge
from knowledge.schedule.choices import urgency_choices
from knowledge.schedule.kinds import follow_up_kind, follow_up_kinds
from knowledge.schedule.pathways import EventKind, pathways
from knowledge.schedule.steps import (
    contact_phases,
    duties,
    plan_steps,
    program_steps,
)
from knowledge.schedule.urgency import UrgencyGroup, order_of_danger
from knowledge.urgent_results import urgent_results

ORDER = order_of_danger()
ELEVEN = [
    *("alert", "safety_concern", "overdose_untreated", "overdose_treated"),
    *("treatment_gap", "no_kit", "pregnancy_or_release", "federal"),
    *("late", "silent", "in_its_days"),
]


def owed_kinds():
    """Every kind that the knowledge or a form can make somebody owe."""
    tasks = knowledge().choice_tasks
    named = (*tasks.start.values(), *tasks.refer.values(), *tasks.none.values())
    steps = program_steps()
    yield from KINDS
    yield from ("contact", "injection", "injection_reminder", "outreach", "order")
    yield from (duty.kind for level in duties().values() for duty in level)
    yield from (one.duty.kind for one in urgent_results().values())
    yield from (one.kind for one in (*tasks.tasks.values(), *named))
    yield from (one.kind for one in plan_steps().steps.values())
    yield from (one.kind for one in steps.admission.values())
    yield from (one.kind for one in steps.take_home.values())
    yield steps.drug_test.kind
    acts = {one.kind for way in pathways().values() for one in way.steps}
    # Contacts on named days are contacts, on those days.
    yield from (
        act for act in acts if not act.startswith(("contact_day_", "contact_month_"))
    )
    yield from (one.kind for one in contact_phases())


class TestTheOrder:
    def test_has_eleven_factors_the_gravest_first(self):
        assert [one.key for one in ORDER.factor] == ELEVEN

    def test_what_can_kill_cannot_wait_and_alone_is_red(self):
        for place, one in enumerate(ORDER.factor, start=1):
            assert (one.group == UrgencyGroup.CANNOT_WAIT) == (place <= 6)
            assert one.is_red == (place <= 6)

    def test_a_graver_case_comes_first_within_its_factor(self):
        concern = ORDER.named("safety_concern")

        levels = [concern.level(key) for key in ("high", "moderate", "unscreened")]
        assert levels == [0, 1, 2]

    @pytest.mark.parametrize("one", ORDER.factor, ids=lambda one: one.key)
    def test_is_said_in_few_words(self, one):
        for case in one.cases:
            holes = set(re.findall(r"{(\w+)}", case.words))
            assert holes <= {"ago", "days", "what", "every", "day"}
            assert len(case.words.split()) <= 8

    def test_its_days_are_a_clinics_choice_within_limits(self):
        days = urgency_choices()["urgency_overdose_days"]

        assert days.days == ORDER.days(days.name, {}) == 7
        assert not days.permitted.allows(3)
        assert ORDER.days(days.name, {days.name: 14}) == 14


def test_events_that_count_are_events():
    events = ORDER.events
    named = (
        *(*events.overdose, *events.kit_used, *events.use, *events.pregnancy),
        *(*events.pregnancy_over, *events.left),
    )

    assert set(named) <= set(EventKind)


class TestKinds:
    def test_whatever_can_be_owed_is_declared(self):
        assert set(owed_kinds()) <= set(follow_up_kinds())

    @pytest.mark.parametrize("key", follow_up_kinds())
    def test_is_named_in_six_words_and_speaks_to_known_factors(self, key):
        one = follow_up_kind(key)

        assert 1 <= len(one.words.split()) <= 6
        assert set(one.answers) <= set(ELEVEN)
        assert one.act.words

    def test_for_somebodys_life_is_closed_by_no_care_manager(self):
        safety = [one for one in follow_up_kinds().values() if one.is_safety]

        assert safety
        assert all(one.needs != "any" for one in safety)

    def test_a_screener_is_kept_by_answers(self):
        assert follow_up_kind("safety_screen").kept_by == "cssrs"

    def test_nobody_declared_it(self):
        assert follow_up_kind("brought by hand").named("Bring the card") == (
            "Bring the card"
        )

    def test_short_words_stand_for_a_title_that_says_no_more(self):
        assert follow_up_kind("drug_test").named("Random drug test, 3") == "Drug test"


def test_the_task_of_a_rule_has_a_kind():
    assert TaskDay(tag="[P]", within=1, role="clinician").kind in follow_up_kinds()
