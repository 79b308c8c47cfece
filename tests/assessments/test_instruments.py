"""Every worked example and boundary of part A of the clinical reference."""

import datetime as dt

import pytest

from knowledge.instruments.scoring import score


def codes(result):
    """What most examples speak of: status, total, band."""
    return result.status.value, result.total, result.band


def flags(result):
    return " | ".join(result.flags)


def met(*numbers, unknown=()):
    """A DSM-5 sheet with these criteria met, the rest not met."""
    return {str(n): None if n in unknown else int(n in numbers) for n in range(1, 12)}


class TestOpioidUseDisorder:
    @pytest.mark.parametrize(
        ("count", "band", "code"),
        [
            (0, "no OUD", None),
            (1, "no OUD", None),
            (2, "mild", "F11.10"),
            (3, "mild", "F11.10"),
            (4, "moderate", "F11.20"),
            (5, "moderate", "F11.20"),
            (6, "severe", "F11.20"),
            (11, "severe", "F11.20"),
        ],
    )
    def test_severity_at_each_edge(self, count, band, code):
        result = score("DSM-5-OUD", [1] * count + [0] * (11 - count))

        assert codes(result) == ("complete", count, band)
        assert result.subscales["icd10cm"] == code

    def test_criteria_1_2_and_4_are_mild(self):
        result = score("dsm5_oud", met(1, 2, 4))

        assert (result.total, result.band) == (3, "mild")
        assert result.subscales["icd10cm"] == "F11.10"

    @pytest.mark.parametrize(
        ("supervised", "total", "band", "code"),
        [
            pytest.param(True, 2, "mild", "F11.10", id="prescribed for pain"),
            pytest.param(False, 4, "moderate", "F11.20", id="illicit fentanyl"),
            pytest.param(None, 4, "moderate", "F11.20", id="supervision unknown"),
        ],
    )
    def test_tolerance_and_withdrawal_under_supervision(
        self, supervised, total, band, code
    ):
        result = score("dsm5", met(2, 4, 10, 11), {"supervised": supervised})

        assert (result.total, result.band) == (total, band)
        assert result.subscales["icd10cm"] == code
        assert bool(result.flags) is (supervised is True)

    @pytest.mark.parametrize(
        ("answers", "band"),
        [
            pytest.param(
                met(1, 2, 3, 4, 5, unknown=(8, 9)),
                "moderate to severe, incomplete",
                id="5 met, 2 unknown",
            ),
            pytest.param(
                met(unknown=range(1, 12)),
                "no OUD to severe, incomplete",
                id="nothing asked",
            ),
            pytest.param(
                met(1, 2, 3, 4, 5, 6, unknown=(8,)),
                "severe",
                id="severe whatever it is",
            ),
            pytest.param(met(1, 2, unknown=(3,)), "mild", id="mild whatever it is"),
        ],
    )
    def test_unknown_criteria_give_the_range(self, answers, band):
        result = score("dsm5_oud", answers)

        assert codes(result) == ("incomplete", None, band)

    def test_words_stand_for_answers(self):
        words = ["met", "Not met", "unknown", True, False, "yes", "no", 1, 0, "1", "0"]

        result = score("dsm5_oud", words)

        assert result.subscales["met"] == 5
        assert result.subscales["not_met"] == 5
        assert result.subscales["unknown"] == 1

    def test_example_3_is_sustained_remission_on_maintenance(self):
        result = score(
            "dsm5_oud",
            met(4),
            {
                "previous_severity": "severe",
                "criteria_free_months": 13,
                "on_maintenance": True,
            },
        )

        assert result.band == "sustained remission"
        assert result.subscales["icd10cm"] == "F11.21"
        assert "on maintenance therapy" in result.flags

    @pytest.mark.parametrize(
        ("length", "band"),
        [
            ({"criteria_free_days": 89}, "no OUD"),
            ({"criteria_free_days": 90}, "early remission"),
            ({"criteria_free_days": 364}, "early remission"),
            ({"criteria_free_days": 365}, "sustained remission"),
            ({"criteria_free_months": 2}, "no OUD"),
            ({"criteria_free_months": 3}, "early remission"),
            ({"criteria_free_months": 11}, "early remission"),
            ({"criteria_free_months": 12}, "sustained remission"),
            ({"criteria_free_since": "2026-08-23", "as_of": "2026-11-22"}, "no OUD"),
            (
                {"criteria_free_since": "2026-08-22", "as_of": dt.date(2026, 11, 22)},
                "early remission",
            ),
            (
                {"criteria_free_since": "2025-11-23", "as_of": "2026-11-22"},
                "early remission",
            ),
            (
                {"criteria_free_since": "2025-11-22", "as_of": "2026-11-22"},
                "sustained remission",
            ),
            ({"criteria_free_since": "2025-11-22"}, "no OUD"),
        ],
    )
    def test_remission_at_its_edges(self, length, band):
        result = score("dsm5_oud", met(4), {"severity_before": "mild", **length})

        assert result.band == band
        assert result.subscales["icd10cm"] == (
            "F11.11" if "remission" in band else None
        )

    def test_remission_without_earlier_severity_has_no_code(self):
        result = score("dsm5_oud", met(4), {"criteria_free_months": 4})

        assert result.subscales["icd10cm"] is None
        assert "earlier severity not recorded" in flags(result)

    def test_remission_with_an_unknown_criterion_has_no_total(self):
        result = score("dsm5_oud", met(unknown=(1,)), {"criteria_free_months": 4})

        assert codes(result) == ("incomplete", None, "early remission")

    def test_nobody_is_in_remission_of_what_was_never_there(self):
        context = {"criteria_free_months": 20, "severity_before": "none"}

        assert score("dsm5_oud", met(4), context).band == "no OUD"

    def test_a_met_criterion_contradicts_sustained_remission(self):
        result = score("dsm5_oud", met(1, 2), {"criteria_free_months": 12})

        assert result.band == "mild"
        assert "contradict sustained remission" in flags(result)

    @pytest.mark.parametrize("context", [{"maintenance": True}, {"supervised": True}])
    def test_tolerance_to_the_prescribed_medicine_is_excepted(self, context):
        result = score(
            "dsm5_oud",
            met(10, 11),
            {"criteria_free_months": 12, "severity_before": "severe", **context},
        )

        assert result.band == "sustained remission"

    def test_without_impairment_there_is_no_diagnosis(self):
        result = score("dsm5_oud", met(1, 2, 3), {"impairment": "no"})

        assert codes(result) == ("complete", 3, None)
        assert result.subscales["icd10cm"] is None

    @pytest.mark.parametrize("months", [0, 12])
    def test_a_controlled_environment_is_said(self, months):
        context = {"controlled_environment": True, "criteria_free_months": months}

        assert "in a controlled environment" in score("dsm5_oud", met(), context).flags


class TestCOWS:
    @pytest.mark.parametrize(
        ("answers", "total", "band"),
        [
            ([0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0], 8, "mild"),
            ([1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 0], 12, "mild"),
            ([1, 2, 1, 1, 2, 1, 2, 1, 1, 1, 0], 13, "moderate"),
            ([4, 4, 5, 5, 4, 4, 5, 2, 1, 2, 0], 36, "moderately severe"),
            ([4, 4, 5, 5, 4, 4, 5, 2, 2, 2, 0], 37, "severe"),
            ([4, 4, 5, 5, 4, 4, 5, 4, 4, 4, 5], 48, "severe"),
            ([0] * 11, 0, "none/minimal"),
            ([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4, "none/minimal"),
            ([4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 5, "mild"),
            ([4, 4, 5, 5, 4, 2, 0, 0, 0, 0, 0], 24, "moderate"),
            ([4, 4, 5, 5, 4, 2, 1, 0, 0, 0, 0], 25, "moderately severe"),
        ],
    )
    def test_bands(self, answers, total, band):
        assert codes(score("COWS", answers)) == ("complete", total, band)

    def test_values_between_the_anchors_are_refused_one_by_one(self):
        sheet = dict.fromkeys(
            ("sweating", "aches", "nose", "tremor", "yawning", "anxiety"), 0
        ) | {"gooseflesh": 1, "restlessness": 2, "pupils": 3, "gi": 4, "pulse": 3}

        result = score("cows", sheet)

        assert codes(result) == ("invalid", None, None)
        assert {error.item for error in result.errors} == {
            "gooseflesh",
            "restlessness",
            "pupils",
            "gi",
            "pulse",
        }

    @pytest.mark.parametrize(
        ("bpm", "item"),
        [(60, 0), (80, 0), (81, 1), (100, 1), (101, 2), (120, 2), (121, 4)],
    )
    def test_pulse_item_from_beats_a_minute(self, bpm, item):
        rest = [0] * 10
        names = "sweating restlessness pupils aches nose gi tremor yawning anxiety gooseflesh"

        result = score(
            "cows", {"pulse_bpm": bpm, **dict(zip(names.split(), rest, strict=True))}
        )

        assert codes(result)[:2] == ("complete", item)

    @pytest.mark.parametrize(
        ("pulse", "message"),
        [(19, "outside"), (301, "outside"), ("fast", "whole number"), (None, None)],
    )
    def test_an_impossible_pulse_is_refused_and_an_unknown_one_is_unknown(
        self, pulse, message
    ):
        result = score("cows", {"pulse_bpm": pulse})

        assert [message in e.message for e in result.errors] == [True] * bool(message)
        assert result.total is None

    def test_one_missing_item_leaves_no_total(self):
        assert codes(score("cows", [1] + [0] * 9 + [None])) == (
            "incomplete",
            None,
            None,
        )

    def test_confounders_are_said(self):
        context = {"beta_blocker": True, "alcohol_withdrawal": "yes"}

        result = score("cows", [0] * 11, context)

        assert "beta-blocker" in flags(result)
        assert "CIWA-Ar" in flags(result)


class TestSOWS:
    @pytest.mark.parametrize(
        ("answers", "total", "band"),
        [
            ([1] * 16, 16, "moderate"),
            ([2, 2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 2], 10, "mild"),
            ([2] * 10 + [1] + [0] * 5, 21, "severe"),
            ([2] * 10 + [0] * 6, 20, "moderate"),
            ([0] * 16, 0, "none"),
            ([1] * 11 + [0] * 5, 11, "moderate"),
            ([4] * 16, 64, "severe"),
        ],
    )
    def test_bands(self, answers, total, band):
        assert codes(score("SOWS", answers)) == ("complete", total, band)


class TestPHQ:
    @pytest.mark.parametrize(
        ("answers", "total", "band"),
        [
            ([1, 1, 1, 1, 1, 0, 0, 0, 0], 5, "mild"),
            ([2, 2, 1, 1, 1, 1, 1, 0, 1], 10, "moderate"),
            ([3, 3, 2, 2, 2, 2, 2, 2, 1], 19, "moderately severe"),
            ([3, 3, 3, 2, 2, 2, 2, 2, 1], 20, "severe"),
            ([1, 1, 1, 1, 0, 0, 0, 0, 0], 4, "none-minimal"),
            ([1] * 9, 9, "mild"),
            ([2, 2, 2, 2, 2, 2, 2, 0, 0], 14, "moderate"),
            ([3, 2, 2, 2, 2, 2, 2, 0, 0], 15, "moderately severe"),
            ([3] * 9, 27, "severe"),
            ([0] * 9, 0, "none-minimal"),
        ],
    )
    def test_bands(self, answers, total, band):
        assert codes(score("PHQ-9", answers)) == ("complete", total, band)

    def test_difficulty_carries_no_score(self):
        assert score("phq9", [1] * 9 + [3]).total == 9

    @pytest.mark.parametrize(
        ("answers", "total"),
        [
            pytest.param([2] * 7 + [None] * 2, 18, id="14 of 7 gives 18"),
            pytest.param([1, 1, 1, 1, 1, 1, 1, 1, None], 9, id="one missing"),
            pytest.param([1, 0, 0, 0, 0, 0, 0, 0, None], 1, id="1.125 down"),
            pytest.param([3, 1, 0, 0, 0, 0, 0, 0, None], 5, id="4.5 up"),
            pytest.param([2] * 6 + [None] * 3, None, id="three missing"),
        ],
    )
    def test_missing_items(self, answers, total):
        result = score("phq9", answers)

        assert result.total == total
        assert result.status.value == ("incomplete" if total is None else "complete")
        assert (result.band is None) is (total is None)
        assert "suicide item not answered" in result.flags

    @pytest.mark.parametrize(("answer", "alert"), [(0, False), (1, True), (3, True)])
    def test_item_9_asks_for_the_screener_whatever_the_total(self, answer, alert):
        result = score("phq9", [0] * 8 + [answer])

        assert ("C-SSRS" in flags(result)) is alert

    def test_item_9_is_heard_on_an_invalid_and_on_an_unfinished_sheet(self):
        assert "C-SSRS" in flags(score("phq9", {"1": 9, "self_harm": 2}))
        assert "C-SSRS" in flags(score("phq9", {"self_harm": 2}))

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([1, 1], ("complete", 2, "negative")),
            ([2, 1], ("complete", 3, "positive")),
            ([3, None], ("incomplete", None, None)),
        ],
    )
    def test_phq2(self, answers, expected):
        result = score("phq-2", answers)

        assert codes(result) == expected
        assert bool(result.flags) is (result.band == "positive")


class TestGAD7:
    @pytest.mark.parametrize(
        ("answers", "total", "band"),
        [
            ([1] * 7, 7, "mild"),
            ([2, 2, 2, 1, 1, 1, 1], 10, "moderate"),
            ([2] * 7, 14, "moderate"),
            ([3, 2, 2, 2, 2, 2, 2], 15, "severe"),
            ([1, 1, 1, 1, 0, 0, 0], 4, "minimal"),
            ([1, 1, 1, 1, 1, 0, 0], 5, "mild"),
            ([2, 2, 1, 1, 1, 1, 1], 9, "mild"),
            ([3] * 7, 21, "severe"),
        ],
    )
    def test_bands(self, answers, total, band):
        result = score("GAD-7", answers)

        assert codes(result) == ("complete", total, band)
        assert ("further evaluation" in flags(result)) is (total >= 10)

    def test_one_missing_is_prorated_two_are_not(self):
        assert score("gad7", [2] * 6 + [None]).total == 14
        assert codes(score("gad7", [2] * 5 + [None] * 2)) == ("incomplete", None, None)

    @pytest.mark.parametrize(
        ("cows", "confounded"), [(4, False), (5, True), (None, False)]
    )
    def test_withdrawal_on_the_day_confounds(self, cows, confounded):
        result = score("gad7", [1] * 7, {"cows_same_day": cows})

        assert ("confounded by withdrawal" in result.flags) is confounded


class TestPCPTSD5:
    @pytest.mark.parametrize(
        ("answers", "context", "expected"),
        [
            ([0, None, None, None, None, None], {}, ("complete", 0, "negative")),
            ([1, 1, 1, 1, 0, 0], {}, ("complete", 3, "negative")),
            ([1, 1, 1, 1, 0, 0], {"cut_point": 3}, ("complete", 3, "positive")),
            ([1, 1, 1, 1, 1, 0], {}, ("complete", 4, "positive")),
            ([1, 0, 0, 0, 0, 0], {}, ("complete", 0, "negative")),
            ([1, 1, 1, 0, 0, 0], {"cut": 3}, ("complete", 2, "negative")),
            ([1, 1, 1, 1, 1, None], {}, ("incomplete", None, None)),
            ([None, 1, 1, 1, 1, 1], {}, ("incomplete", None, None)),
        ],
    )
    def test_cut_points(self, answers, context, expected):
        assert codes(score("PC-PTSD-5", answers, context)) == expected

    def test_three_is_shown_as_sub_threshold(self):
        assert "sub-threshold, ask" in score("pcptsd5", [1, 1, 1, 1, 0, 0]).flags
        assert score("pcptsd5", [1, 1, 1, 1, 0, 0], {"cut": 3}).flags == ()

    def test_where_a_zero_comes_from_is_kept(self):
        assert "gate" in flags(score("pcptsd5", {"gate": "no"}))
        assert "gate" not in flags(score("pcptsd5", [1, 0, 0, 0, 0, 0]))

    def test_answers_after_a_no_at_the_gate_do_not_count(self):
        result = score("pcptsd5", [0, 1, 1, 1, 1, 1])

        assert result.total == 0
        assert "answers contradict each other" in result.flags

    def test_no_other_cut_point_is_taken(self):
        assert score("pcptsd5", [0] * 6, {"cut": 2}).status.value == "invalid"


def screener(**yes):
    """A C-SSRS sheet, every question answered No but these."""
    return dict.fromkeys(("q1", "q2", "q3", "q4", "q5", "q6", "q6_recent"), False) | yes


class TestCSSRS:
    @pytest.mark.parametrize(
        ("answers", "level"),
        [
            (screener(), "none"),
            (screener(q1=True), "low"),
            (screener(q2=True), "low"),
            (screener(q2=True, q3=True), "moderate"),
            (screener(q1=True, q2=True, q3=True, q6=True), "moderate"),
            (screener(q6=True), "moderate"),
            (screener(q2=True, q4=True), "high"),
            (screener(q2=True, q5=True), "high"),
            (screener(q6=True, q6_recent=True), "high"),
            (screener(q4=True), "high"),
        ],
    )
    def test_the_highest_rule_wins(self, answers, level):
        assert codes(score("C-SSRS", answers)) == ("complete", None, level)

    def test_rightly_skipped_questions_are_not_missing(self):
        assert codes(score("cssrs", {"q1": 1, "q2": 0, "q6": 0}))[2] == "low"
        assert codes(score("cssrs", [0, 0, None, None, None, 0]))[2] == "none"

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param({"q1": 1, "q2": 0}, id="Q6 missing"),
            pytest.param({"q1": 0, "q6": 0}, id="Q2 missing: Q3 to Q5 are due"),
            pytest.param({"q1": 0, "q2": 0, "q6": 1}, id="when is missing"),
            pytest.param({}, id="nothing asked"),
        ],
    )
    def test_what_is_missing_leaves_the_triage_incomplete(self, answers):
        result = score("cssrs", answers)

        assert codes(result) == ("incomplete", None, None)
        assert "triage incomplete" in flags(result)

    def test_high_is_high_before_the_rest_is_asked(self):
        assert codes(score("cssrs", {"q4": True})) == ("incomplete", None, "high")

    def test_recent_behavior_implies_ever(self):
        assert codes(score("cssrs", {"q1": 0, "q2": 0, "q6b": 1}))[::2] == (
            "complete",
            "high",
        )

    def test_recent_without_ever_is_high_and_to_be_checked(self):
        result = score("cssrs", screener(q6_recent=True))

        assert result.band == "high"
        assert "check" in flags(result)

    def test_what_to_do_is_said_even_when_the_sheet_is_invalid(self):
        result = score("cssrs", {"q4": True, "q1": "perhaps"})

        assert result.status.value == "invalid"
        assert "do not leave alone" in flags(result)

    @pytest.mark.parametrize(
        ("answers", "words"),
        [
            (screener(q1=True), "refer"),
            (screener(q6=True), "same-day"),
            (screener(q5=True), "this visit"),
        ],
    )
    def test_each_level_says_what_to_do(self, answers, words):
        assert words in flags(score("cssrs", answers))


class TestAuditC:
    @pytest.mark.parametrize(
        ("sex", "answers", "total", "band"),
        [
            ("female", [2, 1, 0], 3, "positive"),
            ("male", [2, 1, 0], 3, "negative"),
            ("male", [3, 1, 0], 4, "positive"),
            (None, [4, 0, 0], 4, "positive by cut-off, review"),
            ("female", [3, 0, 0], 3, "positive by cut-off, review"),
            ("male", [3, 0, 0], 3, "negative"),
            (None, [4, 3, 3], 10, "positive, severe risk"),
            ("other", [2, 1, 0], 3, "positive"),
            (None, [2, 1, 0], 3, "positive"),
            ("female", [2, 0, 0], 2, "negative"),
            ("male", [4, 2, 1], 7, "positive"),
            ("male", [4, 2, 2], 8, "positive, severe risk"),
            ("male", [4, 4, 4], 12, "positive, severe risk"),
            ("male", [0, None, None], 0, "negative"),
        ],
    )
    def test_cut_offs(self, sex, answers, total, band):
        result = score("AUDIT-C", answers, {"sex": sex})

        assert codes(result) == ("complete", total, band)
        assert ("brief counselling" in result.flags) is (total >= 5)

    def test_unknown_sex_is_said(self):
        assert "sex not recorded" in flags(score("auditc", [1, 0, 0]))
        assert "sex not recorded" not in flags(score("auditc", [1, 0, 0], {"sex": "F"}))

    def test_a_missing_item_leaves_no_total(self):
        assert codes(score("auditc", [4, None, 4])) == ("incomplete", None, None)

    def test_drinks_of_someone_who_never_drinks_contradict(self):
        result = score("auditc", [0, 2, 1])

        assert result.total == 0
        assert "answers contradict each other" in result.flags

    def test_a_sex_that_is_not_known_is_refused(self):
        result = score("auditc", [1, 1, 1], {"sex": "purple"})

        assert [error.item for error in result.errors] == ["sex"]


class TestDAST10:
    @pytest.mark.parametrize(
        ("yes", "total", "band"),
        [
            ({3}, 0, "none"),
            (set(), 1, "low"),
            ({1, 2, 9, 3}, 3, "moderate"),
            ({1, 2, 4, 5, 6, 7}, 7, "substantial"),
            ({1, 2, 4, 5, 6, 7, 8, 9, 10}, 10, "severe"),
            ({1, 3, 2}, 2, "low"),
            ({1, 2, 4, 5}, 5, "moderate"),
            ({1, 2, 4, 5, 6}, 6, "substantial"),
            ({1, 2, 4, 5, 6, 7, 8}, 8, "substantial"),
            ({1, 2, 4, 5, 6, 7, 8, 9}, 9, "severe"),
        ],
    )
    def test_bands(self, yes, total, band):
        answers = [n in yes for n in range(1, 11)]

        assert codes(score("DAST-10", answers)) == ("complete", total, band)

    def test_a_missing_item_leaves_no_total(self):
        assert score("dast", [0, 0, None, *[0] * 7]).total is None


class TestTAPS:
    def test_a_class_scores_its_own_items(self):
        sheet = {
            "heroin_used": 1,
            "heroin_tried_to_cut_down": 1,
            "heroin_concern": 0,
            "cannabis_used": 1,
            "cannabis_urge": 0,
            "cannabis_concern": 0,
        }

        result = score("taps", sheet)

        assert result.subscales["heroin"] == 2
        assert result.subscales["cannabis"] == 1
        assert result.subscales["tobacco"] is None
        assert codes(result) == ("incomplete", None, None)
        assert "heroin: higher risk" in result.flags
        assert "cannabis: problem use" in result.flags
        assert "assess the DSM-5 criteria" in flags(result)

    def test_never_closes_its_classes(self):
        never = ("tobacco_year", "alcohol_year", "drugs_year", "prescription_year")

        result = score("taps", dict.fromkeys(never, "Never"))

        assert codes(result) == ("complete", None, "no use in 3 months")
        assert set(result.subscales.values()) == {0}

    def test_tobacco_at_its_most_offers_help(self):
        sheet = dict.fromkeys(
            ("alcohol_year", "drugs_year", "prescription_year"), 0
        ) | {
            "tobacco_year": 4,
            "tobacco_used": 1,
            "tobacco_over_ten": 1,
            "tobacco_on_waking": 1,
        }

        result = score("taps", sheet)

        assert result.subscales["tobacco"] == 3
        assert result.band == "higher risk"
        assert "stop smoking" in flags(result)

    def test_no_use_in_three_months_ends_a_class(self):
        result = score("taps", {"drugs_year": 1, "heroin_used": 0})

        assert result.subscales["heroin"] == 0
        assert result.subscales["stimulants"] is None


BAM_RISK = ("1", "2", "3", "8", "11", "15")
BAM_PROTECTIVE = ("9", "10", "12", "13", "14", "16")


class TestBAM:
    def test_use(self):
        result = score("BAM", {"4": 0, "5": 0, "6": 2})

        assert dict(result.subscales) == {"use": 2, "risk": None, "protective": None}
        assert codes(result) == ("incomplete", None, None)
        assert result.flags == ("Use >= 1",)
        assert score("bam", {"4": 0, "5": 0, "6": 0}).flags == ()

    def test_risk_from_twelve(self):
        twelve = dict.fromkeys(BAM_RISK, 2)

        assert score("bam", twelve).subscales["risk"] == 12
        assert score("bam", twelve).flags == ("Risk >= 12",)
        assert score("bam", twelve | {"1": 1}).flags == ()

    def test_protective_to_twelve(self):
        thirteen = dict(zip(BAM_PROTECTIVE, (4, 2, 2, 2, 0, 3), strict=True))

        assert score("bam", thirteen).subscales["protective"] == 13
        assert score("bam", thirteen).flags == ()
        assert score("bam", thirteen | {"16": 2}).flags == ("Protective <= 12",)

    @pytest.mark.parametrize("length", [24, 23, 22, 17, 16, 15])
    def test_lists_with_and_without_what_carries_no_score(self, length):
        result = score("bam", [0] * length)

        assert dict(result.subscales) == {"use": 0, "risk": 0, "protective": 0}
        assert result.status.value == "complete"

    def test_question_7_may_be_left_unanswered_under_its_number(self):
        sheet = {str(n): 0 for n in range(1, 18)} | {"7": None}

        assert score("bam", sheet).status.value == "complete"

    def test_income_is_no_or_yes_and_nothing_between(self):
        assert score("bam", {"14": "yes"}).errors == ()
        assert score("bam", {"14": 2}).status.value == "invalid"

    @pytest.mark.parametrize(
        ("days", "code"),
        [(0, 0), (1, 1), (3, 1), (4, 2), (8, 2), (9, 3), (15, 3), (16, 4), (30, 4)],
    )
    def test_days_become_codes(self, days, code):
        result = score("bam", {"drug_days_raw": days, "4": 0, "5": 0})

        assert result.subscales["use"] == code

    def test_a_month_has_thirty_days(self):
        assert score("bam", {"drug_days_raw": 31}).status.value == "invalid"


class TestShortScales:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([4, 4, 4], ("complete", 4.0, "moderate")),
            ([7, 6, 8], ("complete", 7.0, "severe")),
            ([10, 9, 9], ("complete", 9.3, "severe")),
            ([4, 4, 3], ("complete", 3.7, "mild")),
            ([7, 7, 6], ("complete", 6.7, "moderate")),
            ([0, 0, 0], ("complete", 0.0, "mild")),
            ([10, None, 10], ("incomplete", None, None)),
            ([11, 0, 0], ("invalid", None, None)),
        ],
    )
    def test_peg(self, answers, expected):
        assert codes(score("PEG", answers)) == expected

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([5] * 10, ("complete", 50, "47 or above")),
            ([5] * 6 + [4] * 4, ("complete", 46, "below 47")),
            ([5] * 7 + [4] * 3, ("complete", 47, "47 or above")),
            ([1] * 10, ("complete", 10, "below 47")),
            ([6] * 10, ("complete", 60, "47 or above")),
            ([0] + [5] * 9, ("invalid", None, None)),
            ([None] + [5] * 9, ("incomplete", None, None)),
        ],
    )
    def test_barc10(self, answers, expected):
        assert codes(score("BARC-10", answers)) == expected

    def test_barc10_names_what_needs_support(self):
        answers = [5, 5, 5, 5, 3, 5, 2, 4, 5, 5]

        assert score("barc", answers).flags == (
            "plan support: friends",
            "plan support: living_space",
        )

    @pytest.mark.parametrize(
        ("importance", "confidence", "focus"),
        [
            (9, 3, "confidence-building"),
            (2, 8, "explore ambivalence"),
            (7, 7, "action planning"),
            (6, 7, "explore ambivalence"),
            (7, 6, "confidence-building"),
        ],
    )
    def test_rulers(self, importance, confidence, focus):
        result = score("readiness", [importance, confidence])

        assert codes(result) == ("complete", None, focus)
        assert "never a condition for medication" in result.flags

    def test_rulers_need_both(self):
        assert codes(score("rulers", [9, None, 9])) == ("incomplete", None, None)
        assert score("rulers", [11, 1]).status.value == "invalid"

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([5] * 4, ("complete", 20, None)),
            ([1] * 4, ("complete", 4, None)),
            ([0, 5, 5, 5], ("invalid", None, None)),
            ([5, 5, 5, None], ("incomplete", None, None)),
        ],
    )
    def test_tea(self, answers, expected):
        assert codes(score("TEA", answers)) == expected

    @pytest.mark.parametrize(
        ("sheet", "total", "band"),
        [
            ({"age": 30, "depression": 1}, 2, "low"),
            ({"age": 30, "depression": 1, "personal_alcohol": 1}, 3, "high"),
            ({"age": 15, "depression": 1}, 1, "low"),
            ({"age": 16}, 1, "low"),
            ({"age": 45}, 1, "low"),
            ({"age": 46}, 0, "low"),
        ],
    )
    def test_ort_oud(self, sheet, total, band):
        blank = dict.fromkeys(
            (
                "family_alcohol",
                "family_illegal",
                "family_prescription",
                "personal_alcohol",
                "personal_illegal",
                "personal_prescription",
                "psychological",
                "depression",
            ),
            0,
        )

        assert codes(score("ORT-OUD", blank | sheet)) == ("complete", total, band)

    def test_ort_oud_is_not_for_someone_with_oud(self):
        assert score("ort", [1] * 9).total == 9
        assert "already has OUD" in flags(score("ort", [1] * 9, {"has_oud": True}))


SOCIAL = (
    "housing",
    "housing_problems",
    "food_worry",
    "food_lasted",
    "transport",
    "utilities",
)
HITS = ("hurt", "insulted", "threatened", "screamed_at")


def social(hits=(1, 1, 1, 1), **needs):
    return dict.fromkeys(SOCIAL, 0) | dict(zip(HITS, hits, strict=True)) | needs


class TestSocialNeeds:
    @pytest.mark.parametrize(
        ("hits", "total", "need"),
        [
            ((1, 1, 1, 1), 4, 0),
            ((3, 3, 3, 2), 11, 1),
            ((3, 3, 2, 2), 10, 0),
            ((5, 5, None, None), None, 1),
            ((1, 1, 1, None), None, 0),
            ((4, 4, None, None), None, None),
            ((None, None, None, None), None, None),
        ],
    )
    def test_safety(self, hits, total, need):
        result = score("AHC-HRSN", social(hits))

        assert result.subscales["hits"] == total
        assert result.subscales["safety"] == need

    @pytest.mark.parametrize(
        ("needs", "domain"),
        [
            ({"housing": 1}, "housing"),
            ({"housing": 2}, "housing"),
            ({"housing_problems": "yes"}, "housing"),
            ({"food_worry": "Sometimes true"}, "food"),
            ({"food_lasted": 2}, "food"),
            ({"transport": True}, "transport"),
            ({"utilities": "Already shut off"}, "utilities"),
            ({"utilities": 1}, "utilities"),
        ],
    )
    def test_each_domain(self, needs, domain):
        result = score("hrsn", social(**needs))

        assert result.total == 1
        assert f"need: {domain}" in result.flags

    def test_no_need_counts_zero(self):
        assert codes(score("hrsn", social())) == ("complete", 0, None)

    def test_one_yes_decides_a_domain_and_a_gap_does_not(self):
        known = score("hrsn", social(food_worry=1, food_lasted=None))
        gap = score("hrsn", social(food_worry=0, food_lasted=None))

        assert known.subscales["food"] == 1
        assert gap.subscales["food"] is None
        assert codes(gap) == ("incomplete", None, None)

    def test_transport_speaks_to_daily_dosing(self):
        assert "daily dosing" in flags(score("hrsn", social(transport=1)))
