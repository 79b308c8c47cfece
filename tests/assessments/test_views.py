"""The intake and the measures as a browser meets them."""

import datetime as dt
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from assessments.intake.catalogue import STEPS
from assessments.models import Assessment, Intake, IntakeAnswer, Observation
from devtools.bench.statement_count import statements
from tests.conftest import markup
from tests.factories import PatientFactory
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeFactory,
    ObservationFactory,
)

WHOLE_PAGE = 25


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def stranger(other_clinic):
    return PatientFactory(clinic=other_clinic)


@pytest.fixture
def intake(patient, clinician):
    return IntakeFactory(
        patient=patient,
        started_at=dt.datetime(2026, 11, 21, 14, tzinfo=dt.UTC),
        started_by=clinician,
    )


def url(name, *args):
    app = "reports" if name in ("measures", "results") else "assessments"
    return reverse(f"{app}:{name}", args=args)


def send(client, patient, question, **data):
    return client.post(url("answer", patient.pk, question), data)


def kept(question):
    return IntakeAnswer.objects.get(question=question)


def test_without_an_intake_the_page_says_what_to_do(as_clinician, patient):
    page = as_clinician.get(url("intake", patient.pk))

    assert "Start the intake" in markup(page)
    assert AuditEvent.objects.filter(
        verb="chart.viewed", patient_id=patient.pk
    ).exists()


def test_starting_twice_opens_one(as_clinician, patient):
    for _ in range(2):
        answer = as_clinician.post(url("start_intake", patient.pk))
        assert answer.status_code == 302

    assert Intake.objects.count() == 1


@pytest.mark.parametrize("step", [s.key for s in STEPS])
def test_each_step_opens_within_its_budget(as_clinician, patient, intake, step):
    # What a page costs where it is known that no alert calls.
    as_clinician.get(url("intake", patient.pk), {"step": step})
    with CaptureQueriesContext(connection) as queries:
        page = as_clinician.get(url("intake", patient.pk), {"step": step})

    assert page.status_code == 200
    assert len(queries) <= WHOLE_PAGE
    assert page.context["page"].key == step


SHOWN = [
    ("opioids", "first_opioid_age", {"first_opioid_age": "30"}, 'value="30"'),
    (
        "opioids",
        "supply",
        {"supply": "first_fentanyl"},
        'value="first_fentanyl" id="i-supply-first_fentanyl" data-key="3" checked',
    ),
    (
        "opioids",
        "moud_stop",
        {"moud_stop__state": "none"},
        'id="i-moud_stop-none" data-state checked',
    ),
    (
        "opioids",
        "last_fentanyl_dt",
        {"last_fentanyl_dt": "2026-11-20T22:30", "last_fentanyl_dt__source": "record"},
        'value="2026-11-20T22:30"',
    ),
    (
        "opioids",
        "last_fentanyl_dt",
        {"last_fentanyl_dt": "2026-10-20T22:30"},
        "days before",
    ),
    (
        "body",
        "qtc",
        {"qtc": "452", "qtc__on": "2026-11-01"},
        'name="qtc__on" value="2026-11-01"',
    ),
    ("body", "qtc", {"qtc": "452"}, 'value="452"'),
    ("body", "egfr", {"egfr": ">60"}, 'value="&gt;60"'),
    ("body", "med_list", {"med_list": "zinc, iron"}, 'value="zinc, iron"'),
    (
        "body",
        "hepatitis",
        {"hepatitis": "none"},
        'value="none" id="i-hepatitis-none" data-key="1" checked',
    ),
    (
        "social",
        "travel",
        {"travel__state": "unknown"},
        'id="i-travel-unknown" data-state checked',
    ),
    ("strengths", "words_goal", {"words_goal": "My kids."}, ">My kids.</textarea>"),
]


@pytest.mark.parametrize(("step", "question", "data", "shown"), SHOWN)
def test_what_was_answered_is_shown_again(
    as_clinician, patient, intake, step, question, data, shown
):
    send(as_clinician, patient, question, **data)

    page = markup(as_clinician.get(url("intake", patient.pk), {"step": step}))

    assert shown in page


def test_a_recent_moment_says_how_long_ago(as_clinician, patient, intake):
    recent = timezone.localtime(timezone=ZoneInfo("America/New_York")) - dt.timedelta(
        hours=10, minutes=40
    )

    body = markup(
        send(
            as_clinician,
            patient,
            "last_fentanyl_dt",
            last_fentanyl_dt=f"{recent:%Y-%m-%dT%H:%M}",
        )
    )

    assert "10 h 4" in body


def test_a_step_of_no_such_name_is_the_first(as_clinician, patient, intake):
    page = as_clinician.get(url("intake", patient.pk), {"step": "\x00"})

    assert page.context["page"].key == "safety"


def test_an_answer_is_saved_and_says_so(as_clinician, patient, intake):
    answer = send(as_clinician, patient, "alone", alone="yes", alone__revision="")

    assert answer.status_code == 200
    assert "saved" in markup(answer)
    assert answer.headers["HX-Trigger"] == "answer-saved"
    assert kept("alone").value is True


def test_an_answer_opens_what_hangs_on_it(as_clinician, patient, intake):
    body = markup(send(as_clinician, patient, "moud_now", moud_now="methadone"))

    assert 'id="q-mtd_dose" data-ask="number" hx-swap-oob="true"' in body
    assert 'id="q-bup_dose" data-ask="number" hidden hx-swap-oob="true"' in body


def test_an_item_brings_its_score(as_clinician, patient, intake):
    send(as_clinician, patient, "phq2.interest", **{"phq2.interest": "2"})
    body = markup(send(as_clinician, patient, "phq2.mood", **{"phq2.mood": "2"}))

    assert "4, positive" in body
    assert Assessment.objects.get().total == 4


def test_a_slip_is_offered_back_at_the_field(as_clinician, patient, intake):
    answer = send(as_clinician, patient, "bup_dose", bup_dose="160")

    assert answer.status_code == 400
    assert "Did you mean 16 mg/day?" in markup(answer)
    assert not IntakeAnswer.objects.exists()


def test_a_confirmed_number_is_kept(as_clinician, patient, intake):
    send(as_clinician, patient, "bup_dose", bup_dose="48", bup_dose__sure="48")

    assert kept("bup_dose").value == 48


def test_two_people_at_once_see_both_answers(
    as_clinician, as_prescriber, patient, intake
):
    send(as_prescriber, patient, "alone", alone="no")

    answer = send(as_clinician, patient, "alone", alone="yes", alone__revision="")

    body = markup(answer)
    assert answer.status_code == 409
    assert "Ines Marchetti answered" in body
    assert "<strong>No</strong>" in body
    assert "Keep mine" in body
    assert "Keep theirs" in body
    assert 'value="1"' in body
    assert kept("alone").value is False


def test_mine_is_saved_after_seeing_theirs(
    as_clinician, as_prescriber, patient, intake
):
    send(as_prescriber, patient, "alone", alone="no")

    send(as_clinician, patient, "alone", alone="yes", alone__revision="1")

    assert kept("alone").value is True


def test_theirs_is_kept_by_looking_again(as_clinician, patient, intake):
    send(as_clinician, patient, "alone", alone="no")

    page = as_clinician.get(url("question", patient.pk, "alone"))

    assert 'id="q-alone"' in markup(page)


def test_an_answer_is_taken_back(as_clinician, patient, intake):
    send(as_clinician, patient, "alone", alone="no")

    page = as_clinician.post(
        url("clear", patient.pk, "alone"), {"alone__revision": "1"}
    )

    assert "Not answered yet" in markup(page)
    assert not IntakeAnswer.objects.exists()


def test_taking_back_what_has_changed_is_a_conflict(as_clinician, patient, intake):
    send(as_clinician, patient, "alone", alone="no")

    page = as_clinician.post(
        url("clear", patient.pk, "alone"), {"alone__revision": "7"}
    )

    assert page.status_code == 409


def test_a_list_that_the_record_contradicts_is_refused(as_clinician, patient, intake):
    patient.allergies.create(
        clinic=patient.clinic,
        kind="other",
        substance="latex",
        recorded_at=intake.started_at,
    )

    answer = send(as_clinician, patient, "allergy", allergy__state="none")

    assert answer.status_code == 400
    assert "End those" in markup(answer)


def test_a_question_of_no_such_name_is_not_found(as_clinician, patient, intake):
    assert send(as_clinician, patient, "colour", colour="blue").status_code == 404


def test_without_an_open_intake_nothing_can_be_answered(as_clinician, patient):
    assert send(as_clinician, patient, "alone", alone="yes").status_code == 404


def test_a_whole_step_is_saved_without_script(as_clinician, patient, intake):
    answer = as_clinician.post(
        url("save_step", patient.pk, "social"),
        {"education": "degree", "shift": "", "household": ["pets", "children"]},
    )

    assert answer.status_code == 302
    assert answer.url.endswith("?step=social")
    assert kept("household").value == ["children", "pets"]
    assert IntakeAnswer.objects.count() == 2


def test_what_could_not_be_saved_is_listed_with_what_was_typed(
    as_clinician, patient, intake
):
    answer = as_clinician.post(
        url("save_step", patient.pk, "social"),
        {"education": "degree", "travel": "soon"},
    )

    body = markup(answer)
    assert answer.status_code == 400
    assert "1 answer could not be saved" in body
    assert 'value="soon"' in body
    assert kept("education").value == "degree"


def test_without_script_a_conflict_shows_both(
    as_clinician, as_prescriber, patient, intake
):
    send(as_prescriber, patient, "education", education="degree")

    answer = as_clinician.post(
        url("save_step", patient.pk, "social"), {"education": "less"}
    )

    assert answer.status_code == 409
    assert "<strong>Degree</strong>" in markup(answer)


def test_an_emptied_field_takes_its_answer_back(as_clinician, patient, intake):
    send(as_clinician, patient, "words_goal", words_goal="My kids.")

    as_clinician.post(
        url("save_step", patient.pk, "strengths"),
        {"words_goal": "", "words_goal__revision": "1"},
    )

    assert not IntakeAnswer.objects.exists()


@pytest.mark.parametrize(("revision", "status"), [("1", 302), ("5", 409)])
def test_one_answer_is_taken_back_without_script(
    as_clinician, patient, intake, revision, status
):
    send(as_clinician, patient, "education", education="degree")

    answer = as_clinician.post(
        url("save_step", patient.pk, "social"),
        {"clear": "education", "education__revision": revision},
    )

    assert answer.status_code == status


def test_taking_back_something_unknown_is_not_found(as_clinician, patient, intake):
    answer = as_clinician.post(url("save_step", patient.pk, "social"), {"clear": "x"})

    assert answer.status_code == 404


def test_completing_from_an_older_page_says_that_it_is_complete(
    as_clinician, patient, intake
):
    as_clinician.post(url("complete_intake", patient.pk))

    again = as_clinician.post(url("complete_intake", patient.pk), follow=True)

    assert again.status_code == 200
    assert "This intake is complete. Start a new one" in markup(again)


def test_completing_closes_the_page(as_clinician, patient, intake):
    send(as_clinician, patient, "alone", alone="no")

    done = as_clinician.post(url("complete_intake", patient.pk))
    page = markup(as_clinician.get(url("intake", patient.pk)))

    assert done.status_code == 302
    assert "This intake is complete" in page
    assert "disabled" in page
    assert send(as_clinician, patient, "alone", alone="yes").status_code == 404


@pytest.mark.parametrize("value", ["\x00", "x" * 10_000, "\ud83d", "<script>", "1e999"])
@pytest.mark.parametrize(
    "question", ["alone", "mtd_dose", "qtc", "last_fentanyl_dt", "med_list", "supply"]
)
def test_odd_input_is_refused_or_kept_but_never_an_error(
    as_clinician, patient, intake, question, value
):
    data = {question: value, f"{question}__on": value, f"{question}__revision": value}

    answer = as_clinician.post(
        url("answer", patient.pk, question),
        urlencode(data, errors="surrogatepass"),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code in (200, 400)


PAGES = [
    ("get", "intake", ()),
    ("post", "start_intake", ()),
    ("post", "complete_intake", ()),
    ("post", "save_step", ("body",)),
    ("post", "answer", ("alone",)),
    ("post", "clear", ("alone",)),
    ("get", "question", ("alone",)),
    ("get", "measures", ()),
    ("get", "give", ("cows",)),
    ("post", "give", ("cows",)),
    ("get", "measure", (1,)),
    ("post", "amend", (1,)),
    ("post", "assessment_error", (1,)),
    ("get", "add_observation", ()),
    ("post", "observation_error", (1,)),
]


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
def test_another_clinics_person_is_not_found(
    as_clinician, stranger, method, name, args
):
    answer = getattr(as_clinician, method)(url(name, stranger.pk, *args))

    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
def test_an_admin_opens_no_chart(as_admin, patient, method, name, args):
    answer = getattr(as_admin, method)(url(name, patient.pk, *args))

    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
def test_nobody_gets_in_unnamed(client, patient, method, name, args):
    answer = getattr(client, method)(url(name, patient.pk, *args))

    assert answer.status_code == 302
    assert "/sign-in" in answer.url or "next=" in answer.url


GIVEN = {"mode": "staff", "given_at": "2026-11-20T09:30"}


def give(client, patient, **data):
    return client.post(url("give", patient.pk, "phq2"), {**GIVEN, **data})


def test_an_instrument_is_given(as_clinician, patient):
    page = as_clinician.get(url("give", patient.pk, "cows"))
    assert page.status_code == 200
    assert "pulse_bpm" in markup(page)

    answer = give(as_clinician, patient, **{"item-interest": "3", "item-mood": "1"})

    found = Assessment.objects.get()
    assert (answer.status_code, found.total, found.given_by) == (
        302,
        4,
        as_clinician.staff,
    )


@pytest.mark.parametrize(
    "key", ["dsm5_oud", "audit_c", "gad7", "bam", "tea", "pc_ptsd5"]
)
def test_each_form_opens(as_clinician, patient, key):
    assert as_clinician.get(url("give", patient.pk, key)).status_code == 200


def test_criteria_with_context_are_kept(as_clinician, patient):
    as_clinician.post(
        url("give", patient.pk, "dsm5_oud"),
        {
            **GIVEN,
            "item-craving": "1",
            "context-supervised": "no",
            "context-criteria_free_since": "2026-01-01",
            "context-severity_before": "severe",
        },
    )

    found = Assessment.objects.get()
    assert found.context["as_of"] == "2026-11-20"
    assert found.band == "early remission"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"item-mood": "9"}, id="no such answer"),
        pytest.param({}, id="nothing answered"),
        pytest.param({"item-mood": "1", "given_at": "2999-01-01T00:00"}, id="future"),
        pytest.param({"item-mood": "1", "given_at": "1066-01-01T00:00"}, id="long ago"),
        pytest.param({"item-mood": "1", "given_at": "\x00"}, id="no moment"),
        pytest.param({"item-mood": "1", "mode": "guess"}, id="no such way"),
    ],
)
def test_a_form_that_cannot_be_kept_says_why(as_clinician, patient, data):
    answer = give(as_clinician, patient, **data)

    assert answer.status_code == 400
    assert not Assessment.objects.exists()


def test_no_such_instrument(as_clinician, patient):
    assert as_clinician.get(url("give", patient.pk, "mmpi")).status_code == 404


def test_every_answer_can_be_looked_at(as_clinician, patient):
    give(as_clinician, patient, **{"item-interest": "3"})

    found = Assessment.objects.get()
    page = markup(as_clinician.get(url("measure", patient.pk, found.pk)))

    assert "Nearly every day" in page
    assert "Not answered" in page
    assert "incomplete" in page


def test_an_amendment_starts_from_what_was_answered(as_clinician, patient):
    give(as_clinician, patient, **{"item-interest": "3", "item-mood": "3"})
    before = Assessment.objects.get()
    page = as_clinician.get(url("amend", patient.pk, before.pk))
    assert page.context["form"]["item-interest"].value() == 3

    as_clinician.post(
        url("amend", patient.pk, before.pk),
        {**GIVEN, "item-interest": "0", "item-mood": "0"},
    )

    assert Assessment.objects.latest("id").amends == before
    shown = markup(as_clinician.get(url("measure", patient.pk, before.pk)))
    assert "The version that counts" in shown


def test_an_error_is_marked_with_its_reason(as_clinician, patient):
    give(as_clinician, patient, **{"item-interest": "3", "item-mood": "3"})
    found = Assessment.objects.get()
    where = url("assessment_error", patient.pk, found.pk)
    assert as_clinician.get(where).status_code == 200
    assert as_clinician.post(where, {"reason": ""}).status_code == 400

    for _ in range(2):
        assert as_clinician.post(where, {"reason": "wrong person"}).status_code == 302

    page = markup(as_clinician.get(url("results", patient.pk, found.instrument)))
    assert "entered in error" in page
    shown = markup(as_clinician.get(url("measure", patient.pk, found.pk)))
    assert "wrong person" in shown


def observe(client, patient, **data):
    sent = {"code": "alt", "value": "41", "effective_at": "2026-11-20T08:00", **data}
    return client.post(url("add_observation", patient.pk), sent)


def test_a_measurement_is_added_and_listed(as_clinician, patient):
    assert observe(as_clinician, patient, source="City lab").status_code == 302
    assert observe(as_clinician, patient, value="52.5").status_code == 302

    page = markup(as_clinician.get(url("measures", patient.pk)))
    assert "52.5 U/L" in page
    assert "Oldest to newest: 41, 52.5" in page


def test_a_test_result_is_a_word(as_clinician, patient):
    observe(as_clinician, patient, code="pregnancy_test", value="Negative")

    assert Observation.objects.get().text == "negative"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"value": "many"}, id="no number"),
        pytest.param({"value": "-4"}, id="below"),
        pytest.param({"code": "qtc", "value": "430.5"}, id="not whole"),
        pytest.param({"code": "pregnancy_test", "value": "maybe"}, id="no such word"),
        pytest.param({"code": "mood"}, id="no such measure"),
        pytest.param({"value": "\x00"}, id="NUL"),
        pytest.param({"value": ""}, id="empty"),
        pytest.param({"effective_at": "2999-01-01T00:00"}, id="future"),
    ],
)
def test_a_measurement_that_cannot_be_is_refused(as_clinician, patient, data):
    assert observe(as_clinician, patient, **data).status_code == 400
    assert not Observation.objects.exists()


def test_a_measurement_is_taken_out(as_clinician, patient):
    observe(as_clinician, patient)
    where = url("observation_error", patient.pk, Observation.objects.get().pk)
    assert as_clinician.get(where).status_code == 200
    assert as_clinician.post(where, {"reason": " "}).status_code == 400

    for _ in range(2):
        assert as_clinician.post(where, {"reason": "not theirs"}).status_code == 302

    assert Observation.objects.get().error_reason == "not theirs"


def test_measures_cost_the_same_for_many_rows(as_clinician, patient):
    where = url("measures", patient.pk)
    give(as_clinician, patient, **{"item-interest": "3", "item-mood": "3"})
    observe(as_clinician, patient)
    with CaptureQueriesContext(connection) as few:
        as_clinician.get(where)
    for _ in range(4):
        give(as_clinician, patient, **{"item-interest": "1", "item-mood": "3"})
        observe(as_clinician, patient)

    with CaptureQueriesContext(connection) as many:
        as_clinician.get(where)

    assert statements(few) == statements(many) <= WHOLE_PAGE


def test_an_instrument_no_longer_declared_is_still_listed(as_clinician, patient, noon):
    AssessmentFactory(patient=patient, instrument="old_scale", total=5, given_at=noon)
    ObservationFactory(patient=patient, code="old_lab", value=1, effective_at=noon)

    page = markup(as_clinician.get(url("measures", patient.pk)))

    assert "OLD-SCALE" in page
    assert "old_lab" in page
