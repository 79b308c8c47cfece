"""Results as laboratories write them: signs, flags, names, units, ranges, days."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.observations.bounds import side_of, taken_as
from assessments.observations.file_days import DaysNotSettled
from assessments.observations.kinds import BY_CODE, MEASURES
from assessments.observations.lab_file import DRUG_TEST, read_file
from assessments.observations.limits import LimitsText, limits_in
from assessments.observations.names import measure_named
from assessments.observations.numbers import NotAResult, with_sign
from assessments.observations.reading import Sent, read_result, read_results

ZONE = ZoneInfo("America/New_York")
AT = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
# The name as printed, the result as printed; what it is, and as what it is kept.
SPELLINGS = """
eGFR                                | >60                       | egfr            | > 60
EGFR (CKD-EPI 2021)                 | > 60                      | egfr            | > 60
GFR, Estimated                      | ≥60                       | egfr            | ≥ 60
eGFR If NonAfricn Am                | > OR = 60 mL/min/1.73m2   | egfr            | ≥ 60
eGFR                                | >60 mL/min/1.73 m2        | egfr            | > 60
eGFR                                | greater than 90           | egfr            | > 90
eGFR                                | 58 L                      | egfr            | 58 L
Bilirubin, Total                    | <0.2                      | bilirubin       | < 0.2
BILIRUBIN, TOTAL                    | < 0.2 mg/dL               | bilirubin       | < 0.2
Total Bilirubin                     | less than 0.2             | bilirubin       | < 0.2
Bilirubin                           | 17.1 µmol/L               | bilirubin       | 1
ALT                                 | <5                        | alt             | < 5
ALT (SGPT)                          | <=5                       | alt             | ≤ 5
SGPT                                | </=5 U/L                  | alt             | ≤ 5
ALT                                 | 45                        | alt             | 45
ALT                                 | 45 U/L                    | alt             | 45
ALT                                 | 45 IU/L                   | alt             | 45
Alanine Aminotransferase (ALT)      | 145 H                     | alt             | 145 H
ALT SerPl-cCnc                      | 145H                      | alt             | 145 H
sgpt                                | *145                      | alt             | 145 *
AST (SGOT)                          | 45 (H)                    | ast             | 45 H
AST                                 | 145 HIGH                  | ast             | 145 H
Creatinine, Serum                   | 1.02                      | creatinine      | 1.02
CREATININE                          | 1.200                     | creatinine      | 1.2
Creatinine (Cr)                     | 88 umol/L                 | creatinine      | 1
Creatinine, Blood                   | 0.7 mg/dl L               | creatinine      | 0.7 L
Creatinine Clearance                | 84 mL/min                 | crcl            | 84
Potassium, Serum                    | 4.5                       | potassium       | 4.5
POTASSIUM                           | 5.6 H                     | potassium       | 5.6 H
Potassium Lvl                       | H 5.6                     | potassium       | 5.6 H
Potassium (Serum)                   | 6.8 HH                    | potassium       | 6.8 HH
K+                                  | 2.8 LL                    | potassium       | 2.8 LL
K                                   | 2.8 C                     | potassium       | 2.8 C
Potassium, Plasma                   | 4.5 mEq/L                 | potassium       | 4.5
Potassium                           | 3.1 mmol/L Low            | potassium       | 3.1 L
Magnesium, Ser                      | 1.9 mg/dL                 | magnesium       | 1.9
Mg                                  | 0.8 mmol/L                | magnesium       | 1.9
Platelets                           | 250                       | platelets       | 250
PLATELET COUNT                      | 250 x10E3/uL              | platelets       | 250
Plt                                 | 250 10^3/uL               | platelets       | 250
PLT                                 | 250 K/uL                  | platelets       | 250
Platelets                           | 250 Thousand/uL           | platelets       | 250
Platelets                           | 250 thou/mm3              | platelets       | 250
Platelets                           | 250 10*9/L                | platelets       | 250
Platelets                           | 250 x 10³/µL              | platelets       | 250
Platelets                           | 250,000 /uL               | platelets       | 250
Platelets                           | 41 L*                     | platelets       | 41 L
Hemoglobin                          | 14.2 g/dL                 | hemoglobin      | 14.2
Hgb                                 | 140 g/L                   | hemoglobin      | 14
HEMOGLOBIN                          | 14.200                    | hemoglobin      | 14.2
Hemoglobin A1c                      | 5.6 %                     | hba1c           | 5.6
Hgb A1c                             | >14.0 % H                 | hba1c           | > 14 H
INR                                 | 1.1                       | inr             | 1.1
PT/INR                              | >9.9                      | inr             | asked
Albumin, Serum                      | 4.1 g/dL                  | albumin         | 4.1
QTc Interval                        | 512 ms                    | qtc             | 512
QTcF                                | 0.44 s                    | qtc             | 440
QTc                                 | >500 msec                 | qtc             | > 500
Temperature                         | 98.6 F                    | temperature     | 37
Temp                                | 37.2 C                    | temperature     | 37.2
Weight                              | 180 lb                    | weight          | 81.6
Height                              | 170                       | height          | 170
Height                              | 5'4"                      | height          | 162.6
Height                              | 5' 11                     | height          | 180.3
Height                              | 5 ft 4 in                 | height          | 162.6
Height                              | 6 feet                    | height          | 182.9
RPR                                 | Reactive 1:8              | syphilis_test   | positive
RPR w/reflex to titer               | Reactive (1:64)           | syphilis_test   | positive
RPR                                 | Nonreactive               | syphilis_test   | negative
HIV Ag/Ab, 4th Gen                  | Non Reactive              | hiv_test        | negative
HIV 1/2 Ag/Ab, 4th gen w/reflex     | NON-REACTIVE              | hiv_test        | negative
HIV Screen 4th Generation wRfx      | Nonreactive               | hiv_test        | negative
HIV                                 | REACTIVE A                | hiv_test        | positive A
Hep C Ab                            | NEG                       | hcv_antibody    | negative
HCV Ab w/Rflx to HCV RNA            | Positive (A)              | hcv_antibody    | positive A
Hepatitis C Antibody                | DETECTED A                | hcv_antibody    | positive A
HCV RNA                             | Not Detected              | hcv_rna         | negative
HCV RNA, QN                         | <15 NOT DETECTED          | hcv_rna         | < 15 negative
hcv_rna                             | <15                       | hcv_rna         | < 15
HCV RNA, PCR, Quant                 | <15 IU/mL Detected        | hcv_rna         | < 15 positive
HCV Viral Load                      | 1,250,000 IU/mL H         | hcv_rna         | 1250000 positive H
HCV RNA (PCR), Quantitative         | Target Not Detected       | hcv_rna         | negative
HCV RNA                             | No HCV RNA detected       | hcv_rna         | negative
Hepatitis B Surface Antigen (HBsAg) | None Detected             | hbsag           | negative
HBsAg Screen                        | Neg                       | hbsag           | negative
RPR                                 | Non-Reactive              | syphilis_test   | negative
T. pallidum Antibodies              | Reactive Abnormal         | syphilis_test   | positive A
QuantiFERON-TB Gold Plus            | POSITIVE A                | tb_test         | positive A
hCG, Qual, Urine                    | NEGATIVE                  | pregnancy_test  | negative
Pregnancy Test, Urine               | Pos                       | pregnancy_test  | positive
hCG,Beta Subunit,Qnt,Serum          | <1 mIU/mL                 | pregnancy_test  | < 1 negative
hCG, Total, Quant                   | <5                        | pregnancy_test  | < 5 negative
Beta hCG, Quant                     | 1,200 mIU/mL              | pregnancy_test  | 1200 positive
hCG, Quant                          | 12 IU/L                   | pregnancy_test  | 12
ALT                                 | 1.200                     | alt             | asked
ALT                                 | 80,5                      | alt             | asked
ALT                                 | 1.200,5                   | alt             | asked
ALT                                 | 1 200                     | alt             | asked
ALT                                 | 60-90                     | alt             | asked
ALT                                 | >                         | alt             | asked
ALT                                 | see note                  | alt             | asked
ALT                                 | 40 mg/dL                  | alt             | asked
Weight                              | 180                       | weight          | asked
Magnesium                           | 1.9                       | magnesium       | asked
Creatinine                          | 88                        | creatinine      | asked
Hep C Ab                            | Equivocal                 | hcv_antibody    | indeterminate
HIV Ag/Ab, 4th Gen                  | Indeterminate (A)         | hiv_test        | indeterminate A
QuantiFERON-TB Gold Plus            | INDETERMINATE             | tb_test         | indeterminate
HCV Ab                              | >11.0 s/co Reactive       | hcv_antibody    | > 11 positive
HCV Ab                              | >11.0 S/CO, REACTIVE      | hcv_antibody    | > 11 positive
HCV Ab                              | 0.1 s/co ratio Nonreactive | hcv_antibody   | 0.1 negative
HCV Ab                              | Reactive (>11.0 s/co)     | hcv_antibody    | positive
HCV Ab                              | >11.0 s/co                | hcv_antibody    | asked
HCV Ab                              | 0.1                       | hcv_antibody    | asked
HCV RNA, PCR, Quant                 | 5.2 log IU/mL             | hcv_rna         | 158489.3 positive
HCV RNA, PCR, Quant                 | 6.180 Log10 IU/mL H       | hcv_rna         | 1513561.2 positive H
HCV RNA, PCR, Quant                 | <1.18 log IU/mL           | hcv_rna         | < 15.1
HCV RNA, PCR, Quant                 | <1.18 log IU/mL Detected  | hcv_rna         | < 15.1 positive
HCV RNA, PCR, Quant                 | 0 log IU/mL               | hcv_rna         | 0
HCV RNA, PCR, Quant                 | 158489 log IU/mL          | hcv_rna         | asked
Hep B Core Ab, Total                | Non-Reactive              | hbcab           | negative
Hepatitis B Core Total Antibody     | POSITIVE A                | hbcab           | positive A
HCV Ab                              | QNS                       | hcv_antibody    | asked
ALT                                 | TNP                       | alt             | asked
HIV                                 | 0.4                       | hiv_test        | asked
"""


def _rows():
    for row in SPELLINGS.strip().splitlines():
        name, text, code, kept = (cell.strip() for cell in row.split("|"))
        yield pytest.param(name, text, code, kept, id=f"{name} {text}")


def _words(found):
    number = "" if found.value is None else f"{found.value.normalize():f}"
    parts = (with_sign(found.comparator, number) if number else "", found.text)
    return " ".join(part for part in (*parts, found.flag) if part)


class TestSpellings:
    @pytest.mark.parametrize(("name", "text", "code", "kept"), list(_rows()))
    def test_is_read_as_it_is_meant(self, name, text, code, kept):
        measure = measure_named(name)
        assert measure.code == code
        try:
            found = _words(read_result(measure, Sent(text)))
        except NotAResult:
            found = "asked"
        assert found == kept

    def test_a_unit_may_stand_beside_the_number_or_in_its_own_place(self):
        beside = read_result(BY_CODE["creatinine"], Sent("<88 umol/L"))
        apart = read_result(BY_CODE["creatinine"], Sent("<88", "umol/L"))

        assert beside == apart
        assert beside.entered == "< 88 µmol/L"

    def test_feet_and_inches_of_a_telephone_are_read(self):
        read = read_result(BY_CODE["height"], Sent("5\u2019 11\u201d", shown_unit="cm"))

        assert read.value == Decimal("180.3")
        assert read.entered == "71 in"

    def test_more_inches_than_a_foot_has_are_refused(self):
        with pytest.raises(NotAResult):
            read_result(BY_CODE["height"], Sent("5'14\""))

    def test_two_units_of_one_result_are_refused(self):
        with pytest.raises(NotAResult, match="Two units") as refusal:
            read_result(BY_CODE["creatinine"], Sent("88 umol/L", "mg/dL"))
        assert refusal.value.field == "unit"

    @pytest.mark.parametrize(
        ("code", "value"), [("weight", "180"), ("magnesium", "1.9")]
    )
    def test_without_a_unit_it_is_asked_where_two_can_be(self, code, value):
        with pytest.raises(NotAResult, match="In which unit") as refusal:
            read_result(BY_CODE[code], Sent(value, is_sure=True))
        assert refusal.value.field == "unit"

    def test_the_unit_beside_a_field_is_the_one_that_is_meant(self):
        assert read_result(BY_CODE["weight"], Sent("180", shown_unit="kg")).value == 180

    @pytest.mark.parametrize("name", ["BP", "Blood Pressure", "SBP"])
    @pytest.mark.parametrize(
        "text", ["120/80", "120 / 80", "120/80 mmHg", "16/10.7 kPa"]
    )
    def test_blood_pressure_is_two_results(self, name, text):
        both = read_results(measure_named(name), Sent(text, low_limit="90"))

        assert [(one.code, one.value) for one in both] == [("sbp", 120), ("dbp", 80)]
        assert {one.low_limit for one in both} == {None}

    @pytest.mark.parametrize("text", ["TNP", "QNS.", "Test not performed", "CANCELED"])
    @pytest.mark.parametrize("code", ["alt", "hcv_antibody", "hcv_rna", "sbp"])
    def test_where_nothing_was_measured_it_is_said_so(self, code, text):
        with pytest.raises(NotAResult, match=f"Nothing was measured.*{text}"):
            read_result(BY_CODE[code], Sent(text))

    def test_a_logarithm_is_kept_as_it_was_sent(self):
        found = read_result(BY_CODE["hcv_rna"], Sent("5.2", "Log IU/mL"))

        assert (found.text, found.entered) == ("positive", "5.2 log IU/mL")

    def test_where_one_is_asked_two_are_refused(self):
        with pytest.raises(NotAResult, match="one of the two") as refusal:
            read_result(BY_CODE["sbp"], Sent("120/80"))
        assert refusal.value.offer == "120"

    @pytest.mark.parametrize(
        ("text", "unit", "offer"),
        [("1.200", "", "1.2"), ("80,5", "", "80.5"), ("1.250.000", "", "1250000")],
    )
    def test_what_a_point_or_a_comma_may_have_meant_is_offered(self, text, unit, offer):
        with pytest.raises(NotAResult) as refusal:
            read_result(BY_CODE["alt"], Sent(text, unit))
        assert refusal.value.offer == offer

    def test_a_point_that_parts_thousands_is_offered_where_it_is_likelier(self):
        with pytest.raises(NotAResult) as refusal:
            read_result(BY_CODE["platelets"], Sent("250.000", "/uL"))
        assert refusal.value.offer == "250"

    def test_what_is_told_as_a_number_and_cannot_be_told_is_left_open(self):
        assert read_result(BY_CODE["pregnancy_test"], Sent(">3")).text == ""
        assert read_result(BY_CODE["pregnancy_test"], Sent("<30")).text == ""

    @given(st.text(max_size=40))
    def test_any_text_is_read_or_refused(self, text):
        for code in ("potassium", "hcv_rna", "sbp", "hiv_test"):
            try:
                read_results(BY_CODE[code], Sent(text, range=text, flag=text))
            except NotAResult:
                continue


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("Creatinine, Urine", "CREATININE, RANDOM URINE", "Potassium, 24 Hr Ur"),
            *("Albumin (urine)", "Bilirubin, Direct", "Bilirubin (direct)"),
            *("Magnesium, RBC", "Albumin/Globulin Ratio", "Mean Platelet Volume"),
            *("Hemoglobin (fetal)", "Glucose (K)", "Microalbumin", "Serum", ""),
        ],
    )
    def test_another_test_is_not_taken_for_one_with_a_like_name(self, name):
        assert measure_named(name) is None

    def test_every_name_leads_to_its_own_kind(self):
        for measure in MEASURES:
            assert {measure_named(name) for name in measure.names} == {measure}


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("0-40", "0", "40"),
            ("0 - 1,000", "0", "1,000"),
            ("0.0-1.2", "0.0", "1.2"),
            ("7 to 56", "7", "56"),
            ("7\N{EN DASH}56", "7", "56"),
            ("(7-56)", "7", "56"),
            ("Adult: 7-56", "7", "56"),
            ("3.5-5.1 mmol/L", "3.5 mmol/L", "5.1 mmol/L"),
            ("7 U/L - 56 U/L", "7 U/L", "56 U/L"),
            ("<150", "", "150"),
            ("< OR = 34", "", "34"),
            ("less than 50", "", "50"),
            (">=60", "60", ""),
            ("> OR = 60", "60", ""),
            *((words, "", "") for words in ("Negative", "Not Estab.", "-", "")),
        ],
    )
    def test_are_read_from_a_range(self, text, low, high):
        assert limits_in(text) == LimitsText(low, high)

    @pytest.mark.parametrize("text", ["150", "M: 7-56; F: 5-40", "7-56, 40"])
    def test_a_range_of_another_kind_is_refused(self, text):
        with pytest.raises(NotAResult, match="range is not read") as refusal:
            read_result(BY_CODE["alt"], Sent("40", range=text))
        assert refusal.value.field != "value"

    def test_go_through_the_same_reader(self):
        found = read_result(BY_CODE["alt"], Sent("45", range="0 - 1,000"))
        assert (found.low_limit, found.high_limit) == (0, 1000)

        found = read_result(
            BY_CODE["creatinine"], Sent("88 umol/L", range="0.6-1.2 mg/dL")
        )
        assert (found.low_limit, found.high_limit) == (Decimal("0.6"), Decimal("1.2"))

    @pytest.mark.parametrize(
        ("high", "says"),
        [
            ("1.000", "Is this 1 or 1000"),
            ("40,5", "point before decimals"),
            ("1.2", "unusual limit"),
            ("9000", "unusual limit"),
            ("high", "not read"),
            ("40 mg/dL", "read in U/L"),
            ("40 days", "read in U/L"),
        ],
    )
    def test_are_looked_at_as_results_are(self, high, says):
        with pytest.raises(NotAResult, match=says) as refusal:
            read_result(BY_CODE["alt"], Sent("45", low_limit="0", high_limit=high))
        assert refusal.value.field == "high_limit"

    def test_an_unusual_one_is_kept_where_somebody_checked(self):
        sent = Sent("45", high_limit="1.2", is_sure=True)
        assert read_result(BY_CODE["alt"], sent).high_limit == Decimal("1.2")

    def test_of_what_has_no_usual_range_any_is_kept(self):
        found = read_result(BY_CODE["hcv_rna"], Sent("<15", range="<15 IU/mL"))
        assert found.high_limit == 15

    def test_what_stands_for_none_is_none(self):
        found = read_result(
            BY_CODE["alt"], Sent("45", low_limit="N/A", high_limit="56")
        )
        assert (found.low_limit, found.high_limit) == (None, 56)


class TestBounds:
    @pytest.mark.parametrize(
        ("value", "sign", "flag", "side"),
        [
            ("3.4", "", "", "low"),
            ("3.5", "", "", ""),
            ("3.5", "<", "", "low"),
            ("3.5", "<=", "", ""),
            ("3.4", ">", "", ""),
            ("5.2", "", "", "high"),
            ("5.1", ">", "", "high"),
            ("5.2", "<", "", ""),
            ("4", "", "H", "high"),
            ("4", "", "LL", "low"),
            ("4", "", "A", ""),
        ],
    )
    def test_a_sign_counts_against_a_limit(self, value, sign, flag, side):
        limits = (Decimal("3.5"), Decimal("5.1"))
        assert side_of(Decimal(value), sign, limits, flag) == side

    @pytest.mark.parametrize(
        ("code", "value", "sign", "taken"),
        [
            ("egfr", "60", ">", "60"),
            ("alt", "5", "<", "5"),
            ("bilirubin", "0.2", "<", "0.2"),
            ("platelets", "50", "<", "49.9"),
            ("crcl", "30", "<", "29.9"),
            ("crcl", "30", "<=", "30"),
            ("qtc", "450", ">", "451"),
            ("qtc", "500", ">=", "500"),
            ("qtc", "500", "", "500"),
        ],
    )
    def test_a_rule_takes_the_bound_or_what_is_just_past_it(
        self, code, value, sign, taken
    ):
        assert taken_as(BY_CODE[code], Decimal(value), sign) == Decimal(taken)


def lines(*days, order="", head="test,value,measured", at=AT):
    rows = [f'ALT,4{n},"{day}"' for n, day in enumerate(days)]
    content = "\n".join([head, *rows]).encode()
    return read_file(content, zone=ZONE, at=at, day_order=order)


def day_of(text, **how):
    (line,) = lines(text, **how)
    return line.when.isoformat(timespec="minutes")[:16] if line.when else line.problem


class TestDays:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("2026-11-20", "2026-11-20T12:00"),
            ("2026/11/20", "2026-11-20T12:00"),
            ("20261120", "2026-11-20T12:00"),
            ("202611200830", "2026-11-20T08:30"),
            ("11/20/2026", "2026-11-20T12:00"),
            ("11/20/26", "2026-11-20T12:00"),
            ("11/20/98", "1998-11-20T12:00"),
            ("11-20-2026 8:30", "2026-11-20T08:30"),
            ("11/20/2026 8:30 PM", "2026-11-20T20:30"),
            ("20.11.2026", "2026-11-20T12:00"),
            ("20/11/2026 08:30:00", "2026-11-20T08:30"),
            ("20-Nov-2026", "2026-11-20T12:00"),
            ("Nov 20, 2026", "2026-11-20T12:00"),
            ("5/5/2026", "2026-05-05T12:00"),
        ],
    )
    def test_are_read(self, text, read):
        assert day_of(text) == read

    @pytest.mark.parametrize(
        "text",
        [
            "soon",
            "2026-13-01",
            "20261320",
            "13/32/2026",
            "11/20/2026 25:00",
            "99/99/99",
        ],
    )
    def test_what_is_no_day_is_refused_beside_its_line(self, text):
        assert "Write the day" in day_of(text)

    def test_one_day_above_twelve_settles_all_of_the_file(self):
        assert [line.day for line in lines("03/04/2026", "25/04/2026")] == [
            "2026-04-03",
            "2026-04-25",
        ]
        assert [line.day for line in lines("03/04/2026", "04/25/2026")] == [
            "2026-03-04",
            "2026-04-25",
        ]

    def test_where_none_shows_it_the_whole_file_is_refused_with_the_question(self):
        with pytest.raises(DaysNotSettled, match="Line 3 says 03/04/2026") as refusal:
            lines("5/5/2026", "03/04/2026")
        assert refusal.value.field == "day_order"

    @pytest.mark.parametrize(
        ("order", "day"), [("month", "2026-03-04"), ("day", "2026-04-03")]
    )
    def test_what_was_chosen_settles_it(self, order, day):
        assert lines("03/04/2026", order=order)[0].day == day

    def test_days_written_both_ways_are_refused(self):
        with pytest.raises(DaysNotSettled, match="Line 2 says 25/04/2026, line 3"):
            lines("25/04/2026", "04/25/2026")

    def test_a_choice_that_the_file_contradicts_is_refused(self):
        with pytest.raises(DaysNotSettled, match="cannot have the day first"):
            lines("04/25/2026", order="day")
        assert lines("04/25/2026", order="month")[0].day == "2026-04-25"


class TestFile:
    def test_blood_pressure_is_two_lines(self):
        head = b"test,value,unit,measured\n"
        found = read_file(head + b"BP,120/80,mmHg,2026-11-20", zone=ZONE, at=AT)

        assert [(line.code, line.kept_as) for line in found] == [
            ("sbp", "120 mmHg"),
            ("dbp", "80 mmHg"),
        ]
        assert {line.number for line in found} == {2}
        assert found[1].test == "BP, diastolic blood pressure"

    def test_a_name_of_both_wants_both(self):
        found = read_file(b"test,value,measured\nBP,120,2026-11-20", zone=ZONE, at=AT)
        assert "120/80" in found[0].problem

    def test_a_drug_test_is_sent_where_it_belongs(self):
        content = b'test,value,measured\n"Fentanyl, Ur",POS,2026-11-20'
        assert read_file(content, zone=ZONE, at=AT)[0].problem == DRUG_TEST

    def test_a_flag_may_have_its_own_column(self):
        content = b"test,value,flag,measured\nALT,145,High,2026-11-20"
        (line,) = read_file(content, zone=ZONE, at=AT)
        assert (line.flag, line.kept_as) == ("H", "145 U/L, H")
