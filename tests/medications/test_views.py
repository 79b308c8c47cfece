"""The medication tab, the live panel and the knowledge pages in the browser."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from accounts.models import AuditEvent
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp
from assessments.models import IntakeAnswer
from assessments.picture import Picture
from assessments.picture.assemble import picture_of
from knowledge.editions import knowledge
from medications.actions.decisions import Talk, record_decision
from medications.models import MedicationDecision
from medications.views import choosing, decision
from tests.assessments.picture.test_model import FACT_VALUES
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.assessments import (
    AssessmentFactory,
    IntakeAnswerFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.factories.medications import RuleSignOffFactory
from tests.factories.treatment import DoseEventFactory
from tests.medications.pictures import CLEAR, READY, picture
from treatment.models import DoseEvent, Regimen, ToxicologyResult

pytestmark = pytest.mark.django_db

LONG = "x" * 10_000
YESTERDAY = f"{timezone.now() - dt.timedelta(days=1):%Y-%m-%d}"

# In the night before, by the clock that the page goes by.


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def stranger(other_clinic):
    return PatientFactory(clinic=other_clinic)


@pytest.fixture
def tab(patient):
    return f"/people/{patient.pk}/medication/"


@pytest.fixture
def knowing(monkeypatch):
    """Let the pages see a person of whom this is known, and nothing else."""

    def known(facts):
        def seen(_patient, *, at):
            return Picture.from_json({"as_of": at.isoformat(), "facts": facts})

        monkeypatch.setattr(choosing, "picture_of", seen)
        monkeypatch.setattr(
            choosing, "picture_from", lambda subject: seen(None, at=subject.at)
        )
        monkeypatch.setattr(
            decision, "picture_from", lambda subject: seen(None, at=subject.at)
        )

    return known


def undated(facts):
    """Facts without moments, which would lie after or long before a page's own."""
    return {k: v for k, v in facts.items() if not k.endswith("_dt")} | {
        "last_short_acting_dt": "never",
        "last_long_acting_dt": "never",
        "last_bup_xr_dt": "never",
    }


def answer(patient, **answers):
    now = timezone.now()
    intake = IntakeFactory(patient=patient, started_at=now)
    for question, value in answers.items():
        IntakeAnswerFactory(
            intake=intake, question=question, value=value, answered_at=now
        )


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


PAGES = (
    "",
    "interactions/",
    "decide/MTD/",
    "under-way/",
    "start/",
    "doses/add/",
    "toxicology/add/",
)


class TestWhoMaySee:
    @pytest.mark.parametrize("page", PAGES)
    def test_another_clinics_person_is_not_there(self, as_prescriber, stranger, page):
        url = f"/people/{stranger.pk}/medication/{page}"

        assert as_prescriber.get(url).status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_an_admin_opens_no_chart(self, as_admin, tab, page):
        assert as_admin.get(tab + page).status_code == 403

    @pytest.mark.parametrize("page", ["decide/MTD/", "start/"])
    def test_only_a_prescriber_decides(self, as_clinician, as_care_manager, tab, page):
        assert as_clinician.get(tab + page).status_code == 403
        assert as_care_manager.post(tab + page).status_code == 403

    @pytest.mark.parametrize("page", ["doses/add/", "toxicology/add/"])
    def test_those_who_assess_keep_the_log(self, as_care_manager, tab, page):
        assert as_care_manager.get(tab + page).status_code == 200

    @pytest.mark.parametrize("path", ["/knowledge/", "/knowledge/C47/"])
    def test_everyone_reads_the_knowledge(self, as_admin, as_care_manager, path):
        assert as_admin.get(path).status_code == 200
        assert as_care_manager.get(path).status_code == 200

    def test_another_persons_decision_and_regimen_are_not_there(
        self, as_prescriber, patient, tab, clinic, knowing
    ):
        knowing(undated(CLEAR))
        as_prescriber.post(tab + "decide/NOT_NOW/", TALK)
        other = PatientFactory(clinic=clinic)
        pk = MedicationDecision.objects.get().pk

        url = f"/people/{other.pk}/medication/"
        assert as_prescriber.get(f"{url}decisions/{pk}/").status_code == 404
        assert as_prescriber.get(f"{url}regimens/1/stop/").status_code == 404


class TestOptions:
    def test_says_from_what_it_was_computed_and_counts_the_view(
        self, as_clinician, patient, tab
    ):
        page = text_of(as_clinician.get(tab))

        assert "Options, not orders" in page
        event = AuditEvent.objects.get(verb="chart.viewed")
        assert (event.patient_id, event.facts) == (patient.pk, {"page": "medication"})

    def test_quotes_the_person(self, as_clinician, patient, tab):
        answer(patient, own_words="Not every day.", words_goal="My job back.")

        page = text_of(as_clinician.get(tab))

        assert "“Not every day.”" in page
        assert "“My job back.”" in page

    def test_four_columns_in_the_order_of_the_ranking(self, as_clinician, tab, knowing):
        knowing(undated({**CLEAR, "preference": "BUP_XR"}))

        page = text_of(as_clinician.get(tab))

        places = [page.index(f'id="o-{key}"') for key in ("BUP_XR", "MTD", "NTX_XR")]
        assert places[0] == min(places)
        assert page.index('id="o-NTX_PO"') > max(places)
        assert page.count("btn-primary") == 1
        assert "Turn the screen to" in page.partition("btn-primary")[2][:300]

    def test_each_line_carries_its_rule_and_an_unchecked_one_its_mark(
        self, as_clinician, tab, knowing
    ):
        knowing(undated({**CLEAR, "preference": "MTD", "phys_dependence": True}))

        page = text_of(as_clinician.get(tab))

        assert re.search(r'class="mst-rule[^"]*" href="/knowledge/C03/"', page)
        assert re.search(r'class="mst-rule is-unverified" href="/knowledge/C23/"', page)
        assert 'aria-label="Basis: rule C23, not yet verified"' in page

    def test_only_who_decides_is_offered_a_choice(
        self, as_clinician, as_prescriber, tab, knowing
    ):
        knowing(undated({**CLEAR, "phys_dependence": True}))

        assert "decide/MTD/" not in text_of(as_clinician.get(tab))
        offered = text_of(as_prescriber.get(tab))
        assert "decide/MTD/" in offered
        assert "decide/NTX_XR/" not in offered
        assert {"decide/NOT_NOW/", "decide/NONE/"} <= set(
            re.findall(r"decide/\w+/", offered)
        )

    def test_says_whether_prescription_monitoring_was_checked_today(
        self, as_clinician, tab, patient
    ):
        line = r"PDMP: <a [^>]*\?step=strengths#q-pdmp\">.{9,200}not checked"
        assert re.search(line, text_of(as_clinician.get(tab)))

        answer(patient, pdmp=True)
        checked = text_of(as_clinician.get(tab))
        assert "PDMP: checked today" in checked

    def test_few_queries_however_much_is_known(
        self, as_prescriber, patient, tab, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(40) as bare:
            as_prescriber.get(tab)
        answer(patient, qtc=430, own_words="Not daily.", pregnancy=False)
        now = timezone.now()
        reconcile(patient=patient, by=None, at=now)
        for day in range(12):
            DoseEventFactory(
                patient=patient,
                medication="MTD",
                kind="administered",
                on=clinic_today(now) - dt.timedelta(days=day),
                amount_mg=60,
                recorded_at=now,
            )
            AssessmentFactory(
                patient=patient,
                instrument="cows",
                total=9,
                given_at=now - dt.timedelta(hours=day),
            )
        with django_assert_max_num_queries(40) as full:
            as_prescriber.get(tab)

        assert len(full) <= len(bare) + 1
        assert len(statements(full)) <= 25

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(FACT_VALUES)
    def test_whatever_is_known_the_page_stands(
        self, as_prescriber, tab, monkeypatch, facts
    ):
        weighed = picture(facts)
        monkeypatch.setattr(choosing, "picture_of", lambda _patient, at: weighed)
        monkeypatch.setattr(decision, "picture_from", lambda _subject: weighed)

        for page in ("", "decide/BUP_LOW/", "decide/NONE/"):
            assert as_prescriber.get(tab + page).status_code == 200


def statements(captured):
    """Queries of the page itself, without savepoints and settings of the session."""
    own = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    session = ("SELECT SET_CONFIG", "SELECT COALESCE(CURRENT_SETTING")
    return [
        q
        for q in captured.captured_queries
        if not q["sql"].upper().startswith((*own, *session))
    ]


class TestTwoDecisionsAtOnce:
    def test_the_second_sees_the_first_and_may_still_be_recorded(
        self, as_prescriber, tab, patient, knowing
    ):
        knowing({**undated(CLEAR), "preference": "BUP_SL"})
        url = f"{tab}decide/BUP_SL/"
        typed = {"took_part": ["person"], "seen": "PREFERRED", "first_dose": "2 mg"}
        opened = {**typed, "preference": "BUP_SL", "after": "0"}
        as_prescriber.post(url, opened)

        late = as_prescriber.post(url, opened)

        page = text_of(late)
        assert late.status_code == 400
        assert "Another decision was recorded after this page" in page
        assert 'value="2 mg"' in page
        made = MedicationDecision.objects.get(patient=patient)
        assert f'name="after" value="{made.pk}"' in page
        as_prescriber.post(url, {**opened, "after": made.pk})
        assert MedicationDecision.objects.filter(patient=patient).count() == 2


class TestAccept:
    def test_one_click_records_the_first_with_its_tasks(
        self, as_prescriber, tab, patient, knowing
    ):
        knowing({**undated(READY), "preference": "BUP_SL"})
        page = text_of(as_prescriber.get(tab))
        assert "Accept with its tasks" in page
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]

        response = as_prescriber.post(
            f"{tab}accept/", {"choice": "BUP_SL", "seen": seen}, follow=True
        )

        assert "What follows from it is on the list" in text_of(response)
        made = MedicationDecision.objects.get(patient=patient)
        assert (made.choice, made.choice_standing) == ("BUP_SL", "PREFERRED")

    def test_two_clicks_are_one(self, as_prescriber, tab, patient, knowing):
        knowing({**undated(READY), "preference": "BUP_SL"})
        page = text_of(as_prescriber.get(tab))
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]
        form = page[page.index(f"{tab}accept/") :]
        once = re.search(r'name="once" value="([^"]+)"', form)[1]

        for _ in range(2):
            as_prescriber.post(
                f"{tab}accept/",
                {"choice": "BUP_SL", "seen": seen, "once": once},
                once=False,
            )

        assert MedicationDecision.objects.filter(patient=patient).count() == 1

    def test_what_moved_meanwhile_is_looked_at_again(self, as_prescriber, tab, patient):
        response = as_prescriber.post(
            f"{tab}accept/", {"choice": "BUP_SL"}, follow=True
        )

        assert "can no longer be accepted" in text_of(response)
        assert not MedicationDecision.objects.filter(patient=patient).exists()

    def test_is_not_offered_while_other_answers_are_tried(
        self, as_prescriber, tab, knowing
    ):
        knowing({**undated(READY), "preference": "BUP_SL"})

        assert "Accept with its tasks" not in text_of(
            as_prescriber.get(f"{tab}?if_qtc=430")
        )

    def test_what_comes_before_the_first_dose_is_no_quick_matter(
        self, as_prescriber, tab, knowing
    ):
        known = {**undated(READY), "preference": "BUP_SL", "dosing_assess": "sedated"}
        knowing(known)

        page = text_of(as_prescriber.get(tab))
        assert "Hold today&#x27;s dose; look again first." in page
        assert "Accept with its tasks" not in page

    def test_what_was_recorded_is_not_offered_again(self, as_prescriber, tab, knowing):
        knowing({**undated(READY), "preference": "BUP_SL"})
        self.accept_as_shown(as_prescriber, tab, text_of(as_prescriber.get(tab)))

        assert "Accept with its tasks" not in text_of(as_prescriber.get(tab))

    def test_a_page_from_before_another_decision_records_nothing(
        self, as_prescriber, tab, patient, knowing
    ):
        knowing({**undated(READY), "preference": "BUP_SL"})
        page = text_of(as_prescriber.get(tab))
        self.accept_as_shown(as_prescriber, tab, page)

        again = self.accept_as_shown(as_prescriber, tab, page)

        assert "Another decision was recorded after this page" in text_of(again)
        assert MedicationDecision.objects.filter(patient=patient).count() == 1

    def accept_as_shown(self, client, tab, page):
        shown = {"choice": "BUP_SL", "seen": "", "after": ""}
        for name in ("seen", "after"):
            shown[name] = re.search(rf'name="{name}" value="(\w+)"', page)[1]
        return client.post(f"{tab}accept/", shown, follow=True)

    def test_is_for_prescribers(self, as_clinician, tab, knowing):
        knowing({**undated(READY), "preference": "BUP_SL"})

        assert "Accept with its tasks" not in text_of(as_clinician.get(tab))
        assert (
            as_clinician.post(f"{tab}accept/", {"choice": "BUP_SL"}).status_code == 403
        )


class TestEarlier:
    def test_two_days_side_by_side(self, as_prescriber, clinic):
        here_since = timezone.now() - dt.timedelta(days=40)
        person = PatientFactory(clinic=clinic, registered_at=here_since)
        answer(person, phys_dependence=True)

        page = text_of(as_prescriber.get(f"/people/{person.pk}/medication/earlier/"))

        assert "Where the options stood" in page
        assert (
            '<del class="mst-del">Not known</del> <ins class="mst-ins">Yes</ins>'
            in page
        )
        assert "Contraindicated" in page

    @pytest.mark.parametrize("on", ["1999-01-01", "2999-01-01", "soon", "2026-02-30"])
    def test_a_day_that_cannot_be_is_refused_beside_the_field(
        self, as_prescriber, tab, on
    ):
        response = as_prescriber.get(f"{tab}earlier/", {"on": on})

        assert response.status_code == 400
        assert on in text_of(response)
        assert "Where the options stood" not in text_of(response)

    def test_opens_on_the_day_of_the_last_decision(
        self, as_prescriber, tab, patient, prescriber
    ):
        record_decision(
            patient=patient,
            choice="NOT_NOW",
            picture=picture(CLEAR),
            talk=Talk(reason_code="waits", reason_words="Wants to think."),
            by=prescriber,
            at=timezone.now(),
        )

        assert "Not now" in text_of(as_prescriber.get(f"{tab}earlier/"))

    def test_nothing_else_is_known_then(self, as_prescriber, tab):
        page = text_of(as_prescriber.get(f"{tab}earlier/"))

        assert "No fact reads otherwise" in page
        assert "Nothing was decided by then" in page


class TestWhatIf:
    def test_says_what_would_move_and_keeps_nothing(self, as_clinician, tab, knowing):
        knowing(undated({**CLEAR, "phys_dependence": True, "cows": 9}))

        page = text_of(as_clinician.get(tab, {"if_cows": "13"}))

        assert 'value="13"' in page
        assert "Buprenorphine, daily" in page[page.index("what-if-result") :]
        assert not IntakeAnswer.objects.exists()

    def test_answers_with_a_part_of_the_page_alone(self, as_clinician, tab):
        response = as_clinician.get(
            tab, {"if_cows": "13"}, headers={"HX-Target": "what-if-result"}
        )

        assert response.content.decode().strip().startswith("<div")
        assert not AuditEvent.objects.filter(verb="chart.viewed").exists()

    @pytest.mark.parametrize("typed", ["99", "many", "1\x00", LONG, "-1", "1e999"])
    def test_an_impossible_answer_is_said_beside_it(self, as_clinician, tab, typed):
        response = as_clinician.get(tab, {"if_cows": typed})

        assert response.status_code == 400
        assert 'aria-invalid="true"' in text_of(response)

    def test_not_known_can_be_tried(self, as_clinician, tab, knowing):
        knowing(undated(CLEAR))

        page = text_of(as_clinician.get(tab, {"if_gi": "unknown", "if_resp": "copd"}))

        assert "no change" in page[page.index("what-if-result") :]

    def test_the_columns_move_and_nothing_can_be_chosen_from_them(
        self, as_prescriber, tab, knowing
    ):
        knowing(undated(CLEAR))

        page = text_of(as_prescriber.get(f"{tab}?if_qtc=520"))

        assert "this shows the answers that you try" in page
        assert "Only tried. Reset to choose." in page
        assert "decide/MTD/" not in page

    def test_a_part_brings_the_columns_along(self, as_prescriber, tab, knowing):
        knowing(undated(CLEAR))

        part = text_of(
            as_prescriber.get(
                f"{tab}?if_qtc=520", headers={"HX-Target": "what-if-result"}
            )
        )

        assert 'id="options" hx-swap-oob="true"' in part
        assert "<html" not in part

    def test_any_fact_can_be_added(self, as_prescriber, tab):
        part = text_of(
            as_prescriber.get(
                f"{tab}?if_cows=9&add=med_list", headers={"HX-Target": "what-if"}
            )
        )

        assert 'name="if_med_list"' in part
        assert 'value="9"' in part
        assert '<option value="med_list">' not in part

    @pytest.mark.parametrize("name", ["own_words", "history", "nonsense"])
    def test_what_cannot_be_tried_is_not_added(self, as_prescriber, tab, name):
        assert f"if_{name}" not in text_of(as_prescriber.get(f"{tab}?add={name}"))

    @pytest.mark.parametrize(
        ("asked", "word"),
        [
            ("if_med_list=haloperidol,+phenelzine", "Avoid"),
            ("if_last_short_acting_dt={yesterday}+22:30", "Contraindicated"),
            ("if_allergy=methadone", "Contraindicated"),
        ],
        ids=["ingredients", "a moment", "a list"],
    )
    def test_facts_of_every_kind(self, as_prescriber, tab, knowing, asked, word):
        knowing(undated(CLEAR))
        yesterday = clinic_today() - dt.timedelta(days=1)

        response = as_prescriber.get(f"{tab}?{asked.format(yesterday=yesterday)}")

        assert response.status_code == 200
        assert word in text_of(response)


class TestInteractions:
    def test_each_other_medicine_has_its_classes(self, as_care_manager, tab, patient):
        for name in ("zinc", "carbamazepine", "methadone"):
            patient.other_medicines.create(
                clinic=patient.clinic, ingredient=name, recorded_at=timezone.now()
            )

        page = text_of(as_care_manager.get(tab + "interactions/"))

        assert "lowers methadone: withdrawal" in page
        assert "lowers buprenorphine: withdrawal" in page
        assert "D11 [V 95; V* 147]" in page
        assert "other interactions were not looked for" in page
        assert page.index("Carbamazepine") < page.index("Zinc")
        assert "Methadone<" not in page

    @pytest.mark.parametrize(
        ("written", "told"),
        [
            ("alprazolam 1 mg", "slows breathing together with opioids"),
            ("Diflucan", "raises methadone"),
            ("Ultram", "naltrexone would block it"),
            ("Norco 10/325", "naltrexone would block it"),
            ("St. John\u2019s wort", "lowers methadone"),
            ("ZaZa", "naltrexone would block it"),
            ("Percocet", "other interactions were not looked for"),
        ],
    )
    def test_a_brand_with_its_strength_is_in_its_classes(
        self, as_care_manager, tab, patient, written, told
    ):
        self.takes(patient, written)

        assert told in text_of(as_care_manager.get(tab + "interactions/"))

    @pytest.mark.parametrize("written", ["alprozolam", "blue pill", "no Xanax"])
    def test_what_is_not_recognised_was_not_checked(
        self, as_care_manager, tab, patient, written
    ):
        self.takes(patient, written)

        page = text_of(as_care_manager.get(tab + "interactions/"))
        assert "Not recognised: nothing was checked." in page
        assert "not looked for" not in page
        assert ("Did you mean alprazolam?" in page) == (written == "alprozolam")

    def test_two_classes_of_one_effect_are_one_line(
        self, as_care_manager, tab, patient
    ):
        self.takes(patient, "efavirenz")

        page = text_of(as_care_manager.get(tab + "interactions/"))
        assert page.count("lowers methadone: withdrawal") == 1

    def takes(self, patient, written):
        patient.other_medicines.create(
            clinic=patient.clinic, ingredient=written, recorded_at=timezone.now()
        )

    def test_without_a_list_there_is_nothing_to_say(self, as_care_manager, tab):
        assert text_of(as_care_manager.get(tab + "interactions/")).strip() == ""


TALK = {
    "preference": "",
    "preference_words": "Not every day.",
    "took_part": ["person", "prescriber"],
    "reason_code": "person_chose",
    "reason_words": "Wants it.",
}


class TestDecide:
    def test_records_it_and_shows_it_again(self, as_prescriber, patient, tab, knowing):
        knowing(undated({**CLEAR, "preference": ["MTD"]}))
        form = text_of(as_prescriber.get(tab + "decide/MTD/"))
        assert '<option value="MTD" selected>' in form

        response = as_prescriber.post(
            tab + "decide/MTD/", {**TALK, "preference": "MTD", "first_dose": "30 mg"}
        )

        kept = MedicationDecision.objects.get()
        assert (kept.choice, kept.first_dose, kept.decided_by) == (
            "MTD",
            "30 mg",
            as_prescriber.staff,
        )
        assert response.url == tab
        assert "Methadone" in text_of(as_prescriber.get(tab))
        shown = text_of(as_prescriber.get(f"{tab}decisions/{kept.pk}/"))
        assert "byte for byte" in shown
        assert "“Not every day.”" in shown

    def test_what_was_recorded_may_be_read_by_who_sees_the_chart(
        self, as_prescriber, as_care_manager, tab, knowing
    ):
        knowing(undated(CLEAR))
        as_prescriber.post(tab + "decide/NONE/", TALK)
        pk = MedicationDecision.objects.get().pk

        assert as_care_manager.get(f"{tab}decisions/{pk}/").status_code == 200

    def test_what_cannot_be_given_here_is_referred(
        self, as_prescriber, patient, tab, knowing
    ):
        knowing(undated({**READY, "is_otp": False}))
        page = text_of(as_prescriber.get(tab + "decide/MTD/"))
        assert "Refer: Methadone" in page
        assert "First dose" not in page

        as_prescriber.post(tab + "decide/MTD/", TALK)

        assert MedicationDecision.objects.get().choice_standing == "NOT_HERE"
        kinds = set(FollowUp.objects.values_list("kind", flat=True))
        assert "referral" in kinds
        assert "order" not in kinds

    def test_what_the_first_dose_waits_for_is_named(self, as_prescriber, tab, knowing):
        knowing(undated({**READY, "allergy": "unknown"}))

        page = text_of(as_prescriber.get(tab + "decide/BUP_SL/"))

        assert "The first dose waits for" in page
        assert f'href="{tab}#ask"' in page

    def test_what_is_contraindicated_has_no_form_and_is_refused(
        self, as_prescriber, tab, knowing
    ):
        knowing(undated({**CLEAR, "phys_dependence": True}))

        assert "cannot be chosen now" in text_of(
            as_prescriber.get(tab + "decide/NTX_XR/")
        )
        response = as_prescriber.post(tab + "decide/NTX_XR/", TALK)
        assert response.status_code == 400
        assert not MedicationDecision.objects.exists()

    def test_what_is_missing_is_said_beside_its_field_and_the_words_stay(
        self, as_prescriber, tab, knowing
    ):
        knowing(undated({**CLEAR, "qtc": 470}))

        response = as_prescriber.post(tab + "decide/MTD/", TALK)

        page = text_of(response)
        assert response.status_code == 400
        assert "One caution to read first: C46." in page
        assert "Not every day." in page

    def test_what_moved_meanwhile_is_looked_at_again(self, as_prescriber, tab, knowing):
        knowing(undated(CLEAR))

        response = as_prescriber.post(tab + "decide/MTD/", {**TALK, "seen": "AVOID"})

        assert "has changed since" in text_of(response)

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("preference", "ASPIRIN"),
            ("preference_words", "a\x00b"),
            ("preference_words", LONG),
            ("took_part", ""),
            ("took_part", "nobody"),
            ("reason_code", "whim"),
            ("first_dose", LONG),
            ("seen", LONG),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, as_prescriber, tab, knowing, field, typed
    ):
        knowing(undated(CLEAR))

        response = as_prescriber.post(tab + "decide/MTD/", {**TALK, field: typed})

        assert response.status_code == 400
        assert not MedicationDecision.objects.exists()

    def test_nothing_that_can_be_chosen_leads_back(self, as_prescriber, tab):
        assert as_prescriber.get(tab + "decide/ASPIRIN/").url == tab


class TestTreatment:
    @pytest.fixture
    def decided(self, as_prescriber, tab, knowing):
        knowing(undated({k: v for k, v in CLEAR.items() if k != "dsm_count"}))
        as_prescriber.post(tab + "decide/MTD/", {**TALK, "first_dose": "30 mg"})
        return MedicationDecision.objects.get()

    def test_nothing_starts_without_a_decision(self, as_prescriber, tab):
        assert as_prescriber.get(tab + "start/").url == tab

    def test_not_now_is_no_start(self, as_prescriber, tab, knowing):
        knowing(undated(CLEAR))
        as_prescriber.post(tab + "decide/NOT_NOW/", TALK)

        assert as_prescriber.get(tab + "start/").url == tab
        page = text_of(as_prescriber.get(tab + "under-way/"))
        assert "start/" not in page
        assert ": not now." in page

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("started_on", "soon"),
            ("dose_mg", "x"),
            ("confirmed", "C99"),
            ("product", LONG),
        ],
    )
    def test_a_start_that_makes_no_sense_is_refused(
        self, as_prescriber, tab, decided, field, typed
    ):
        start = {"started_on": clinic_today().isoformat(), "confirmed": "C02"}

        response = as_prescriber.post(tab + "start/", {**start, field: typed})

        assert response.status_code == 400
        assert not Regimen.objects.exists()

    def test_starts_once_what_comes_first_is_done_and_stops(
        self, as_prescriber, tab, decided
    ):
        today = clinic_today().isoformat()
        first = as_prescriber.post(tab + "start/", {"started_on": today})
        assert first.status_code == 400
        assert "The first dose waits for:" in text_of(first)

        told = {"started_on": today, "reason": "Ill now, and asked at once."}
        second = as_prescriber.post(tab + "start/", told)
        assert "Before the first dose" in text_of(second)

        as_prescriber.post(
            tab + "start/", {**told, "dose_mg": "30", "confirmed": "C02"}
        )
        regimen = Regimen.objects.get()
        assert (regimen.decision, regimen.dose_mg) == (decided, 30)
        assert "30 mg" in text_of(as_prescriber.get(tab + "under-way/"))

        stop = f"{tab}regimens/{regimen.pk}/stop/"
        assert as_prescriber.get(stop).status_code == 200
        early = as_prescriber.post(stop, {"stopped_on": "2020-01-01", "reason": "x"})
        assert "before it began" in text_of(early)
        as_prescriber.post(stop, {"stopped_on": today, "reason": "Moves away"})
        assert "Moves away" in text_of(as_prescriber.get(tab + "under-way/"))

    def test_doses_are_written_down(self, as_care_manager, tab):
        today = clinic_today().isoformat()
        dose = {"medication": "MTD", "kind": "administered", "on": today}
        assert "how many mg" in text_of(as_care_manager.post(tab + "doses/add/", dose))

        as_care_manager.post(
            tab + "doses/add/", {**dose, "hour": "00:00", "amount_mg": "60"}
        )
        as_care_manager.post(tab + "doses/add/", {**dose, "kind": "missed"})

        assert DoseEvent.objects.filter(at__isnull=False).get().amount_mg == 60
        assert "60 mg" in text_of(as_care_manager.get(tab + "under-way/"))

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("on", "1000-01-01"),
            ("on", "9999-12-31"),
            ("on", "soon"),
            ("amount_mg", "NaN"),
            ("amount_mg", "-5"),
            ("amount_mg", "1" * 50),
            ("hour", "25:00"),
            ("medication", "\x00"),
            ("note", LONG),
        ],
    )
    def test_a_dose_that_makes_no_sense_is_refused(
        self, as_care_manager, tab, field, typed
    ):
        dose = {
            "medication": "MTD",
            "kind": "administered",
            "on": clinic_today().isoformat(),
            "amount_mg": "60",
        }
        response = as_care_manager.post(tab + "doses/add/", {**dose, field: typed})

        assert response.status_code == 400
        assert not DoseEvent.objects.exists()

    def test_the_same_once_more_is_asked_about(self, as_care_manager, tab):
        dose = {
            "medication": "MTD",
            "kind": "administered",
            "on": clinic_today().isoformat(),
            "amount_mg": "60",
        }
        as_care_manager.post(tab + "doses/add/", dose)

        asked = as_care_manager.post(tab + "doses/add/", dose)
        assert asked.status_code == 400
        assert "in the log already" in text_of(asked)
        assert 'type="checkbox" name="again"' in text_of(asked)
        assert DoseEvent.objects.count() == 1

        as_care_manager.post(tab + "doses/add/", {**dose, "again": "on"})
        assert DoseEvent.objects.count() == 2

    def test_a_specimen_is_written_down(self, as_care_manager, tab):
        specimen = {"collected_at": "2026-01-05T09:00", "method": "definitive"}
        assert "at least one" in text_of(
            as_care_manager.post(tab + "toxicology/add/", specimen)
        )

        as_care_manager.post(
            tab + "toxicology/add/",
            {**specimen, "of_fentanyl": "positive", "of_cocaine": "negative"},
        )

        assert ToxicologyResult.objects.count() == 2
        assert "Fentanyl present" in text_of(as_care_manager.get(tab + "under-way/"))

    @pytest.mark.parametrize(
        "typed", ["2999-01-01T09:00", "0001-01-01T00:00", "soon", "\x00"]
    )
    def test_a_specimen_of_no_possible_day_is_refused(
        self, as_care_manager, tab, typed
    ):
        response = as_care_manager.post(
            tab + "toxicology/add/",
            {"collected_at": typed, "method": "screen", "of_fentanyl": "positive"},
        )

        assert response.status_code == 400
        assert not ToxicologyResult.objects.exists()


class TestKnowledge:
    @pytest.mark.parametrize("rule", knowledge().rules)
    def test_every_rule_has_its_page(self, as_admin, rule):
        assert as_admin.get(f"/knowledge/{rule}/").status_code == 200

    def test_a_rule_says_when_then_from_where_and_how_far_checked(self, as_admin):
        page = text_of(as_admin.get("/knowledge/C47/"))

        assert "500 ms" in page
        assert "Avoid" in page
        assert knowledge().rules["C47"].source.split(" [")[0] in page

    def test_no_such_rule_is_not_there(self, as_admin):
        assert as_admin.get("/knowledge/C999/").status_code == 404

    @pytest.mark.parametrize(
        ("filters", "has", "lacks"),
        [
            ({"q": "QTc"}, "/knowledge/C47/", "/knowledge/C03/"),
            ({"medication": "NTX_PO"}, "/knowledge/C03/", "/knowledge/C47/"),
            ({"check": "unverified"}, "/knowledge/C23/", "/knowledge/C03/"),
        ],
    )
    def test_rules_are_found(self, as_admin, filters, has, lacks):
        page = text_of(as_admin.get("/knowledge/", filters))

        assert has in page
        assert lacks not in page

    @pytest.mark.parametrize(
        "filters",
        [{"q": "\x00"}, {"q": LONG}, {"page": "999"}, {"medication": "zzz" * 9}],
    )
    def test_any_filter_is_answered(self, as_admin, filters):
        assert as_admin.get("/knowledge/", filters).status_code == 200

    def test_finding_none_says_so(self, as_admin):
        assert "No rule matches" in text_of(as_admin.get("/knowledge/", {"q": "zebra"}))


class TestOwnRules:
    """What a clinic switched off stands wherever the rule would have spoken."""

    @pytest.fixture
    def off(self, clinic, prescriber):
        return RuleSignOffFactory(
            clinic=clinic,
            rule="C47",
            stance="off",
            reason="The cardiologist decides.",
            signed_at=timezone.now(),
            signed_by=prescriber,
        )

    @pytest.fixture
    def person(self, patient):
        now = timezone.now()
        ObservationFactory(patient=patient, code="qtc", value=520, effective_at=now)
        return patient

    @pytest.mark.parametrize("page", ["", "decide/MTD/"])
    def test_on_the_pages_of_the_decision(self, as_prescriber, tab, person, off, page):
        shown = text_of(as_prescriber.get(tab + page))

        assert "Would have said: QTc 520 ms" in shown
        assert "Switched off here: The cardiologist decides." in shown

    def test_in_the_record_as_it_was_made(self, as_prescriber, tab, person, off):
        made = record_decision(
            patient=person,
            choice="NOT_NOW",
            picture=picture_of(person, at=timezone.now()),
            talk=Talk(reason_code="waits", reason_words="Thinks it over."),
            by=off.signed_by,
            at=timezone.now(),
        )

        shown = text_of(as_prescriber.get(f"{tab}decisions/{made.pk}/"))
        assert "What the clinic had decided otherwise" in shown
        assert "The cardiologist decides." in shown

    def test_beside_the_intake(self, as_prescriber, patient, person, off):
        answer(patient, phys_dependence=True)

        shown = text_of(as_prescriber.get(f"/people/{patient.pk}/intake/live/"))
        assert "Switched off here: The cardiologist decides." in shown

    def test_an_own_number_is_named(self, as_prescriber, tab, clinic, prescriber):
        RuleSignOffFactory(
            clinic=clinic,
            rule="C14",
            stance="own_number",
            numbers={"cows_asam_2020": "12"},
            reason="As the guideline's upper end.",
            signed_at=timezone.now(),
            signed_by=prescriber,
        )

        assert "Own number:" in text_of(as_prescriber.get(tab))


class TestWhereItStands:
    """What the page that records a choice says of it, no more than was found."""

    def test_equal_options_are_not_called_first(self, as_prescriber, tab, knowing):
        knowing({})

        page = text_of(as_prescriber.get(tab + "decide/MTD/"))
        assert "Equal on what is known with another in its place." in page
        assert "First of the ranking" not in page
        assert "No rule rules it out on what is known." in page
        assert re.search(r"\d questions come before the first dose\.", page)
