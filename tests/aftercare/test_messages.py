"""Messages to people in care: only where wanted, in the clinic's hours, once, and silent
about what the care is for."""

import datetime as dt
import json
import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftercare.actions import message_wishes as wishes
from aftercare.actions.check_ins import answer_check_in, save_check_in, send_check_in
from aftercare.actions.find_events import find_events
from aftercare.actions.message_wishes import NothingWanted, NotSafe, NotWritten
from aftercare.actions.messages import (
    NOT_SAFE,
    deliver_message,
    owe_messages,
    to_send,
)
from aftercare.actions.outreach import record_outreach
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.own_course import own_course
from aftercare.check_ins.tokens import token_of
from aftercare.models import (
    Alert,
    CareEvent,
    CheckIn,
    FollowUp,
    MessageWish,
    PersonMessage,
)
from aftercare.queues import EVENTS, MAIL, MESSAGES
from assessments.models import Concern
from jobs import texts
from jobs.actions.engine import run_queue
from jobs.models import Claim
from jobs.notices import NotDelivered
from jobs.queues import Batch, Fault
from knowledge.schedule.messages import MessageKind, day_in, messages, reminder
from patients.models import ContactPoint, Patient
from tests.aftercare.test_check_ins import TELLING
from tests.conftest import NOON, signed_in
from tests.factories import ClinicFactory, PatientFactory
from tests.factories.aftercare import owed

DAY = dt.timedelta(days=1)
# NOON is a Saturday in the clinic.
SATURDAY = 6


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)


@pytest.fixture
def address(patient):
    return _point(patient)


@pytest.fixture
def number(patient):
    return _point(patient, kind="phone", value="(555) 010-0142")


@pytest.fixture
def texting(settings):
    settings.TEXT_URL = texts.MEMORY
    texts.OUTBOX.clear()
    yield texts.OUTBOX
    texts.OUTBOX.clear()


def _point(patient, kind="email", value="alma@example.org", **more):
    told = {"kind": kind, "value": value, "may_text": True, **more}
    return ContactPoint.objects.create(clinic=patient.clinic, patient=patient, **told)


def agree(patient, to, by, *kinds, language="en", weekday=SATURDAY, at=NOON):
    return wishes.agree_to_messages(
        patient=patient,
        to=to,
        language=language,
        kinds=kinds or ["check_in"],
        weekday=weekday,
        by=by,
        at=at,
    )


def work(clinic, at=NOON):
    run_queue(MESSAGES, clinic_id=clinic.pk, at=at)
    run_queue(MAIL, clinic_id=clinic.pk, at=at)


class TestWish:
    def test_is_kept_and_changed_never_edited(self, patient, address, clinician):
        first = agree(patient, address, clinician)
        second = agree(patient, address, clinician, "visit", "check_in")

        first.refresh_from_db()
        assert first.ended_how == "changed"
        assert second.kinds == ["check_in", "visit"]
        assert MessageWish.objects.in_force().get() == second

    def test_needs_an_address_that_is_safe(self, patient, clinician):
        for point in (
            _point(patient, may_text=None),
            _point(patient, is_current=False),
            _point(PatientFactory(clinic=patient.clinic)),
        ):
            with pytest.raises(NotSafe):
                agree(patient, point, clinician)

    def test_needs_a_kind_and_somebody_alive(self, patient, address, clinician):
        with pytest.raises(NothingWanted):
            agree(patient, address, clinician, "nothing")
        Patient.objects.filter(pk=patient.pk).update(status="deceased")
        with pytest.raises(NotWritten):
            agree(patient, address, clinician)

    def test_a_number_needs_a_gateway(self, patient, number, clinician, settings):
        settings.TEXT_URL = texts.OFF
        with pytest.raises(NotSafe):
            agree(patient, number, clinician)

    def test_ends_once(self, patient, address, clinician):
        wish = agree(patient, address, clinician)
        wishes.end_messages(wish=wish, by=clinician, at=NOON)
        wishes.end_messages(wish=wish, by=None, at=NOON)

        wish.refresh_from_db()
        assert (wish.ended_how, wish.ended_by) == ("staff", clinician)


class TestReminders:
    def test_go_out_once_before_the_day(self, patient, address, clinician):
        agree(patient, address, clinician, "visit")
        owed(patient, 1, kind="visit")
        owed(patient, 2, kind="visit")
        owed(patient, 1, kind="drug_test")

        work(patient.clinic)
        work(patient.clinic)

        [sent] = mail.outbox
        assert "please come in on Sunday, November 22" in sent.body
        assert not TELLING.search(sent.subject + sent.body)
        assert PersonMessage.objects.get().sent_at == NOON

    def test_of_an_injection_say_the_same(self, patient, address, clinician):
        agree(patient, address, clinician, "injection", language="es")
        owed(patient, 1, kind="injection")

        work(patient.clinic)

        assert "venga el domingo 22 de noviembre" in mail.outbox[0].body
        assert mail.outbox[0].subject == "Un recordatorio para usted"

    def test_daily_ones_as_texts(self, patient, number, clinician, texting):
        patient.clinic.phone = "555-010-0100"
        patient.clinic.save()
        agree(patient, number, clinician, "daily")

        work(patient.clinic)
        work(patient.clinic, NOON + DAY)

        assert [to for to, _ in texting] == ["+15550100142"] * 2
        assert texting[0][1].startswith("Your reminder for today.\nQuestions? Call 555")

    def test_never_in_the_quiet_hours(self, patient, address, clinician):
        agree(patient, address, clinician, "daily")
        for at in (NOON - 9 * dt.timedelta(hours=1), NOON + dt.timedelta(hours=11)):
            work(patient.clinic, at)

        assert not PersonMessage.objects.exists()
        assert not mail.outbox

    @pytest.mark.parametrize("status", ["on_hold", "discharged", "deceased"])
    def test_never_to_who_is_away_or_gone(self, patient, address, clinician, status):
        agree(patient, address, clinician, "daily")
        Patient.objects.filter(pk=patient.pk).update(status=status)

        work(patient.clinic)

        assert not mail.outbox

    def test_what_was_owed_is_not_sent_to_who_stopped(
        self, patient, address, clinician
    ):
        wish = agree(patient, address, clinician, "daily")
        run_queue(MESSAGES, clinic_id=patient.clinic_id, at=NOON)
        mail.outbox.clear()
        PersonMessage.objects.update(sent_at=None)
        Claim.objects.all().delete()
        wishes.end_messages(wish=wish, by=None, at=NOON)

        work(patient.clinic)

        assert not mail.outbox

    def test_end_where_the_address_is_safe_no_more(self, patient, address, clinician):
        wish = agree(patient, address, clinician, "daily")
        ContactPoint.objects.update(may_text=False)

        work(patient.clinic)

        wish.refresh_from_db()
        assert wish.ended_how == "unsafe"
        assert not mail.outbox


class TestWeekly:
    def test_a_link_comes_on_its_day_once(self, patient, number, clinician, texting):
        agree(patient, number, clinician)

        work(patient.clinic)
        work(patient.clinic)
        work(patient.clinic, NOON + DAY)

        [(_, text)] = texting
        assert re.match(r"A short form for you: \S+/c/[\w-]+/\n", text)
        assert CheckIn.objects.get().instruments == ["weekly"]

    def test_answers_reach_whoever_has_to_act(
        self, patient, address, clinician, clinic
    ):
        agree(patient, address, clinician)
        work(clinic)
        check_in = CheckIn.objects.get()
        save_check_in(
            check_in=check_in,
            instrument="weekly",
            answers={"craving": 3, "use": 1, "talk": 1, "self_harm": 0},
            at=NOON,
        )

        answer_check_in(
            check_in=check_in,
            said_too=["kit", "stop"],
            words="The bus stopped",
            at=NOON,
        )
        run_queue(EVENTS, clinic_id=clinic.pk, at=NOON)

        kinds = CareEvent.objects.order_by("kind").values_list("kind", "words")
        assert list(kinds) == [
            ("call_asked", ""),
            ("hard_week", ""),
            ("kit_wanted", ""),
            ("use", ""),
            ("wrote", "The bus stopped"),
        ]
        assert not MessageWish.objects.in_force().exists()
        open_kinds = set(FollowUp.objects.open().values_list("kind", flat=True))
        assert {"naloxone_handover", "read_words"} <= open_kinds

    def test_thoughts_of_self_harm_raise_a_concern_at_once(
        self, patient, clinician, noon
    ):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        save_check_in(
            check_in=check_in, instrument="weekly", answers={"self_harm": 1}, at=noon
        )
        answer_check_in(check_in=check_in, at=noon)

        assert patient.concerns.get().kind == "suicide_risk"
        assert FollowUp.objects.open().filter(kind="safety_screen").exists()

    def test_whoever_takes_no_medicine_is_called(self, patient, clinician, noon):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        told = {"doses": 3, "mood": 2}
        save_check_in(check_in=check_in, instrument="weekly", answers=told, at=noon)
        answer_check_in(check_in=check_in, at=noon)
        find_events(Batch(patient.clinic_id, noon.date(), noon, 10), None)

        assert CareEvent.objects.get().kind == "hard_week"

    def test_own_words_are_kept_through_a_change_of_an_answer(self, patient, clinician):
        at = timezone.now()
        check_in = send_check_in(
            patient=patient, instruments=["weekly"], language="en", by=clinician, at=at
        )
        client = Client()
        client.get(reverse("aftercare:open_check_in", args=[token_of(check_in.nonce)]))
        here = reverse("aftercare:check_in_page")
        born = patient.date_of_birth.strftime("%m/%d/%Y")
        client.post(here, {"born": born})
        client.post(f"{here}?page=weekly-1", {"weekly.craving": "2"})
        said = {"words": "My doses were stolen", "too": ["kit"], "go": "es"}
        page = client.post(f"{here}?page=review", said, follow=True).text
        assert "My doses were stolen" in page
        assert 'value="kit"' in page
        first = re.search(r'value="change:([^"]+)"', page)[1]
        answer = client.post(f"{here}?page=review", {**said, "go": f"change:{first}"})
        assert answer.url.endswith(f"?page={first}")
        client.post(reverse("aftercare:check_in_send"), {**said, "words": "x"})
        check_in.refresh_from_db()
        assert (check_in.words, check_in.said_too) == ("x", ["kit"])

    def test_the_course_shows_after_two_weeks(self, patient, clinician):
        for days, craving in ((7, 4), (0, 2)):
            at = timezone.now() - days * DAY
            check_in = send_check_in(
                patient=patient,
                instruments=["weekly"],
                language="en",
                by=clinician,
                at=at,
            )
            save_check_in(
                check_in=check_in,
                instrument="weekly",
                answers={"craving": craving},
                at=at,
            )
            answer_check_in(check_in=check_in, at=at)
        course = own_course(check_in)
        assert course.values == (4, 2)
        assert course.path == "M30 20 L300 64"
        assert own_course(CheckIn(instruments=["phq9"])) is None

    def test_words_alone_may_be_sent(self, patient, clinician, noon):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        assert answer_check_in(check_in=check_in, words="Call me", at=noon) == []
        assert CareEvent.objects.get().kind == "wrote"

    def test_an_answer_tells_its_event_once(self, patient, clinician, noon):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        save_check_in(
            check_in=check_in, instrument="weekly", answers={"use": 3}, at=noon
        )
        answer_check_in(check_in=check_in, at=noon)
        batch = Batch(patient.clinic_id, noon.date(), noon, 10)
        find_events(batch, None)
        find_events(batch, None)

        assert CareEvent.objects.get().kind == "call_asked"


class TestPage:
    @pytest.fixture
    def url(self, patient):
        return reverse("aftercare:messages", args=[patient.pk])

    def test_keeps_what_the_person_wants(self, patient, address, as_clinician, url):
        sent = {
            "to": address.pk,
            "kinds": ["visit", "check_in"],
            "weekday": 6,
            "language": "es",
        }
        assert as_clinician.post(url, sent).status_code == 302
        owed(patient, 3, kind="visit")

        page = as_clinician.get(url).text
        assert "Weekly check-in, before a visit" in page
        assert "Next 7 days" in page

        wish = MessageWish.objects.get()
        end = reverse("aftercare:end_messages", args=[patient.pk, wish.pk])
        as_clinician.post(end)
        assert not MessageWish.objects.in_force().exists()

    def test_refuses_beside_the_field(self, address, as_clinician, url):
        answer = as_clinician.post(url, {"to": "x", "weekday": 9, "language": "en"})

        assert answer.status_code == 400
        assert "Choose at least one." in answer.text

    def test_says_who_speaks_another_language(self, patient, as_clinician, url):
        Patient.objects.filter(pk=patient.pk).update(language="Vietnamese")

        assert "offer calls instead" in as_clinician.get(url).text

    def test_shows_what_was_sent(self, patient, address, clinician, as_clinician, url):
        agree(patient, address, clinician, "daily", "check_in")
        work(patient.clinic)

        page = as_clinician.get(url).text
        assert page.count("is-done") >= 2


class TestChange:
    """A change is a new wish: nothing is sent twice, and nothing is lost by it."""

    def test_the_week_brings_one_check_in(self, patient, address, clinician):
        agree(patient, address, clinician)
        work(patient.clinic)
        agree(patient, address, clinician, "check_in", "daily")
        work(patient.clinic)

        assert CheckIn.objects.count() == 1

    def test_what_waits_goes_where_it_is_wanted_now(self, patient, address, clinician):
        agree(patient, address, clinician, "daily")
        run_queue(MESSAGES, clinic_id=patient.clinic_id, at=NOON)
        PersonMessage.objects.update(sent_at=None)
        Claim.objects.all().delete()
        mail.outbox.clear()
        better = _point(patient, value="new@example.org")
        agree(patient, better, clinician, "daily")
        work(patient.clinic)
        assert [one.to for one in mail.outbox] == [["new@example.org"]]

        PersonMessage.objects.update(sent_at=None)
        Claim.objects.all().delete()
        agree(patient, better, clinician, "visit")
        work(patient.clinic)
        assert len(mail.outbox) == 1

    def test_an_older_link_stops_what_is_wanted_now(self, patient, address, clinician):
        old = agree(patient, address, clinician)
        agree(patient, address, clinician, "daily")
        client = Client()
        client.get(reverse("aftercare:open_wish", args=[token_of(old.nonce)]))
        page = reverse("aftercare:wish_page")
        assert "Stop sending these" in client.get(page).text
        client.post(page, {"go": "stop"})
        assert not MessageWish.objects.in_force().exists()

    def test_texts_that_are_off_for_an_hour_end_no_wish(
        self, patient, number, clinician, settings, texting
    ):
        agree(patient, number, clinician, "daily")
        settings.TEXT_URL = texts.OFF
        work(patient.clinic)
        assert MessageWish.objects.in_force().exists()
        assert not PersonMessage.objects.exists()

    def test_a_weekly_link_waits_for_the_morning_and_for_its_person(
        self, patient, address, clinician
    ):
        wish = agree(patient, address, clinician)
        run_queue(MESSAGES, clinic_id=patient.clinic_id, at=NOON)
        run_queue(MAIL, clinic_id=patient.clinic_id, at=NOON + dt.timedelta(hours=11))
        assert not mail.outbox
        wishes.end_messages(wish=wish, by=None, at=NOON)
        run_queue(MAIL, clinic_id=patient.clinic_id, at=NOON)
        assert not mail.outbox

    def test_a_weekly_link_says_how_to_stop(self, patient, address, clinician):
        wish = agree(patient, address, clinician)
        work(patient.clinic)
        assert f"/c/m/{token_of(wish.nonce)}/" in mail.outbox[0].body

    def test_a_visit_that_was_moved_is_not_reminded_of(
        self, patient, address, clinician
    ):
        agree(patient, address, clinician, "visit")
        visit = owed(patient, 1, kind="visit")
        run_queue(MESSAGES, clinic_id=patient.clinic_id, at=NOON)
        PersonMessage.objects.update(sent_at=None)
        Claim.objects.all().delete()
        mail.outbox.clear()
        later = visit.due_on + DAY
        FollowUp.objects.filter(pk=visit.pk).update(due_on=later, latest_on=later)
        work(patient.clinic)
        assert not mail.outbox

    @pytest.mark.parametrize("is_safe", [True, False])
    def test_what_cannot_be_handed_over_is_kept(
        self, patient, address, clinician, monkeypatch, is_safe
    ):
        def shut(*_):
            raise NotDelivered(Fault("Away", is_of_the_way=True))

        agree(patient, address, clinician, "daily")
        monkeypatch.setattr("aftercare.notices.hand_over", shut)
        row = Batch(patient.clinic_id, NOON.date(), NOON, 10)
        owe_messages(row, None)
        ContactPoint.objects.update(is_current=is_safe)
        [message] = to_send(row)
        faults = deliver_message([message], row)
        assert faults[message.pk].reason == ("Away" if is_safe else NOT_SAFE)
        assert PersonMessage.objects.get().sent_at is None


class TestLink:
    @pytest.fixture
    def wish(self, patient, address, clinician):
        return agree(patient, address, clinician)

    def visit(self, wish):
        client = Client()
        client.get(reverse("aftercare:open_wish", args=[token_of(wish.nonce)]))
        return client

    def test_stops_by_one_press_without_an_account(self, wish):
        client = self.visit(wish)
        page = reverse("aftercare:wish_page")
        assert "Stop sending these" in client.get(page).text

        assert "no more of these" in client.post(page, {"go": "stop"}).text
        wish.refresh_from_db()
        assert wish.ended_how == "person"
        assert "Stop" not in client.get(page).text

    def test_a_call_is_owed_once(self, wish):
        client = self.visit(wish)
        page = reverse("aftercare:wish_page")
        client.post(page, {"go": "call"})
        client.post(page, {"go": "call"})
        client.post(page, {"go": "anything"})

        event = CareEvent.objects.get()
        assert (event.kind, event.source) == ("call_asked", "person")
        FollowUp.objects.open().update(status="done", closed_at=NOON)
        client.post(page, {"go": "call"})
        assert CareEvent.objects.count() == 2

    def test_who_moved_is_asked_for_the_number_and_not_only_called(self, wish):
        client = self.visit(wish)
        client.post(reverse("aftercare:wish_page"), {"go": "moved"})
        reach = {"outcome": "reached_coming", "by": wish.agreed_by}
        record_outreach(patient=wish.patient, at=timezone.now(), **reach)
        reconcile(patient=wish.patient, by=None, at=timezone.now())

        assert FollowUp.objects.open().filter(kind="contact_details").exists()

    def test_an_unknown_link_shows_that_it_is_over(self, db):
        client = Client()
        client.cookies["note"] = "forged"
        page = reverse("aftercare:wish_page")
        assert client.get(page).status_code == 410
        client.get(reverse("aftercare:open_wish", args=["abc"]))
        assert client.get(page).status_code == 410


class TestGateway:
    @pytest.fixture
    def gateway(self, settings):
        took, codes = [], [200]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                took.append((self.headers["Authorization"], json.loads(body)))
                self.send_response(codes[-1])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        settings.TEXT_URL = f"http://127.0.0.1:{server.server_port}/"
        settings.TEXT_TOKEN = "t0"
        yield took, codes
        server.shutdown()
        thread.join()
        server.server_close()

    def test_gets_number_and_text(self, gateway):
        texts.hand_over_text("Hello", "+15550100142")

        took, _ = gateway
        assert took == [("Bearer t0", {"to": "+15550100142", "text": "Hello"})]

    @pytest.mark.parametrize(
        ("code", "of_the_way"),
        [(400, False), (401, True), (402, True), (503, True), (302, True)],
    )
    def test_tells_a_bad_number_from_a_shut_way(self, gateway, code, of_the_way):
        gateway[1].append(code)

        with pytest.raises(NotDelivered) as caught:
            texts.hand_over_text("Hello", "+1555")
        assert caught.value.fault.is_of_the_way is of_the_way

    def test_away_is_of_the_way(self, settings):
        settings.TEXT_URL = "http://127.0.0.1:1/"
        with pytest.raises(NotDelivered) as caught:
            texts.hand_over_text("Hello", "+1555")
        assert caught.value.fault.is_of_the_way

    def test_off_and_beside(self, settings, capsys):
        settings.TEXT_URL = texts.CONSOLE
        texts.hand_over_text("Hello", "+1555")
        assert "Hello" in capsys.readouterr().out
        settings.TEXT_URL = texts.OFF
        assert not texts.can_text()
        with pytest.raises(NotDelivered):
            texts.hand_over_text("Hello", "+1555")


class TestWords:
    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("kind", list(MessageKind))
    def test_tell_nothing(self, kind, language):
        said = reminder(
            kind, language, day=dt.date(2026, 12, 1), phone="", stop="https://x.example"
        )
        assert not TELLING.search(said)
        assert len(said) < 160

    def test_days_in_both_languages(self):
        assert day_in(dt.date(2026, 12, 1), "en") == "Tuesday, December 1"
        assert day_in(dt.date(2026, 12, 1), "es") == "martes 1 de diciembre"

    def test_hours_are_the_clinics_choice(self):
        at = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
        assert not messages().may_leave(at, {})
        assert messages().may_leave(at, {"message_from": 8})


def test_the_other_clinic_sees_nothing(clinic, clinician):
    other = PatientFactory(clinic=ClinicFactory())
    client = signed_in(clinician)
    url = reverse("aftercare:messages", args=[other.pk])

    assert client.get(url).status_code == 404


class TestWordsAboutDying:
    @pytest.fixture
    def written(self, patient, clinician, noon):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        answer_check_in(check_in=check_in, words="I can't go on like this", at=noon)
        return patient

    def test_call_somebody_at_once(self, written):
        alert = Alert.objects.get()
        assert alert.reason == "Wrote: I can't go on like this"
        assert alert.concern.level == Concern.Level.UNSCREENED
        assert FollowUp.objects.open().filter(kind="safety_screen").exists()

    def test_stand_on_each_page_that_shows_a_concern(self, written, as_clinician):
        concern, alert = Concern.objects.get(), Alert.objects.get()
        for page in (
            reverse("aftercare:alert", args=[alert.pk]),
            reverse("aftercare:of_patient", args=[written.pk]),
            reverse("aftercare:resolve_concern", args=[written.pk, concern.pk]),
            reverse("reports:chart", args=[written.pk]),
        ):
            response = as_clinician.get(page)
            assert response.status_code == 200
            assert "go on like this" in response.text

    def test_other_words_do_not(self, patient, clinician, noon):
        check_in = send_check_in(
            patient=patient,
            instruments=["weekly"],
            language="en",
            by=clinician,
            at=noon,
        )
        answer_check_in(check_in=check_in, words="My dog died in May", at=noon)
        assert not Alert.objects.exists()
