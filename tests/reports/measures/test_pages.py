"""The Measures tab, the time line and their files as a browser meets them."""

import csv
import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Staff
from accounts.sheets import safe_cell
from assessments.actions.intake import start_intake
from assessments.actions.measures import (
    mark_entered_in_error,
    mark_observation_in_error,
    record_assessment,
)
from assessments.models import Assessment, Concern
from devtools.bench.statement_count import statements
from knowledge.instruments.registry import find
from patients.models import Patient, StatusChange, Visit
from plans.actions.signing import sign_plan
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import owed
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeAnswerFactory,
    ObservationFactory,
)
from tests.factories.consents import consent_given, released
from tests.factories.plans import drafted, ready
from tests.factories.treatment import (
    DoseEventFactory,
    RegimenFactory,
    ToxicologyResultFactory,
)
from treatment.models import DoseEvent, ToxicologyResult

DAY = dt.timedelta(days=1)


@pytest.fixture
def patient(clinic):
    return PatientFactory(
        clinic=clinic, admitted_on=clinic_today(timezone.now() - 200 * DAY)
    )


@pytest.fixture
def give(patient, clinician):
    def give(instrument, answers, days_ago, **more):
        at = timezone.now() - days_ago * DAY
        return record_assessment(
            patient=patient,
            instrument=instrument,
            answers=answers,
            by=clinician,
            at=at,
            **more,
        )

    return give


def mood(total, self_harm=0):
    skipped = ("self_harm", "difficulty")
    keys = [i.key for i in find("phq9").items if i.key not in skipped]
    return {k: (total + n) // 8 for n, k in enumerate(keys)} | {"self_harm": self_harm}


def bam(use, risk, protective):
    of_all = {item.key: 0 for item in find("bam").items if not item.optional}
    sums = {
        "drug_days": use,
        "poor_sleep": min(risk, 4),
        "low_mood": max(risk - 4, 0),
        "support_days": protective,
    }
    return of_all | sums


def measured(patient, code, value, days_ago=1, **more):
    at = timezone.now() - days_ago * DAY
    values = {"effective_at": at, "recorded_at": at, "unit": "ms", **more}
    return ObservationFactory(patient=patient, code=code, value=value, **values)


def url(name, *args):
    return reverse(f"reports:{name}", args=args)


def page_of(client, patient, name="measures", query=""):
    answer = client.get(url(name, patient.pk) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_person_without_scores(as_clinician, patient):
    page = page_of(as_clinician, patient)

    assert "No instrument has been given yet." in page
    assert "Nothing measured yet." in page
    assert "No score yet" in page


def test_number_band_and_change_stand_together(as_clinician, patient, give):
    give("phq9", mood(18), 200)
    give("phq9", mood(9), 100)
    give("phq9", mood(13), 9)
    page = page_of(as_clinician, patient)

    assert "13, moderate" in page
    assert "4 points up, below 5 points, since" in page
    assert "5 points down, important." in page
    assert "Minimally important difference, Kroenke and Löwe" in page
    assert '<span class="mst-vtag">[M; 2R]</span>' in page
    assert "Item 9 is 0." in page


def test_a_thought_of_self_harm_is_said_first(as_clinician, patient, give):
    give("phq9", mood(9, self_harm=1), 9)

    assert "Item 9 is 1: C-SSRS at this visit" in page_of(as_clinician, patient)


def test_an_unanswered_ninth_question_is_said(as_clinician, patient, give):
    give("phq9", mood(9) | {"self_harm": None}, 9)

    assert "Item 9 was not answered: ask it" in page_of(as_clinician, patient)


def test_the_bam_has_three_sums_and_no_total(as_clinician, patient, give):
    give("bam", bam(0, 4, 4), 40)
    give("bam", bam(2, 6, 3), 9)
    page = page_of(as_clinician, patient)

    assert "2 of 12" in page
    assert "1 or more" in page
    assert "days low, anxious or angry rose" in page
    assert "days with supportive people fell" in page
    assert "BAM has no single total, so none is shown." in page


def test_a_bam_with_gaps_says_so(as_clinician, patient, give):
    give("bam", bam(2, 6, 3) | {"drug_days": None}, 9)

    assert "not answered in full" in page_of(as_clinician, patient)


def test_what_was_not_given_is_unknown_and_what_came_later_not_yet(
    as_clinician, patient, give
):
    give("phq9", mood(9), 40)
    give("phq9", mood(9), 30)
    give("gad7", {i.key: 1 for i in find("gad7").items if not i.optional}, 35)
    page = page_of(as_clinician, patient, query="?show=phq9&show=gad7")

    assert page.count('is-unknown"><svg class="mst-icon"') >= 2
    assert "not given" in page
    assert "not yet" in page


def test_what_was_not_measured(as_clinician, patient, give):
    give("phq9", mood(9), 10)
    measured(patient, "qtc", Decimal(440), 40)
    page = page_of(as_clinician, patient, query="?show=phq9&show=obs.qtc")

    assert "not measured" in page


def test_five_rows_and_then_the_rest(as_clinician, patient, give):
    for day in range(7):
        give("phq9", mood(9), day + 1)
    few = as_clinician.get(url("measures", patient.pk))
    all_ = as_clinician.get(url("measures", patient.pk) + "?rows=all")

    assert (len(few.context["table"].rows), few.context["table"].count) == (5, 7)
    assert b"Show the rest" in few.content
    assert len(all_.context["table"].rows) == 7
    assert b"Show the rest" not in all_.content


def test_the_same_day_is_one_row_with_everybody_who_gave(
    as_clinician, patient, give, prescriber
):
    give("phq9", mood(9), 3)
    give("bam", bam(2, 6, 3), 3, mode="self")
    table = as_clinician.get(url("measures", patient.pk)).context["table"]

    assert [row.who for row in table.rows] == [
        "Samir Haddad, spoken; Samir Haddad, by the person"
    ]


def test_observations_show_limits_age_and_how_many(as_clinician, patient):
    measured(patient, "qtc", Decimal(430), 900)
    measured(patient, "qtc", Decimal(462), 800, high_limit=Decimal(450))
    page = page_of(as_clinician, patient)

    assert "462 ms" in page
    assert "high" in page
    assert "limit 450" in page
    assert "out of date" in page
    assert "All 2 results" in page


LIMITS = [
    ({"low_limit": 10, "high_limit": 40}, "limits 10 to 40"),
    ({"low_limit": 10}, "limit 10"),
    ({}, ""),
]


@pytest.mark.parametrize(("limits", "words"), LIMITS)
def test_limits_in_words(as_clinician, patient, limits, words):
    decimals = {name: Decimal(value) for name, value in limits.items()}
    measured(patient, "alt", Decimal(20), unit="U/L", **decimals)
    (one,) = as_clinician.get(url("measures", patient.pk)).context["measured"]

    assert (one.limits, one.is_stale) == (words, False)


def test_a_result_in_words(as_clinician, patient):
    measured(patient, "pregnancy_test", None, text="negative", unit="")

    assert "negative" in page_of(as_clinician, patient)


def test_an_unknown_kind_of_measurement_keeps_its_code(as_clinician, patient):
    measured(patient, "old_code", Decimal(3), unit="u")

    assert "old_code" in page_of(as_clinician, patient)


def test_what_is_due(as_clinician, patient):
    today = (clinic_today() - dt.date(2026, 11, 21)).days
    owed(patient, today - 9, kind="measures", title="Measures, week 4", status="missed")
    owed(
        patient, today, before=1, after=1, kind="lab", title="Liver tests", status="due"
    )
    owed(patient, today + 20, kind="drug_test", title="Drug test")
    owed(patient, today, kind="visit", title="Talk")
    page = as_clinician.get(url("measures", patient.pk))
    due = page.context["due"]

    assert [(one.words, one.state) for one in (*due[:2], due[-1])] == [
        ("Measures, week 4", "late"),
        ("Liver tests", "due"),
        ("Drug test", ""),
    ]
    assert "Talk" not in [one.words for one in due]
    assert any("PHQ-9" in one.words for one in due[2:-1])


def happened(patient, by):
    """One of everything that has its place on the axis."""
    now = timezone.now()
    of = {"clinic": patient.clinic, "patient": patient}
    RegimenFactory(
        **of,
        medication="MTD",
        dose_mg=30,
        started_on=clinic_today(now - 90 * DAY),
        stopped_on=clinic_today(now - 3 * DAY),
        stop_reason="Chose the injection",
    )
    RegimenFactory(**of, medication="SUBLOCADE", started_on=clinic_today(now - 3 * DAY))
    for days, kind, mg in ((90, "administered", 30), (60, "missed", None)):
        DoseEventFactory(
            **of,
            medication="MTD",
            kind=kind,
            on=clinic_today(now - days * DAY),
            amount_mg=mg,
            recorded_at=now,
        )
    for days, result, expected in (
        (80, "positive", True),
        (70, "negative", False),
        (50, "positive", None),
        (45, "negative", None),
    ):
        ToxicologyResultFactory(
            **of,
            collected_at=now - days * DAY,
            analyte="methadone",
            result=result,
            is_expected=expected,
            recorded_at=now,
        )
    for days, status in ((40, "attended"), (35, "missed"), (34, "unknown")):
        Visit.objects.create(
            **of, on=clinic_today(now - days * DAY), kind="counselling", status=status,
            recorded_at=now,
        )  # fmt: skip
    for days, status, reason in ((200, "active", ""), (30, "on_hold", "At sea")):
        StatusChange.objects.create(
            **of, status=status, reason=reason, changed_at=now - days * DAY
        )


def test_what_lies_ahead_has_not_happened(as_clinician, patient):
    today = clinic_today()
    of = {"clinic": patient.clinic, "patient": patient}
    RegimenFactory(
        **of,
        medication="MTD",
        dose_mg=30,
        started_on=today - 9 * DAY,
        stopped_on=today + 3 * DAY,
        stop_reason="Moves away",
    )
    RegimenFactory(**of, medication="NTX_XR", dose_mg=380, started_on=today + 9 * DAY)
    DoseEventFactory(
        **of,
        medication="MTD",
        kind="prescribed",
        on=today + 2 * DAY,
        amount_mg=90,
        recorded_at=timezone.now(),
    )

    page = as_clinician.get(url("timeline", patient.pk))
    said = {(e.kind, e.words) for e in page.context["entries"]}

    assert ("Event", "Methadone started") in said
    assert not {words for _, words in said if "Naltrexone" in words or "90" in words}
    assert ("Event", "Methadone stopped") not in said


def test_everything_that_happened_is_on_the_axis(as_clinician, patient, clinician):
    happened(patient, clinician)
    measured(patient, "qtc", Decimal(462), 20, high_limit=Decimal(450))
    page = as_clinician.get(url("timeline", patient.pk))
    entries = [(e.kind, e.words, e.more) for e in page.context["entries"]]

    for wanted in [
        ("Event", "Admitted", ""),
        ("Event", "On hold", "At sea"),
        ("Event", "Sublocade started", "Sublocade, monthly injection"),
        ("Event", "Methadone started", "Methadone, 30 mg"),
        ("Event", "Methadone stopped", "Chose the injection"),
        ("Event", "QTc 462", "high, ms"),
        ("Methadone", "30 mg", ""),
        ("Methadone", "ended", ""),
        ("Dose", "missed", ""),
        ("Visit", "kept", ""),
        ("Visit", "missed", ""),
        ("Toxicology", "as expected", "methadone present"),
        ("Toxicology", "unexpected", "nothing present; methadone not found"),
        ("Toxicology", "not judged", "methadone present"),
        ("Toxicology", "as expected", "nothing present"),
    ]:
        assert wanted in entries
    assert ("Event", "Active", "") not in entries


def test_plans_overdoses_and_concerns_are_marks(as_clinician, patient, clinician, give):
    now = timezone.now()
    sign_plan(plan=ready(drafted(patient, clinician, now)), by=clinician, at=now)
    drafted_only = PatientFactory(clinic=patient.clinic)
    drafted(drafted_only, clinician, now)
    intake = start_intake(patient=patient, by=clinician, at=now)
    IntakeAnswerFactory(
        intake=intake,
        answered_at=now,
        question="last_overdose_on",
        value=f"{clinic_today(now) - 60 * DAY}",
        answered_by=clinician,
    )
    give("cssrs", {"wish": 1, "thoughts": 1, "plan": 1}, 2)
    marks = {
        mark.words: mark.on
        for mark in as_clinician.get(url("timeline", patient.pk)).context["chart"].marks
        for mark in [mark.mark]
    }

    assert marks["Overdose"] == clinic_today(now) - 60 * DAY
    assert "Plan v1" in marks
    assert any(words.startswith("Suicide risk: high") for words in marks)
    assert Concern.objects.count() >= 1
    other = as_clinician.get(url("timeline", drafted_only.pk)).context["chart"].marks
    assert [one.mark.words for one in other] == []


def test_an_overdose_without_a_readable_day_stands_where_it_was_told(
    as_clinician, patient, clinician
):
    now = timezone.now()
    intake = start_intake(patient=patient, by=clinician, at=now)
    IntakeAnswerFactory(
        intake=intake,
        answered_at=now - 5 * DAY,
        question="last_overdose_on",
        value="in spring",
        answered_by=clinician,
    )
    marks = as_clinician.get(url("timeline", patient.pk)).context["chart"].marks
    (on,) = [one.mark.on for one in marks if one.mark.words == "Overdose"]

    assert on == clinic_today(now - 5 * DAY)


@pytest.mark.parametrize(
    "move", ["earlier", "later", "closer", "wider", "month", "year"]
)
def test_moving_along_needs_no_script(as_clinician, patient, give, move):
    give("phq9", mood(9), 40)
    page = as_clinician.get(url("timeline", patient.pk))
    ways = {way.key: way.query for way in page.context["ways"]}
    moved = as_clinician.get(f"{url('timeline', patient.pk)}?{ways[move]}")

    before, after = page.context["chart"].span, moved.context["chart"].span
    assert (after.days > before.days) is (move in ("wider", "year"))
    assert (after.days < before.days) is (move in ("closer", "month"))
    assert moved.context["asked"].keys == page.context["asked"].keys


def test_older_versions_are_a_series_of_their_own(as_clinician, patient, give):
    row = give("phq9", mood(9), 10)
    AssessmentFactory(
        patient=patient,
        instrument="phq9",
        total=14,
        instrument_version="1998",
        given_at=row.given_at - 90 * DAY,
    )
    keys = [
        chip.key
        for chip in as_clinician.get(url("measures", patient.pk)).context["chips"]
    ]

    assert keys == ["phq9", "phq9~1998"]


def test_an_instrument_no_longer_declared_is_still_drawn(as_clinician, patient):
    AssessmentFactory(
        patient=patient,
        instrument="old_scale",
        total=14,
        given_at=timezone.now() - 9 * DAY,
    )

    assert "OLD-SCALE" in page_of(as_clinician, patient)
    results = as_clinician.get(url("results", patient.pk, "old_scale"))
    assert results.context["answers"] == []


def test_levels_are_drawn_by_their_names(as_clinician, patient, give):
    give("cssrs", {i.key: 0 for i in find("cssrs").items}, 9)
    give("cssrs", {"wish": 1}, 3)
    page = page_of(as_clinician, patient, query="?show=cssrs")

    assert "moderate</text>" in page


def test_results_with_errors_and_answers_side_by_side(
    as_clinician, patient, give, clinician
):
    give("phq9", mood(16), 60)
    wrong = give("phq9", mood(24), 50)
    mark_entered_in_error(
        assessment=wrong, reason="Twin", by=clinician, at=timezone.now()
    )
    first = give("phq9", mood(9), 30)
    give("phq9", mood(8), 30, amends=first)
    page = page_of(as_clinician, patient, "results_of", "")

    assert "entered in error: Twin" in page
    assert "amended" in page
    assert page.count(">Amend<") == 2
    assert "Little interest or pleasure in things" in page
    assert "fell" in page


def test_results_of_what_was_never_given(as_clinician, patient):
    assert as_clinician.get(url("results", patient.pk, "phq9")).status_code == 404
    assert as_clinician.get(url("results", patient.pk, "x" * 300)).status_code == 404
    assert as_clinician.get(url("measured", patient.pk, "qtc")).status_code == 404


def test_results_that_are_all_errors(as_clinician, patient, give, clinician):
    wrong = give("phq9", mood(24), 50)
    mark_entered_in_error(
        assessment=wrong, reason="Twin", by=clinician, at=timezone.now()
    )
    page = as_clinician.get(url("results", patient.pk, "phq9"))

    assert (page.context["answers"], page.context["compared"]) == ([], [])


def test_measurements_with_errors(as_clinician, patient, clinician):
    measured(patient, "qtc", Decimal(430), 5, entered="0.43 s")
    wrong = measured(patient, "qtc", Decimal(999), 3)
    mark_observation_in_error(
        observation=wrong, reason="Another person", by=clinician, at=timezone.now()
    )
    page = page_of(as_clinician, patient, "measured_of")

    assert "<s>999 ms</s>" in page
    assert "Another person" in page
    assert "entered as 0.43 s" in page
    assert page.count(">Entered in error<") == 1


FILES = {"scores_file": "scores", "timeline_file": "timeline"}


def given_of(thing, pk):
    """What the gate let out of a thing, for our own work; 7 where the person is elsewhere."""
    person = Patient.objects.get(pk=pk)
    by = Staff.objects.at_clinic(person.clinic).first()
    return released(person, thing, by, timezone.now()).pk if by else 7


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    """Two more names for pages that need a second part."""
    plain = url

    def named(name, *args):
        if name in FILES and len(args) == 1:
            return plain(name, *args, given_of(FILES[name], *args))
        extra = {"results_of": ("results", "phq9"), "measured_of": ("measured", "qtc")}
        if name in extra:
            return plain(extra[name][0], *args, extra[name][1])
        return plain(name, *args)

    monkeypatch.setitem(globals(), "url", named)


def rows_of(answer):
    """The values; what goes along stands below them."""
    rows = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    return [row for row in rows if row["When"] != "Notice"]


def test_what_goes_along_stands_below(as_clinician, clinician, patient, give):
    """By consent: notice, scope, and no result that the consent does not name."""
    give("phq9", mood(13), 8)
    measured(patient, "qtc", Decimal(462), 3)
    consent = consent_given(
        patient, clinician, timezone.now(), sections=["in_care", "scores"]
    )
    row = released(
        patient,
        "scores",
        clinician,
        timezone.now(),
        consent=consent,
        ground="consent",
        recipient="Elena",
        purpose="support",
    )
    answer = as_clinician.get(url("scores_file", patient.pk, row.pk))
    text = answer.content.decode()

    assert "phq9" in text
    assert "QTc" not in text
    assert "42 CFR part 2" in text
    assert "May be told: That they are in care here; Scores" in text


@pytest.mark.parametrize("name", ["scores_file", "timeline_file", "timeline_given"])
def test_of_an_earlier_day_the_gate_is_asked_again(
    as_clinician, clinician, patient, name
):
    thing = FILES.get(name, "timeline")
    old = released(patient, thing, clinician, timezone.now() - dt.timedelta(days=9))
    answer = as_clinician.get(url(name, patient.pk, old.pk))

    assert answer.url == f"/people/{patient.pk}/give/{thing}/"


def test_ways_to_save_stand_on_the_page_once_the_gate_was_asked(
    as_clinician, clinician, patient
):
    row = released(patient, "timeline", clinician, timezone.now())
    page = as_clinician.get(url("timeline_given", patient.pk, row.pk))

    assert f"/measures/timeline/{row.pk}.svg" in page.content.decode()


def test_scores_as_a_file(as_clinician, patient, give):
    give("bam", bam(2, 6, 3), 9)
    give("phq9", mood(13), 8)
    measured(patient, "qtc", Decimal(462), 3, high_limit=Decimal(450), source="=cmd()")
    answer = as_clinician.get(url("scores_file", patient.pk))
    rows = rows_of(answer)
    by_what = [(r["What"], r["Part"], r["Value"], r["Band"]) for r in rows]

    assert answer["Content-Disposition"] == (
        f'attachment; filename="measures-{patient.pk}.csv"'
    )
    assert by_what == [
        ("bam", "", "", ""),
        ("bam", "use", "2", ""),
        ("bam", "risk", "6", ""),
        ("bam", "protective", "3", ""),
        ("phq9", "", "13", "moderate"),
        ("QTc", "", "462", "high"),
    ]
    assert rows[-1]["Source"] == "'=cmd()"


def test_a_part_that_was_not_answered_has_no_line(as_clinician, patient, give):
    give("bam", {"drug_days": 2, "alcohol_days": 0, "heavy_alcohol_days": 0}, 9)
    rows = rows_of(as_clinician.get(url("scores_file", patient.pk)))

    assert [(r["Part"], r["Status"]) for r in rows] == [
        ("", "incomplete"),
        ("use", "incomplete"),
    ]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1 555", "'+1 555"),
        ("-12.5", "-12.5"),
        ("-x", "'-x"),
        ("@me", "'@me"),
        ("\tx", "'\tx"),
        # Wide signs, that some spreadsheets read as the usual ones.
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20me", "'\uff20me"),
        ("moderate", "moderate"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell, safe):
    assert safe_cell(cell) == safe


@pytest.mark.parametrize(
    ("name", "what"), [("scores_file", "scores"), ("timeline_file", "timeline")]
)
def test_files_are_written_down_first(as_clinician, patient, give, name, what):
    give("phq9", mood(13), 8)
    as_clinician.get(url(name, patient.pk))
    event = AuditEvent.objects.get(verb="measures.exported")

    assert (event.patient_id, event.facts) == (patient.pk, {"what": what})


def test_the_time_line_as_an_image(as_clinician, patient, give):
    give("phq9", mood(13), 8)
    answer = as_clinician.get(url("timeline_file", patient.pk) + "?show=phq9")

    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Content-Disposition"] == (
        f'attachment; filename="timeline-{patient.pk}.svg"'
    )
    assert b"PHQ-9" in answer.content
    assert patient.family_name.encode() not in answer.content


@pytest.mark.parametrize("name", ["measures", "timeline", "results_of", "measured_of"])
def test_opening_is_written_down(as_clinician, patient, give, name):
    give("phq9", mood(13), 8)
    measured(patient, "qtc", Decimal(430))
    as_clinician.get(url(name, patient.pk))

    assert AuditEvent.objects.filter(
        verb="chart.viewed", patient_id=patient.pk
    ).exists()


@pytest.mark.parametrize(
    "name",
    [
        "measures",
        "timeline",
        "timeline_file",
        "scores_file",
        "results_of",
        "measured_of",
    ],
)
def test_another_clinic_is_not_found(as_clinician, other_clinic, name):
    stranger = PatientFactory(clinic=other_clinic)

    assert as_clinician.get(url(name, stranger.pk)).status_code == 404


def three_years(patient):
    now = timezone.now()
    of = {"clinic": patient.clinic, "patient": patient}
    days = [now - n * DAY for n in range(3 * 365)]
    missed = set(days[::40])
    DoseEvent.objects.bulk_create(
        DoseEvent(
            **of,
            medication="MTD",
            kind="missed" if at in missed else "administered",
            on=clinic_today(at),
            amount_mg=None if at in missed else 30 + n % 60,
            recorded_at=now,
        )
        for n, at in enumerate(days)
    )
    Assessment.objects.bulk_create(
        scored(of, instrument, at, n % 20)
        for n, at in enumerate(days[::14])
        for instrument in ("phq9", "gad7", "bam", "peg")
    )
    ToxicologyResult.objects.bulk_create(
        ToxicologyResult(
            **of,
            collected_at=at,
            analyte="methadone",
            result="positive",
            recorded_at=at,
        )
        for at in days[::10]
    )
    Visit.objects.bulk_create(
        Visit(**of, on=clinic_today(at), kind="c", status="attended", recorded_at=at)
        for at in days[::7]
    )


def scored(of, instrument, at, total):
    parts = {"use": 1, "risk": total, "protective": 4}
    return Assessment(
        **of,
        instrument=instrument,
        instrument_version=find(instrument).version,
        answers=mood(total),
        total=None if instrument == "bam" else total,
        subscales=parts if instrument == "bam" else {},
        status="complete",
        given_at=at,
    )


@pytest.mark.parametrize("name", ["measures", "timeline", "results_of"])
def test_three_years_within_the_budget(as_clinician, patient, name):
    three_years(patient)
    as_clinician.get(url(name, patient.pk))
    with CaptureQueriesContext(connection) as captured:
        began = dt.datetime.now(tz=dt.UTC)
        answer = as_clinician.get(url(name, patient.pk) + "?range=all&rows=all")
        took = dt.datetime.now(tz=dt.UTC) - began

    assert answer.status_code == 200
    assert statements(captured) <= 25
    assert took < dt.timedelta(seconds=3)


class TestDaysThatNobodyWroteDown:
    @pytest.fixture
    def undated(self, patient):
        of_them = {"clinic": patient.clinic, "patient": patient}
        for _ in range(2):
            Visit.objects.create(
                **of_them,
                on=None,
                kind="wk24",
                status="missed",
                reasons=["left_study"],
                recorded_at=timezone.now(),
            )
        StatusChange.objects.create(
            **of_them,
            status="aftercare",
            reason="As told",
            changed_at=timezone.now(),
            is_day_known=False,
        )

    def test_stand_below_the_time_line_and_on_no_day(
        self, undated, as_clinician, patient
    ):
        page = as_clinician.get(reverse("reports:timeline", args=[patient.pk]))

        text = page.content.decode()
        below = " ".join(
            text.partition('id="undated"')[2].partition("</ul>")[0].split()
        )
        assert "Visit missed: left study (2 times)" in below
        assert "In aftercare: As told" in below
        assert not [e for e in page.context["entries"] if e.words == "In aftercare"]

    def test_say_so_on_the_way_so_far(self, undated, as_clinician, patient):
        page = as_clinician.get(reverse("patients:status", args=[patient.pk]))

        assert "Day not known" in page.content.decode()
