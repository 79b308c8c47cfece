"""The intake as a browser meets it: rows, two speeds, going on, several people."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions.intake import complete_intake, save_answer, start_intake
from assessments.intake.catalogue import place_of, question_of
from assessments.intake.submission import Reply
from assessments.models import Intake, IntakeAnswer
from assessments.picture.assemble import picture_of
from tests.factories import PatientFactory

PAGE = 25
HTMX = {"HX-Request": "true"}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def intake(patient, clinician):
    return start_intake(patient=patient, by=clinician, at=timezone.now())


def url(name, *args):
    return reverse(f"assessments:{name}", args=args)


def send(client, patient, question, **data):
    return client.post(url("answer", patient.pk, question), data, headers=HTMX)


def kept(question):
    return IntakeAnswer.objects.get(question=question)


def text(response):
    return " ".join(response.content.decode().split())


def heroin(**cells):
    named = {f"opioid_use__heroin__{name}": value for name, value in cells.items()}
    return {"opioid_use__heroin__kind": "heroin", **named}


class TestBoxes:
    def revision(self, key):
        return {f"{key}__revision": str(kept(key).revision)}

    def test_unticking_the_last_one_takes_the_answer_back(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "ora", ora="has_kit")

        answer = send(as_clinician, patient, "ora", **self.revision("ora"))

        assert answer.status_code == 200
        assert not IntakeAnswer.objects.filter(question="ora").exists()
        assert picture_of(patient, at=timezone.now()).value("ora") is None

    def test_none_ticked_where_nothing_was_says_nothing(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "ora", ora__revision="")

        assert not IntakeAnswer.objects.exists()

    def test_what_somebody_else_ticked_meanwhile_is_not_emptied(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "ora", ora="has_kit")
        shown = self.revision("ora")
        more = ["has_kit", "naloxone_8mg_requested"]
        send(as_clinician, patient, "ora", ora=more, **shown)

        assert send(as_clinician, patient, "ora", **shown).status_code == 409
        assert kept("ora").value == more

    def test_a_whole_step_without_script_empties_it_too(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "ora", ora="has_kit")
        step = place_of("ora")[0].key

        as_clinician.post(
            url("save_step", patient.pk, step), self.revision("ora"), follow=True
        )

        assert not IntakeAnswer.objects.filter(question="ora").exists()


def test_all_answers_are_read_once_for_each_that_is_saved(
    as_clinician, patient, intake
):
    with CaptureQueriesContext(connection) as captured:
        send(as_clinician, patient, "cows.pulse_bpm", **{"cows.pulse_bpm": "92"})

    reads = [
        query["sql"]
        for query in captured.captured_queries
        if query["sql"].startswith("SELECT")
        and "assessments_intakeanswer" in query["sql"]
    ]
    assert len(reads) == 1


class TestRows:
    def test_what_was_named_has_a_row_at_once(self, as_clinician, patient, intake):
        body = text(send(as_clinician, patient, "opioids_used", opioids_used="heroin"))

        assert 'id="q-opioid_use" data-ask="rows" data-gates hx-swap-oob="true"' in body
        assert "<legend>Heroin</legend>" in body

    def test_each_change_keeps_every_row(self, as_clinician, patient, intake):
        send(as_clinician, patient, "opioids_used", opioids_used="heroin")

        answer = send(as_clinician, patient, "opioid_use", **heroin(days="4"))

        assert answer.status_code == 200
        assert kept("opioid_use").value == [
            {"row": "heroin", "kind": "heroin", "days": 4}
        ]

    def test_a_refused_cell_keeps_the_others_and_what_stood_there(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "opioids_used", opioids_used="heroin")
        send(as_clinician, patient, "opioid_use", **heroin(days="4"))

        answer = send(
            as_clinician,
            patient,
            "opioid_use",
            **heroin(days="400", amount="a gram"),
            opioid_use__revision="1",
        )

        body = text(answer)
        assert answer.status_code == 400
        assert 'data-fault="opioid_use__heroin__days"' in body
        assert answer.headers["HX-Trigger"] == "answer-saved"
        assert 'name="opioid_use__revision" value="2"' in body
        assert kept("opioid_use").value == [
            {"row": "heroin", "kind": "heroin", "amount": "a gram", "days": 4}
        ]

    def test_the_first_answer_may_be_refused_in_part(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "opioids_used", opioids_used="heroin")

        send(as_clinician, patient, "opioid_use", **heroin(days="x", amount="some"))

        assert kept("opioid_use").value[0]["amount"] == "some"

    def test_emptied_rows_take_the_answer_back(self, as_clinician, patient, intake):
        send(as_clinician, patient, "opioids_used", opioids_used="heroin")
        send(as_clinician, patient, "opioid_use", **heroin(days="4"))

        send(
            as_clinician,
            patient,
            "opioid_use",
            **heroin(days=""),
            opioid_use__revision="1",
        )

        assert not IntakeAnswer.objects.filter(question="opioid_use").exists()

    def test_two_people_at_once_see_both_lists(
        self, as_clinician, as_prescriber, patient, intake
    ):
        send(as_clinician, patient, "opioids_used", opioids_used="heroin")
        send(as_prescriber, patient, "opioid_use", **heroin(days="4"))

        answer = send(as_clinician, patient, "opioid_use", **heroin(days="9"))

        assert answer.status_code == 409
        assert "<strong>Heroin: 4 days</strong>" in text(answer)

    def test_a_row_is_added_taken_out_and_brought_back(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "treatments_had", treatments_had="methadone")
        added = send(as_clinician, patient, "episodes", add="episodes")
        assert added.headers["HX-Retarget"] == "#q-episodes"
        assert 'name="episodes__x1__kind" data-focus' in text(added)

        row = {"episodes__x1__kind": "methadone", "episodes__x1__months": "5"}
        send(as_clinician, patient, "episodes", **row)
        dropped = send(
            as_clinician,
            patient,
            "episodes",
            **row,
            drop="episodes__x1",
            episodes__revision="1",
        )
        assert "One row was taken out." in text(dropped)
        assert not IntakeAnswer.objects.filter(question="episodes").exists()

        undo = json.dumps({"row": "x1", "kind": "methadone", "months": 5})
        send(as_clinician, patient, "episodes", restore=undo)
        assert kept("episodes").value == [
            {"row": "x1", "kind": "methadone", "months": 5}
        ]

    @pytest.mark.parametrize(
        "odd",
        [
            *("", "x", "[]", '{"row": 1}', '{"row": "a b", "kind": "methadone"}', "{}"),
            pytest.param("[" * 100_000, id="deep"),
        ],
    )
    def test_what_is_no_row_brings_nothing_back(
        self, as_clinician, patient, intake, odd
    ):
        answer = send(as_clinician, patient, "episodes", restore=odd)

        assert answer.status_code == 200
        assert not IntakeAnswer.objects.exists()

    def test_none_at_all_is_an_answer(self, as_clinician, patient, intake):
        send(as_clinician, patient, "circle", circle__state="none")

        assert kept("circle").value == []

    def test_without_script_an_empty_row_comes_with_the_page(
        self, as_clinician, patient, intake
    ):
        send(as_clinician, patient, "treatments_had", treatments_had="methadone")

        answer = as_clinician.post(
            url("save_step", patient.pk, "opioids"),
            {"episodes__methadone__kind": "methadone", "add": "episodes"},
        )
        page = text(as_clinician.get(answer.url.partition("#")[0]))

        assert answer.url.endswith("?step=opioids&add=episodes#q-episodes")
        assert "episodes__x1__kind" in page

    def test_a_button_of_no_question_adds_nothing(self, as_clinician, patient, intake):
        answer = as_clinician.post(
            url("save_step", patient.pk, "opioids"), {"add": "//elsewhere"}
        )

        assert answer.url.endswith("?step=opioids")


def test_how_long_ago_becomes_the_moment(as_clinician, patient, intake):
    send(as_clinician, patient, "opioids_used__state")
    send(as_clinician, patient, "opioids_used", opioids_used="none")

    answer = send(
        as_clinician, patient, "last_short_acting_dt", last_short_acting_dt__ago="9d"
    )

    assert answer.headers["HX-Retarget"] == "#q-last_short_acting_dt"
    said = dt.datetime.fromisoformat(kept("last_short_acting_dt").value)
    assert (timezone.now() - said).days == 9


class TestTwoSpeeds:
    def test_an_intake_may_begin_quickly(self, as_clinician, patient):
        answer = as_clinician.post(
            url("start_intake", patient.pk), {"page": "quick-use"}
        )

        page = text(as_clinician.get(answer.url))
        assert answer.url.endswith("?step=quick-use")
        assert "Quick start: safety and use" in page
        assert "Full intake" in page

    @pytest.mark.parametrize("step", ["quick-use", "quick-body"])
    def test_a_quick_page_stays_within_its_budget(
        self, as_clinician, patient, intake, step
    ):
        # What a page costs where it is known that no alert calls.
        as_clinician.get(url("intake", patient.pk), {"step": step})
        with CaptureQueriesContext(connection) as queries:
            page = as_clinician.get(url("intake", patient.pk), {"step": step})

        assert page.status_code == 200
        assert len(queries) <= PAGE

    def test_an_answer_changes_what_stands_on_its_page_alone(
        self, as_clinician, patient, intake
    ):
        answer = as_clinician.post(
            url("answer", patient.pk, "moud_now") + "?on=quick-use",
            {"moud_now": "methadone"},
        )

        body = text(answer)
        assert 'id="q-mtd_dose"' in body
        assert 'id="q-end_of_dose_withdrawal"' not in body
        assert "quick start" in body

    def test_enough_for_today_is_said_once_it_is(
        self, as_clinician, patient, intake, monkeypatch
    ):
        assert "Enough for a start today" not in text(
            as_clinician.get(url("intake", patient.pk))
        )
        monkeypatch.setattr(
            "assessments.intake_page.sections.quick_wheels", lambda *_: {}
        )

        page = text(as_clinician.get(url("intake", patient.pk)))

        assert "Enough for a start today" in page


class TestGoingOn:
    @pytest.fixture
    def again(self, intake, patient, clinician):
        at = timezone.now() - dt.timedelta(days=90)
        for key, value in {
            "alone": True,
            "education": "degree",
            "lock_box": False,
        }.items():
            save_answer(
                intake=intake,
                question=question_of(key),
                reply=Reply(value),
                revision=None,
                by=clinician,
                at=at,
            )
        complete_intake(intake=intake, by=clinician, at=at)
        return start_intake(patient=patient, by=clinician, at=timezone.now())

    def test_what_is_carried_says_so(self, as_clinician, patient, again):
        page = text(as_clinician.get(url("intake", patient.pk), {"step": "social"}))

        assert "carried from" in page
        assert "0 changed, 3 to confirm" in page
        assert "Still so: all 1 from before" in page

    def test_one_press_confirms_one(self, as_clinician, patient, again):
        answer = as_clinician.post(url("confirm", patient.pk, "alone"), headers=HTMX)

        assert "saved" in text(answer)
        assert kept_in(again, "alone").revision == 2

    def test_without_script_it_leads_back_to_the_question(
        self, as_clinician, patient, again
    ):
        answer = as_clinician.post(url("confirm", patient.pk, "alone"))

        assert answer.url.endswith("?step=safety#q-alone")

    def test_one_press_confirms_a_panel(self, as_clinician, patient, again):
        answer = as_clinician.post(
            url("panel", patient.pk, "social", "home"), {"act": "still"}, headers=HTMX
        )

        assert answer.status_code == 200
        assert not kept_in(again, "lock_box").is_carried
        assert kept_in(again, "education").is_carried

    def test_a_change_is_marked_and_listed(self, as_clinician, patient, again):
        send(
            as_clinician,
            patient,
            "education",
            education="less",
            education__revision="1",
        )

        page = text(as_clinician.get(url("intake", patient.pk), {"step": "social"}))

        assert "was: Degree" in page
        assert "1 changed, 2 to confirm" in page


def kept_in(intake, key):
    return intake.answers.get(question=key)


class TestNoToTheRest:
    def press(self, client, patient, act, step="body", panel="heart", **data):
        return client.post(
            url("panel", patient.pk, step, panel), {"act": act, **data}, headers=HTMX
        )

    def test_no_and_back_again(self, as_clinician, patient, intake):
        body = text(self.press(as_clinician, patient, "rest"))
        assert "3 answered no at once." in body
        assert 'value="ecg_risk:1"' in body
        assert kept("long_qt").value is False

        given = ["ecg_risk:1", "long_qt:1", "cardiac:1", "alone:1", "x", "cardiac:y"]
        self.press(as_clinician, patient, "undo", given=given)
        assert not IntakeAnswer.objects.exists()

    def test_without_script_it_leads_back_to_the_panel(
        self, as_clinician, patient, intake
    ):
        answer = as_clinician.post(
            url("panel", patient.pk, "body", "heart"), {"act": "rest"}
        )

        assert answer.url.endswith("?step=body#panel-heart")

    def test_an_act_of_no_such_name_does_nothing(self, as_clinician, patient, intake):
        assert self.press(as_clinician, patient, "all").status_code == 200
        assert not IntakeAnswer.objects.exists()

    def test_a_panel_of_another_page_is_not_found(self, as_clinician, patient, intake):
        answer = self.press(as_clinician, patient, "rest", step="mind")

        assert answer.status_code == 404


class TestTogether:
    def news(self, client, patient, since="", on="safety"):
        return client.post(
            url("news", patient.pk), {"on": on, "since": since}, headers=HTMX
        )

    def test_each_sees_where_the_other_is(
        self, as_clinician, as_prescriber, patient, intake
    ):
        self.news(as_prescriber, patient, on="body")

        body = text(self.news(as_clinician, patient))

        assert "<strong>Ines Marchetti</strong> is in this intake too, on Body." in body

    def test_what_was_answered_since_comes_along(
        self, as_clinician, as_prescriber, patient, intake
    ):
        before = timezone.now().isoformat()
        send(as_prescriber, patient, "alone", alone="no")
        send(as_prescriber, patient, "education", education="less")

        answer = self.news(as_clinician, patient, since=before)

        body = text(answer)
        assert answer.headers["HX-Trigger"] == "answer-saved"
        assert 'id="q-alone"' in body
        assert 'id="q-education"' not in body
        assert 'id="rail" hx-swap-oob="true"' in body

    @pytest.mark.parametrize("since", ["", "yesterday", "2999-01-01", "\x00"])
    def test_without_a_time_to_tell_from_there_is_no_news(
        self, as_clinician, patient, intake, since
    ):
        answer = self.news(as_clinician, patient, since=since)

        assert answer.status_code == 200
        assert "HX-Trigger" not in answer.headers

    def test_it_asks_few_statements(self, as_clinician, patient, intake):
        with CaptureQueriesContext(connection) as queries:
            self.news(as_clinician, patient)

        assert len(queries) <= PAGE

    def test_a_complete_intake_has_no_news(
        self, as_clinician, patient, intake, clinician
    ):
        complete_intake(intake=intake, by=clinician, at=timezone.now())

        assert self.news(as_clinician, patient).status_code == 404


def test_a_protected_panel_says_so(as_clinician, patient, intake):
    page = text(as_clinician.get(url("intake", patient.pk), {"step": "social"}))

    assert "not on printed plans or portals" in page


def test_a_complete_intake_offers_the_next(as_clinician, patient, intake, clinician):
    complete_intake(intake=intake, by=clinician, at=timezone.now())

    page = text(as_clinician.get(url("intake", patient.pk)))

    assert "Start a new intake" in page
    assert 'id="news"' not in page
    assert Intake.objects.count() == 1
