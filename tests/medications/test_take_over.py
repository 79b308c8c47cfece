"""What a sister clinic signed is taken over item by item, signed by who acts here."""

import datetime as dt
import threading

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.entry_rows import Passkey
from accounts.models import AuditEvent, Clinic, Membership
from accounts.permissions import Role
from accounts.refusals import RightMissing
from knowledge.editions import knowledge
from medications.actions import sign_rules, sign_subjects
from medications.actions.take_over import NotAsListed, NotSignedThere, take_over
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.sister_signoffs import (
    OLDER,
    OTHER_DAYS,
    OTHERWISE_HERE,
    OTHERWISE_THERE,
    sister_sign_offs,
)
from medications.knowledge_pages.subject_signoffs import shown_of
from medications.models import RuleSignOff, SubjectSignOff
from tests.conftest import clinic_today, markup, signed_in, unconfirmed
from tests.factories import ClinicFactory, StaffFactory
from tests.factories.medications import RuleSignOffFactory

pytestmark = pytest.mark.django_db
DIRECTOR = [Role.MEDICAL_DIRECTOR]
SINCE = timezone.now() - dt.timedelta(days=9)


@pytest.fixture
def sister(db):
    return ClinicFactory(name="Zenith South")


@pytest.fixture
def director(clinic, sister):
    return StaffFactory(roles={clinic: DIRECTOR, sister: DIRECTOR}, name="Ines")


@pytest.fixture
def colleague(sister):
    return StaffFactory(roles={sister: DIRECTOR}, name="Olu Adeyemi")


def signed_rule(where, by, rule="C46", **said):
    version = knowledge().rules[rule].version
    proposed = sign_rules.Proposed(rule=rule, version=version, **said)
    return sign_rules.sign_off(clinic=where, proposed=proposed, by=by, at=SINCE)


def signed_subject(where, by, **numbers):
    subject = SUBJECTS["promises"]
    shown = shown_of(subject, None)
    return sign_subjects.sign_subject(
        clinic=where, subject=subject, shown=shown, numbers=numbers, by=by, at=SINCE
    )


@pytest.fixture
def listed(clinic, sister, director):
    """The items of the sister clinic, by their key."""

    def found():
        signed = sister_sign_offs(clinic, sister, by=director, on=clinic_today())
        return {one.key: one for one in signed.items}

    return found


@pytest.fixture
def take(clinic, sister, director, listed):
    def taken(*keys, **shown):
        items = {key: listed()[key].shown for key in keys} | shown
        return take_over(
            clinic=clinic, sister=sister, shown=items, by=director, at=timezone.now()
        )

    return taken


class TestTaken:
    def test_each_is_a_row_of_its_own_signed_by_who_acts_here(
        self, take, clinic, sister, director, colleague
    ):
        signed_rule(sister, colleague)
        theirs = signed_subject(sister, colleague)

        rule, subject = take("C46", "promises")

        assert (rule.clinic, rule.rule, rule.stance) == (clinic, "C46", "as_is")
        assert (subject.subject, subject.digest) == ("promises", theirs.digest)
        for row in (rule, subject):
            assert (row.signed_by, row.taken_from) == (director, sister)
        events = AuditEvent.objects.filter(verb="knowledge.taken_over")
        assert {(e.clinic_id, e.staff_id) for e in events} == {(clinic.pk, director.pk)}
        assert [e.facts["about"] for e in events.order_by("pk")] == ["C46", "promises"]
        assert events.last().facts["site"] == "Zenith South"

    def test_what_is_signed_there_stays_as_it_was(self, take, sister, colleague):
        theirs = signed_rule(sister, colleague)

        take("C46")

        assert list(RuleSignOff.objects.filter(clinic=sister)) == [theirs]

    def test_the_same_days_chosen_here_and_there_stand(
        self, take, clinic, sister, director, colleague
    ):
        signed_subject(sister, colleague, review_first_year=60)
        SubjectSignOff.objects.create(
            clinic=clinic,
            subject="promises",
            digest="an older one",
            numbers={"review_first_year": 60},
            knowledge_digest="older",
            signed_at=SINCE,
            signed_by=director,
        )

        (row,) = take("promises")

        assert row.numbers == {"review_first_year": 60}


class TestDiffers:
    def test_what_either_clinic_uses_otherwise(
        self, listed, take, clinic, sister, director, colleague
    ):
        off = {"stance": "off", "reason": "No such clients here."}
        signed_rule(sister, colleague, "C45", **off)
        signed_rule(sister, colleague, "C46")
        RuleSignOffFactory(
            clinic=clinic, rule="C46", version=0, stance="off", reason="Not here."
        )

        assert listed()["C45"].why_not == OTHERWISE_THERE
        assert listed()["C46"].why_not == OTHERWISE_HERE
        for key in ("C45", "C46"):
            with pytest.raises(NotSignedThere, match="differs here"):
                take(key)
        assert not RuleSignOff.objects.filter(clinic=clinic, rule="C45").exists()

    @pytest.mark.parametrize(
        "older", [{"version": 0}, {"knowledge_digest": "of another edition"}]
    )
    def test_another_version_or_edition(self, listed, sister, older):
        version = knowledge().rules["C46"].version
        RuleSignOffFactory(
            **{"clinic": sister, "rule": "C46", "version": version, **older}
        )

        assert listed()["C46"].why_not == OLDER

    def test_a_subject_that_reads_otherwise_or_has_other_days(
        self, listed, sister, colleague
    ):
        signed_subject(sister, colleague, review_first_year=60)
        SubjectSignOff.objects.create(
            clinic=sister,
            subject="language",
            digest="an older one",
            knowledge_digest="older",
            signed_at=SINCE,
            signed_by=colleague,
        )

        assert listed()["promises"].why_not == OTHER_DAYS
        assert listed()["language"].why_not == OLDER

    def test_what_is_signed_here_is_counted_alone(
        self, listed, clinic, sister, director, colleague
    ):
        for where, by in ((clinic, director), (sister, colleague)):
            signed_rule(where, by)
            signed_subject(where, by)

        assert {one.standing for one in listed().values()} == {"signed_here"}


class TestRefused:
    def test_what_nobody_signed_there(self, take):
        with pytest.raises(NotSignedThere, match="Nobody signed C46 there"):
            take(C46="x")

    def test_what_was_signed_otherwise_since(self, take, listed, sister, colleague):
        signed_rule(sister, colleague)
        shown = listed()["C46"].shown
        signed_rule(sister, colleague)

        with pytest.raises(NotAsListed):
            take(C46=shown)

    @pytest.mark.parametrize("name", ["clinic", "sister"])
    def test_who_does_not_sign_at_both(
        self, take, sister, colleague, director, name, request
    ):
        signed_rule(sister, colleague)
        where = request.getfixturevalue(name)
        Membership.objects.filter(staff=director, clinic=where).delete()

        with pytest.raises(RightMissing, match=f"You do not sign at {where.name}"):
            take("C46")


class TestPage:
    def address(self, site):
        return f"/knowledge/sign-off/{site.pk}/"

    def body(self, listed, *keys):
        return {"items": [f"{key}:{listed()[key].shown}" for key in keys]}

    @pytest.mark.parametrize("page", ["/knowledge/", "/knowledge/sign-off/"])
    def test_says_how_many_a_sister_clinic_signed(
        self, director, colleague, sister, page
    ):
        client = signed_in(director)
        assert "of what waits" not in markup(client.get(page))

        signed_rule(sister, colleague)

        assert "Zenith South signed 1 of what waits here" in markup(client.get(page))

    def test_shows_who_signed_and_what_differs(
        self, director, colleague, sister, listed
    ):
        signed_rule(sister, colleague)
        signed_subject(sister, colleague, review_first_year=60)

        page = markup(signed_in(director).get(self.address(sister) + "?all=Other"))

        assert "Olu Adeyemi" in page
        assert "Differs here" in page
        assert OTHER_DAYS in page

    def test_signs_what_is_ticked_and_says_whence(
        self, director, colleague, sister, listed
    ):
        signed_rule(sister, colleague)
        signed_subject(sister, colleague)
        client = signed_in(director)

        body = self.body(listed, "C46", "promises")
        page = markup(client.post(self.address(sister), body, follow=True))

        assert "Signed off here as Zenith South did: 2." in page
        assert "what it signed is signed here" in page
        assert "taken over from Zenith South" in markup(client.get("/knowledge/C46/"))
        room = markup(client.get("/knowledge/subjects/promises/"))
        assert "taken over from Zenith South" in room

    def test_nothing_ticked_is_said(self, director, colleague, sister):
        signed_rule(sister, colleague)

        answer = signed_in(director).post(self.address(sister))

        assert answer.status_code == 400
        assert "Choose at least one." in markup(answer)
        assert not RuleSignOff.objects.filter(taken_from=sister).exists()

    def test_what_changed_meanwhile_is_said_and_stays_ticked(
        self, director, colleague, sister, listed
    ):
        signed_rule(sister, colleague)
        body = self.body(listed, "C46")
        signed_rule(sister, colleague)

        answer = signed_in(director).post(self.address(sister), body)

        assert answer.status_code == 400
        assert "changed meanwhile" in markup(answer)
        assert " checked" in markup(answer)

    def test_is_empty_where_nothing_was_signed(self, director, sister):
        page = markup(signed_in(director).get(self.address(sister)))

        assert "Nothing to take over from Zenith South" in page

    def test_asks_who_is_there(self, director, colleague, sister, listed):
        signed_rule(sister, colleague)

        answer = unconfirmed(director).post(
            self.address(sister), self.body(listed, "C46")
        )

        assert answer.status_code == 403
        assert not RuleSignOff.objects.filter(taken_from=sister).exists()


class TestNoSister:
    """Where somebody holds no such right, nothing is shown and nothing is there."""

    def pages(self, staff, site):
        client = signed_in(staff)
        found = client.get(f"/knowledge/sign-off/{site.pk}/").status_code
        return found, "of what waits" in markup(client.get("/knowledge/"))

    def test_where_they_do_not_work(self, clinic, sister, colleague):
        signed_rule(sister, colleague)

        here_alone = StaffFactory(roles={clinic: DIRECTOR})

        assert self.pages(here_alone, sister) == (404, False)

    def test_where_they_work_and_do_not_sign(self, clinic, sister, colleague):
        signed_rule(sister, colleague)

        staff = StaffFactory(roles={clinic: DIRECTOR, sister: [Role.PRESCRIBER]})

        assert self.pages(staff, sister) == (404, False)

    def test_who_signs_there_alone(self, clinic, sister, colleague):
        signed_rule(sister, colleague)

        staff = StaffFactory(roles={clinic: [Role.PRESCRIBER], sister: DIRECTOR})

        assert self.pages(staff, sister) == (403, False)

    def test_the_clinic_at_hand_is_no_sister(self, director, clinic, sister):
        assert self.pages(director, clinic) == (404, False)

    @pytest.mark.parametrize(
        ("days", "has_passkey", "status"),
        [(1, False, 200), (0, False, 404), (0, True, 200)],
    )
    def test_where_a_second_step_is_needed_that_they_lack(
        self, director, sister, days, has_passkey, status
    ):
        Clinic.objects.filter(pk=sister.pk).update(
            factor_required_roles=DIRECTOR,
            factor_required_from=clinic_today() + dt.timedelta(days=days),
        )
        if has_passkey:
            Passkey.objects.create(
                staff=director,
                name="Key",
                credential="a",
                public_key="b",
                sign_count=0,
                added_at=SINCE,
            )

        assert self.pages(director, sister)[0] == status


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_signs(clinic, sister, director, colleague, listed):
    signed_rule(sister, colleague)
    shown = {"C46": listed()["C46"].shown}
    barrier, outcomes = threading.Barrier(2), []

    def work():
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT set_config('mainstay.system', 'on', true)")
                barrier.wait(20)
                take_over(
                    clinic=clinic,
                    sister=sister,
                    shown=shown,
                    by=director,
                    at=timezone.now(),
                )
            outcomes.append("signed")
        except NotAsListed:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "signed"]
    assert RuleSignOff.objects.filter(clinic=clinic).count() == 1
