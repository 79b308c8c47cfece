"""Replies by text: only from the gateway, each once, and nobody's words in another's
chart."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.permissions import Role
from aftercare.actions import message_wishes as wishes
from aftercare.check_ins.tokens import digest_of_number
from aftercare.models import Alert, CareEvent, FollowUp, MessageWish
from assessments.models import Concern
from knowledge.schedule.messages import SaidByText, TextReply, read_reply
from patients.models import ContactPoint, Patient
from tests.aftercare.test_messages import agree
from tests.factories import ClinicFactory, PatientFactory, StaffFactory

TOKEN = "gateway-" + "k3Jd9".join("abcdefghijk")
NUMBER = "+15550100142"


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.TEXT_URL = "memory:"
    settings.TEXT_REPLY_TOKEN = TOKEN


def _person(clinic, by, **more):
    patient = PatientFactory(clinic=clinic, status=Patient.Status.ACTIVE)
    number = ContactPoint.objects.create(
        clinic=clinic,
        patient=patient,
        kind="phone",
        value="(555) 010-0142",
        may_text=True,
    )
    agree(patient, number, by, "daily", **more)
    return patient


@pytest.fixture
def patient(clinic, clinician):
    return _person(clinic, clinician)


def text(words, number=NUMBER, name="m1", token=TOKEN, **more):
    return Client().post(
        reverse("aftercare:take_reply"),
        {"from": number, "text": words, "id": name, **more},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def kinds_of(patient):
    return list(
        CareEvent.objects.filter(patient=patient).values_list("kind", flat=True)
    )


class TestReading:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("STOP", TextReply(SaidByText.STOP, has_own_words=False)),
            (" Stop! ", TextReply(SaidByText.STOP, has_own_words=False)),
            ("no m\u00e1s", TextReply(SaidByText.STOP, has_own_words=False)),
            ("Stop texting me", TextReply(SaidByText.STOP, has_own_words=True)),
            ("stop texting", TextReply(SaidByText.STOP, has_own_words=False)),
            ("Ll\u00e1menme", TextReply(SaidByText.CALL, has_own_words=False)),
            ("Call me after 5", TextReply(SaidByText.CALL, has_own_words=True)),
            ("My new number is 555", TextReply(SaidByText.MOVED, has_own_words=True)),
            ("Necesito un kit", TextReply(SaidByText.KIT, has_own_words=False)),
            ("Thanks!", TextReply(SaidByText.THANKS, has_own_words=False)),
            # No end of messages, and no call: somebody has to read it.
            ("End of my rope", TextReply(None, has_own_words=True)),
            ("I cannot stop using", TextReply(None, has_own_words=True)),
            ("stop", TextReply(SaidByText.STOP, has_own_words=False)),
            ("???", TextReply(None, has_own_words=True)),
        ],
    )
    def test_what_is_said(self, said, meant):
        assert read_reply(said) == meant


class TestDoor:
    def test_is_shut_where_no_gateway_replies(self, patient, settings):
        settings.TEXT_REPLY_TOKEN = ""
        assert text("stop").status_code == 404

    def test_asks_for_the_token(self, patient):
        assert text("stop", token="guess").status_code == 401
        assert text("stop", token="gu\u00e9ss").status_code == 401
        assert MessageWish.objects.in_force().exists()

    def test_takes_posts_alone(self, db):
        assert Client().get(reverse("aftercare:take_reply")).status_code == 405

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{",
            b"\xff",
            b'{"from": 1, "text": "a", "id": "b"}',
            b'{"from": "+1", "text": " ", "id": "b"}',
            b'{"from": "+1", "text": "a"}',
            b'{"from": "+1", "id": "b", "text": "%s"}' % (b"x" * 2001),
            b'{"from": "+1", "text": "a", "id": "%s"}' % (b"x" * 201),
            b'{"from": "+1", "text": "a", "id": "%s"}' % (b"x" * 20_000),
            b'{"from": "\\ud800", "text": "a", "id": "b"}',
            b'{"from": "+1", "text": "a", "id": "\\udfff"}',
        ],
    )
    def test_says_what_a_reply_is(self, db, body):
        reply = Client().post(
            reverse("aftercare:take_reply"),
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert reply.status_code == 400
        assert "from, text and id" in reply.json()["error"]

    def test_knows_no_stranger_and_says_where_help_is(self, patient):
        reply = text("hello", number="+15550109999").json()["reply"]
        assert "988" in reply
        assert "Nadie" in reply
        assert kinds_of(patient) == []

    @pytest.mark.parametrize("number", ["nonsense", "\x00", "+", "0" * 300])
    def test_a_number_that_is_none_is_a_stranger(self, patient, number):
        assert "988" in text("stop", number=number).json()["reply"]
        assert MessageWish.objects.in_force().exists()


class TestReply:
    def test_stop_stops_at_once(self, patient):
        assert "no more" in text("STOP").json()["reply"]
        assert not MessageWish.objects.in_force().exists()
        ended = MessageWish.objects.get()
        assert (ended.ended_how, ended.ended_by) == ("person", None)
        assert AuditEvent.objects.filter(verb="messages.ended").count() == 1
        # Asked again, it says the same.
        assert "no more" in text("STOP", name="m2").json()["reply"]

    def test_a_call_is_owed_the_same_day_and_once(self, patient):
        text("call")
        text("CALL ME", name="m2")
        assert kinds_of(patient) == ["call_asked"]
        calls = FollowUp.objects.open().filter(title="Call: they asked for it")
        assert calls.count() == 1

    def test_after_a_stop_somebody_may_still_ask_for_a_call(self, patient):
        text("stop")
        text("call", name="m2")
        assert kinds_of(patient) == ["call_asked"]

    def test_own_words_are_read_by_somebody(self, patient):
        reply = text("I cannot come,\x00 the bus\u202e broke down").json()["reply"]
        assert "988" in reply
        [event] = CareEvent.objects.all()
        assert (event.kind, event.words) == (
            "wrote",
            "I cannot come, the bus broke down",
        )
        assert event.source == CareEvent.Source.PERSON
        assert FollowUp.objects.open().filter(title__startswith="Read what").exists()

    def test_the_same_message_twice_is_once(self, patient):
        text("I cannot come")
        text("I cannot come")
        assert kinds_of(patient) == ["wrote"]
        text("I cannot come", name="m2")
        assert kinds_of(patient) == ["wrote", "wrote"]

    def test_a_long_one_is_kept_whole(self, patient):
        words = "".join(str(n % 10) for n in range(1200))
        text(words)
        kept = CareEvent.objects.order_by("pk").values_list("words", flat=True)
        assert "".join(kept) == words

    def test_an_order_with_more_in_it_is_done_and_read(self, patient):
        assert "reads this" in text("Stop texting me, I want to die").json()[
            "reply"
        ] or (not MessageWish.objects.in_force().exists())
        assert kinds_of(patient) == ["wrote"]
        assert not MessageWish.objects.in_force().exists()

    @pytest.mark.parametrize(
        "words",
        ["I want to die.", "stop texting me I can't go on", "no puedo m\u00e1s"],
    )
    def test_words_about_dying_call_somebody_at_once(self, patient, words):
        assert "988" in text(words).json()["reply"]
        text(words)
        [alert] = Alert.objects.all()
        assert alert.reason == f"Wrote: {words}"
        assert FollowUp.objects.open().filter(kind="safety_screen").count() == 1

    def test_words_about_dying_are_found_across_two_events(self, patient):
        text("x" * 494 + " I want to die")
        assert Alert.objects.count() == 1
        assert CareEvent.objects.count() == 2
        assert len(Concern.objects.get().reason) <= 120

    def test_what_cannot_be_shown_is_asked_about(self, patient):
        text("\u202e\ud800")
        assert "Call." in CareEvent.objects.get().words

    def test_thanks_owes_nobody_anything(self, patient):
        assert text("Thank you!").json()["reply"] == ""
        assert kinds_of(patient) == []

    def test_answers_in_the_language_of_the_messages(self, clinic, clinician):
        _person(clinic, clinician, language="es")
        assert "Gracias" in text("llamar").json()["reply"]

    def test_the_number_is_read_as_people_write_it(self, patient):
        text("stop", number="555-010-0142")
        assert not MessageWish.objects.in_force().exists()

    def test_a_key_that_was_changed_still_finds_them(self, patient, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10
        text("stop")
        assert not MessageWish.objects.in_force().exists()

    def test_an_address_of_mail_replies_nothing(self, clinic, clinician):
        patient = PatientFactory(clinic=clinic)
        point = ContactPoint(patient=patient, kind="email", value="a@example.org")
        assert wishes.reply_digest(point) == ""
        assert digest_of_number(NUMBER) != digest_of_number("+15550100143")

    def test_who_has_died_is_a_stranger(self, patient):
        Patient.objects.filter(pk=patient.pk).update(status=Patient.Status.DECEASED)
        assert "Nobody reads" in text("call").json()["reply"]
        assert kinds_of(patient) == []


class TestSeveralPeople:
    """One number of two people, of two clinics: none learns what the other said."""

    @pytest.fixture
    def other(self, patient):
        elsewhere = ClinicFactory(name="Elm Road Practice")
        return _person(elsewhere, StaffFactory(roles={elsewhere: [Role.CLINICIAN]}))

    def test_each_is_called_and_nobodys_words_are_kept(self, patient, other):
        text("I took everything")
        for one in (patient, other):
            assert kinds_of(one) == ["call_asked"]
            assert Concern.objects.filter(patient=one).count() == 1
        text("I took everything")
        assert Concern.objects.count() == Alert.objects.count() == 2
        told = CareEvent.objects.values_list("words", flat=True)
        assert set(told) == {"Somebody at this number wrote. Ask who."}
        assert not Concern.objects.filter(reason__contains="took").exists()

    def test_words_that_alarm_nobody_call_each(self, patient, other):
        text("the bus broke down")
        assert kinds_of(patient) == kinds_of(other) == ["call_asked"]
        assert not Concern.objects.exists()

    def test_a_stop_ends_both(self, patient, other):
        text("stop")
        assert not MessageWish.objects.in_force().exists()

    def test_an_order_alone_is_done_for_each(self, patient, other):
        text("kit")
        assert kinds_of(patient) == kinds_of(other) == ["kit_wanted"]
