"""Check-in links: one person, once, for seven days, and nothing to read in them."""

import datetime as dt
import re
from smtplib import SMTPException

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import tenancy
from accounts.models import AuditEvent
from aftercare.actions import check_ins as acts
from aftercare.check_ins.listing import check_ins_of, shown_check_in
from aftercare.check_ins.mail_text import BODIES, SUBJECTS, link_of
from aftercare.check_ins.tokens import digest_of, new_nonce, token_for, token_of
from aftercare.models import CheckIn, CheckInMail, FollowUp
from aftercare.queues import MAIL
from assessments.actions.measures import NothingAnswered
from assessments.actions.self_report import NothingChosen, StaffOnly
from assessments.models import Assessment
from jobs import notices
from jobs.actions import engine
from jobs.board import board_of
from jobs.models import Claim
from knowledge.instruments.questionnaire import pages
from patients.birth_dates import born_on_in
from patients.models import ContactPoint, Patient
from tests.factories import PatientFactory
from tests.factories.aftercare import owed

DAY = dt.timedelta(days=1)
TELLING = re.compile(
    r"addict|opioid|methadone|recovery|clinic|treatment|substance|drug|Harbor|Alma|Reyes",
    re.IGNORECASE,
)


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def address(patient):
    return ContactPoint.objects.create(
        clinic=patient.clinic,
        patient=patient,
        kind="email",
        value="alma@example.org",
        may_text=True,
    )


@pytest.fixture
def make(patient, clinician, noon):
    def make(*keys, **more):
        told = {"language": "en", "by": clinician, "at": noon, "patient": patient}
        told["instruments"] = keys or ["phq2"]
        return acts.send_check_in(**{**told, **more})

    return make


def answered(check_in, noon, **answers):
    acts.save_check_in(
        check_in=check_in, instrument="phq2", answers=answers or {"mood": 1}, at=noon
    )
    return acts.answer_check_in(check_in=check_in, at=noon)


class TestToken:
    def test_has_at_least_128_bits_and_fits_in_an_address(self):
        token = token_of(new_nonce())

        assert len(token) * 6 >= 160
        assert re.fullmatch(r"[\w-]+", token)

    def test_is_the_same_for_the_same_nonce_alone(self):
        nonce = new_nonce()

        assert token_of(nonce) == token_of(nonce)
        assert token_of(nonce) != token_of(new_nonce())

    def test_is_nowhere_in_the_row(self, make):
        check_in = make()
        token = token_of(check_in.nonce)
        with connection.cursor() as cursor:
            cursor.execute("SELECT c::text FROM aftercare_checkin c")
            row = cursor.fetchone()[0]

        assert token not in row
        assert digest_of(token) in row

    def test_is_found_again_after_the_key_was_changed(self, settings):
        nonce = new_nonce()
        digest = digest_of(token_of(nonce))
        old = settings.SECRET_KEY
        settings.SECRET_KEY = "another-key-of-at-least-fifty-characters-0123456789"

        assert token_for(nonce, digest) is None
        settings.SECRET_KEY_FALLBACKS = [old]
        assert digest_of(token_for(nonce, digest)) == digest


class TestFinding:
    def test_a_whole_token_finds_its_row_from_no_clinic(self, make):
        check_in = make()
        token = token_of(check_in.nonce)
        with tenancy.clinics([], actor="nobody"):
            assert not CheckIn.objects.exists()
            assert acts.find_check_in(token) == (check_in.clinic_id, check_in.pk)

    @pytest.mark.parametrize("token", ["", "x", "%", "' OR true --", "a" * 27])
    def test_anything_else_finds_nothing(self, make, token):
        make()

        assert acts.find_check_in(token) is None

    def test_the_digest_is_no_token(self, make):
        assert acts.find_check_in(make().token_digest) is None


class TestMaking:
    def test_is_good_for_seven_days(self, make, noon):
        check_in = make()

        assert check_in.is_usable(at=noon + 7 * DAY - dt.timedelta(seconds=1))
        assert not check_in.is_usable(at=noon + 7 * DAY)

    def test_several_are_asked_in_order(self, make):
        assert make("TEA", "phq9", "bam").instruments == ["tea", "phq9", "bam"]

    @pytest.mark.parametrize("key", ["cssrs", "cows", "dsm5_oud", "ahc_hrsn"])
    def test_what_does_not_go_home_is_refused(self, make, key):
        with pytest.raises(StaffOnly):
            make(key)

    def test_without_a_question_there_is_no_link(self, make):
        with pytest.raises(NothingChosen):
            make(instruments=[])

    def test_nothing_is_sent_after_a_death(self, make, patient):
        patient.status = Patient.Status.DECEASED
        patient.save()

        with pytest.raises(acts.NotForThisPerson):
            make()

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"may_text": None}, id="nobody asked"),
            pytest.param({"may_text": False}, id="not safe"),
            pytest.param({"is_current": False}, id="an old address"),
            pytest.param({"kind": "phone"}, id="no e-mail"),
        ],
    )
    def test_is_mailed_only_where_that_was_said_to_be_safe(self, make, address, values):
        ContactPoint.objects.filter(pk=address.pk).update(**values)
        address.refresh_from_db()

        with pytest.raises(acts.NotSafe):
            make(to=address)
        assert not CheckIn.objects.exists()

    def test_is_not_mailed_to_somebody_else(self, make, address, clinic):
        with pytest.raises(acts.NotSafe):
            make(to=address, patient=PatientFactory(clinic=clinic))

    def test_is_audited_without_answers_or_names(self, make, patient):
        make("phq2")

        event = AuditEvent.objects.get(verb="check_in.made")
        assert event.facts == {"instruments": ["phq2"], "mailed": False}
        assert event.patient_id == patient.pk


class TestMail:
    def sent(self, clinic, at):
        return engine.run_queue(MAIL, clinic_id=clinic.pk, at=at)

    def test_goes_out_with_the_next_round_once(self, make, address, clinic, noon):
        check_in = make(to=address)

        assert self.sent(clinic, noon) == {"sent": 1}
        assert self.sent(clinic, noon + DAY) == {}
        [message] = mail.outbox
        assert message.to == ["alma@example.org"]
        assert link_of(token_of(check_in.nonce)) in message.body
        assert "7 days" in message.body

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_says_nothing_of_what_it_is_about(
        self, make, address, clinic, noon, language
    ):
        make(to=address, language=language)
        self.sent(clinic, noon)

        [message] = mail.outbox
        assert message.subject == SUBJECTS[language]
        assert not TELLING.search(f"{message.subject} {message.body}")
        assert BODIES[language][:8] == message.body[:8]

    def test_is_not_sent_once_writing_is_not_safe_any_more(
        self, make, address, clinic, noon
    ):
        make(to=address)
        ContactPoint.objects.update(may_text=False)

        assert self.sent(clinic, noon) == {"failed": 1}
        assert mail.outbox == []
        assert "safe" in Claim.objects.get().fault

    @pytest.mark.parametrize("how", ["revoked", "expired", "deceased"])
    def test_is_not_sent_for_a_link_that_opens_nothing(
        self, make, address, patient, clinic, clinician, noon, how
    ):
        check_in = make(to=address)
        if how == "revoked":
            acts.revoke_check_in(check_in=check_in, by=clinician, at=noon)
        if how == "deceased":
            Patient.objects.update(status=Patient.Status.DECEASED)

        at = noon + 8 * DAY if how == "expired" else noon
        assert self.sent(clinic, at) == {}
        assert mail.outbox == []

    def test_what_was_not_delivered_is_tried_again(
        self, make, address, clinic, noon, monkeypatch
    ):
        make(to=address)

        def fail(*_):
            raise SMTPException("alma@example.org refused")

        with monkeypatch.context() as broken:
            broken.setattr(notices, "send_mail", fail)
            assert self.sent(clinic, noon) == {"failed": 1}
        assert Claim.objects.get().fault == "SMTPException"
        assert self.sent(clinic, noon) == {}
        assert self.sent(clinic, noon + dt.timedelta(minutes=3)) == {"sent": 1}
        assert "6 days" in mail.outbox[0].body

    def test_a_changed_key_is_said(self, make, address, clinic, noon, settings):
        make(to=address)
        settings.SECRET_KEY = "another-key-of-at-least-fifty-characters-0123456789"

        assert self.sent(clinic, noon) == {"failed": 1}
        assert Claim.objects.get().fault == "KeyChanged"

    def test_the_last_hours_are_called_a_day(self, make, address, clinic, noon):
        make(to=address)
        self.sent(clinic, noon + 7 * DAY - dt.timedelta(hours=1))

        assert "1 days" in mail.outbox[0].body

    def test_the_page_of_the_workers_counts_it(
        self, make, address, clinic, noon, patient
    ):
        make(to=address)
        board = board_of(clinic.pk, on=noon.date(), at=noon)
        assert [s.waiting for s in board.queues if s.queue is MAIL] == [1]
        ContactPoint.objects.update(may_text=False)
        self.sent(clinic, noon)

        board = board_of(clinic.pk, on=noon.date(), at=noon)

        assert [s.waiting for s in board.queues if s.queue is MAIL] == [0]
        assert [(row.title, row.claim.tries) for row in board.retried] == [
            (f"Check-in link to {patient.mrn}", 1)
        ]


class TestBirth:
    def test_the_right_day_lets_in(self, make, patient, noon):
        assert (
            acts.confirm_birth(check_in=make(), born_on=patient.date_of_birth, at=noon)
            is None
        )

    def test_the_fifth_wrong_one_closes_the_link(self, make, noon):
        check_in = make()
        wrong = dt.date(1990, 1, 1)

        left = [
            acts.confirm_birth(check_in=check_in, born_on=wrong, at=noon)
            for _ in range(acts.BIRTH_TRIES)
        ]

        assert left == [4, 3, 2, 1, 0]
        with pytest.raises(acts.CheckInOver):
            acts.confirm_birth(check_in=check_in, born_on=wrong, at=noon)
        assert AuditEvent.objects.filter(verb="check_in.closed").count() == 1

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("03/14/1992", dt.date(1992, 3, 14)),
            ("3-14-1992", dt.date(1992, 3, 14)),
            (" 3 14 1992 ", dt.date(1992, 3, 14)),
            ("03141992", dt.date(1992, 3, 14)),
            ("1992-03-14", dt.date(1992, 3, 14)),
            ("14/03/1992", dt.date(1992, 3, 14)),
            ("03/14/92", None),
            ("March", None),
            ("14/14/1992", None),
            ("", None),
            ("\x00", None),
        ],
    )
    def test_is_read_as_people_type_it(self, text, day):
        assert born_on_in(text) == day


class TestAnswering:
    def test_records_what_was_said_once(self, make, patient, noon):
        check_in = make()
        [kept] = answered(check_in, noon, interest=3, mood=2)

        assert (kept.total, kept.mode, kept.given_by) == (5, "self", None)
        assert kept.source_key == f"check-in:{check_in.pk}:phq2"
        with pytest.raises(acts.CheckInOver):
            acts.answer_check_in(check_in=check_in, at=noon)
        assert Assessment.objects.count() == 1

    def test_nothing_said_leaves_the_link_open(self, make, noon):
        check_in = make()
        with pytest.raises(NothingAnswered):
            acts.answer_check_in(check_in=check_in, at=noon)

        assert CheckIn.objects.get().is_usable(at=noon)

    def test_closes_the_follow_up_it_answers(self, make, patient, noon):
        follow_up = owed(
            patient, before=1, after=5, kind="measures", occasion="first_weeks"
        )
        check_in = make("bam", "tea", follow_up=follow_up)
        for key, value in (("bam", 0), ("tea", 5)):
            codes = {item: value for page in _items(key) for item in page}
            acts.save_check_in(
                check_in=check_in, instrument=key, answers=codes, at=noon
            )
        acts.answer_check_in(check_in=check_in, at=noon)

        assert FollowUp.objects.get(pk=follow_up.pk).status == "done"

    def test_the_first_opening_is_noted_once(self, make, noon):
        check_in = make()
        acts.open_check_in(check_in=check_in, at=noon)
        acts.open_check_in(check_in=check_in, at=noon + DAY)

        assert CheckIn.objects.get().opened_at == noon
        assert AuditEvent.objects.filter(verb="check_in.opened").count() == 1

    def test_the_database_keeps_what_was_sent(self, make, noon):
        check_in = make()
        answered(check_in, noon)

        with pytest.raises(DatabaseError), transaction.atomic():
            CheckIn.objects.filter(pk=check_in.pk).update(answers={})

    @pytest.mark.parametrize("how", ["revoked", "expired", "answered", "gone"])
    def test_what_is_over_takes_nothing_more(self, make, clinician, noon, how):
        check_in, at = make(), noon
        if how == "revoked":
            acts.revoke_check_in(check_in=check_in, by=clinician, at=noon)
        if how == "expired":
            at = noon + 7 * DAY
        if how == "answered":
            answered(check_in, noon)
        if how == "gone":
            check_in.pk = 0

        for act in (
            lambda: acts.open_check_in(check_in=check_in, at=at),
            lambda: acts.speak(check_in=check_in, language="es", at=at),
            lambda: acts.answer_check_in(check_in=check_in, at=at),
            lambda: acts.revoke_check_in(check_in=check_in, by=clinician, at=at),
            lambda: acts.save_check_in(
                check_in=check_in, instrument="phq2", answers={}, at=at
            ),
        ):
            with pytest.raises(acts.CheckInOver):
                act()


def _items(key):
    return [[item.key for item in page.items] for page in pages([key], {})]


class TestAgain:
    def test_a_new_link_takes_the_place_of_the_old(
        self, make, address, clinician, noon
    ):
        old = make("phq9", language="es", to=address)
        new = acts.send_check_in_again(check_in=old, by=clinician, at=noon + DAY)

        old.refresh_from_db()
        assert old.revoked_at == noon + DAY
        assert (new.instruments, new.language) == (["phq9"], "es")
        assert new.mail.to == address
        assert new.token_digest != old.token_digest

    def test_after_its_time_nothing_is_taken_back(self, make, clinician, noon):
        old = make()
        acts.send_check_in_again(check_in=old, by=clinician, at=noon + 8 * DAY)

        old.refresh_from_db()
        assert old.revoked_at is None

    def test_is_not_mailed_where_that_is_no_longer_safe(
        self, make, address, clinician, noon
    ):
        old = make(to=address)
        ContactPoint.objects.update(may_text=None)

        new = acts.send_check_in_again(check_in=old, by=clinician, at=noon)

        assert not CheckInMail.objects.filter(check_in=new).exists()


class TestShown:
    def state(self, check_in, at):
        return shown_check_in(CheckIn.objects.get(pk=check_in.pk), at=at).words

    def test_how_far_it_has_come(self, make, clinician, noon):
        check_in = make()
        assert self.state(check_in, noon) == "made, passed on by staff"
        acts.open_check_in(check_in=check_in, at=noon)
        assert self.state(check_in, noon) == "opened"
        assert self.state(check_in, noon + 8 * DAY) == "expired"
        answered(check_in, noon)
        assert self.state(check_in, noon + 8 * DAY) == "answered"

    def test_taken_back_and_closed(self, make, clinician, noon):
        taken, closed = make(), make()
        acts.revoke_check_in(check_in=taken, by=clinician, at=noon)
        for _ in range(acts.BIRTH_TRIES):
            acts.confirm_birth(check_in=closed, born_on=dt.date(1990, 1, 1), at=noon)

        assert self.state(taken, noon) == "taken back"
        assert self.state(closed, noon) == "closed after wrong birth dates"

    def test_its_mail(self, make, address, clinic, noon):
        check_in = make(to=address)
        assert self.state(check_in, noon) == "to be sent within a minute"
        claim = Claim.objects.create(
            clinic=clinic,
            step="check_in_mail",
            row_id=check_in.mail.pk,
            claimed_at=noon,
            fault="SMTPException",
        )
        assert self.state(check_in, noon) == "not delivered (SMTPException)"
        claim.delete()
        CheckInMail.objects.update(sent_at=noon)
        assert self.state(check_in, noon) == "sent"

    def test_the_latest_of_a_person_in_one_query(
        self, make, patient, noon, django_assert_num_queries
    ):
        for _ in range(7):
            make()
        with django_assert_num_queries(1):
            assert len(check_ins_of(patient, at=noon)) == 5


class TestStaffPages:
    def url(self, name, *args):
        return reverse(f"aftercare:{name}", args=args)

    def post_new(self, client, patient, query="", **data):
        told = {"give": ["phq2"], "language": "en", "to": "hand", **data}
        return client.post(self.url("new_check_in", patient.pk) + query, told)

    def test_the_link_is_shown_once_to_who_made_it(self, as_care_manager, patient):
        made = self.post_new(as_care_manager, patient)
        link = link_of(token_of(CheckIn.objects.get().nonce))

        assert link in as_care_manager.get(made.url).content.decode()
        assert link not in as_care_manager.get(made.url).content.decode()

    def test_only_safe_addresses_are_offered(self, as_clinician, patient, address):
        path = self.url("new_check_in", patient.pk)
        assert "alma@example.org" in as_clinician.get(path).content.decode()

        ContactPoint.objects.update(may_text=None)
        page = as_clinician.get(path).content.decode()
        assert "alma@example.org" not in page
        assert "nobody asked whether writing there is safe" in page

    def test_is_mailed_where_that_was_chosen(self, as_clinician, patient, address):
        self.post_new(as_clinician, patient, to=str(address.pk))

        assert CheckInMail.objects.get().to == address

    def test_belongs_to_the_follow_up_it_was_made_from(
        self, as_clinician, patient, clinic
    ):
        mine = owed(patient)
        theirs = owed(PatientFactory(clinic=clinic))
        for wanted in (mine.pk, theirs.pk, "9" * 30, "x"):
            self.post_new(as_clinician, patient, f"?follow_up={wanted}")

        made = CheckIn.objects.order_by("pk").values_list("follow_up", flat=True)
        assert list(made) == [mine.pk, None, None, None]

    @pytest.mark.parametrize(
        "data", [{"give": []}, {"give": ["cows"]}, {"language": "fr"}, {"to": "7"}]
    )
    def test_says_what_cannot_be(self, as_clinician, patient, data):
        assert self.post_new(as_clinician, patient, **data).status_code == 400
        assert not CheckIn.objects.exists()

    def test_nothing_for_somebody_who_died(self, as_clinician, patient):
        Patient.objects.update(status=Patient.Status.DECEASED)

        found = self.post_new(as_clinician, patient)

        assert found.status_code == 400
        assert "Nothing is sent" in found.content.decode()

    def test_is_taken_back_once(self, as_clinician, patient, make):
        check_in = make(at=dt.datetime.now(tz=dt.UTC))
        path = self.url("revoke_check_in", patient.pk, check_in.pk)

        first = as_clinician.post(path, follow=True).content.decode()
        second = as_clinician.post(path, follow=True).content.decode()

        assert "opens nothing any more" in first
        assert "cannot be used any more" in second

    def test_is_sent_again(self, as_clinician, patient, make):
        check_in = make()

        found = as_clinician.post(
            self.url("check_in_again", patient.pk, check_in.pk), follow=True
        )

        assert "shown this once" in found.content.decode()
        assert CheckIn.objects.count() == 2

    def test_is_not_sent_again_after_a_death(self, as_clinician, patient, make):
        check_in = make()
        Patient.objects.update(status=Patient.Status.DECEASED)

        found = as_clinician.post(
            self.url("check_in_again", patient.pk, check_in.pk), follow=True
        )

        assert "Nothing is sent" in found.content.decode()

    def test_stands_on_the_aftercare_page(self, as_clinician, patient, make):
        make("phq9", "tea")

        page = as_clinician.get(self.url("of_patient", patient.pk)).content.decode()

        assert "PHQ-9, TEA" in page
