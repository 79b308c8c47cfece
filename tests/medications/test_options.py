"""From findings to standing, rank, what is missing and what would change."""

import json
from datetime import UTC, datetime

import pytest

from knowledge.editions import knowledge
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.gaps import VERBS
from medications.rules.effects import Effect
from tests.medications.pictures import (
    CLEAR,
    NOW,
    ago,
    clear,
    old,
    picture,
    standings,
    weighed,
)

ORDER = [
    "MTD",
    "BUP_SL",
    "BUP_MONO",
    "BUP_COMBO",
    "BUP_LOW",
    "BUP_XR",
    "SUBLOCADE",
    "BRIXADI_W",
    "BRIXADI_M",
    "NTX_XR",
    "NTX_PO",
]


def rules(lines):
    return {line.rule for line in lines}


def test_nothing_known_clears_nothing():
    found = standings(weighed())

    assert list(found) == ORDER
    assert found.pop("NTX_PO") == "AVOID"
    assert set(found.values()) == {"NEEDS_DATA"}


def test_a_stop_is_shown_although_more_is_missing():
    option = weighed(phys_dependence=True).option("NTX_XR")

    assert option.standing == "CONTRAINDICATED"
    assert "last_short_acting_dt" in {m.fact for m in option.missing}


def test_a_missing_ecg_does_not_hold_methadone_but_is_named():
    facts = {k: v for k, v in CLEAR.items() if k != "qtc"}
    option = weighed(facts).option("MTD")

    assert option.standing == "PREFERRED"
    assert [(m.fact, m.holds) for m in option.missing if m.fact == "qtc"] == [
        ("qtc", False)
    ]
    why = next(m.why for m in option.missing if m.fact == "qtc")
    assert why.startswith(
        "QTc not known: if QTc is 500 ms or more, methadone would be avoided"
    )


@pytest.mark.parametrize(
    ("fact", "held"),
    [
        ("resp", {"MTD", "BUP_SL", "BUP_MONO", "BUP_COMBO", "BUP_LOW"}),
        ("gi", {"MTD"}),
        ("rems", {"BUP_XR", "SUBLOCADE", "BRIXADI_W", "BRIXADI_M"}),
        ("pregnancy", {"SUBLOCADE", "BRIXADI_M", "NTX_XR"}),
        ("pain", {"NTX_XR"}),
        ("last_bup_xr_dt", {"NTX_XR"}),
        (
            "child_pugh",
            {"BUP_COMBO", "BUP_XR", "SUBLOCADE", "BRIXADI_W", "BRIXADI_M", "NTX_XR"},
        ),
    ],
)
def test_an_open_stop_needs_data(fact, held):
    facts = {k: v for k, v in CLEAR.items() if k != fact}
    options = weighed(facts).options

    assert {o.medication for o in options if o.standing == "NEEDS_DATA"} == held
    for option in options:
        if option.medication in held:
            assert option.missing[0].fact == fact


def test_an_out_of_date_clearance_is_no_clearance():
    option = clear(
        pain="none", age=34, gi=old("none", days=4), pregnancy=old(False, days=15)
    )

    ntx = option.option("NTX_XR")
    assert ntx.standing == "NEEDS_DATA"
    assert ntx.missing[0].fact == "pregnancy"
    assert ntx.missing[0].why.startswith("Pregnancy out of date, Fri 6 Nov 2026: if")
    assert ntx.missing[0].last_known == datetime(2026, 11, 6, 9, tzinfo=UTC)


def test_an_out_of_date_stop_still_stops_and_is_missing():
    option = clear(qtc=old(520, days=400)).option("MTD")

    stop = next(f for f in option.findings if f.rule == "C47")
    assert option.standing == "AVOID"
    assert stop.because.endswith("Out of date: last known on Fri 17 Oct 2025.")
    assert "qtc" in {m.fact for m in option.missing}


def test_an_out_of_date_fact_recommends_nothing():
    assert "C67" not in rules(
        clear(pregnancy=old(True, days=15)).option("MTD").findings
    )


def test_the_standard_start_does_not_burden_a_low_dose_start():
    now = {"phys_dependence": True, "cows": 9, "last_short_acting_dt": ago(hours=8)}
    options = clear(**now, last_fentanyl_dt=ago(hours=80), mtd_dose=60)

    film, low = options.option("BUP_COMBO"), options.option("BUP_LOW")
    assert film.standing == "AVOID"
    assert {"C13", "C15"} <= rules(film.actions)
    assert low.standing == "PREFERRED"
    assert not {"C13", "C14", "C15"} & rules((*low.findings, *low.actions))


def test_a_parent_stands_as_its_best_product():
    found = clear(pregnancy=True)

    assert standings(found)["SUBLOCADE"] == "AVOID"
    assert found.option("BUP_XR").standing == "CAUTION"
    assert found.option("BUP_XR").product == "BRIXADI_W"
    assert found.option("MTD").product is None


def test_a_parent_falls_with_all_its_products():
    found = standings(clear(pregnancy=True, rems=False))

    assert {found[m] for m in ("BUP_XR", "BRIXADI_W", "SUBLOCADE")} == {
        "CONTRAINDICATED"
    }


def test_recommended_agonists_only_where_nothing_is_contraindicated():
    option = clear(allergy="methadone").option("MTD")

    assert "C22" not in rules(option.findings)
    assert "C22" in rules(clear(qtc=520).option("MTD").findings)


def test_an_informed_preference_outweighs_other_reasons():
    found = clear(preference="NTX_XR", history={"medication": "MTD", "days": 200})

    assert [o.medication for o in found.ranked()][:2] == ["NTX_XR", "MTD"]


def test_more_reasons_then_fewer_cautions_then_the_usual_order():
    found = clear(goal="retention", otp_access=True, hepatitis="none", resp="copd")
    places = {o.medication: o.rank for o in found.options}

    assert places["MTD"] == 1
    assert places["BUP_SL"] < places["NTX_XR"] < places["BUP_XR"]
    assert places["NTX_PO"] is None


def test_no_rank_for_what_is_ruled_out():
    for option in clear(phys_dependence=True).options:
        assert (option.rank is None) is option.standing.ruled_out


def test_ranks_are_places_without_gaps():
    ranked = clear().ranked()

    assert [o.rank for o in ranked] == list(range(1, len(ranked) + 1))


@pytest.mark.parametrize(
    ("facts", "earliest", "preferred"),
    [
        ({"last_short_acting_dt": ago(days=1)}, "2026-11-27T09:00", "2026-11-30T09:00"),
        ({"last_long_acting_dt": ago(days=1)}, "2026-11-27T09:00", "2026-12-04T09:00"),
        ({"last_long_acting_dt": ago(days=8)}, "2026-11-27T09:00", "2026-11-27T09:00"),
        ({"last_bup_xr_dt": "2026-08-31T09:00:00Z"}, "2027-02-28T09:00", None),
        (
            {"last_short_acting_dt": ago(days=1), "last_long_acting_dt": ago(days=8)},
            "2026-11-27T09:00",
            "2026-11-30T09:00",
        ),
    ],
)
def test_the_earliest_day_where_time_decides(facts, earliest, preferred):
    shown = clear(**facts).option("NTX_XR").as_json()

    assert str(shown["earliest"]).startswith(earliest)
    assert (preferred is None) is (shown["preferred_from"] is None)
    assert str(shown["preferred_from"]).startswith(preferred or "None")


def test_the_earliest_start_of_buprenorphine():
    option = clear(last_short_acting_dt=ago(hours=2), cows=12).option("BUP_SL")

    assert option.earliest == datetime(2026, 11, 21, 13, tzinfo=UTC)
    assert option.preferred_from == datetime(2026, 11, 21, 19, tzinfo=UTC)


def test_why_not_and_what_would_change():
    known = picture(
        {
            **CLEAR,
            "last_short_acting_dt": ago(hours=10, minutes=40),
            "last_fentanyl_dt": "never",
        }
    )
    shown = with_changes(evaluate(known), known).option("NTX_XR")
    reason, change = shown.as_json()["why_not"], shown.as_json()["what_would_change"]

    assert reason == [
        {
            "rule": "C06",
            "text": "Last short-acting opioid Fri 20 Nov 2026 22:20, 10 h 40 min ago; "
            "earliest Fri 27 Nov 2026, preferred Mon 30 Nov 2026.",
        }
    ]
    assert change[0]["text"] == "From Fri 27 Nov 2026 22:20 on"
    assert change[0]["earliest"] == "2026-11-27T22:20:00+00:00"


def test_actions_are_tasks_and_some_come_before_the_first_dose():
    found = clear(bup_exposure=False, qtc=480)

    assert [a.blocking for a in found.option("BUP_XR").actions if a.rule == "C21"] == [
        True
    ]
    assert [a.blocking for a in found.option("MTD").actions if a.rule == "C46"] == [
        False
    ]


def test_what_holds_for_all_is_in_each_option_and_in_general():
    found = clear(counselling="declines")

    assert all("C94" in rules(o.findings) for o in found.options)
    assert [x.medication for x in found.general if x.rule == "C94"] == ["ALL"]
    assert [x.medication for x in found.general if x.rule == "C96"] == ["ORA"]


def test_two_overdose_flags_ask_for_high_attention():
    assert not clear(overdose_hx="past_12_months").high_attention
    assert clear(overdose_hx="past_12_months", alone=True).high_attention
    assert clear(overdose_hx="past_12_months", alone=True).flags == ("C108", "C116")


def test_the_answer_keeps_its_contract():
    shown = clear(phys_dependence=True, cows=9).to_json()

    assert json.loads(json.dumps(shown)) == shown
    assert shown["knowledge"] == knowledge().digest
    for option in shown["options"]:
        assert {
            "medication",
            "standing",
            "rank",
            "findings",
            "actions",
            "missing",
        } <= set(option)
        for finding in option["findings"]:
            assert {"rule", "effect", "because", "cites", "verified"} <= set(finding)
            assert finding["effect"] != "ACTION"
        for action in option["actions"]:
            assert {"rule", "text", "blocking"} <= set(action)
        for item in option["missing"]:
            assert {"fact", "why"} <= set(item)
    cited = {c for o in shown["options"] for f in o["findings"] for c in f["cites"]}
    assert cited <= set(shown["sources"])


def test_every_kind_of_gap_has_its_words():
    assert set(VERBS) == set(Effect) - {Effect.INFO}


def test_an_option_by_its_name():
    assert weighed().option("MTD").name == "methadone"


def test_the_same_picture_gives_the_same_answer():
    first, second = (evaluate(picture(CLEAR)).to_json() for _ in range(2))

    assert first == second
    assert first["as_of"] == NOW.isoformat()


class TestCombinedExample:
    """Reference part C: pregnant, COWS 14, wants naltrexone."""

    FACTS = {"pregnancy": True, "cows": 14, "preference": "NTX_XR"}

    def test_agonists_are_preferred_and_naltrexone_is_contraindicated(self):
        options = weighed(self.FACTS)

        naltrexone = options.option("NTX_XR")
        assert naltrexone.standing == "CONTRAINDICATED"
        assert {"C03", "C05", "C68"} <= {f.rule for f in naltrexone.findings}
        for agonist in ("MTD", "BUP_SL"):
            assert options.option(agonist).standing == "PREFERRED"
            assert "C67" in {f.rule for f in options.option(agonist).findings}

    def test_what_is_not_known_is_asked_before_the_first_dose(self):
        (task,) = [
            a for a in weighed(self.FACTS).option("MTD").actions if a.rule == "C67"
        ]

        assert task.blocking
        assert "Allergies" in task.text

    def test_a_stop_that_is_known_still_stops(self):
        options = weighed({**self.FACTS, "allergy": ["methadone"], "cows": 14})

        assert options.option("MTD").standing == "CONTRAINDICATED"

    def test_with_everything_known_there_is_nothing_to_ask(self):
        option = clear(pregnancy=True).option("MTD")

        assert option.standing == "PREFERRED"
        assert "C67" not in {a.rule for a in option.actions}
