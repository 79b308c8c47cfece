"""Measured results: units, limits, slips; files of them, line by line."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessments.actions.results import (
    FileClosed,
    keep_results,
    put_aside,
    read_results,
)
from assessments.models import Observation, ResultsFile
from assessments.observations.kinds import BY_CODE, MEASURES
from assessments.observations.lab_file import (
    MOST_BYTES,
    MOST_LINES,
    FileRefused,
    LabLine,
    line_from,
    read_file,
)
from assessments.observations.names import measure_named
from assessments.observations.numbers import NotAResult, plain
from assessments.observations.reading import Sent, read_result
from assessments.observations.units import UNITS, convert, unit_named
from patients.actions.registry import change_status
from tests.factories import PatientFactory
from tests.factories.consents import released

ZONE = ZoneInfo("America/New_York")
AT = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)


def result(code, value, unit="", **more):
    return read_result(BY_CODE[code], Sent(value, unit, **more))


class TestUnits:
    @pytest.mark.parametrize(
        ("code", "value", "unit", "kept"),
        [
            ("creatinine", "88.4", "umol/L", "1.00"),
            ("creatinine", "88.4", "µmol/L", "1.00"),
            ("bilirubin", "17.1", "umol/L", "1.0"),
            ("magnesium", "0.8", "mmol/L", "1.9"),
            ("potassium", "4.1", "mEq/L", "4.1"),
            ("albumin", "40", "g/L", "4.0"),
            ("hemoglobin", "140", "g/L", "14.0"),
            ("temperature", "98.6", "F", "37.0"),
            ("temperature", "98.6", "[degF]", "37.0"),
            ("weight", "180", "lbs", "81.6"),
            ("height", "5.9e1", "inches", "149.9"),
            ("height", "1.70", "m", "170.0"),
            ("qtc", "0.44", "s", "440"),
            ("sbp", "16", "kPa", "120"),
            ("alt", "40", "IU/L", "40"),
            ("platelets", "250", "10^3/uL", "250"),
        ],
    )
    def test_become_the_unit_of_the_kind(self, code, value, unit, kept):
        assert result(code, value, unit).value == Decimal(kept)

    def test_what_was_typed_is_kept_beside_it(self):
        assert result("creatinine", "88.4", "umol/L").entered == "88.4 µmol/L"
        assert result("creatinine", "1.0", "mg/dl").entered == ""

    def test_limits_are_converted_with_the_value(self):
        found = result("creatinine", "133", "umol/L", low_limit="62", high_limit="106")
        assert (found.low_limit, found.high_limit) == (Decimal("0.70"), Decimal("1.20"))

    @pytest.mark.parametrize("unit", ["mg/mL", "furlong", "mmol/L", "1e99", "mg dL x"])
    def test_a_unit_of_another_kind_is_refused_with_the_right_ones(self, unit):
        with pytest.raises(NotAResult, match="mg/dL or µmol/L"):
            result("creatinine", "1", unit)

    def test_a_measurement_without_a_unit_says_so(self):
        with pytest.raises(NotAResult, match="no unit"):
            result("inr", "1.1", "mg/dL")

    @pytest.mark.parametrize(
        "measure", [m for m in MEASURES if m.units and m.usual], ids=lambda m: m.code
    )
    @given(share=st.floats(0.01, 0.99))
    def test_there_and_back_is_the_same(self, measure, share):
        low, high = measure.usual
        value = low + (high - low) * Decimal(str(round(share, 4)))
        for unit in measure.units:
            mass = measure.molar_mass
            away = convert(value, measure.unit, unit, molar_mass=mass)
            back = convert(away, unit, measure.unit, molar_mass=mass)
            assert abs(back - value) <= abs(value) / 1000 + Decimal("0.001")

    def test_every_unit_of_every_measure_is_known(self):
        named = {u for m in MEASURES for u in (*m.units, m.unit if m.units else "")}
        assert named - {""} <= set(UNITS)

    def test_spellings_lead_to_units(self):
        assert unit_named("μmol / l") == "µmol/L"
        assert unit_named("parsec") is None


class TestLimits:
    @pytest.mark.parametrize(
        ("code", "value"),
        [
            ("qtc", "900"),
            ("qtc", "100"),
            ("weight", "1"),
            ("temperature", "50"),
            ("spo2", "101"),
            ("alt", "-1"),
        ],
    )
    def test_what_cannot_be_is_refused_even_when_sure(self, code, value):
        with pytest.raises(NotAResult) as refusal:
            result(code, value, is_sure=True)
        assert not refusal.value.may_keep

    @pytest.mark.parametrize(
        ("code", "value", "offer"),
        [
            ("qtc", "0.44", "440 ms"),
            ("creatinine", "88", "1 mg/dL"),
            ("weight", "9", "90 kg"),
            ("temperature", "98.6", "37 °C"),
            ("height", "1.7", "170 cm"),
            ("potassium", "41", "4.1 mmol/L"),
            ("hemoglobin", "140", "14 g/dL"),
        ],
    )
    def test_a_likely_slip_is_offered_back(self, code, value, offer):
        with pytest.raises(NotAResult) as refusal:
            result(code, value)
        assert refusal.value.offer == offer
        assert offer in str(refusal.value)

    def test_an_unlikely_value_is_asked_about_and_kept_when_sure(self):
        with pytest.raises(NotAResult, match="unusual") as refusal:
            result("alt", "4200")
        assert refusal.value.may_keep
        assert result("alt", "4200", is_sure=True).value == 4200

    def test_without_a_slip_in_sight_nothing_is_offered(self):
        with pytest.raises(NotAResult) as refusal:
            result("alt", "0.000001")
        assert refusal.value.offer == ""

    def test_zero_has_no_slip(self):
        with pytest.raises(NotAResult) as refusal:
            result("weight", "0")
        assert refusal.value.offer == ""

    @pytest.mark.parametrize(
        "value", ["", "x", "nan", "inf", "1e999", "9" * 60, "1,2,3", "0x10"]
    )
    def test_what_is_no_number_is_refused(self, value):
        with pytest.raises(NotAResult):
            result("alt", value)

    @pytest.mark.parametrize(
        ("value", "offer"), [("4,1", "4.1"), ("0,875", "0.875"), ("1.200,5", "1200.5")]
    )
    def test_a_comma_before_decimals_is_asked_about(self, value, offer):
        with pytest.raises(NotAResult, match="point before decimals") as refusal:
            result("alt", value)
        assert refusal.value.offer == offer

    def test_more_decimals_than_are_kept_are_rounded(self):
        assert result("creatinine", "1.23456").value == Decimal("1.235")

    def test_whole_things_are_whole(self):
        with pytest.raises(NotAResult, match="whole"):
            result("qtc", "440.5")

    def test_limits_in_the_wrong_order_are_refused(self):
        with pytest.raises(NotAResult, match="below"):
            result("alt", "40", low_limit="56", high_limit="7")

    @pytest.mark.parametrize(
        ("text", "word"),
        [("POS", "positive"), ("not  detected", "negative"), ("negative", "negative")],
    )
    def test_tests_are_words(self, text, word):
        assert result("hcv_antibody", text).text == word

    def test_other_words_are_refused(self):
        with pytest.raises(NotAResult, match="negative or positive"):
            result("hiv_test", "maybe")

    def test_plain_numbers(self):
        assert [plain(Decimal(t)) for t in ("10.00", "0", "1E+2")] == ["10", "0", "100"]
        assert plain(None) == "?"

    @pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.code)
    def test_usual_lies_within_the_possible(self, measure):
        if measure.usual and measure.low is not None and measure.high is not None:
            assert measure.low <= measure.usual[0] < measure.usual[1] <= measure.high

    def test_names_lead_to_one_measure(self):
        assert measure_named("SGPT").code == "alt"
        assert measure_named("1742-6").code == "alt"
        assert measure_named("Bilirubin, total").code == "bilirubin"
        assert measure_named("zinc") is None


def lines(text, **more):
    content = text.encode() if isinstance(text, str) else text
    return read_file(content, zone=ZONE, at=more.get("at", AT))


HEAD = "mrn,test,value,unit,measured,range,source,sure\n"


class TestFile:
    def test_reads_each_line_where_it_stands(self):
        found = lines(
            HEAD
            + "T-1,ALT,40,U/L,2026-11-20,7-56,Quest,\n\n"
            + 'T-2,"Bilirubin, total",17.1,umol/L,11/20/2026 08:30,,,\n'
        )
        assert [line.number for line in found] == [2, 4]
        first, second = found
        assert (first.code, first.value, first.low_limit, first.high_limit) == (
            "alt",
            "40",
            "7",
            "56",
        )
        assert first.effective_at == "2026-11-20T12:00:00-05:00"
        assert second.effective_at == "2026-11-20T08:30:00-05:00"
        assert (second.value, second.entered) == ("1.0", "17.1 µmol/L")
        assert all(line.is_good for line in found)

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_cells_may_stand_apart_by_other_signs(self, separator):
        text = "test,value,measured\nALT,40,2026-11-20\n".replace(",", separator)
        assert lines(text)[0].is_good

    def test_a_mark_at_the_beginning_is_no_part_of_the_head(self):
        assert lines("\ufefftest,value,measured\nALT,40,2026-11-20\n".encode())[
            0
        ].is_good

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("T-1,zinc,40,,2026-11-20,,,", "not kept here"),
            ("T-1,ALT,x,,2026-11-20,,,", "number"),
            ("T-1,ALT,40,mg/dL,2026-11-20,,,", "U/L"),
            ("T-1,ALT,40,,20th,,,", "Write the day"),
            ("T-1,ALT,40,,2026-13-01,,,", "Write the day"),
            ("T-1,ALT,40,,2026-11-23,,,", "still to come"),
            ("T-1,ALT,40,,01/22/1776,,,", "Check the year"),
            ("T-1,ALT,4000,,2026-11-20,,,", "unusual"),
            ("T-1,ALT,40", "Write the day"),
            ("T-1", "not kept here"),
            ("T-1,ALT,40,,2026-11-20,56-7,,", "below"),
        ],
    )
    def test_a_line_that_cannot_be_says_why(self, line, says):
        (found,) = lines(HEAD + line + "\n")
        assert says in found.problem
        assert not found.is_good
        assert found.number == 2

    def test_an_unusual_value_is_kept_where_somebody_checked(self):
        assert lines(HEAD + "T-1,ALT,4000,,2026-11-20,,,yes\n")[0].is_good

    @pytest.mark.parametrize(
        ("span", "low", "high"),
        [
            ("7-56", "7", "56"),
            ("7 to 56", "7", "56"),
            ("7\N{EN DASH}56", "7", "56"),
            ("<56", None, "56"),
            (">=7", "7", None),
        ],
    )
    def test_ranges(self, span, low, high):
        (line,) = lines(HEAD + f"T-1,ALT,40,,2026-11-20,{span},,\n")
        assert (line.low_limit, line.high_limit) == (low, high)

    def test_columns_of_their_own_for_limits(self):
        (line,) = lines("test,result,date,low,high\nALT,40,2026-11-20,7,56\n")
        assert (line.low_limit, line.high_limit) == ("7", "56")

    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("2026-11-21", "2026-11-21T12:00:00-05:00"),
            ("2026-11-21 08:00", "2026-11-21T08:00:00-05:00"),
            ("2026-11-20T08:00:00+00:00", "2026-11-20T08:00:00+00:00"),
            ("11/20/2026", "2026-11-20T12:00:00-05:00"),
            ("11/20/2026 07:05:09", "2026-11-20T07:05:09-05:00"),
        ],
    )
    def test_days_and_hours(self, text, stored):
        assert lines(HEAD + f"T-1,ALT,40,,{text},,,\n")[0].effective_at == stored

    def test_today_before_noon_stands_for_now(self):
        early = dt.datetime(2026, 11, 21, 13, tzinfo=dt.UTC)
        (line,) = lines(HEAD + "T-1,ALT,40,,2026-11-21,,,\n", at=early)
        assert line.effective_at == "2026-11-21T08:00:00-05:00"

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b" \n \n", "empty"),
            (b"PK\x03\x04\x00\x00", "not a text file"),
            (b"test,value,measured\nALT,\xff,x\n", "Line 2 is not UTF-8"),
            (b"a" * (MOST_BYTES + 1), "larger than 1 MB"),
            (b"name,value\nALT,4\n", "measured"),
            (b"test,value,measured\n", "no lines"),
            (
                b"test,value,measured\n" + b"ALT,4,2026-11-20\n" * (MOST_LINES + 1),
                "Split the file",
            ),
            (b'test,value,measured\n"' + b"x" * 140_000 + b'"\n', "Line 2"),
            (b'"' + b"x" * 140_000 + b'",value\n', "first line"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, content, says):
        with pytest.raises(FileRefused, match=says):
            lines(content)

    def test_lines_say_what_is_kept_and_when(self):
        weighed, tested, odd = lines(
            HEAD
            + "T-1,weight,180,lb,2026-11-20,,,\n"
            + "T-1,HIV test,neg,,2026-11-20,,,\n"
            + "T-1,ALT,x,,2026-11-20,,,\n"
        )
        assert (weighed.kept_as, tested.kept_as) == ("81.6 kg", "negative")
        assert weighed.when.date() == dt.date(2026, 11, 20)
        assert odd.when is None

    def test_lines_are_stored_and_read_back(self):
        (line,) = lines(HEAD + "T-1,ALT,40,,2026-11-20,,,\n")
        assert line_from(line.as_json()) == line

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, content):
        try:
            found = lines(b"test,value,measured\n" + content)
        except FileRefused:
            return
        assert all(isinstance(line, LabLine) for line in found)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def sent(person, *rows, mrn=None):
    return (HEAD + "".join(f"{mrn or person.mrn},{row}\n" for row in rows)).encode()


ALT = "ALT,40,U/L,2026-11-20,7-56,Quest,"


@pytest.mark.django_db
class TestKeep:
    def read(self, clinic, content, by, at, patient=None):
        return read_results(
            clinic=clinic, content=content, patient=patient, by=by, at=at
        )

    def test_nothing_is_kept_before_it_is_looked_at(
        self, clinic, person, clinician, noon
    ):
        found = self.read(clinic, sent(person, ALT), clinician, noon)

        assert not Observation.objects.exists()
        assert list(ResultsFile.objects.waiting()) == [found]
        assert AuditEvent.objects.get(verb="results_file.read").facts == {"lines": 1}

    def test_good_lines_become_measurements_and_others_do_not(
        self, clinic, person, clinician, noon
    ):
        content = sent(person, ALT, "zinc,1,,2026-11-20,,,")
        found = self.read(clinic, content, clinician, noon)
        assert keep_results(found=found, by=clinician, at=noon) == 1

        kept = Observation.objects.get()
        assert (kept.patient, kept.value, kept.high_limit) == (person, 40, 56)
        assert (kept.source, kept.source_key) == ("Quest", f"file:{found.pk}:2:alt")
        assert kept.recorded_by == clinician

    def test_nobody_is_measured_before_they_were_born(
        self, clinic, person, clinician, noon
    ):
        early = ALT.replace("2026-11-20", "1975-05-05")
        for patient in (None, person):
            content = sent(person, early)
            found = self.read(clinic, content, clinician, noon, patient)

            assert "Before this person was born" in found.lines[0]["problem"]
            assert keep_results(found=found, by=clinician, at=noon) == 0
        assert not Observation.objects.exists()

    def test_nobody_is_measured_after_they_died(self, clinic, person, clinician, noon):
        found = self.read(clinic, sent(person, ALT), clinician, noon)
        died_at = noon - dt.timedelta(days=10)
        change_status(
            patient=person, status="deceased", reason="", by=clinician, at=died_at
        )
        again = self.read(clinic, sent(person, ALT), clinician, noon)

        assert "deceased" in again.lines[0]["problem"]
        for file in (found, again):
            assert keep_results(found=file, by=clinician, at=noon) == 0
        found.refresh_from_db()
        assert "deceased" in found.lines[0]["problem"]
        assert not Observation.objects.exists()

    def test_a_mended_file_keeps_only_what_is_new(
        self, clinic, person, clinician, noon
    ):
        good = "eGFR,>60,,2026-11-21,,,"
        pressure = "BP,120/80,,2026-11-21,,,"
        kept = []
        for hours, weight in (
            (3, "weight,180"),
            (2, "weight,180 lb"),
            (1, "weight,180 lb"),
        ):
            at = noon - dt.timedelta(hours=hours)
            content = sent(person, good, pressure, f"{weight},,2026-11-21,,,")
            found = self.read(clinic, content, clinician, at)
            kept.append(keep_results(found=found, by=clinician, at=at))

        assert kept == [3, 1, 0]
        assert Observation.objects.count() == 4

    def test_the_same_number_with_another_sign_is_another_result(
        self, clinic, person, clinician, noon
    ):
        for value in (">60", "60", ">60"):
            content = sent(person, f"eGFR,{value},,2026-11-20,,,")
            found = self.read(clinic, content, clinician, noon)
            keep_results(found=found, by=clinician, at=noon)

        assert Observation.objects.count() == 2

    def test_the_same_file_again_keeps_nothing_twice(
        self, clinic, person, clinician, noon
    ):
        for _ in range(2):
            found = self.read(clinic, sent(person, ALT), clinician, noon)
            keep_results(found=found, by=clinician, at=noon)

        assert Observation.objects.count() == 1
        assert found.lines[0]["is_known"]

    def test_a_file_of_today_without_an_hour_is_the_same_an_hour_later(
        self, clinic, person, clinician, noon
    ):
        early = noon - dt.timedelta(hours=4)
        line = f"{person.mrn},ALT,40,2026-11-21"
        content = f"mrn,test,value,measured\n{line}\n".encode()
        kept = []
        for at in (early, early + dt.timedelta(hours=1), noon):
            found = self.read(clinic, content, clinician, at)
            kept.append(keep_results(found=found, by=clinician, at=at))

        assert kept == [1, 0, 0]
        assert found.lines[0]["is_known"]

    def test_a_line_twice_in_one_file_is_one_result(
        self, clinic, person, clinician, noon
    ):
        found = self.read(clinic, sent(person, ALT, ALT), clinician, noon)

        assert keep_results(found=found, by=clinician, at=noon) == 1

    def test_two_files_read_before_either_is_kept_keep_it_once(
        self, clinic, person, clinician, noon
    ):
        both = [self.read(clinic, sent(person, ALT), clinician, noon) for _ in range(2)]

        assert [keep_results(found=f, by=clinician, at=noon) for f in both] == [1, 0]

    def test_what_was_taken_out_as_an_error_may_come_again(
        self, clinic, person, clinician, noon
    ):
        found = self.read(clinic, sent(person, ALT), clinician, noon)
        keep_results(found=found, by=clinician, at=noon)
        Observation.objects.update(error_reason="Typo", error_at=noon)
        again = self.read(clinic, sent(person, ALT), clinician, noon)

        assert keep_results(found=again, by=clinician, at=noon) == 1

    def test_lines_about_nobody_here_are_left_out(
        self, clinic, other_clinic, person, clinician, noon
    ):
        elsewhere = PatientFactory(clinic=other_clinic, mrn="Z-0001")
        found = self.read(clinic, sent(elsewhere, ALT), clinician, noon)
        empty = self.read(clinic, sent(person, ALT, mrn=" "), clinician, noon)

        assert "Nobody here" in found.lines[0]["problem"]
        assert "does not say whose" in empty.lines[0]["problem"]
        assert keep_results(found=found, by=clinician, at=noon) == 0

    def test_a_file_about_one_person_may_leave_the_number_out(
        self, clinic, person, clinician, noon
    ):
        content = HEAD.encode() + f",{ALT}\n{person.mrn},{ALT}\nX-9,{ALT}\n".encode()
        found = self.read(clinic, content, clinician, noon, patient=person)

        problems = [line["problem"] for line in found.lines]
        assert problems == ["", "", "This line is about somebody else."]
        assert found.lines[1]["is_known"]

    def test_put_aside_keeps_nothing(self, clinic, person, clinician, noon):
        found = self.read(clinic, sent(person, ALT), clinician, noon)
        put_aside(found=found, by=clinician, at=noon)

        assert not Observation.objects.exists()
        with pytest.raises(FileClosed):
            keep_results(found=found, by=clinician, at=noon)

    def test_a_closed_file_is_frozen(self, clinic, person, clinician, noon):
        found = self.read(clinic, sent(person, ALT), clinician, noon)
        put_aside(found=found, by=clinician, at=noon)

        with pytest.raises(DatabaseError), transaction.atomic():
            ResultsFile.objects.filter(pk=found.pk).update(lines=[])

    def test_limits_say_what_lies_beyond(self):
        limits = {"low_limit": Decimal(7), "high_limit": Decimal(56)}
        marks = {
            value: Observation(value=value, **limits).beyond
            for value in (Decimal(6), Decimal(7), Decimal(56), Decimal(57), None)
        }
        assert list(marks.values()) == ["low", "", "", "high", ""]
        assert Observation(value=Decimal(900)).beyond == ""


@pytest.mark.django_db
class TestPages:
    def post(self, client, url, content):
        file = SimpleUploadedFile("results.csv", content, content_type="text/csv")
        return client.post(url, {"file": file})

    def test_from_file_to_record(self, as_clinician, person):
        response = self.post(
            as_clinician,
            reverse("assessments:upload_results"),
            sent(person, ALT, "zinc,1,,2026-11-20,,,"),
        )
        found = ResultsFile.objects.get()
        assert response.url == reverse("assessments:results_file", args=[found.pk])
        page = as_clinician.get(response.url).text
        assert "1 of 2 lines can be kept" in page
        assert "This test is not kept here" in page
        problems = as_clinician.get(response.url + "?show=problems").text
        assert "zinc" in problems
        assert person.mrn in problems
        assert ">ALT<" not in problems

        kept = as_clinician.post(reverse("assessments:keep_results", args=[found.pk]))
        assert kept.status_code == 302
        assert Observation.objects.get().value == 40
        assert "Kept" in as_clinician.get(response.url).text

    def test_put_aside(self, as_clinician, person):
        self.post(
            as_clinician,
            reverse("assessments:upload_results_for", args=[person.pk]),
            sent(person, ALT),
        )
        found = ResultsFile.objects.get()
        url = reverse("assessments:keep_results", args=[found.pk])
        as_clinician.post(url, {"put_aside": "yes"})
        assert "already" in as_clinician.post(url, follow=True).text

        found.refresh_from_db()
        assert found.closed_at
        assert not found.is_kept
        page = as_clinician.get(
            reverse("assessments:upload_results_for", args=[person.pk])
        )
        assert "Put aside" in page.text

    @pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n"])
    def test_a_file_that_cannot_be_read_stays_beside_its_reason(
        self, as_clinician, content
    ):
        response = self.post(
            as_clinician, reverse("assessments:upload_results"), content
        )
        assert response.status_code == 400
        assert not ResultsFile.objects.exists()

    def test_too_large_is_refused_before_it_is_read(self, as_clinician):
        response = self.post(
            as_clinician,
            reverse("assessments:upload_results"),
            b"a" * (MOST_BYTES + 1),
        )
        assert "larger than 1 MB" in response.text

    def test_no_file_is_an_error_at_the_field(self, as_clinician):
        response = as_clinician.post(reverse("assessments:upload_results"), {})
        assert response.status_code == 400

    def observe(self, client, person, **more):
        url = reverse("assessments:add_observation", args=[person.pk])
        return client.post(
            url,
            {
                "code": "creatinine",
                "value": "88.4",
                "unit": "umol/L",
                "effective_at": "2026-11-20T08:00",
                **more,
            },
        )

    def test_a_typed_result_is_converted_and_kept(self, as_clinician, person):
        assert self.observe(as_clinician, person, high_limit="106").status_code == 302

        kept = Observation.objects.get()
        assert (kept.value, kept.unit, kept.entered) == (1, "mg/dL", "88.4 µmol/L")
        assert kept.high_limit == Decimal("1.2")

    def test_a_slip_is_asked_about_and_can_be_confirmed(self, as_clinician, person):
        typed = {"code": "alt", "value": "4200", "unit": ""}
        asked = self.observe(as_clinician, person, **typed)
        assert asked.status_code == 400
        assert 'type="checkbox" name="sure"' in asked.text
        assert not Observation.objects.exists()

        assert self.observe(as_clinician, person, **typed, sure="on").status_code == 302
        assert Observation.objects.get().value == 4200

    def test_the_impossible_is_refused_with_what_was_meant(self, as_clinician, person):
        asked = self.observe(as_clinician, person, code="qtc", value="0.44", unit="ms")
        assert "Did you mean 440 ms?" in asked.text
        assert 'type="hidden" name="sure"' in asked.text

    def test_a_result_with_a_sign_is_kept_and_shown_with_it(self, as_clinician, person):
        typed = {"code": "egfr", "value": ">60 L", "unit": ""}
        assert self.observe(as_clinician, person, **typed).status_code == 302

        kept = Observation.objects.get()
        assert (kept.value, kept.comparator, kept.flag) == (60, ">", "L")
        for url in ("measures", "measured"):
            args = [person.pk] + (["egfr"] if url == "measured" else [])
            page = as_clinician.get(reverse(f"reports:{url}", args=args)).text
            assert "&gt; 60 mL/min/1.73 m2" in page
            assert "low" in page
        given = released(person, "scores", as_clinician.staff, timezone.now())
        args = [person.pk, given.pk]
        file = as_clinician.get(reverse("reports:scores_file", args=args))
        assert "> 60" in file.text

    def test_both_parts_of_a_blood_pressure_are_kept_or_none(
        self, as_clinician, person
    ):
        typed = {"code": "sbp", "value": "120/80", "unit": "mmHg"}
        assert self.observe(as_clinician, person, **typed).status_code == 302
        assert set(Observation.objects.values_list("code", "value")) == {
            ("sbp", 120),
            ("dbp", 80),
        }
        again = {**typed, "value": "130/80"}
        assert self.observe(as_clinician, person, **again).status_code == 400
        assert Observation.objects.count() == 2

    @pytest.mark.parametrize(
        ("typed", "field", "stays"),
        [
            ({"code": "weight", "value": "180", "unit": ""}, "unit", "180"),
            ({"high_limit": "106,5"}, "high_limit", "106,5"),
            ({"value": "80,5"}, "value", "80,5"),
            ({"effective_at": "1975-01-01T08:00"}, "effective_at", "88.4"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
        self, as_clinician, person, typed, field, stays
    ):
        response = self.observe(as_clinician, person, **typed)

        assert response.status_code == 400
        assert list(response.context["form"].errors) == [field]
        assert f'value="{stays}"' in response.text
        assert not Observation.objects.exists()

    @pytest.mark.parametrize("when", ["2031-01-01T08:00", "1776-01-01T08:00", "soon"])
    def test_odd_days_are_refused(self, as_clinician, person, when):
        response = self.observe(as_clinician, person, effective_at=when)
        assert response.status_code == 400
        assert not Observation.objects.exists()
