"""Results that cannot wait: what raises a concern, from wherever it comes, and who owes
an answer to it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts import audit
from aftercare.actions.concerns import duties_of, resolve
from aftercare.models import FollowUp
from assessments.actions.intake import (
    clear_answer,
    complete_intake,
    keep_submission,
    start_intake,
)
from assessments.actions.measures import (
    mark_observation_in_error,
    record_observation,
)
from assessments.actions.results import keep_results, read_results
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Submission
from assessments.models import Concern, Observation
from assessments.observations.kinds import BY_CODE
from assessments.observations.reading import LabResult
from assessments.observations.urgent import urgent_in
from knowledge.conditions import FactValues
from knowledge.urgent_results import urgent_results
from patients.actions import health
from reports.chart.header import header_of
from tests.factories import PatientFactory
from tests.factories.aftercare import called_for, lines_written

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def measured(person, clinician, noon):
    def measure(code, value="", **more):
        word = value in ("positive", "negative")
        said = {"text": value} if word else {"value": Decimal(value)}
        how = {"effective_at": noon, "by": clinician, "at": noon, **said, **more}
        return record_observation(patient=person, code=code, **how)

    return measure


def causes():
    return list(Concern.objects.open().values_list("cause", flat=True))


class TestRaise:
    @pytest.mark.parametrize(
        ("code", "value", "sign", "cause"),
        [
            ("qtc", "499", "", None),
            ("qtc", "500", "", "qtc_long"),
            ("qtc", "500", ">", "qtc_long"),
            ("qtc", "500", "<", None),
            ("potassium", "3.0", "", None),
            ("potassium", "2.9", "", "potassium_low"),
            ("potassium", "3.0", "<", "potassium_low"),
            ("potassium", "2.5", ">", None),
            ("potassium", "6.0", "", None),
            ("potassium", "6.0", ">", "potassium_high"),
            ("potassium", "6.1", "", "potassium_high"),
            ("magnesium", "1.2", "", None),
            ("magnesium", "1.1", "", "magnesium_low"),
            ("platelets", "20", "", None),
            ("platelets", "19", "", "platelets_low"),
            ("pregnancy_test", "negative", "", None),
            ("pregnancy_test", "positive", "", "pregnancy"),
            ("hiv_test", "positive", "", "hiv"),
            ("hcv_rna", "positive", "", "hepatitis_c"),
            ("hcv_antibody", "positive", "", "hepatitis_c"),
            ("hbsag", "positive", "", "hepatitis_b"),
            ("syphilis_test", "positive", "", "syphilis"),
            ("tb_test", "positive", "", None),
        ],
    )
    def test_at_the_bound(self, measured, code, value, sign, cause):
        measured(code, value, comparator=sign)
        assert causes() == ([cause] if cause else [])

    @pytest.mark.parametrize(
        ("value", "limit", "cause"),
        [("200", 40, []), ("201", 40, ["liver"]), ("201", None, [])],
    )
    def test_liver_tests_by_the_laboratorys_own_limit(
        self, measured, value, limit, cause
    ):
        high = None if limit is None else Decimal(limit)
        measured("alt", value, high_limit=high)
        assert causes() == cause

    def test_words_about_a_number_are_beyond_no_bound(self):
        result = LabResult("qtc", text="long")
        assert urgent_in(result, days_old=0, known=lambda: FactValues({})) is None

    def test_without_one_by_the_limit_on_record(self, measured, noon):
        measured("uln", "35", effective_at=noon - DAY)
        measured("ast", "180")
        assert causes() == ["liver"]

    def test_on_naltrexone_the_same_day(self, measured, person, clinician, noon):
        health.list_entry(
            patient=person,
            kind="medicine",
            values={"ingredient": "Vivitrol"},
            by=clinician,
            at=noon,
        )
        measured("alt", "400", high_limit=Decimal(40))
        assert causes() == ["liver_on_naltrexone"]

    def test_somebody_owes_an_answer_to_it(self, measured, person, noon):
        measured("qtc", "512")
        concern = Concern.objects.get()
        duty = called_for().open().get(patient=person)

        assert concern.reason == "QTc 512 ms: 500 ms or more"
        assert (duty.kind, duty.assigned_role) == ("result_qtc_long", "prescriber")
        assert (duty.due_on, duty.latest_on) == (noon.date(), noon.date())
        assert (duty.cite, duty.verified) == ("C47", "[V 40] [P]")
        assert duty.reason == concern.reason
        assert list(duties_of(concern)) == [duty]

    def test_two_results_are_two_duties(self, measured):
        measured("potassium", "2.8")
        measured("magnesium", "1.0")
        assert {one.kind for one in called_for().open()} == {
            "result_potassium_low",
            "result_magnesium_low",
        }

    @pytest.mark.parametrize("one", urgent_results().values(), ids=lambda o: o.key)
    def test_every_one_can_be_owed(self, measured, one):
        code = one.codes[0]
        assert set(one.codes) <= set(BY_CODE)
        assert one.level.upper() in Concern.Level.names
        bounds = (one.at_least, one.above, one.below, one.times_upper, one.word)
        assert sum(bound not in (None, "") for bound in bounds) == 1
        for field in ("kind", "title"):
            longest = FollowUp._meta.get_field(field).max_length
            assert len(getattr(one.duty, field)) <= longest, (code, field)
        assert len(one.source) <= FollowUp._meta.get_field("cite").max_length


class TestNotTwice:
    def test_known_before_is_not_new(self, measured, person, clinician, noon):
        health.list_entry(
            patient=person,
            kind="condition",
            values={"code": "B20", "title": "HIV disease"},
            by=clinician,
            at=noon - DAY,
        )
        measured("hiv_test", "positive")
        assert causes() == []

    def test_a_second_positive_test_is_not_new(self, measured, noon):
        measured("hcv_rna", "positive", effective_at=noon - DAY, at=noon - DAY)
        measured("hcv_rna", "positive")
        assert Concern.objects.count() == 1

    def test_the_same_result_from_two_sources_raises_once(self, measured, noon):
        hour = dt.timedelta(hours=1)
        measured("qtc", "512", effective_at=noon - hour)
        measured("qtc", "512", source="ECG at the hospital")
        assert causes() == ["qtc_long"]
        measured("qtc", "530")
        assert causes() == ["qtc_long", "qtc_long"]
        assert called_for().open().count() == 1

    def test_an_old_result_that_is_entered_late_raises_nothing(self, measured, noon):
        measured("potassium", "2.8", effective_at=noon - 15 * DAY)
        assert causes() == []

    def test_one_that_a_newer_one_overtook_raises_nothing(self, measured, noon):
        measured("potassium", "4.2")
        measured("potassium", "2.8", effective_at=noon - DAY)
        assert causes() == []

    def test_entered_in_error_it_is_settled(self, measured, clinician, noon):
        wrong = measured("qtc", "512")
        mark_observation_in_error(
            observation=wrong, reason="Typo", by=clinician, at=noon
        )
        assert causes() == []
        assert not called_for().open().exists()
        measured("qtc", "512")
        assert causes() == ["qtc_long"]

    def test_resolved_it_settles_its_own_cause_alone(self, measured, clinician, noon):
        measured("qtc", "512")
        measured("potassium", "2.8")
        concern = Concern.objects.get(cause="qtc_long")
        resolve(concern=concern, words="Dose halved.", done=[], by=clinician, at=noon)
        assert causes() == ["potassium_low"]


class TestOneTransaction:
    def test_where_the_concern_cannot_be_kept_neither_is_the_result(
        self, measured, monkeypatch
    ):
        kept = audit.record

        def fail(verb, *parts, **more):
            if verb == "concern.raised":
                raise RuntimeError
            return kept(verb, *parts, **more)

        monkeypatch.setattr(audit, "record", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            measured("qtc", "512")
        assert not Observation.objects.exists()

    def test_a_concern_has_one_origin(self, measured):
        measured("qtc", "512")
        concern = Concern.objects.get()
        concern.pk, concern.observation, concern._state.adding = None, None, True
        with pytest.raises(IntegrityError), transaction.atomic():
            concern.save()

    def test_a_sign_needs_a_number(self, measured):
        with pytest.raises(DatabaseError), transaction.atomic():
            measured("hcv_rna", "negative", comparator="<")


class TestFromWhereverItComes:
    def test_the_form(self, as_clinician, person):
        url = reverse("assessments:add_observation", args=[person.pk])
        as_clinician.post(
            url,
            {"code": "potassium", "value": "<3.0", "effective_at": "2026-11-21T08:00"},
        )
        assert Observation.objects.get().comparator == "<"
        assert causes() == ["potassium_low"]

    def test_the_file_once_however_often_it_is_sent(
        self, clinic, person, clinician, noon
    ):
        row = f'{person.mrn},"QTc Interval",512 ms,2026-11-20'
        content = f"mrn,test,value,measured\n{row}\n".encode()
        for _ in range(2):
            found = read_results(clinic=clinic, content=content, by=clinician, at=noon)
            keep_results(found=found, by=clinician, at=noon)
        assert causes() == ["qtc_long"]

    @pytest.mark.parametrize(
        ("key", "text", "cause"),
        [("qtc", "512", "qtc_long"), ("pregnancy_test", "positive", "pregnancy")],
    )
    def test_the_intake(self, person, clinician, noon, key, text, cause):
        intake = start_intake(patient=person, by=clinician, at=noon)
        who = {"by": clinician, "at": noon}
        about = {"intake": intake, "question": question_of(key)}
        said = Submission(values=(text,), is_there=True)
        outcome = keep_submission(**about, said=said, **who)
        assert causes() == [cause]

        revision = outcome.answers.rows[key].revision
        clear_answer(**about, revision=revision, **who)
        assert causes() == []
        complete_intake(intake=intake, **who)

    @pytest.mark.parametrize("text", ["not_done", "declined", "unknown"])
    def test_a_test_that_was_not_done_is_no_result(self, person, clinician, noon, text):
        keep_submission(
            intake=start_intake(patient=person, by=clinician, at=noon),
            question=question_of("pregnancy_test"),
            said=Submission(values=(text,), is_there=True),
            by=clinician,
            at=noon,
        )
        assert not Observation.objects.exists()


class TestPages:
    def test_header_home_aftercare_and_its_own_page(
        self, as_clinician, measured, person, noon
    ):
        measured("qtc", "512")
        concern = Concern.objects.get()

        risk = header_of(person, at=noon).risk
        assert risk.value == "QTc 512 ms: 500 ms or more"
        assert risk.context.startswith("Act on a QTc of 500 ms or more")
        lines_written(person.clinic, at=noon)
        home = as_clinician.get("/").text
        assert "Cannot wait" in home
        assert "act on the long QTc" in home.replace("Act on", "act on")
        result = reverse("reports:measured", args=[person.pk, "qtc"])
        own = reverse("aftercare:resolve_concern", args=[person.pk, concern.pk])
        for url in (f"/people/{person.pk}/aftercare/", own):
            page = as_clinician.get(url).text
            assert "QTc 512 ms: 500 ms or more" in page
            assert result in page
        done = as_clinician.post(own, {"words": "Seen, dose halved."})
        assert done.status_code == 302
        concern.refresh_from_db()
        assert concern.resolution == "Seen, dose halved."

    def test_the_caseload_shows_what_is_owed(self, as_prescriber, measured, person):
        measured("qtc", "512")
        page = as_prescriber.get(reverse("reports:caseload")).text
        assert "Act on the long QTc" in page

    def test_a_file_says_what_it_keeps_and_where_days_are_not_settled(
        self, as_clinician, person
    ):
        url = reverse("assessments:upload_results")

        def send(**more):
            row = (
                f"{person.mrn},eGFR,>60 L,03/04/2026\n{person.mrn},BP,120/80,03/04/2026"
            )
            content = f"mrn,test,value,measured\n{row}\n".encode()
            file = SimpleUploadedFile("results.csv", content)
            return as_clinician.post(url, {"file": file, **more})

        asked = send()
        assert asked.status_code == 400
        assert "is the day or the month first?" in asked.text
        read = send(day_order="day")
        page = as_clinician.get(read.url).text
        assert "kept as &gt; 60 mL/min/1.73 m2, L" in page
        assert "3 of 3 lines can be kept" in page
        as_clinician.post(read.url + "keep/")
        day = {o.effective_at.date() for o in Observation.objects.all()}
        assert day == {dt.date(2026, 4, 3)}
        listed = as_clinician.get(reverse("reports:measures", args=[person.pk])).text
        assert "&gt; 60 mL/min/1.73 m2" in listed
