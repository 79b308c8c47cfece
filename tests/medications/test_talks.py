"""The talk about the options: kept, handed back once, frozen, and moving the ranking."""

import datetime as dt
import hashlib

import pytest
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from assessments.picture.assemble import picture_of, pictures_of
from devtools.bench.statement_count import statements
from knowledge.decision_aid.content import aid, texts
from medications.actions import talks as acts
from medications.actions.talks import TalkAnswers
from medications.decision_aid.context import (
    aid_digest,
    for_whom,
    own_texts,
    talk_panel,
    took_part,
)
from medications.models import AidText, DecisionTalk
from medications.options.evaluate import evaluate
from patients.models import SupportPerson
from tests.conftest import clinic_today, markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory
from tests.factories.consents import consent_given, released
from tests.factories.treatment import RegimenFactory

LATER = dt.timedelta(minutes=20)
PIN = "4711"
SAYS = TalkAnswers(
    matters=("few_visits", "privacy"),
    most=("privacy",),
    choice="BUP_XR",
    own_words="  Once a month. ",
    sure={"sure": True, "know": False, "matters": None},
    participants=("person", "family"),
)
DIGESTS = {"aid_digest": "a" * 64, "options_digest": "b" * 64}
CONTENT = {
    "matters": ["few_visits", "privacy"],
    "most": ["privacy"],
    "choice": "BUP_XR",
    "own_words": "Once a month & nobody knows",
    "sure-sure": "yes",
    "sure-know": "no",
    "who": ["family", "prescriber"],
    "language": "en",
}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


def url(name, *args):
    return reverse(f"medications:{name}", args=args)


def keep(patient, by, at, said=SAYS, **more):
    told = {"language": "en", "mode": "screen", **more}
    return acts.keep_talk(patient=patient, said=said, by=by, at=at, **told)


def send(patient, by, at, said=SAYS, **more):
    told = {"language": "en", "mode": "screen", **DIGESTS, **more}
    return acts.send_talk(patient=patient, said=said, by=by, at=at, **told)


class TestKeeping:
    def test_keeps_what_was_said_so_far_in_one_row(self, patient, clinician, noon):
        first = keep(patient, clinician, noon)
        again = keep(patient, clinician, noon + LATER, TalkAnswers(choice="MTD"))

        assert first.pk == again.pk
        again.refresh_from_db()
        assert (again.choice, again.matters, again.own_words) == ("MTD", [], "")
        assert again.opened_at == noon
        assert again.sent_at is None
        assert AuditEvent.objects.filter(verb="talk.opened").count() == 1

    def test_unanswered_stays_unanswered(self, patient, clinician, noon):
        talk = keep(patient, clinician, noon)
        assert talk.sure == {
            "sure": True,
            "know": False,
            "matters": None,
            "support": None,
        }
        assert talk.own_words == "Once a month."

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            (
                TalkAnswers(
                    matters=("work", "cost", "pain", "family"),
                    most=("work", "cost", "pain", "family"),
                ),
                acts.TooManyCountMost,
            ),
            (TalkAnswers(matters=("work",), most=("cost",)), acts.TalkRefused),
            (TalkAnswers(sure={"other": True}), acts.TalkRefused),
            (TalkAnswers(choice="NTX_PO"), acts.TalkRefused),
        ],
    )
    def test_refuses_what_no_talk_may_hold(
        self, patient, clinician, noon, said, refusal
    ):
        with pytest.raises(refusal):
            keep(patient, clinician, noon, said)
        assert not DecisionTalk.objects.exists()

    def test_two_that_open_at_once_share_one(
        self, patient, clinician, noon, monkeypatch
    ):
        first = keep(patient, clinician, noon)
        # The other had looked before the first one was there.
        monkeypatch.setattr(acts, "_under_way", lambda patient: None)
        again = acts.open_talk(
            patient=patient, language="es", mode="tablet", by=clinician, at=noon
        )
        assert again.pk == first.pk


class TestSending:
    def test_counts_from_now_on_and_stays_as_it_is(self, patient, clinician, noon):
        talk = send(patient, clinician, noon)

        assert (talk.sent_at, talk.sent_by) == (noon, clinician)
        assert (talk.aid_digest, talk.options_digest) == ("a" * 64, "b" * 64)
        with pytest.raises(DatabaseError), transaction.atomic():
            DecisionTalk.objects.filter(pk=talk.pk).update(choice="MTD")
        with pytest.raises(DatabaseError), transaction.atomic():
            DecisionTalk.objects.filter(pk=talk.pk).delete()
        event = AuditEvent.objects.get(verb="talk.sent")
        assert event.facts == {"choice": "BUP_XR", "mode": "screen", "language": "en"}

    def test_nothing_said_is_nothing_to_send(self, patient, clinician, noon):
        with pytest.raises(acts.NothingInTalk):
            send(
                patient,
                clinician,
                noon,
                TalkAnswers(sure={"sure": None}, own_words=" "),
            )
        assert not DecisionTalk.objects.exists()

    def test_a_page_that_saves_itself_after_the_press_opens_no_other(
        self, patient, clinician, noon
    ):
        sent = send(patient, clinician, noon)

        for before in (
            SAYS,
            TalkAnswers(),
            TalkAnswers(choice=SAYS.choice),
            TalkAnswers(matters=SAYS.matters[:1], own_words=SAYS.own_words[:3]),
        ):
            assert (
                keep(patient, clinician, noon + dt.timedelta(seconds=2), before) == sent
            )
        assert DecisionTalk.objects.get() == sent

    @pytest.mark.parametrize(
        "said",
        [
            TalkAnswers(choice="MTD"),
            TalkAnswers(matters=("pain",)),
            TalkAnswers(own_words="Something else"),
        ],
    )
    def test_what_was_not_handed_back_is_a_talk_of_its_own(
        self, patient, clinician, noon, said
    ):
        sent = send(patient, clinician, noon)

        assert keep(patient, clinician, noon + dt.timedelta(seconds=2), said) != sent

    def test_pressed_twice_is_once(self, patient, clinician, noon):
        first = send(patient, clinician, noon)
        assert send(patient, clinician, noon + dt.timedelta(seconds=2)) == first
        assert DecisionTalk.objects.count() == 1

    @pytest.mark.parametrize(
        ("said", "after"),
        [
            (SAYS, dt.timedelta(days=30)),
            (TalkAnswers(choice="BUP_XR"), dt.timedelta(seconds=2)),
            (
                TalkAnswers(matters=SAYS.matters, choice="BUP_XR", own_words="Or so."),
                dt.timedelta(seconds=2),
            ),
        ],
    )
    def test_the_next_talk_is_another(self, patient, clinician, noon, said, after):
        first = send(patient, clinician, noon)
        assert send(patient, clinician, noon + after, said) != first

    def test_a_draft_becomes_the_one_that_is_sent(self, patient, clinician, noon):
        draft = keep(patient, clinician, noon)
        assert send(patient, clinician, noon + LATER).pk == draft.pk

    def test_is_undone_where_the_audit_fails(
        self, patient, clinician, noon, monkeypatch
    ):
        def fails(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(acts.audit, "record", fails)
        with pytest.raises(RuntimeError):
            send(patient, clinician, noon)
        assert not DecisionTalk.objects.exists()


class TestPicture:
    def intake(self, patient, at, **answers):
        intake = IntakeFactory(patient=patient, started_at=at)
        for question, value in answers.items():
            IntakeAnswerFactory(
                intake=intake, question=question, value=value, answered_at=at
            )

    def test_what_was_sent_feeds_the_picture(self, patient, clinician, noon):
        send(patient, clinician, noon)
        picture = picture_of(patient, at=noon + LATER)

        assert picture.value("values") == {"few_visits", "privacy"}
        assert picture.value("values_most") == {"privacy"}
        assert picture.value("preference") == {"BUP_XR"}
        assert picture.known("values").source == "shared decision"

    def test_a_draft_counts_for_nothing(self, patient, clinician, noon):
        keep(patient, clinician, noon)
        assert picture_of(patient, at=noon + LATER).value("values") is None

    def test_what_is_later_than_the_picture_is_not_in_it(
        self, patient, clinician, noon
    ):
        send(patient, clinician, noon + LATER)
        assert picture_of(patient, at=noon).value("preference") is None

    def test_a_talk_after_the_intake_stands(self, patient, clinician, noon):
        self.intake(patient, noon - LATER, values=["work"], preference=["MTD"])
        send(patient, clinician, noon)
        picture = picture_of(patient, at=noon)
        assert picture.value("values") == set(SAYS.matters)
        assert picture.value("preference") == {"BUP_XR"}

    def test_an_intake_after_the_talk_stands(self, patient, clinician, noon):
        send(patient, clinician, noon)
        self.intake(patient, noon + LATER, values=["work"], preference=["MTD"])
        picture = picture_of(patient, at=noon + LATER)
        assert picture.value("values") == {"work"}
        assert picture.value("preference") == {"MTD"}

    def test_what_was_left_open_leaves_the_intake_standing(
        self, patient, clinician, noon
    ):
        self.intake(patient, noon - LATER, values=["work"], preference=["MTD"])
        send(patient, clinician, noon, TalkAnswers(own_words="Let me think."))
        picture = picture_of(patient, at=noon)
        assert picture.value("values") == {"work"}
        assert picture.value("preference") == {"MTD"}

    @pytest.mark.parametrize("choice", ["THINK", "NONE"])
    def test_none_and_thinking_leave_no_medicine_preferred(
        self, patient, clinician, noon, choice
    ):
        self.intake(patient, noon - LATER, preference=["MTD"])
        send(patient, clinician, noon, TalkAnswers(choice=choice))
        assert picture_of(patient, at=noon).value("preference") == frozenset()

    def test_moves_the_ranking(self, patient, clinician, noon):
        before = evaluate(picture_of(patient, at=noon))
        assert {o.rank for o in before.ranked()} == {1}
        send(patient, clinician, noon, TalkAnswers(choice="BUP_SL"))
        after = evaluate(picture_of(patient, at=noon + LATER))
        assert [o.medication for o in after.ranked() if o.rank == 1] == ["BUP_SL"]

    def test_what_matters_moves_it_without_a_choice(self, patient, clinician, noon):
        send(patient, clinician, noon, TalkAnswers(matters=("no_daily", "no_opioid")))
        options = evaluate(picture_of(patient, at=noon + LATER))
        met = {o.medication: [fit.value for fit in o.fits] for o in options.options}
        assert len(met["NTX_XR"]) == 2
        assert not met["MTD"]

    def test_many_people_cost_no_more_queries(self, clinic, clinician, noon):
        people = [PatientFactory(clinic=clinic) for _ in range(6)]
        for person in people:
            send(person, clinician, noon)
        counts = []
        for some in (people[:1], people):
            with CaptureQueriesContext(connection) as captured:
                found = pictures_of(some, at=noon + LATER)
            counts.append(len(captured))
            assert all(p.value("values") for p in found.values())
        assert counts[0] == counts[1]


class TestPage:
    def test_shows_the_options_and_nothing_of_the_chart(self, as_clinician, patient):
        page = markup(as_clinician.get(url("talk", patient.pk)))
        assert "Which medicine fits your life?" in page
        assert patient.mrn not in page
        assert patient.family_name not in page
        assert 'class="mst-nav"' not in page
        assert page.count('role="img"') == 12

    def test_opening_is_noted_in_the_audit(self, as_clinician, patient):
        as_clinician.get(url("talk", patient.pk))
        event = AuditEvent.objects.get(verb="chart.viewed")
        assert event.facts == {"page": "talk"}
        assert not DecisionTalk.objects.exists()

    def test_speaks_the_persons_language_and_the_one_asked_for(
        self, as_clinician, clinic
    ):
        person = PatientFactory(clinic=clinic, language="Spanish")
        page = markup(as_clinician.get(url("talk", person.pk)))
        assert '<html lang="es">' in page
        asked = as_clinician.get(url("talk", person.pk) + "?language=en")
        assert '<html lang="en">' in markup(asked)
        odd = as_clinician.get(url("talk", person.pk) + "?language=xx")
        assert '<html lang="es">' in markup(odd)

    def test_begins_with_what_is_known_to_matter(
        self, as_clinician, patient, clinician, noon
    ):
        send(patient, clinician, noon)
        page = as_clinician.get(url("talk", patient.pk)).context
        assert [key for key, _, is_on in page["chips"] if is_on] == [
            "few_visits",
            "privacy",
        ]
        assert [key for key, _, is_on in page["most"] if is_on] == ["privacy"]

    def test_a_change_is_kept_and_answers_with_the_table(self, as_clinician, patient):
        answer = as_clinician.post(
            url("talk", patient.pk), CONTENT, headers={"HX-Request": "true"}
        )
        body = markup(answer)
        assert "<html" not in body
        assert 'id="talk-table"' in body
        assert "is-fit" in body
        assert DecisionTalk.objects.get().matters == ["few_visits", "privacy"]

    def test_without_script_the_page_comes_back_with_what_fits(
        self, as_clinician, patient
    ):
        answer = as_clinician.post(
            url("talk", patient.pk), {**CONTENT, "go": "keep"}, follow=True
        )
        body = markup(answer)
        assert "Once a month &amp; nobody knows" in body
        assert "is-fit" in body
        assert 'value="BUP_XR" id="c-BUP_XR" checked' in body

    def test_another_language_keeps_what_was_typed(self, as_clinician, patient):
        answer = as_clinician.post(
            url("talk", patient.pk), {**CONTENT, "go": "es"}, follow=True
        )
        assert '<html lang="es">' in markup(answer)
        assert "Once a month &amp; nobody knows" in markup(answer)

    def test_handing_back_records_it(self, as_clinician, patient):
        answer = as_clinician.post(
            url("talk", patient.pk), {**CONTENT, "go": "send"}, follow=True
        )
        talk = DecisionTalk.objects.get()
        assert answer.redirect_chain[0][0] == url("decision", patient.pk)
        assert talk.sent_at is not None
        assert talk.mode == "screen"
        assert talk.participants == ["person", "family", "prescriber"]
        assert talk.sure["sure"] is True
        assert talk.sure["know"] is False
        assert talk.sure["support"] is None
        assert talk.aid_digest == aid_digest({})
        assert len(talk.options_digest) == 64

    def test_nothing_said_comes_back_with_a_word(self, as_clinician, patient):
        answer = as_clinician.post(
            url("talk", patient.pk), {"go": "send", "language": "es"}
        )
        assert answer.status_code == 400
        assert "Elija o escriba" in markup(answer)

    def test_more_than_three_that_count_most_come_back_as_typed(
        self, as_clinician, patient
    ):
        four = ["work", "cost", "pain", "family"]
        answer = as_clinician.post(
            url("talk", patient.pk),
            {**CONTENT, "matters": four, "most": four, "own_words": "All of it."},
        )
        assert answer.status_code == 400
        body = markup(answer)
        assert "Pick up to three" in body
        assert "All of it." in body
        assert not DecisionTalk.objects.exists()

    def test_what_matters_no_more_does_not_count_most(self, as_clinician, patient):
        as_clinician.post(
            url("talk", patient.pk), {**CONTENT, "matters": ["work"], "go": "keep"}
        )
        assert DecisionTalk.objects.get().matters_most == []

    def test_odd_answers_are_refused_with_the_page(self, as_clinician, patient):
        answer = as_clinician.post(
            url("talk", patient.pk), {**CONTENT, "choice": "ANYTHING"}
        )
        assert answer.status_code == 400
        assert "could not be read" in markup(answer)

    def test_a_baby_is_no_chip_for_men(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic, sex_at_birth="male")
        chips = as_clinician.get(url("talk", person.pk)).context["chips"]
        assert "pregnancy" not in [key for key, _, _ in chips]

    def test_whom_staff_noted_by_name_stays_noted(
        self, as_clinician, patient, clinician, noon
    ):
        noted = TalkAnswers(choice="MTD", participants=("person", "support:7"))
        talk = keep(patient, clinician, noon, noted)
        DecisionTalk.objects.filter(pk=talk.pk).update(interpreter="Line 3")
        as_clinician.post(url("talk", patient.pk), {**CONTENT, "go": "send"})
        talk.refresh_from_db()
        assert talk.participants == ["person", "family", "prescriber", "support:7"]
        assert talk.interpreter == "Line 3"

    @pytest.mark.parametrize(
        ("medication", "column"),
        [("BUP_SL", "BUP_SL"), ("MTD", "MTD"), ("BRIXADI_W", "BUP_XR")],
    )
    def test_says_what_is_taken_now(
        self, as_clinician, patient, clinician, noon, medication, column
    ):
        RegimenFactory(
            patient=patient,
            medication=medication,
            started_on=noon.date() - dt.timedelta(days=9),
        )
        page = as_clinician.get(url("talk", patient.pk)).context
        said = {cell.column: cell.text for cell in page["start"].cells}
        taken = [key for key, text in said.items() if text == "You take it now."]
        assert taken == [column]

    def test_costs_few_statements(self, as_clinician, patient, clinician, noon):
        keep(patient, clinician, noon)
        with CaptureQueriesContext(connection) as captured:
            as_clinician.get(url("talk", patient.pk))
        assert statements(captured) <= 25

    @pytest.mark.parametrize(
        "name", ["talk", "talk_sheet", "talk_ask", "talk_hand_over"]
    )
    def test_another_clinics_person_is_not_there(self, name, other_clinic, patient):
        stranger = signed_in(StaffFactory(roles={other_clinic: [Role.PRESCRIBER]}))
        more = [7] if name == "talk_sheet" else []
        address = url(name, patient.pk, *more)
        assert stranger.get(address).status_code == 404
        if name != "talk_sheet":
            assert stranger.post(address, CONTENT).status_code == 404
        assert not DecisionTalk.objects.exists()


def sheet_of(patient, by, thing="aid_sheet"):
    """Where the sheet stands, once the gate has let it out."""
    row = released(patient, thing, by, timezone.now())
    return url("talk_sheet", patient.pk, row.pk)


class TestSheet:
    def test_for_the_person_with_what_they_chose(
        self, as_clinician, patient, clinician, noon
    ):
        send(patient, clinician, noon)
        page = markup(as_clinician.get(sheet_of(patient, clinician)))
        assert "The buprenorphine shot" in page
        assert "Once a month." in page
        assert "988" in page
        assert "Keep naloxone close" in page

    def test_with_blank_lines_whatever_was_said(
        self, as_clinician, patient, clinician, noon
    ):
        send(patient, clinician, noon)
        page = as_clinician.get(sheet_of(patient, clinician) + "?sheet=blank")
        assert "Once a month." not in markup(page)
        assert "☐" in markup(page)

    def test_for_the_family_the_paper_says_nothing_of_one_person(
        self, as_clinician, patient, clinician, noon
    ):
        send(patient, clinician, noon)
        answer = as_clinician.get(
            sheet_of(patient, clinician, "family_sheet") + "?language=es"
        )
        page = markup(answer).split('aria-label="Notice"')[0]
        for told in (patient.given_name, patient.mrn, "Once a month", "¿Puedo empezar"):
            assert told not in page
        assert "is-fit" not in page
        assert "¿Puedo manejar" in page

    def test_a_sheet_of_one_thing_is_not_turned_into_another(
        self, as_clinician, patient, clinician, noon
    ):
        send(patient, clinician, noon)
        family = sheet_of(patient, clinician, "family_sheet")
        page = markup(as_clinician.get(f"{family}?sheet=blank"))
        assert "is-fit" not in page

    def test_of_an_earlier_day_asks_again(self, as_clinician, patient, clinician, noon):
        old = released(patient, "aid_sheet", clinician, noon - dt.timedelta(days=9))
        answer = as_clinician.get(url("talk_sheet", patient.pk, old.pk))
        assert answer.url == f"/people/{patient.pk}/give/aid_sheet/"

    def test_has_the_clinics_own_phone(self, as_clinician, patient, clinician, noon):
        write(patient.clinic, clinician, noon, key="clinic.phone", text="(555) 0100")
        page = markup(as_clinician.get(sheet_of(patient, clinician)))
        assert "(555) 0100" in page


class TestAskedByStaff:
    def test_takes_down_what_is_said_with_who_was_there(
        self, as_clinician, clinician, patient, noon
    ):
        consent_given(patient, clinician, noon, sections=["in_care"])
        aunt = SupportPerson.objects.create(
            clinic=patient.clinic,
            patient=patient,
            name="Elena",
            relation="aunt",
            may_know="that she is in treatment",
        )
        form = markup(as_clinician.get(url("talk_ask", patient.pk)))
        assert "may be told: That they are in care here" in form

        sent = {**CONTENT, "who": [f"support:{aunt.pk}"], "interpreter": "Line 3"}
        answer = as_clinician.post(
            url("talk_ask", patient.pk), {**sent, "go": "record"}
        )
        talk = DecisionTalk.objects.get()
        assert answer.url == url("decision", patient.pk)
        assert (talk.mode, talk.interpreter) == ("staff", "Line 3")
        assert talk.sent_at is not None
        assert took_part(talk) == ["The person", "Elena, aunt"]

    def test_keeps_for_later_and_opens_where_it_was_left(self, as_clinician, patient):
        as_clinician.post(url("talk_ask", patient.pk), {**CONTENT, "go": "keep"})
        assert DecisionTalk.objects.get().sent_at is None
        form = as_clinician.get(url("talk_ask", patient.pk)).context["form"]
        assert form["choice"].value() == "BUP_XR"
        assert form["sure-know"].value() == "no"
        assert form["matters"].value() == ["few_visits", "privacy"]

    @pytest.mark.parametrize("go", ["keep", "record"])
    def test_what_somebody_took_down_meanwhile_stays(
        self, as_clinician, clinician, patient, noon, go
    ):
        path = url("talk_ask", patient.pk)
        shown = as_clinician.get(path).context["form"]["shown"].value()
        theirs = keep(patient, clinician, noon)

        page = as_clinician.post(
            path,
            {"own_words": "Not any more.", "language": "en", "shown": shown, "go": go},
        )

        assert page.status_code == 409
        assert "It says now: “Once a month.”" in markup(page)
        assert "Not any more." in markup(page)
        kept = DecisionTalk.objects.get()
        assert (kept.own_words, kept.sent_at) == (theirs.own_words, None)

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"language": "en", "go": "record"}, "Nothing was picked"),
            (
                {"language": "en", "matters": ["work"], "most": ["cost"]},
                "among what matters",
            ),
            (
                {
                    "language": "en",
                    "matters": ["work", "cost", "pain", "family"],
                    "most": ["work", "cost", "pain", "family"],
                },
                "up to three",
            ),
            ({"matters": ["work"]}, "Choose one."),
        ],
    )
    def test_says_what_is_wrong(self, as_clinician, patient, sent, words):
        answer = as_clinician.post(url("talk_ask", patient.pk), sent)
        assert answer.status_code == 400
        assert words in markup(answer)

    def test_says_so_where_nobody_is_on_record(self, as_clinician, patient):
        page = markup(as_clinician.get(url("talk_ask", patient.pk)))
        assert "Nobody is on record who may be told anything" in page


class TestTablet:
    @pytest.fixture
    def tablet(self, as_clinician, patient):
        as_clinician.post(
            url("talk_hand_over", patient.pk), {"language": "es", "pin": PIN}
        )
        return as_clinician

    def test_locks_the_session_to_the_talk(self, as_clinician, patient):
        before = as_clinician.session.session_key
        answer = as_clinician.post(
            url("talk_hand_over", patient.pk), {"language": "es", "pin": PIN}
        )
        assert answer.url == url("tablet")
        assert answer["Clear-Site-Data"] == '"cache"'
        assert as_clinician.session.session_key != before
        assert PIN not in str(as_clinician.session["handover"])
        talk = DecisionTalk.objects.get()
        assert (talk.mode, talk.language) == ("tablet", "es")

    @pytest.mark.parametrize("pin", ["", "12", "abcd"])
    def test_needs_a_pin(self, as_clinician, patient, pin):
        answer = as_clinician.post(
            url("talk_hand_over", patient.pk), {"language": "es", "pin": pin}
        )
        assert answer.status_code == 400
        assert "handover" not in as_clinician.session

    @pytest.mark.parametrize(
        "path", ["/", "/people/", "/handover/", "/handover/back/", "/decision-aid/"]
    )
    def test_everything_else_leads_back(self, tablet, path):
        assert tablet.get(path).url == url("tablet")

    def test_the_chart_is_out_of_reach_for_parts_of_pages_too(self, tablet, patient):
        answer = tablet.get(url("decision", patient.pk), headers={"HX-Request": "true"})
        assert answer["HX-Redirect"] == url("tablet")

    def test_shows_the_page_without_a_way_to_the_chart(self, tablet, patient):
        page = markup(tablet.get(url("tablet")))
        assert '<html lang="es">' in page
        assert url("decision", patient.pk) not in page
        assert "/give/" not in page
        assert "data-locked" in page

    def test_what_is_sent_is_thanked_for_and_opens_no_more(self, tablet):
        answer = tablet.post(url("tablet"), {**CONTENT, "go": "send"})
        assert answer.url == url("tablet_back")
        assert "Gracias" in markup(tablet.get(url("tablet_back"))) or (
            "Thank you" in markup(tablet.get(url("tablet_back")))
        )
        assert tablet.get(url("tablet")).url == url("tablet_back")
        assert DecisionTalk.objects.get().mode == "tablet"

    def test_the_pin_opens_the_chart_again(self, tablet, patient):
        answer = tablet.post(url("tablet_back"), {"pin": PIN})
        assert answer.url == url("decision", patient.pk)
        assert "handover" not in tablet.session
        assert AuditEvent.objects.filter(verb="talk.handed_back").exists()

    def test_wrong_pins_are_counted_and_end_the_session(self, tablet):
        for left in range(acts.PIN_TRIES - 1, 0, -1):
            answer = tablet.post(url("tablet_back"), {"pin": "0000"})
            assert answer.status_code == 400
            assert str(left) in markup(answer)
        answer = tablet.post(url("tablet_back"), {"pin": "x"})
        assert answer.url == reverse("accounts:sign_in")
        assert "_auth_user_id" not in tablet.session
        assert DecisionTalk.objects.get().wrong_pins == acts.PIN_TRIES

    def test_wrong_pins_are_counted_after_it_was_sent_too(self, tablet):
        tablet.post(url("tablet"), {**CONTENT, "go": "send"})
        tablet.post(url("tablet_back"), {"pin": "0000"})
        assert DecisionTalk.objects.get().wrong_pins == 1

    def test_without_a_tablet_there_is_nothing_here(self, as_clinician):
        for name in ("tablet", "tablet_back"):
            assert as_clinician.get(url(name)).url == "/"

    def test_a_tablet_with_questions_goes_to_its_questions(self, as_clinician, patient):
        as_clinician.post(
            reverse("assessments:hand_over", args=[patient.pk]),
            {"give": ["phq2"], "language": "en", "pin": PIN},
        )
        assert as_clinician.get(url("tablet")).url == reverse("assessments:questions")


def write(clinic, by, at, *, key="cost.MTD", language="en", text="Ten dollars."):
    return acts.write_aid_text(
        clinic=clinic,
        aid=aid(),
        key=key,
        language=language,
        text=text,
        reviewed_on=clinic_today(at),
        by=by,
        at=at,
    )


class TestAidTexts:
    @pytest.fixture
    def director(self, clinic):
        staff = StaffFactory(roles={clinic: Role.values})
        return signed_in(staff)

    def test_the_newest_counts_and_an_empty_one_goes_back(
        self, clinic, clinician, noon
    ):
        write(clinic, clinician, noon)
        write(clinic, clinician, noon + LATER, text=" Five dollars. ")
        assert own_texts(clinic.pk, "en") == {"cost.MTD": "Five dollars."}
        assert own_texts(clinic.pk, "es") == {}
        write(clinic, clinician, noon + LATER, text="")
        assert own_texts(clinic.pk, "en") == {}
        assert AidText.objects.count() == 3
        with pytest.raises(DatabaseError), transaction.atomic():
            AidText.objects.update(text="x")

    def test_the_words_that_ship_are_none_of_the_clinics(self, clinic, clinician, noon):
        shipped = dict(texts(aid()))["cost.MTD"]["en"]
        assert write(clinic, clinician, noon, text=f" {shipped}").text == ""

    @pytest.mark.parametrize(
        "wrong",
        [{"key": "cost.NOBODY"}, {"key": "stayed.MTD"}, {"language": "fr"}],
    )
    def test_refuses_what_is_no_text_of_the_aid(self, clinic, clinician, noon, wrong):
        with pytest.raises(acts.NotAnAidText):
            write(clinic, clinician, noon, **wrong)

    def test_another_text_is_another_digest(self):
        assert aid_digest({}) != aid_digest({"cost.MTD": "Ten dollars."})
        assert len(aid_digest({})) == len(hashlib.sha256().hexdigest())

    def test_lists_every_text_with_its_grade(self, director):
        page = markup(director.get(url("aid_texts")))
        assert "How often do I come?" in page
        assert "Grade" in page
        assert url("aid_text", "cost.MTD", "es") in page

    def test_reading_is_for_all_and_writing_is_not(self, as_care_manager):
        page = markup(as_care_manager.get(url("aid_texts")))
        assert url("aid_text", "cost.MTD", "es") not in page
        form = as_care_manager.get(url("aid_text", "cost.MTD", "es"))
        assert form.status_code == 403

    def test_words_written_meanwhile_stay_and_both_are_shown(
        self, director, clinic, clinician, noon
    ):
        path = url("aid_text", "cost.MTD", "en")
        shown = director.get(path).context["form"]["shown"].value()
        write(clinic, clinician, noon)
        sent = {"text": "Two dollars.", "reviewed_on": "2026-11-01", "shown": shown}

        page = director.post(path, sent)

        assert page.status_code == 409
        assert "It says now: “Ten dollars.”" in markup(page)
        assert "Two dollars." in markup(page)
        assert AidText.objects.get().text == "Ten dollars."
        again = page.context["form"]["shown"].value()
        assert director.post(path, sent | {"shown": again}).status_code == 302
        assert AidText.objects.first().text == "Two dollars."

    def test_is_on_the_page_at_once(self, director, patient):
        sent = {"text": "Ten dollars a week.", "reviewed_on": "2026-11-01"}
        answer = director.post(url("aid_text", "cost.MTD", "en"), sent)
        assert answer.url == url("aid_texts")
        page = markup(director.get(url("talk", patient.pk)))
        assert "Ten dollars a week." in page
        listed = markup(director.get(url("aid_texts")))
        assert "The clinic&#x27;s words" in listed or "The clinic's words" in listed

    def test_stays_within_the_clinic(self, director, other_clinic, clinician, noon):
        theirs = PatientFactory(clinic=other_clinic)
        director.post(
            url("aid_text", "cost.MTD", "en"),
            {"text": "Ten dollars.", "reviewed_on": "2026-11-01"},
        )
        assert own_texts(theirs.clinic_id, "en") == {}

    def test_warns_of_hard_words_and_keeps_them(self, director):
        hard = "Reimbursement is contingent upon individual insurance authorization."
        answer = director.post(
            url("aid_text", "cost.MTD", "en"),
            {"text": hard, "reviewed_on": "2026-11-01"},
        )
        told = [str(m) for m in get_messages(answer.wsgi_request)]
        assert "aim for 6" in told[-1]
        assert AidText.objects.get().text == hard
        page = markup(director.get(url("aid_text", "cost.MTD", "en")))
        assert "above the aim of 6" in page

    @pytest.mark.parametrize("day", ["", "2126-01-01", "1990-01-01", "x"])
    def test_asks_for_a_day_that_can_be(self, director, day):
        answer = director.post(
            url("aid_text", "cost.MTD", "en"), {"text": "Typed.", "reviewed_on": day}
        )
        assert answer.status_code == 400
        assert "Typed." in markup(answer)

    @pytest.mark.parametrize("key", [("cost.NOBODY", "en"), ("cost.MTD", "fr")])
    def test_no_such_text(self, director, key):
        assert director.get(url("aid_text", *key)).status_code == 404


class TestPanel:
    def test_before_any_talk(self, patient):
        panel = talk_panel(patient)
        assert panel["talk"] is None
        assert panel["talk_open"] is None

    def test_what_was_said_last_and_what_is_open(self, patient, clinician, noon):
        said = TalkAnswers(
            matters=("few_visits", "privacy"),
            most=("privacy",),
            sure={"sure": True, "know": False, "matters": True},
            participants=("person", "peer", "support:999999"),
        )
        send(patient, clinician, noon, said)
        keep(patient, clinician, noon + LATER, TalkAnswers(choice="MTD"))
        panel = talk_panel(patient)

        assert panel["talk"].sent_at == noon
        assert panel["talk_open"].choice == "MTD"
        assert panel["talk_matters"] == [
            ("Nobody finds out", True),
            ("Few visits", False),
        ]
        assert panel["talk_sure"] == 2
        assert panel["talk_unsure"] == ["Do I know the good and the bad of each?"]
        assert panel["talk_who"] == ["The person", "A peer"]

    def test_nobody_types_again_what_was_said(
        self, as_prescriber, patient, clinician, noon
    ):
        send(patient, clinician, noon)

        page = as_prescriber.get(url("decide", patient.pk, "NOT_NOW"))

        asked = page.context["form"].initial
        assert asked["preference_words"] == "Once a month."
        assert asked["took_part"] == ["family", "person", "prescriber"]
        assert (asked["sure_sure"], asked["sure_know"]) == ("yes", "no")
        assert "sure_matters" not in asked

    def test_stands_on_the_decision_page(self, as_prescriber, patient, clinician, noon):
        before = markup(as_prescriber.get(url("decision", patient.pk)))
        assert "Not talked over yet" in before
        assert url("talk", patient.pk) in before
        send(patient, clinician, noon)
        page = markup(as_prescriber.get(url("decision", patient.pk)))
        assert "“Once a month.”" in page
        assert "1 of 4 answered" in page
        assert "No: Do I know the good and the bad of each?" in page

    def test_for_whom_on_the_clinics_own_day(self, clinic, noon):
        person = PatientFactory(clinic=clinic, used_name="Al", language="Español")
        night = noon.replace(hour=3)
        assert (
            for_whom(person, night, aid(), "en") == "For Al, Friday, November 20, 2026"
        )
        assert person.page_language == "es"
