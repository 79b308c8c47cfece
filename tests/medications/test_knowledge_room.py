"""Everything in the knowledge has its page, each statement with what it rests on."""

import datetime as dt
import re
from html import unescape

import pytest

from accounts.models import AuditEvent
from accounts.permissions import Role
from knowledge.cited import Cited
from knowledge.schedule.choices import plan_choices
from knowledge.schedule.injections import injection_rules
from medications.actions.sign_subjects import DaysNotPermitted, sign_subject
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.subject_signoffs import (
    numbers_of,
    shown_of,
    signatures_of,
    subjects_due,
)
from medications.models import SubjectSignOff
from tests.conftest import signed_in
from tests.factories import StaffFactory
from tests.knowledge.test_room import READ, statements

pytestmark = pytest.mark.django_db
# They have pages of their own, with sign-off and the clinic's numbers.
ELSEWHERE = {"rules", "parameters"}


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


@pytest.mark.parametrize("key", SUBJECTS)
class TestEverySubject:
    def test_lists_its_statements_with_tag_and_source(self, as_clinician, key):
        page = words_of(as_clinician.get(f"/knowledge/subjects/{key}/"))

        assert SUBJECTS[key].found("")
        for one in SUBJECTS[key].found("")[:40]:
            assert re.sub(r"\s+", " ", one.head) in page
            assert one.tag in page

    def test_can_be_searched(self, as_clinician, key):
        first = SUBJECTS[key].found("")[0]

        found = SUBJECTS[key].found(first.head)
        assert first in found
        page = words_of(as_clinician.get(f"/knowledge/subjects/{key}/?q=zebra+x"))
        assert "Nothing matches that" in page

    def test_is_reached_from_the_rules(self, as_clinician, key):
        page = as_clinician.get("/knowledge/").content.decode()

        assert f"/knowledge/subjects/{key}/" in page


def test_no_statement_of_the_room_is_left_out():
    shown = {(tag, day) for s in SUBJECTS.values() for tag, day in tags(s)}
    kept = {
        (one.tag, one.checked)
        for name, table in READ.items()
        if name not in ELSEWHERE
        for one in statements(table)
        if isinstance(one, Cited)
    }

    assert kept <= shown


def tags(subject):
    return {(one.tag, one.checked) for one in subject.found("")}


def test_a_day_of_our_own_says_what_a_clinic_may_have(as_clinician):
    page = words_of(as_clinician.get("/knowledge/subjects/injections/"))

    second = injection_rules()["SUBLOCADE"][0]
    assert second.due_permitted.words == "7 to 28"
    assert "A clinic may have 7 to 28" in page
    assert "Sublocade label 02/2025" in page


def test_no_such_subject(as_clinician):
    assert as_clinician.get("/knowledge/subjects/zebra/").status_code == 404


class TestSignOff:
    """A subject is signed as it was shown, by who may, and again when it reads
    otherwise."""

    DAYS = {
        **{name: one.days for name, one in plan_choices().items()},
        "review_first_year": 60,
    }

    @pytest.fixture
    def as_director(self, clinic):
        return signed_in(StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}))

    @pytest.fixture
    def subject(self):
        return SUBJECTS["promises"]

    def sign(self, client, subject, clinic, **more):
        shown = shown_of(subject, signatures_of(clinic.pk).get(subject.key))
        body = {"shown": shown, **self.DAYS, **more}
        address = f"/knowledge/subjects/{subject.key}/sign/"
        return client.post(address, body, follow=True)

    def test_waits_until_it_is_signed(self, as_director, subject, clinic):
        before = words_of(as_director.get("/knowledge/subjects/promises/"))
        page = words_of(self.sign(as_director, subject, clinic))

        assert "Sign-off due In use as it ships." in before
        assert "Signed off: Promises." in page
        assert subject not in subjects_due(clinic.pk)
        assert f"{len(SUBJECTS) - 1} to sign off" in words_of(
            as_director.get("/knowledge/")
        )
        event = AuditEvent.objects.get(verb="knowledge.subject_signed_off")
        assert event.facts["about"] == "promises"

    def test_days_that_a_clinic_chose_are_its_own(self, as_director, subject, clinic):
        page = words_of(self.sign(as_director, subject, clinic))

        assert numbers_of(clinic.pk) == {"review_first_year": 60}
        assert "in the first year of care 60 days" in page

    @pytest.mark.parametrize("days", ["29", "91", "many", ""])
    def test_days_that_no_clinic_may_have_are_refused_at_the_field(
        self, as_director, subject, clinic, days
    ):
        answer = self.sign(as_director, subject, clinic, review_first_year=days)

        assert answer.status_code == 400
        assert answer.context["form"].errors["review_first_year"]
        assert not SubjectSignOff.objects.exists()

    def test_a_number_that_is_no_clinics_to_choose_is_refused(
        self, subject, clinic, clinician, noon
    ):
        with pytest.raises(DaysNotPermitted, match="first_year"):
            sign_subject(
                clinic=clinic,
                subject=subject,
                shown=shown_of(subject, None),
                numbers={"first_year": 30},
                by=clinician,
                at=noon,
            )

    def test_is_not_signed_as_something_else_was_shown(
        self, as_director, subject, clinic
    ):
        shown = shown_of(subject, None)
        self.sign(as_director, subject, clinic)
        answer = self.sign(as_director, subject, clinic, shown=shown)

        assert "this reads otherwise than on your screen" in words_of(answer)
        assert SubjectSignOff.objects.count() == 1

    def test_waits_again_once_it_reads_otherwise(self, as_director, subject, clinic):
        self.sign(as_director, subject, clinic)
        signed = signatures_of(clinic.pk)["promises"]
        SubjectSignOff.objects.create(
            clinic=clinic,
            subject="promises",
            digest="0" * 64,
            knowledge_digest=signed.knowledge_digest,
            signed_at=signed.signed_at + dt.timedelta(days=1),
            signed_by=signed.signed_by,
        )

        page = words_of(as_director.get("/knowledge/subjects/promises/"))
        assert "Something reads otherwise since" in page
        assert subject in subjects_due(clinic.pk)

    def test_days_that_can_no_longer_be_chosen_are_left_out(
        self, as_director, subject, clinic
    ):
        self.sign(as_director, subject, clinic)
        signed = signatures_of(clinic.pk)["promises"]
        SubjectSignOff.objects.create(
            clinic=clinic,
            subject="promises",
            digest=signed.digest,
            numbers={"of_an_older_edition": 3},
            knowledge_digest=signed.knowledge_digest,
            signed_at=signed.signed_at + dt.timedelta(days=1),
            signed_by=signed.signed_by,
        )

        answer = as_director.get("/knowledge/subjects/promises/")
        assert answer.status_code == 200
        assert answer.context["own"] == []

    def test_another_clinics_signature_does_not_count(
        self, as_director, subject, clinic, other_clinic
    ):
        self.sign(as_director, subject, clinic)

        assert subject in subjects_due(other_clinic.pk)
        assert numbers_of(other_clinic.pk) == {}

    def test_only_the_medical_director_signs(self, as_clinician, subject, clinic):
        page = as_clinician.get("/knowledge/subjects/promises/").content.decode()

        assert "/sign/" not in page
        assert self.sign(as_clinician, subject, clinic).status_code == 403

    def test_there_is_no_other_subject_to_sign(self, as_director):
        answer = as_director.post("/knowledge/subjects/zebra/sign/", {})

        assert answer.status_code == 404
