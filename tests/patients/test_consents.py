"""Consents: every element of the rule or nothing, and what stands on a day."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditEvent
from accounts.refusals import Gone
from knowledge.consents.content import kinds, statements
from knowledge.tables import CONSENTS, HERE, read_file
from medications.decision_aid.reading_grade import grade, grade_spanish
from patients.actions import consents as actions
from patients.actions.consents import (
    ConsentIncomplete,
    ConsentSettled,
    ConsentSignature,
    NotInForce,
)
from patients.actions.registry import change_status
from patients.consents.reader import (
    NONE_ASKED,
    ConsentState,
    consent_words,
    consents_of,
    in_force,
)
from patients.consents.text import elements_of, parts_of_text, text_of
from patients.models import Consent, ConsentEnd, SupportPerson
from tests.factories import PatientFactory
from tests.factories.consents import consent_asked, consent_given

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def asked(person, by, at, **changes):
    return actions.ask_consent(
        patient=person, asked=consent_asked(**changes), by=by, at=at
    )


def sign(consent, by, at, language="en", **signature):
    how = {"how": "typed", "name": "Alma Reyes", **signature}
    return actions.sign_consent(
        consent=consent,
        signature=ConsentSignature(**how),
        language=language,
        by=by,
        at=at,
    )


def end(consent, by, at, **changes):
    said = {"why": "revoked", "how": "written", "said_on": at.date(), **changes}
    return actions.end_consent(consent=consent, by=by, at=at, **said)


def standing(person, at):
    return [one.state for one in consents_of(person, at=at)]


class TestAsking:
    def test_a_draft_lets_nothing_out(self, person, clinician, noon):
        asked(person, clinician, noon)

        assert standing(person, noon) == [ConsentState.DRAFT]
        assert in_force(person, at=noon) == []
        assert AuditEvent.objects.get(verb="consent.asked").patient_id == person.pk

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            pytest.param({"sections": []}, "sections", id="nothing told"),
            pytest.param({"sections": ["counseling_notes"]}, "sections", id="notes"),
            pytest.param({"expiry": "none"}, "expiry", id="no end"),
            pytest.param({"purposes": ["legal"]}, "purposes", id="court beside it"),
            pytest.param(
                {"kind": "legal", "purposes": ["support"]}, "purposes", id="no court"
            ),
            pytest.param(
                {"kind": "tpo", "purposes": ["living"], "expiry": "none"},
                "purposes",
                id="more than treatment",
            ),
            pytest.param(
                {
                    "kind": "registry",
                    "sections": ["registry"],
                    "recipients": [{"name": "State registry", "address": ""}],
                },
                "recipients",
                id="registry without address",
            ),
            pytest.param(
                {
                    "recipients": [
                        {"name": "Rene\u0301e O\u2019Neil", "who": "", "address": ""},
                        {"name": "RENEE  O'NEIL", "who": "", "address": ""},
                    ]
                },
                "recipients",
                # Taken back for one, it would go on for the other.
                id="one recipient in two spellings",
            ),
        ],
    )
    def test_what_its_kind_may_not_hold_is_said_at_its_field(
        self, person, clinician, noon, changes, field
    ):
        with pytest.raises(ConsentIncomplete) as refused:
            asked(person, clinician, noon, **changes)

        assert refused.value.field == field
        assert not Consent.objects.exists()

    def test_is_changed_until_it_is_answered(self, person, clinician, noon):
        consent = asked(person, clinician, noon)
        changed = actions.change_consent(
            consent=consent,
            asked=consent_asked(limits="Doses"),
            by=clinician,
            at=noon,
        )
        assert changed.limits == "Doses"
        told = {n: one for n, one in consent_asked().items() if n != "limits"}
        again = actions.change_consent(
            consent=consent, asked=told, by=clinician, at=noon
        )
        assert again.limits == "Doses"
        actions.decline_consent(consent=consent, by=clinician, at=noon)

        with pytest.raises(ConsentSettled):
            actions.change_consent(
                consent=consent, asked=consent_asked(), by=clinician, at=noon
            )

    def test_a_draft_is_discarded_once(self, person, clinician, noon):
        consent = asked(person, clinician, noon)
        kept = Consent.objects.get(pk=consent.pk)
        actions.discard_consent(consent=consent, by=clinician, at=noon)

        with pytest.raises(Gone):
            actions.discard_consent(consent=kept, by=clinician, at=noon)
        assert AuditEvent.objects.filter(verb="consent.discarded").count() == 1


class TestSigning:
    @pytest.mark.parametrize("kind", kinds())
    def test_each_kind_carries_its_sentences(self, person, clinician, noon, kind):
        only = kinds()[kind].sections
        changes = {
            "kind": kind,
            "sections": list(only) or ["record"],
            "purposes": ["legal"] if kind == "legal" else ["treatment"],
            "expiry": kinds()[kind].expiry[0],
        }
        signed = sign(asked(person, clinician, noon, **changes), clinician, noon)

        assert set(kinds()[kind].statements) < set(signed.statements)
        for key in kinds()[kind].statements:
            assert statements()[key].en in signed.text
        assert all(one.is_there for one in elements_of(signed))

    def test_is_frozen_from_then_on(self, person, clinician, noon):
        signed = consent_given(person, clinician, noon)
        with pytest.raises(DatabaseError, match="signed or recorded"):
            Consent.objects.filter(pk=signed.pk).update(sections=["record"])

    def test_on_paper_by_somebody_who_may(self, person, clinician, noon):
        consent = asked(person, clinician, noon)
        signed = sign(
            consent,
            clinician,
            noon,
            language="es",
            how="paper",
            name="Rosa Reyes",
            for_them="guardian, order of 2 May",
            on=noon.date() - DAY,
        )
        assert signed.signed_on == noon.date() - DAY
        assert "Puedo retirarlo" in signed.text
        assert "for them: guardian" in elements_of(signed)[-1].words

    @pytest.mark.parametrize(
        ("changes", "signature", "said"),
        [
            pytest.param({}, {"name": " "}, "the name", id="no name"),
            pytest.param({}, {"how": "drawn"}, "Nothing is drawn", id="not drawn"),
            pytest.param(
                {}, {"on": dt.date(2031, 1, 1)}, "not come yet", id="tomorrow"
            ),
            pytest.param({"discloser": ""}, {}, "Who tells", id="nobody tells"),
            pytest.param({"purpose_words": ""}, {}, "Why", id="no reason"),
            pytest.param({"recipients": []}, {}, "To whom", id="to nobody"),
        ],
    )
    def test_nothing_incomplete_is_signed(
        self, person, clinician, noon, changes, signature, said
    ):
        consent = asked(person, clinician, noon, **changes)

        with pytest.raises(ConsentIncomplete, match=said):
            sign(consent, clinician, noon, **signature)
        assert in_force(person, at=noon) == []

    def test_nothing_is_asked_or_signed_until_a_day_that_is_over(
        self, person, clinician, noon
    ):
        over = noon.date() - DAY
        with pytest.raises(ConsentIncomplete, match="is over"):
            asked(person, clinician, noon, expires_on=over)
        consent = asked(person, clinician, noon - 2 * DAY, expires_on=over)

        with pytest.raises(ConsentIncomplete, match="is over"):
            sign(consent, clinician, noon)
        with pytest.raises(ConsentIncomplete, match="is over"):
            actions.change_consent(
                consent=consent,
                asked=consent_asked(expires_on=over),
                by=clinician,
                at=noon,
            )
        assert in_force(person, at=noon) == []

    def test_the_act_and_its_audit_are_one(self, person, clinician, noon, monkeypatch):
        consent = asked(person, clinician, noon)

        def fails(*_args, **_facts):
            raise IntegrityError

        monkeypatch.setattr("patients.actions.consents.audit.record", fails)
        with pytest.raises(IntegrityError):
            sign(consent, clinician, noon)
        assert Consent.objects.get().status == "draft"


GIVEN = {
    "status": "given",
    "text": "I allow …",
    "statements": ["revocation", "refusal", "notice"],
    "signed_how": "typed",
    "signed_name": "Alma Reyes",
    "signed_on": dt.date(2026, 11, 21),
}


@pytest.mark.parametrize(
    "without",
    [
        pytest.param({"discloser": ""}, id="who tells"),
        pytest.param({"sections": []}, id="what"),
        pytest.param({"recipients": []}, id="to whom"),
        pytest.param({"recipients": [{"name": ""}]}, id="a name"),
        pytest.param({"recipients": [{"address": "1 Road"}]}, id="name at all"),
        pytest.param({"purposes": []}, id="what for"),
        pytest.param({"purpose_words": ""}, id="why"),
        pytest.param({"text": ""}, id="the text"),
        pytest.param({"expires_on": None}, id="the day"),
        pytest.param({"expires_on": dt.date(2026, 1, 1)}, id="a day to come"),
        pytest.param({"expiry": "event"}, id="the event"),
        pytest.param({"expiry": "none"}, id="an end at all"),
        pytest.param({"statements": ["refusal"]}, id="the right to take it back"),
        pytest.param({"kind": "intermediary"}, id="that it may be passed on"),
        pytest.param({"kind": "tpo"}, id="what if not signed"),
        pytest.param({"kind": "legal"}, id="the sentence on court"),
        pytest.param({"purposes": ["legal"]}, id="a form of its own for court"),
        pytest.param({"kind": "registry"}, id="the registry's part alone"),
        pytest.param({"sections": ["counseling_notes"]}, id="notes apart"),
        pytest.param({"kind": "counseling_notes"}, id="notes and nothing else"),
        pytest.param({"signed_name": ""}, id="the name"),
        pytest.param({"signed_how": ""}, id="how"),
        pytest.param({"signed_how": "drawn"}, id="what was drawn"),
        pytest.param({"signed_on": None}, id="the date"),
        pytest.param({"settled_by": None}, id="who was there"),
        pytest.param({"declined_on": dt.date(2026, 11, 21)}, id="one answer"),
    ],
)
def test_the_database_lets_nothing_be_given_without(person, clinician, noon, without):
    columns = {
        **consent_asked(),
        **GIVEN,
        "asked_at": noon,
        "asked_by": clinician,
        "settled_at": noon,
        "settled_by": clinician,
    }
    whole = {"clinic": person.clinic, "patient": person}
    Consent.objects.create(**whole, **columns)

    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**whole, **columns | without)


class TestEnding:
    def test_taken_back_lets_nothing_out_from_then_on(self, person, clinician, noon):
        consent = consent_given(person, clinician, noon)
        end(consent, clinician, noon)

        assert standing(person, noon) == [ConsentState.REVOKED]
        with pytest.raises(NotInForce):
            end(consent, clinician, noon)

    def test_for_one_of_two_the_other_may_be_told(self, person, clinician, noon):
        names = [{"name": "Elena", "address": ""}, {"name": "Otto", "address": ""}]
        consent = consent_given(person, clinician, noon, recipients=names)
        end(consent, clinician, noon, recipient="Elena")

        assert standing(person, noon) == [ConsentState.LIMITED]
        assert in_force(person, at=noon, recipient="Elena") == []
        assert in_force(person, at=noon, recipient="Otto", purpose="support")
        assert in_force(person, at=noon, recipient="Otto", purpose="payment") == []
        end(consent, clinician, noon, recipient="Otto")
        assert standing(person, noon) == [ConsentState.REVOKED]

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            pytest.param({"recipient": "Nobody"}, NotInForce, id="not named"),
            pytest.param(
                {"said_on": dt.date(2031, 1, 1)}, ConsentIncomplete, id="tomorrow"
            ),
        ],
    )
    def test_is_refused(self, person, clinician, noon, changes, refusal):
        consent = consent_given(person, clinician, noon)
        with pytest.raises(refusal):
            end(consent, clinician, noon, **changes)
        assert not ConsentEnd.objects.exists()

    def test_over_after_its_last_day(self, person, clinician, noon):
        consent_given(person, clinician, noon, expires_on=noon.date())

        assert in_force(person, at=noon)
        assert standing(person, noon + DAY) == [ConsentState.EXPIRED]

    def test_over_with_the_treatment(self, person, clinician, noon):
        event = {"expiry": "event", "expires_event": "end_of_treatment"}
        consent_given(person, clinician, noon, **event)
        assert in_force(person, at=noon + DAY)
        change_status(
            patient=person,
            status="discharged",
            discharge_class="moved",
            by=clinician,
            at=noon + DAY,
        )
        change_status(patient=person, status="active", by=clinician, at=noon + 2 * DAY)

        assert standing(person, noon + 3 * DAY) == [ConsentState.EXPIRED]

    def test_over_when_what_it_names_has_happened(self, person, clinician, noon):
        event = {"expiry": "event", "expires_event": "The move"}
        consent = consent_given(person, clinician, noon, **event)
        end(consent, clinician, noon, why="event")

        assert standing(person, noon) == [ConsentState.EXPIRED]
        assert ConsentEnd.objects.get().how == ""


class TestWords:
    @pytest.mark.parametrize("ends", ["\n", "\u2028"])
    def test_no_words_of_staff_add_a_line_to_the_text(
        self, person, clinician, noon, ends
    ):
        """A line with a hyphen before it reads as one more thing that may be told."""
        words = f"So that she can help{ends}- my whole record here"
        consent = asked(person, clinician, noon, purpose_words=words, limits=words)
        parts = parts_of_text(text_of(consent, "en"))

        assert sum(part.is_item for part in parts) == len(consent.sections)

    def test_of_the_header(self, person, clinician, noon):
        today = noon.date()

        def words():
            return consent_words(consents_of(person, at=noon), today)

        assert words() == NONE_ASKED
        asked(person, clinician, noon)
        assert words() == "Not signed yet"
        consent_given(person, clinician, noon, name="Otto")
        assert words() == "1 given"
        consent_given(person, clinician, noon, expires_on=dt.date(2026, 11, 30))
        assert words() == "2 given, Elena's ends 30 Nov"

    @pytest.mark.parametrize(
        ("act", "words"),
        [("decline", "Declined"), ("revoke", "Taken back"), ("expire", "Ended")],
    )
    def test_where_nothing_holds(self, person, clinician, noon, act, words):
        if act == "decline":
            consent = asked(person, clinician, noon)
            actions.decline_consent(consent=consent, by=clinician, at=noon)
        else:
            consent = consent_given(person, clinician, noon)
            why = "revoked" if act == "revoke" else "event"
            end(consent, clinician, noon, why=why)

        assert consent_words(consents_of(person, at=noon), noon.date()) == words

    def test_a_limit_is_said_with_what_may_be_told(self, person, clinician, noon):
        consent_given(person, clinician, noon, limits="Doses")
        [one] = consents_of(person, at=noon)

        assert one.state == ConsentState.LIMITED
        assert one.told.endswith("Not: Doses")

    @pytest.mark.parametrize("kind", kinds())
    @pytest.mark.parametrize(
        ("language", "read"), [("en", grade), ("es", grade_spanish)]
    )
    def test_are_plain(self, person, clinician, noon, kind, language, read):
        """Grade 6 at most, without the one sentence that the rule words itself."""
        only = kinds()[kind].sections
        consent = Consent(
            **consent_asked(kind=kind, sections=list(only) or ["in_care", "safety"]),
            patient=person,
        )
        lines = [
            line
            for line in text_of(consent, language).splitlines()
            if not line.startswith("42 CFR")
        ]
        assert read("\n".join(lines)) <= 6

    def test_what_counsel_has_not_read_is_marked(self, person, clinician, noon):
        signed = consent_given(person, clinician, noon)
        spanish = parts_of_text(text_of(signed, "es"))
        drafts = [part.words for part in spanish if part.is_draft]
        items = [part.words for part in parts_of_text(signed.text) if part.is_item]

        assert drafts == [statements()["notice"].es]
        assert not any(part.is_draft for part in parts_of_text(signed.text))
        assert statements()["redisclosure"].drafts == (
            statements()["redisclosure"].en,
            statements()["redisclosure"].es,
        )
        assert items[0] == "that I get care here"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            pytest.param({"expiry": "none"}, "no last day", id="none"),
            pytest.param(
                {"expiry": "event", "expires_event": "end_of_treatment"},
                "the end of my treatment",
                id="treatment",
            ),
            pytest.param(
                {"expiry": "event", "expires_event": "The move"}, "The move", id="event"
            ),
            pytest.param({"expires_on": None}, "…", id="open"),
        ],
    )
    def test_of_how_long(self, person, changes, words):
        consent = Consent(**consent_asked(**changes), patient=person)
        assert words in text_of(consent, "en")


def test_a_person_of_the_list_is_named_as_they_stand_there(person):
    support = SupportPerson(name="Elena", relation="sister", phone="555-010-0143")
    assert actions.recipient_of(support) == {
        "name": "Elena",
        "who": "sister",
        "address": "555-010-0143",
    }


def test_every_period_is_read():
    """A number that nothing asks for is enforced nowhere, whatever its name says."""
    rooms = [path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()]
    sources = [
        path.read_text()
        for room in rooms
        if room != "tests"
        for path in (ROOT / room).rglob("*.py")
    ]
    read = set(re.findall(r'period\("(\w+)"\)', "\n".join(sources)))

    assert read == set(read_file(HERE / CONSENTS / "periods.toml"))


@pytest.mark.parametrize(
    "why", [ConsentEnd.Why.REVOKED, ConsentEnd.Why.EVENT, ConsentEnd.Why.DEFICIENT]
)
def test_no_consent_ended_before_it_was_signed(person, clinician, noon, why):
    consent = consent_given(person, clinician, noon)
    end = {"why": why, "how": "written", "by": clinician, "at": noon}

    with pytest.raises(ConsentIncomplete, match="signed on 21 Nov") as refused:
        actions.end_consent(consent=consent, said_on=noon.date() - DAY, **end)

    assert refused.value.field == "said_on"
    actions.end_consent(consent=consent, said_on=noon.date(), **end)
    assert in_force(person, at=noon) == []
