"""From findings to standing, rank, what is missing and what would change."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.editions import knowledge
from knowledge.holds import Hold
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.gaps import VERBS
from medications.rules.effects import Effect
from tests.medications.pictures import (
    BASE,
    CLEAR,
    DEPENDENT,
    FREE,
    NOW,
    ago,
    clear,
    old,
    picture,
    standings,
    weighed,
)

BUPRENORPHINE = (
    "BUP_SL",
    "BUP_MONO",
    "BUP_COMBO",
    "BUP_LOW",
    "BUP_XR",
    "SUBLOCADE",
    "BRIXADI_W",
    "BRIXADI_M",
)
DEPOTS = BUPRENORPHINE[4:]
AGONISTS = ("MTD", *BUPRENORPHINE)

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


def test_only_naltrexone_waits_where_nothing_is_known():
    found = standings(weighed())

    assert list(found) == ORDER
    assert found.pop("NTX_PO") == "AVOID"
    assert found.pop("NTX_XR") == "NEEDS_DATA"
    assert "NEEDS_DATA" not in set(found.values())


def test_a_first_dose_waits_where_nothing_is_known():
    found = weighed()

    for medication in ("MTD", "BUP_SL", "BUP_XR"):
        assert found.option(medication).ask_first
        assert found.option(medication).rank is not None


def test_nothing_is_asked_for_what_a_fresh_fact_has_stopped():
    assert weighed(phys_dependence=True).option("NTX_XR").missing == ()


def test_a_stop_that_ends_within_two_weeks_is_asked_about():
    soon = weighed(
        {**BASE, **FREE, "last_short_acting_dt": ago(days=1), "pain": None}
    ).option("NTX_XR")

    assert soon.standing == "CONTRAINDICATED"
    assert soon.earliest == NOW + timedelta(6)
    assert "pain" in {m.fact for m in soon.missing}


def test_a_stop_of_months_is_not_asked_about():
    facts = {**BASE, **FREE, "last_bup_xr_dt": ago(days=30), "pain": None}

    assert weighed(facts).option("NTX_XR").missing == ()


def test_a_missing_ecg_does_not_hold_methadone_but_is_named():
    option = weighed({**BASE, **DEPENDENT, "qtc": None}).option("MTD")
    (ecg,) = [m for m in option.missing if m.fact == "qtc"]

    assert option.standing == "PREFERRED"
    assert (ecg.hold, ecg.holds) == (Hold.TASK, False)
    assert ecg.why.startswith(
        "QTc not known: if QTc is 500 ms or more, methadone would be avoided"
    )


@pytest.mark.parametrize(
    ("fact", "asked"),
    [
        ("resp", {"MTD", *BUPRENORPHINE}),
        ("gi", {"MTD"}),
        ("allergy", {*AGONISTS}),
        ("last_ntx_dt", set()),
        ("cows", {"BUP_SL", "BUP_MONO", "BUP_COMBO", *DEPOTS}),
        ("rems", set()),
        ("alt", set()),
    ],
)
def test_what_is_not_known_is_asked_before_the_first_dose(fact, asked):
    """And moves neither standing nor place."""
    before = weighed({**BASE, **DEPENDENT})
    after = weighed({**BASE, **DEPENDENT, fact: None})

    assert {o.medication for o in after.options if fact in facts_asked(o)} == asked
    for medication in AGONISTS:
        one, other = before.option(medication), after.option(medication)
        assert (one.standing, one.rank) == (other.standing, other.rank)


def facts_asked(option):
    return {fact for one in option.ask_first for fact in one.facts}


@pytest.mark.parametrize(
    "fact",
    ["pain", "last_bup_xr_dt", "last_short_acting_dt", "udt", "alt", "phys_dependence"],
)
def test_what_naltrexone_waits_for(fact):
    """Its place too; the tablets are advised against anyway."""
    option = weighed({**BASE, **FREE, fact: None}).option("NTX_XR")

    assert option.standing == "NEEDS_DATA"
    assert option.otherwise in ("PREFERRED", "ELIGIBLE")
    assert option.rank is None
    assert option.missing[0].holds
    assert fact in {m.fact for m in option.missing if m.holds}


def test_an_out_of_date_clearance_is_no_clearance():
    option = weighed({**BASE, **FREE, "pain": old([], days=31)}).option("NTX_XR")

    assert option.standing == "NEEDS_DATA"
    assert option.missing[0].fact == "pain"
    assert option.missing[0].why.startswith("Pain out of date, Wed 21 Oct 2026: if")
    assert option.missing[0].last_known == datetime(2026, 10, 21, 9, tzinfo=UTC)


def test_a_stop_that_is_out_of_date_is_none_and_is_asked_again():
    facts = {**BASE, **FREE, "phys_dependence": old(True, days=15)}
    option = weighed(facts).option("NTX_XR")

    assert option.standing == "NEEDS_DATA"
    assert "phys_dependence" in {m.fact for m in option.missing}


def test_the_standard_start_does_not_burden_a_low_dose_start():
    facts = {"mtd_dose": 60, "last_long_acting_dt": ago(hours=20)}
    options = weighed({**BASE, **DEPENDENT, **facts, "cows": 7})

    film, low = options.option("BUP_COMBO"), options.option("BUP_LOW")
    assert {"C14", "C15"} <= rules(film.before_first_dose)
    assert low.standing == "PREFERRED"
    assert not {"C13", "C14", "C15"} & rules((*low.findings, *low.actions))


def test_a_low_dose_start_without_a_reason_has_no_place():
    low = weighed({**BASE, **DEPENDENT}).option("BUP_LOW")

    assert (low.rank, low.not_needed) == (None, True)


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
    facts = {**BASE, **DEPENDENT}

    stopped = weighed({**facts, "allergy": ["methadone"]}).option("MTD")
    assert "C22" not in rules(stopped.findings)
    assert "C22" in rules(weighed({**facts, "qtc": 520}).option("MTD").findings)


def test_an_informed_preference_outweighs_other_reasons():
    history = {"medication": "MTD", "days": 200}
    found = weighed({**BASE, **DEPENDENT, "preference": "BUP_XR", "history": history})

    assert [o.medication for o in found.ranked()][:2] == ["BUP_XR", "MTD"]


def test_more_reasons_go_first_and_equals_share_a_place():
    found = weighed({**BASE, **DEPENDENT, "goal": "retention"})

    assert [(o.medication, o.rank, o.is_tied) for o in found.ranked()] == [
        ("MTD", 1, False),
        ("BUP_SL", 2, True),
        ("BUP_XR", 2, True),
    ]


def test_methadone_stands_behind_buprenorphine_where_a_comparison_says_so():
    found = weighed({**BASE, **DEPENDENT, "goal": "retention", "resp": ["copd"]})

    assert [(o.medication, o.rank) for o in found.ranked()] == [
        ("BUP_SL", 1),
        ("BUP_XR", 1),
        ("MTD", 3),
    ]


def test_what_cannot_be_given_here_stands_last_with_its_medical_standing():
    found = weighed({**BASE, **DEPENDENT, "otp_access": False, "preference": "MTD"})
    methadone = found.option("MTD")

    assert methadone.standing == "NOT_HERE"
    assert methadone.medical == "PREFERRED"
    assert methadone.ask_first == ()
    assert found.ranked()[-1].medication == "MTD"


def test_what_is_under_way_and_works_goes_first():
    found = weighed(
        {
            **BASE,
            "bup_dose": 16,
            "last_long_acting_dt": ago(hours=4),
            "last_long_acting_drug": "buprenorphine",
            "udt": [],
        }
    )

    assert found.ranked()[0].medication == "BUP_SL"
    assert [o.medication for o in found.under_way] == ["BUP_SL"]


def test_no_rank_for_what_is_ruled_out_or_waits():
    for option in weighed({**BASE, **DEPENDENT}).options:
        placeless = option.standing.ruled_out or option.standing == "NEEDS_DATA"
        assert (option.rank is None) is (placeless or option.not_needed)


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
    known = {**BASE, **DEPENDENT, "last_short_acting_dt": ago(hours=2), "cows": 12}
    option = weighed(known).option("BUP_SL")

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
    once = {**BASE, **DEPENDENT, "overdose_hx": "past_12_months"}

    assert not weighed(once).high_attention
    assert weighed({**once, "alone": True}).high_attention
    assert weighed({**once, "alone": True}).flags == ("C108", "C116")


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
    assert set(VERBS) == set(Effect)


def test_an_option_by_its_name():
    assert weighed().option("MTD").name == "methadone"


def test_the_same_picture_gives_the_same_answer():
    first, second = (evaluate(picture(CLEAR)).to_json() for _ in range(2))

    assert first == second
    assert first["as_of"] == NOW.isoformat()
