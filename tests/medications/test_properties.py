"""What must hold for every person, whatever is known of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.editions import knowledge
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from medications.rules.effects import Effect
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import CLEAR, FIRES, clear, picture, state, weighed
from tests.medications.test_rules_c1 import ROWS as C1
from tests.medications.test_rules_c2 import ROWS as C2
from tests.medications.test_rules_c3 import ROWS as C3
from tests.medications.test_rules_c4 import ROWS as C4
from tests.medications.test_rules_c5_to_c7 import ROWS as C5_TO_C7

# How open a standing is; preferred and eligible and cautioned can all be chosen.
OPENNESS = {
    Standing.CONTRAINDICATED: 0,
    Standing.AVOID: 1,
    Standing.NEEDS_DATA: 2,
    Standing.CAUTION: 3,
    Standing.ELIGIBLE: 3,
    Standing.PREFERRED: 3,
}
STOPS = [
    {"phys_dependence": True},
    {"pain": "needs_opioids"},
    {"allergy": ["methadone"]},
    {"allergy": ["buprenorphine"]},
    {"rems": False},
    {"gi": "obstruction"},
    {"resp": "respiratory_depression"},
    {"qtc": 520},
    {"challenge": "positive"},
]


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_the_same_picture_the_same_answer(facts):
    assert evaluate(picture(facts)).to_json() == evaluate(picture(facts)).to_json()


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES, st.sampled_from(STOPS))
def test_a_contraindication_never_lifts_an_option(facts, stop):
    name = next(iter(stop))
    neutral = {**facts, name: CLEAR.get(name, "negative")}
    before, after = weighed(neutral), weighed({**neutral, **stop})

    for one, other in zip(before.options, after.options, strict=True):
        if name in ("phys_dependence", "pain") and one.medication not in (
            "NTX_XR",
            "NTX_PO",
        ):
            continue  # dependence and pain speak for an agonist
        assert OPENNESS[other.standing] <= OPENNESS[one.standing]


@settings(max_examples=100, deadline=None)
@given(FACT_VALUES, st.sampled_from(sorted(CLEAR)))
def test_unknown_never_counts_as_no(facts, name):
    """Forgetting a fact opens nothing that knowing it had stopped for good.

    The ECG and the challenge are the declared exceptions (C48, C11). Where a start
    does not wait (C67), the question comes before the first dose.
    """
    known = {**CLEAR, **facts}
    unknown = {k: v for k, v in known.items() if k != name}
    before, after = weighed(known), weighed(unknown)

    for one, other in zip(before.options, after.options, strict=True):
        stops = {f.rule for f in one.stops}
        lost = stops - {f.rule for f in other.stops}
        if lost - {"C47"} and not other.standing.ruled_out:
            assert other.standing is Standing.NEEDS_DATA or asks_first(other)


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_nothing_open_is_called_clear(facts):
    for option in weighed(facts).options:
        if option.standing in (Standing.ELIGIBLE, Standing.PREFERRED, Standing.CAUTION):
            assert not any(m.holds for m in option.missing) or asks_first(option)


def asks_first(option):
    """Whether everything that is not known is a task before the first dose."""
    tasks = " ".join(a.text for a in option.actions if a.rule == "C67" and a.blocking)
    return all(m.label in tasks for m in option.missing if m.holds)


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_every_line_says_why_and_cites(facts):
    found = weighed(facts)

    for option in found.options:
        for line in (*option.findings, *option.actions):
            assert line.because
            assert line.basis.cites
            assert line.basis.verified
            assert set(line.basis.cites) <= set(found.sources)
        for item in option.missing:
            assert item.why.startswith(item.label)


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_many_options_never_one_order(facts):
    found = weighed(facts)

    assert len(found.options) == 11
    for option in found.options:
        assert (option.rank is None) is option.standing.ruled_out


OTHER_USE = st.fixed_dictionaries(
    {},
    optional={
        "counselling": st.sampled_from(["accepts", "declines", "unavailable"]),
        "udt": st.lists(
            st.sampled_from(["cocaine", "benzodiazepine", "alcohol", "fentanyl"])
        ),
        "stimulants": st.booleans(),
        "sedatives": st.lists(st.sampled_from(["alcohol", "benzodiazepine", "other"])),
        "alcohol": st.sampled_from(["active", "none"]),
        "audit_c": st.integers(0, 12),
        "route": st.lists(st.sampled_from(["injecting", "smoking"])),
        "housing": st.sampled_from(["unhoused", "stable"]),
        "diversion": st.lists(st.sampled_from(["theft", "diversion"])),
        "request": st.just("detox only"),
        "adherence": st.integers(0, 7),
        "legal": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None)
@given(OTHER_USE)
def test_medication_is_never_withheld_for_use_or_for_declining_counselling(facts):
    found = clear(**facts)

    for medication in ("MTD", "BUP_SL", "BUP_LOW", "BUP_XR"):
        assert found.option(medication).standing in (
            Standing.CAUTION,
            Standing.ELIGIBLE,
            Standing.PREFERRED,
        )


@pytest.mark.parametrize("rule", knowledge().rules)
def test_every_rule_can_fire(rule):
    rows = [*C1, *C2, *C3, *C4, *C5_TO_C7]

    assert any(state(r, facts) == FIRES for r, facts, _ in rows if r == rule)


class TestCommonMistakes:
    """Reference 0.3: what is often wrong elsewhere and must not be built."""

    def test_no_earlier_attempts_or_year_of_use_for_admission(self):
        found = clear(age=17, consent=True).option("MTD")

        assert not [a for a in found.actions if a.rule == "C76"]
        assert not [f for f in found.findings if "attempt" in f.because]

    def test_no_highest_buprenorphine_dose(self):
        found = clear(bup_dose=32, bam8=3).option("BUP_SL")

        assert found.standing is Standing.PREFERRED
        assert "no maximum" in next(a.text for a in found.actions if a.rule == "C26")

    def test_brixadi_needs_no_week_of_daily_buprenorphine(self):
        found = clear(bup_exposure=False).option("BRIXADI_W")

        assert found.standing is Standing.ELIGIBLE
        assert "4 mg test dose" in next(
            a.text for a in found.actions if a.rule == "C21"
        )

    def test_boosted_hiv_medicines_lower_methadone(self):
        found = clear(med_list=["ritonavir"]).option("MTD")

        assert {f.rule for f in found.findings if f.effect is Effect.CAUTION} == {
            "C61a"
        }
        assert "level falls" in next(f.then for f in found.findings if f.rule == "C61a")

    def test_acute_hepatitis_is_no_contraindication_of_naltrexone(self):
        assert clear(hepatitis="acute").option("NTX_XR").standing is Standing.AVOID

    def test_fentanyl_in_urine_is_not_read_as_new_use(self):
        found = clear(udt="norfentanyl").option("NTX_XR")

        assert "do not read this as new use" in next(
            f.then for f in found.findings if f.rule == "C10"
        )

    def test_no_standard_schedule_for_a_low_dose_start(self):
        found = clear(history_pw=True).option("BUP_LOW")

        assert "No schedule is recommended" in next(
            f.then for f in found.findings if f.rule == "C18"
        )

    def test_no_waiver_is_asked_for(self):
        assert not any("waiver" in c.then.lower() for c in knowledge().rules.values())
