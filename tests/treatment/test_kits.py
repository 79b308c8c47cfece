"""Reversal kits: the fact, the duty and the danger follow what was done."""

import datetime as dt

import pytest

from accounts.tenancy import clinic_day
from aftercare.actions.reconcile import reconcile
from aftercare.models import CaseloadLine, FollowUp
from assessments.picture.assemble import picture_of
from tests.conftest import signed_in
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory
from treatment.actions.kits import (
    KitAsTold,
    KitDeedNotInForce,
    KitRefused,
    record_kit_deed,
    take_back_kit_deed,
)
from treatment.from_kits import KitEntry, kits_at_hand
from treatment.models import KitDeed

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def deed(kind, day=0, *, expires=None, count=1):
    on = TODAY + day * DAY
    ends = None if expires is None else TODAY + expires * DAY
    return KitEntry(kind, on, ends, count, AT + day * DAY)


class TestAtHand:
    @pytest.mark.parametrize(
        ("deeds", "count", "how"),
        [
            pytest.param([], 0, "", id="nothing was done"),
            pytest.param([deed("offered"), deed("trained")], 0, "", id="only shown"),
            pytest.param([deed("given", -9)], 1, "", id="given"),
            pytest.param([deed("has_one")], 1, "", id="from elsewhere"),
            pytest.param([deed("household")], 1, "", id="with somebody close"),
            pytest.param([deed("given", -9, expires=0)], 1, "", id="its last day"),
            pytest.param([deed("given", -9, expires=-1)], 0, "expired", id="over"),
            pytest.param([deed("given", -9), deed("used")], 0, "used", id="used"),
            pytest.param([deed("given", -9), deed("lost")], 0, "lost", id="lost"),
            pytest.param([deed("given", -9), deed("expired")], 0, "expired", id="bad"),
            pytest.param(
                [deed("given", -9, count=2), deed("used")], 1, "", id="of two"
            ),
            pytest.param(
                [deed("given", -9, expires=-5), deed("given", -6), deed("expired")],
                1,
                "",
                id="the one that was over by itself",
            ),
            pytest.param(
                [
                    *(deed("given", -9, expires=-5), deed("given", -6)),
                    deed("expired", count=2),
                ],
                0,
                "expired",
                id="that one and the other",
            ),
            pytest.param(
                [
                    *(deed("given", -9, expires=-5), deed("given", -6)),
                    *(deed("expired", -2), deed("expired")),
                ],
                0,
                "expired",
                id="one after the other",
            ),
            pytest.param([deed("used", -2), deed("refilled")], 1, "", id="again"),
            pytest.param([deed("given", 3)], 0, "", id="ahead"),
            pytest.param([deed("used", -2)], 0, "used", id="never on record"),
            pytest.param(
                [deed("given", -9, expires=-5), deed("used", -2)],
                0,
                "used",
                id="used after it was over",
            ),
        ],
    )
    def test_by_what_was_done(self, deeds, count, how):
        found = kits_at_hand(deeds, on=TODAY)

        assert (found.count, found.gone_how) == (count, how)
        assert found.is_at_hand is (count > 0)

    def test_is_good_for_as_long_as_the_last_of_them(self):
        two = [deed("given", -9, expires=30), deed("refilled", -1, expires=90)]

        assert kits_at_hand(two, on=TODAY).good_until == TODAY + 90 * DAY
        assert kits_at_hand([*two, deed("given")], on=TODAY).good_until is None

    def test_what_expires_first_is_used_first(self):
        two = [deed("given", -9, expires=90), deed("given", -8, expires=30)]

        left = kits_at_hand([*two, deed("used")], on=TODAY)
        assert left.good_until == TODAY + 90 * DAY

    def test_a_deed_of_what_was_over_already_moves_no_day(self):
        over = [deed("given", -9, expires=-5), deed("expired", -1)]

        assert kits_at_hand(over, on=TODAY).gone_on == TODAY - 4 * DAY

    def test_a_decline_stands_until_one_is_handed_over(self):
        declined = kits_at_hand([deed("declined", -3)], on=TODAY)
        then_given = kits_at_hand([deed("declined", -3), deed("given")], on=TODAY)

        assert (declined.declined.on, declined.is_known) == (TODAY - 3 * DAY, False)
        assert then_given.declined is None


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status="active")


@pytest.fixture
def done(person, clinician, noon):
    def record(kind="given", days=0, *, at=noon, **more):
        on = clinic_day(person.clinic, at) + days * DAY
        told = {"product": "narcan"} if kind in ("given", "refilled") else {}
        as_told = KitAsTold(kind=kind, on=on, **{**told, **more})
        return record_kit_deed(patient=person, told=as_told, by=clinician, at=at)

    return record


def has_kit(person, at):
    known = picture_of(person, at=at).known("ora")
    return None if known is None else "has_kit" in known.value


def said(person, at, *words):
    intake = IntakeFactory(patient=person, started_at=at)
    IntakeAnswerFactory(
        intake=intake, question="ora", value=list(words), answered_at=at
    )


class TestFact:
    def test_nobody_knows_before_somebody_asks(self, person, noon, done):
        done("trained")

        assert has_kit(person, noon) is None

    def test_a_kit_handed_over_is_at_hand(self, person, noon, done):
        said(person, noon - DAY)
        assert has_kit(person, noon) is False

        done()
        assert has_kit(person, noon) is True

    def test_an_answer_since_then_stands(self, person, noon, done):
        done(days=-3, at=noon - DAY)
        said(person, noon)

        assert has_kit(person, noon) is False

    def test_ends_with_its_expiry(self, person, noon, done):
        said(person, noon - DAY)
        done(expires_on=clinic_day(person.clinic, noon) + 30 * DAY)

        assert has_kit(person, noon + 29 * DAY) is True
        assert has_kit(person, noon + 31 * DAY) is False

    def test_what_they_ask_for_stays(self, person, noon, done):
        said(person, noon - DAY, "naloxone_8mg_requested")
        done()

        known = picture_of(person, at=noon).known("ora")
        assert known.value == {"has_kit", "naloxone_8mg_requested"}
        assert (known.source, known.asked) == ("reversal kits", None)

    def test_taken_back_the_answer_stands_again(self, person, noon, clinician, done):
        said(person, noon - DAY)
        one = done()
        take_back_kit_deed(deed=one, why="Another person", by=clinician, at=noon)

        assert has_kit(person, noon) is False
        one.refresh_from_db()
        assert (one.taken_back_why, one.kind) == ("Another person", "given")
        with pytest.raises(KitDeedNotInForce):
            take_back_kit_deed(deed=one, why="Again", by=clinician, at=noon)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        pytest.param({"on": TODAY + 2 * DAY}, "on", id="tomorrow"),
        pytest.param({"product": ""}, "product", id="no product"),
        pytest.param({"expires_on": TODAY - DAY}, "expires_on", id="over"),
        pytest.param({"count": 0}, "count", id="none"),
        pytest.param({"expires_on": dt.date.max}, "expires_on", id="for ever"),
        pytest.param({"kind": "declined"}, "reason", id="no reason"),
    ],
)
def test_what_cannot_be_is_refused(person, clinician, noon, told, field):
    as_told = {"kind": "given", "on": TODAY, "product": "narcan", **told}

    with pytest.raises(KitRefused) as refused:
        record_kit_deed(
            patient=person, told=KitAsTold(**as_told), by=clinician, at=noon
        )

    assert refused.value.field == field
    assert not KitDeed.objects.exists()


def handovers(person):
    return FollowUp.objects.filter(patient=person, kind="naloxone_handover")


class TestOwed:
    @pytest.fixture
    def owed(self, person, noon):
        def reckon(days=0):
            reconcile(patient=person, by=None, at=noon + days * DAY)
            rows = FollowUp.objects.open().filter(
                patient=person, kind="naloxone_handover"
            )
            return [
                (one.title, (one.latest_on - clinic_day(person.clinic, noon)).days)
                for one in rows
            ]

        return reckon

    def test_handed_over_is_done_and_says_so(self, person, noon, done, owed):
        assert owed() != []
        done()

        assert owed() == []
        row = handovers(person).get()
        assert (row.status, row.outcome[:14]) == ("done", "Handed over on")

    def test_shown_or_offered_hands_nothing_over(self, done, owed):
        done("offered")
        done("trained")

        assert owed() != []

    def test_is_owed_anew_once_used(self, person, noon, done, owed):
        done(at=noon - dt.timedelta(hours=1))
        assert owed() == []
        done("used")

        assert owed() == [("Hand over a new naloxone kit", 3)]
        line = CaseloadLine.objects.get(patient=person)
        assert [one["case"] for one in line.factors if one["key"] == "no_kit"] == [
            "used"
        ]

    def test_is_replaced_before_it_expires(self, noon, person, done, owed):
        ends = clinic_day(person.clinic, noon) + 40 * DAY
        done(expires_on=ends)

        assert owed() == [("Replace the naloxone kit before it expires", 40)]
        done("refilled", at=noon + 15 * DAY)
        assert owed(15) == []

    def test_has_expired_and_is_owed_anew(self, person, noon, done, owed):
        done(expires_on=clinic_day(person.clinic, noon) + 5 * DAY)

        assert ("Hand over a new naloxone kit", 9) in owed(7)

    def test_declined_is_offered_again_and_not_each_day(self, done, owed):
        before = owed()
        done("declined", reason="My brother has one")

        assert before != []
        assert owed() == [("Offer a naloxone kit again", 35)]
        done()
        assert owed() == []


class TestPage:
    def test_a_deed_is_recorded_and_taken_back(self, person, clinician):
        client, page = signed_in(clinician), f"/people/{person.pk}/kit/"
        assert "No kit on record" in client.get(page).content.decode()

        client.post(
            page,
            {
                "kind": "given",
                "on": TODAY.isoformat(),
                "product": "narcan",
                "lot": "A1",
                "expires_on": "2030-03-31",
                "count": "1",
            },
        )
        one = KitDeed.objects.get()
        assert (one.lot, one.expires_on) == ("A1", dt.date(2030, 3, 31))
        said_there = client.get(page).content.decode()
        assert "1 at hand" in said_there
        assert "Yes, to Mar 2030" in said_there
        assert "why" in client.post(f"{page}{one.pk}/take-back/").context["back"].errors

        client.post(f"{page}{one.pk}/take-back/", {"why": "Wrong chart"})
        assert "Wrong chart" in client.get(page).content.decode()

    def test_what_is_missing_is_said_at_its_field(self, person, clinician):
        sent = {"kind": "declined", "on": TODAY.isoformat(), "count": "1"}

        response = signed_in(clinician).post(f"/people/{person.pk}/kit/", sent)

        assert response.status_code == 400
        assert response.context["form"].errors == {
            "reason": ["Say why, in their words."]
        }

    def test_closing_the_follow_up_leads_here(self, person, clinician, noon):
        reconcile(patient=person, by=None, at=noon)
        row = handovers(person).first()
        client, close = signed_in(clinician), f"/follow-ups/{row.pk}/close/"

        assert client.get(close).url == f"/people/{person.pk}/kit/"
        assert client.get(f"{close}?by_hand=1").status_code == 200
