"""What a clinic's medical director may say of a rule, and what follows from it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from knowledge.editions import knowledge
from knowledge.numbers import Permitted
from knowledge.policy import AS_SHIPPED, Policy
from medications.actions import sign_rules as actions
from medications.actions.sign_rules import Proposed
from medications.clinic_policy.policy import (
    SignOff,
    policy_of,
    shown_of,
    sign_off_of,
    stances_of,
    unchanged_and_due,
)
from medications.knowledge_pages.parameters import own_numbers
from medications.models import RuleSignOff
from tests.factories import StaffFactory
from tests.factories.medications import RuleSignOffFactory

pytestmark = pytest.mark.django_db
Stance = RuleSignOff.Stance
DAY = dt.timedelta(days=1)


@pytest.fixture
def director(clinic):
    return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}, name="Ines Marchetti")


@pytest.fixture
def cards(noon):
    return knowledge().on(noon.date()).cards


@pytest.fixture
def sign(clinic, director, noon, cards):
    """Sign one rule; as it is unless told otherwise."""

    def signed(rule, *, at=noon, where=clinic, **said):
        version = said.pop("version", None) or cards[rule].version
        proposed = Proposed(rule=rule, version=version, **said)
        return actions.sign_off(clinic=where, proposed=proposed, by=director, at=at)

    return signed


@pytest.fixture(autouse=True)
def _travel_may_be_chosen(monkeypatch):
    """Two rules read the number, so that what is said of one meets the other."""
    may = {"travel_far": Permitted(low=10, high=120)}
    found = {"C89": may, "C90": may}
    monkeypatch.setattr(actions, "own_numbers", lambda rule, _: found.get(rule, {}))


OWN = {"stance": Stance.OWN_NUMBER, "reason": "Our buses run late."}


class TestSignOff:
    def test_as_it_is_changes_nothing_and_somebody_answers_for_it(
        self, sign, clinic, director, cards, noon
    ):
        stance = sign("C47")

        assert policy_of(clinic.pk) == AS_SHIPPED
        assert sign_off_of(cards["C47"], stance) is SignOff.SIGNED
        assert (stance.signed_by, stance.signed_at) == (director, noon)
        assert stance.knowledge_digest == knowledge().digest

    def test_a_rule_is_switched_off_with_its_reason(self, sign, clinic):
        sign("C89", stance=Stance.OFF, reason=" We send a van. ")

        assert policy_of(clinic.pk) == Policy(off={"C89": "We send a van."})

    def test_an_own_number_is_in_force(self, sign, clinic):
        sign("C89", own={"travel_far": 45}, **OWN)

        assert policy_of(clinic.pk) == Policy(numbers={"travel_far": 45})

    def test_a_fraction_stays_exact(self, sign, clinic):
        sign("C89", own={"travel_far": Decimal("45.0")}, **OWN)

        assert policy_of(clinic.pk).numbers == {"travel_far": 45}

    def test_the_newest_counts(self, sign, clinic, noon):
        sign("C89", stance=Stance.OFF, reason="We send a van.")
        sign("C89", at=noon + DAY)

        assert policy_of(clinic.pk) == AS_SHIPPED
        assert RuleSignOff.objects.count() == 2

    def test_of_two_at_one_moment_the_later_row_counts(self, sign, clinic):
        sign("C89")
        sign("C89", stance=Stance.OFF, reason="We send a van.")

        assert policy_of(clinic.pk).off == {"C89": "We send a van."}

    def test_is_audited_in_the_same_transaction(self, sign, director, clinic):
        stance = sign("C89", own={"travel_far": 45}, **OWN)

        event = AuditEvent.objects.get(verb="knowledge.signed_off")
        assert event.subject == f"medications.rulesignoff:{stance.pk}"
        assert (event.staff_id, event.clinic_id) == (director.pk, clinic.pk)
        assert event.facts == {
            "rule": "C89",
            "version": stance.version,
            "stance": "own_number",
            "numbers": {"travel_far": "45"},
        }

    def test_another_clinic_goes_on_as_before(self, sign, other_clinic):
        sign("C89", stance=Stance.OFF, reason="We send a van.")

        assert policy_of(other_clinic.pk) == AS_SHIPPED
        assert stances_of(other_clinic.pk) == {}

    def test_numbers_are_left_aside_where_the_stance_is_not_about_them(self, sign):
        assert sign("C89", own={"travel_far": 45}).numbers == {}


REFUSED = [
    pytest.param(
        {"rule": "C999", "version": 1}, actions.NoSuchRule, "no rule C999", id="no rule"
    ),
    pytest.param(
        {"rule": "C47", "version": 99}, actions.NotThisVersion, "Read it", id="version"
    ),
    pytest.param(
        {"rule": "C03", "stance": Stance.OFF, "reason": "No."},
        actions.MayNotBeSwitchedOff,
        "C03 may not",
        id="contraindicated by label",
    ),
    *[
        pytest.param(
            {"rule": rule, "stance": Stance.OFF, "reason": "No."},
            actions.MayNotBeSwitchedOff,
            f"{rule} may not",
            id=f"{rule} for everybody",
        )
        for rule in ("C94", "C95", "C96")
    ],
    pytest.param(
        {"rule": "C89", "stance": Stance.OFF, "reason": "  "},
        actions.GroundsMissing,
        "Say why",
        id="off without a reason",
    ),
    pytest.param(
        {"rule": "C89", "stance": Stance.OWN_NUMBER, "own": {"travel_far": 45}},
        actions.GroundsMissing,
        "Say why",
        id="own number without a reason",
    ),
    pytest.param(
        {"rule": "C89", **OWN}, actions.NumberMissing, "Give the number", id="no number"
    ),
    pytest.param(
        {"rule": "C89", "own": {"travel_far": 10_000}, **OWN},
        actions.NotPermitted,
        "may be 10 to 120",
        id="outside what is permitted",
    ),
    pytest.param(
        {"rule": "C47", "own": {"qtc_avoid": 600}, **OWN},
        actions.NotPermitted,
        "may not choose qtc_avoid",
        id="not a clinic's number",
    ),
]


@pytest.mark.parametrize(("said", "refusal", "words"), REFUSED)
def test_refuses(sign, said, refusal, words):
    with pytest.raises(refusal, match=words):
        sign(**said)

    assert not RuleSignOff.objects.exists()
    assert not AuditEvent.objects.exists()


class TestSeveralAtOnce:
    @pytest.fixture
    def together(self, clinic, director, noon, cards):
        def signed(*rules, **versions):
            every = {rule: cards[rule].version for rule in rules} | versions
            return actions.sign_off_unchanged(
                clinic=clinic, versions=every, by=director, at=noon
            )

        return signed

    def test_each_has_its_row_and_its_audit(self, together, clinic):
        signed = together("C45", "C46", "C47")

        assert {s.rule for s in signed} == {"C45", "C46", "C47"}
        assert {s.stance for s in signed} == {Stance.AS_IS}
        assert AuditEvent.objects.filter(verb="knowledge.signed_off").count() == 3

    def test_one_from_which_the_clinic_departs_stops_them_all(self, together, sign):
        sign("C89", stance=Stance.OFF, reason="We send a van.")

        with pytest.raises(actions.DepartsHere, match="C89"):
            together("C47", "C89")
        assert RuleSignOff.objects.count() == 1

    def test_one_not_as_it_was_shown_stops_them_all(
        self, clinic, director, noon, cards, sign
    ):
        """Signed by itself meanwhile: the version is the same, what stands is not."""
        shown = {rule: shown_of(rule, stances_of(clinic.pk)) for rule in ("C45", "C46")}
        sign("C46")

        with pytest.raises(actions.NotAsShown, match="C46"):
            actions.sign_off_unchanged(
                clinic=clinic,
                versions={rule: cards[rule].version for rule in shown},
                shown=shown,
                by=director,
                at=noon,
            )
        assert RuleSignOff.objects.count() == 1

    def test_one_that_has_changed_meanwhile_stops_them_all(self, together):
        with pytest.raises(actions.NotThisVersion):
            together("C45", C47=99)
        assert not RuleSignOff.objects.exists()


class TestDue:
    def test_a_rule_never_signed_is_due(self, cards):
        assert sign_off_of(cards["C47"], None).is_due

    def test_an_older_version_keeps_its_stance_and_is_due(self, clinic, director, noon):
        stance = RuleSignOffFactory(
            clinic=clinic,
            rule="C89",
            version=0,
            stance=Stance.OFF,
            reason="We send a van.",
            knowledge_digest="old",
            signed_at=noon,
            signed_by=director,
        )

        card = knowledge().on(noon.date()).cards["C89"]
        assert sign_off_of(card, stance) is SignOff.AGAIN
        assert policy_of(clinic.pk).off == {"C89": "We send a van."}

    def test_those_to_sign_together_were_never_departed_from(self, sign, clinic, cards):
        few = [cards[rule] for rule in ("C45", "C46", "C89")]
        sign("C45")
        sign("C89", stance=Stance.OFF, reason="We send a van.")

        assert unchanged_and_due(few, stances_of(clinic.pk)) == [cards["C46"]]


class TestNumbers:
    def test_one_number_has_one_place(self, sign):
        sign("C89", own={"travel_far": 45}, **OWN)

        with pytest.raises(actions.SetElsewhere, match="since C89") as refused:
            sign("C90", own={"travel_far": 45}, **OWN)
        assert refused.value.field == "number_travel_far"

    def test_its_own_rule_may_change_it(self, sign, clinic, noon):
        sign("C89", own={"travel_far": 45}, **OWN)
        sign("C89", own={"travel_far": 60}, at=noon + DAY, **OWN)

        assert policy_of(clinic.pk).numbers == {"travel_far": 60}

    @pytest.mark.parametrize(
        ("permitted", "number", "is_allowed"),
        [
            (Permitted(low=5, high=13), 5, True),
            (Permitted(low=5, high=13), 13, True),
            (Permitted(low=5, high=13), 4, False),
            (Permitted(low=5, high=13), 14, False),
            (Permitted(low=5), 1000, True),
            (Permitted(high=13), -1, True),
            (Permitted(high=13), Decimal("13.5"), False),
            (Permitted(one_of=(0, 1)), 1, True),
            (Permitted(one_of=(0, 1)), 2, False),
        ],
    )
    def test_what_is_permitted(self, permitted, number, is_allowed):
        assert permitted.allows(number) is is_allowed

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (Permitted(low=5, high=13), "5 to 13"),
            (Permitted(low=5), "5 or more"),
            (Permitted(high=13), "13 or less"),
            (Permitted(one_of=(0, 1)), "one of 0, 1"),
        ],
    )
    def test_said_in_words(self, raw, words):
        assert raw.words == words

    def test_a_number_without_a_range_is_not_the_clinics(self):
        assert own_numbers("C43", knowledge()) == {}

    def test_every_shipped_number_lies_in_its_own_range(self):
        for name, parameter in knowledge().parameters.items():
            permitted = parameter.choice
            for value in parameter.values:
                assert permitted is None or permitted.allows(value.value), name


def test_what_stands_behind_a_stop_decides_whether_it_may_go(cards):
    kept = {rule for rule, card in cards.items() if not card.may_switch_off}

    assert {"C03", "C04", "C94", "C95", "C96"} <= kept
    assert {"C89", "C47"} & kept == set()


class TestInTheDatabase:
    @pytest.fixture
    def row(self, clinic, director, noon):
        return {
            "clinic": clinic,
            "rule": "C89",
            "version": 1,
            "stance": Stance.AS_IS,
            "knowledge_digest": "x",
            "signed_at": noon,
            "signed_by": director,
        }

    @pytest.mark.parametrize(
        "wrong",
        [
            {"stance": Stance.OFF},
            {"stance": "perhaps"},
            {"stance": Stance.OWN_NUMBER, "reason": "Why not"},
            {"numbers": {"travel_far": "45"}},
        ],
    )
    def test_it_refuses_too(self, row, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleSignOff.objects.create(**{**row, **wrong})

    def test_a_row_is_never_changed(self, sign):
        sign("C47")

        with pytest.raises(ProgrammingError), transaction.atomic():
            RuleSignOff.objects.update(stance=Stance.AS_IS)

    def test_the_policy_is_one_query(self, sign, clinic):
        for rule in ("C45", "C46", "C47", "C89"):
            sign(rule)

        with CaptureQueriesContext(connection) as sent:
            policy_of(clinic.pk)
        assert len(sent) == 1


def test_the_director_signs_and_nobody_else():
    may = [r for r in Role if Permission.KNOWLEDGE_SIGN in ROLE_PERMISSIONS[r]]

    assert may == [Role.MEDICAL_DIRECTOR]


def test_the_director_alone_changes_no_chart():
    assert ROLE_PERMISSIONS[Role.MEDICAL_DIRECTOR] == {
        Permission.SELF,
        Permission.PATIENT_VIEW,
        Permission.CASELOAD_VIEW,
        Permission.KNOWLEDGE_VIEW,
        Permission.KNOWLEDGE_SIGN,
        Permission.CLINIC_VIEW,
        Permission.CASELOAD_EXPORT,
        Permission.ROLE_CONFIRM,
        Permission.ACCESS_REVIEW,
    }
