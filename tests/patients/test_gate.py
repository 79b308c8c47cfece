"""The gate: what goes out, to whom, on what ground; and nothing past it."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from knowledge.consents.content import grounds, sections
from patients.actions import disclosures as actions
from patients.actions.consents import ask_consent, decline_consent, end_consent
from patients.actions.disclosures import AskedAlready, give_out
from patients.actions.registry import change_status
from patients.consents.reader import ConsentOnDay, ConsentState
from patients.consents.text import END_OF_TREATMENT
from patients.disclosures import accounting
from patients.disclosures.gate import DisclosureAsked, rule_on
from patients.disclosures.whom import whom_of
from patients.models import Consent, Disclosure, SupportPerson
from tests.factories import PatientFactory
from tests.factories.consents import asked_for, consent_asked, consent_given, released

DAY = dt.timedelta(days=1)
ALL = [key for key in sections() if key not in ("registry", "counseling_notes")]
BY_CONSENT = {"ground": "consent", "recipient": "Elena", "purpose": "support"}


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def standing(state=ConsentState.GIVEN, taken=(), **changes):
    consent = Consent(**consent_asked(**changes), signed_on=dt.date(2026, 11, 2))
    return ConsentOnDay(consent, state, None, taken)


def ask(**changes):
    return DisclosureAsked(
        **{
            "thing": "words",
            "sections": ("in_care", "safety"),
            "least": (),
            "way": "phone",
            **BY_CONSENT,
            **changes,
        }
    )


class TestByConsent:
    def test_what_it_names_goes_with_notice_and_scope(self):
        ruling = rule_on(ask(), standing())

        assert ruling.sections == ("in_care", "safety")
        assert (ruling.notice, ruling.has_scope) == ("long", True)

    def test_what_it_does_not_name_is_left_out(self):
        ruling = rule_on(ask(sections=("in_care", "medicine")), standing())

        assert ruling.sections == ("in_care",)
        assert ruling.withheld == ("medicine",)

    def test_the_whole_record_holds_its_parts(self):
        ruling = rule_on(ask(sections=tuple(ALL)), standing(sections=["record"]))
        assert not ruling.withheld

    @pytest.mark.parametrize(
        ("asked", "found", "why"),
        [
            pytest.param({}, None, "No consent names Elena", id="none"),
            pytest.param(
                {"sections": ()}, standing(), "Nothing was named", id="nothing"
            ),
            pytest.param(
                {"recipient": "Otto"}, standing(), "name Otto", id="somebody else"
            ),
            pytest.param(
                {}, standing(taken=("Elena",)), "no longer", id="taken back for one"
            ),
            pytest.param(
                {"purpose": "payment"}, standing(), "something else", id="purpose"
            ),
            pytest.param(
                {"least": ("plan",)}, standing(), "The plan", id="not without the plan"
            ),
            pytest.param(
                {"sections": ("results",)}, standing(), "Test results", id="none named"
            ),
        ],
    )
    def test_is_stopped(self, asked, found, why):
        ruling = rule_on(ask(**asked), found)

        assert why in ruling.stopped_because
        assert not ruling.sections


class TestWithoutConsent:
    @pytest.mark.parametrize("ground", [key for key in grounds() if key != "consent"])
    def test_each_ground_asks_for_what_it_rests_on(self, ground):
        told = {"ground": ground, "purpose": "treatment", "address": "Harbor Hospital"}
        bare = rule_on(ask(**told), None)
        full = rule_on(ask(**told, ground_words="As the rule asks."), None)

        assert bare.is_stopped == bool(grounds()[ground].words)
        assert full.sections == ("in_care", "safety")

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            pytest.param({"ground": "because"}, "No ground", id="no such ground"),
            pytest.param(
                {"ground": "inside", "purpose": "living"}, "Our own work", id="inside"
            ),
            pytest.param(
                {"ground": "emergency", "ground_words": "Collapse", "address": " "},
                "the facility",
                id="no facility",
            ),
            pytest.param(
                {"ground": "own_copy", "sections": ("counseling_notes",)},
                "consent of their own",
                id="counseling notes",
            ),
        ],
    )
    def test_is_stopped(self, asked, why):
        assert why in rule_on(ask(**asked), None).stopped_because


CLOSED = [state for state in ConsentState if state not in ("given", "limited")]


@given(
    state=st.sampled_from(CLOSED),
    named=st.lists(st.sampled_from(ALL), unique=True),
    wanted=st.lists(st.sampled_from(ALL), unique=True),
    purpose=st.sampled_from(["support", "treatment", "request"]),
    recipient=st.sampled_from(["Elena", "Otto"]),
)
def test_what_is_not_in_force_never_lets_anything_out(
    state, named, wanted, purpose, recipient
):
    found = standing(state, sections=named, purposes=[purpose])
    asked = ask(sections=tuple(wanted), purpose=purpose, recipient=recipient)

    assert not rule_on(asked, found).sections


@given(
    named=st.lists(st.sampled_from(ALL), unique=True, min_size=1),
    wanted=st.lists(st.sampled_from(ALL), unique=True, min_size=1),
    more=st.sampled_from(ALL),
)
def test_more_asked_for_is_never_more_let_out(named, wanted, more):
    found = standing(sections=named)
    out = set(rule_on(ask(sections=tuple(wanted)), found).sections)
    wider = rule_on(ask(sections=(*wanted, more)), found).sections

    assert out <= set(wanted)
    assert set(wider) - out <= {more}


def row_by(consent, by, at):
    """Columns of something told to the sister by a consent, written past the gate."""
    return {
        "clinic": consent.clinic,
        "patient": consent.patient,
        "thing": "words",
        "sections": ["in_care"],
        "recipient": "Elena",
        "purpose": "support",
        "ground": "consent",
        "consent": consent,
        "notice": "long",
        "has_scope": True,
        "way": "phone",
        "made_at": at,
        "made_by": by,
    }


@pytest.mark.django_db
class TestWrittenDown:
    def test_with_its_consent_and_the_audit(self, person, clinician, noon):
        consent = consent_given(person, clinician, noon)
        row = released(person, "words", clinician, noon, consent=consent, **BY_CONSENT)

        assert (row.is_stopped, row.sections, row.notice) == (
            False,
            ["in_care"],
            "long",
        )
        event = AuditEvent.objects.get(verb="disclosure.made")
        assert event.facts == {"thing": "words", "ground": "consent"}

    def test_what_is_stopped_too(self, person, clinician, noon):
        row = released(person, "words", clinician, noon, **BY_CONSENT)

        assert row.stopped_because == "No consent names Elena."
        assert AuditEvent.objects.filter(verb="disclosure.stopped").exists()

    def test_a_consent_of_somebody_else_counts_for_nothing(
        self, person, clinic, clinician, noon
    ):
        theirs = consent_given(PatientFactory(clinic=clinic), clinician, noon)
        row = released(person, "words", clinician, noon, consent=theirs, **BY_CONSENT)
        assert row.is_stopped

    def test_the_act_and_its_audit_are_one(self, person, clinician, noon, monkeypatch):
        def fails(*_args, **_facts):
            raise IntegrityError

        monkeypatch.setattr("patients.actions.disclosures.audit.record", fails)
        with pytest.raises(IntegrityError):
            released(person, "words", clinician, noon)
        assert not Disclosure.objects.exists()

    @pytest.mark.parametrize("missing", ["attendance", "safety", "plan"])
    def test_a_drawing_goes_where_all_that_it_draws_may_be_told(
        self, person, clinician, noon, missing
    ):
        """It shows visits missed, overdoses and plans beside scores and doses."""
        whole = ["in_care", "safety", "attendance", "medicine", "results", "scores"]
        whole += ["plan"]
        named = [key for key in whole if key != missing]
        some = consent_given(person, clinician, noon, sections=named)
        every = consent_given(person, clinician, noon, sections=whole)
        stopped, told = (
            released(person, "timeline", clinician, noon, consent=one, **BY_CONSENT)
            for one in (some, every)
        )

        assert stopped.is_stopped
        assert not told.is_stopped

    @pytest.mark.parametrize(
        "row",
        [
            pytest.param({"recipient": "Somebody Else"}, id="recipient"),
            pytest.param({"purpose": "living"}, id="purpose"),
        ],
    )
    def test_the_database_writes_none_for_what_the_consent_does_not_name(
        self, person, clinician, noon, row
    ):
        consent = consent_given(person, clinician, noon)
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            Disclosure.objects.create(**row_by(consent, clinician, noon) | row)

        Disclosure.objects.create(**row_by(consent, clinician, noon))

    def test_nor_after_the_treatment_that_the_consent_ends_with(
        self, person, clinician, noon
    ):
        end = {"expiry": "event", "expires_on": None, "expires_event": END_OF_TREATMENT}
        consent = consent_given(person, clinician, noon, **end)
        change_status(
            patient=person,
            status="discharged",
            discharge_class="completed",
            by=clinician,
            at=noon,
        )
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            Disclosure.objects.create(**row_by(consent, clinician, noon + DAY))

    @pytest.mark.parametrize("how", ["draft", "declined", "revoked", "expired", "one"])
    def test_the_database_writes_none_without_a_consent_in_force(
        self, person, clinician, noon, how
    ):
        """Past the gate, a row that says so is refused."""
        if how in ("draft", "declined"):
            asked = consent_asked()
            consent = ask_consent(patient=person, asked=asked, by=clinician, at=noon)
            if how == "declined":
                decline_consent(consent=consent, by=clinician, at=noon)
        else:
            last = noon.date() if how == "expired" else dt.date(2031, 1, 1)
            consent = consent_given(person, clinician, noon, expires_on=last)
        if how in ("revoked", "one"):
            end_consent(
                consent=consent,
                why="revoked",
                how="written",
                recipient="Elena" if how == "one" else "",
                said_on=noon.date(),
                by=clinician,
                at=noon,
            )
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            Disclosure.objects.create(**row_by(consent, clinician, noon + DAY))

    def test_a_row_is_never_changed(self, person, clinician, noon):
        row = released(person, "words", clinician, noon)
        with pytest.raises(DatabaseError), transaction.atomic():
            Disclosure.objects.filter(pk=row.pk).update(recipient="Nobody")


@pytest.mark.django_db
class TestWhom:
    def test_those_who_stand_by_them_without_a_consent_are_offered(
        self, person, clinician, noon
    ):
        """The gate says no, and that it was asked is kept."""
        for name in ("Elena", "Rosa"):
            SupportPerson.objects.create(
                clinic=person.clinic, patient=person, name=name, relation="sister"
            )
        consent_given(person, clinician, noon)
        labels = [one.label for one in whom_of(person, clinic="Harbor Street", at=noon)]
        assert any(label.startswith("Elena: That they are in care") for label in labels)
        assert "Rosa, sister (no consent)" in labels

    @pytest.mark.parametrize("how", ["one", "whole", "declined", "draft"])
    def test_a_consent_that_is_over_is_said_to_be(self, person, clinician, noon, how):
        asked = consent_asked()
        if how in ("draft", "declined"):
            consent = ask_consent(patient=person, asked=asked, by=clinician, at=noon)
        else:
            both = [{"name": "Elena", "address": ""}, {"name": "Otto", "address": ""}]
            consent = consent_given(person, clinician, noon, recipients=both)
            end_consent(
                consent=consent,
                why="revoked",
                how="spoken",
                recipient="Elena" if how == "one" else "",
                said_on=noon.date(),
                by=clinician,
                at=noon,
            )
        if how == "declined":
            decline_consent(consent=consent, by=clinician, at=noon)
        labels = [one.label for one in whom_of(person, clinic="Here", at=noon)]
        elena = [label for label in labels if label.startswith("Elena")]
        word = {"one": "taken back", "whole": "taken back", "declined": "declined"}

        assert (
            [word[how] in label for label in elena] == [True]
            if elena
            else (how == "draft")
        )

    def test_what_holds_comes_before_what_is_over(self, person, clinician, noon):
        first = consent_given(person, clinician, noon)
        end_consent(
            consent=first,
            why="revoked",
            how="spoken",
            said_on=noon.date(),
            by=clinician,
            at=noon,
        )
        consent_given(person, clinician, noon)
        choices = whom_of(person, clinic="Here", at=noon)

        assert [one.is_over for one in choices if one.name == "Elena"] == [False]


@pytest.mark.django_db
class TestAccounting:
    def test_each_list_holds_what_its_rule_asks_for(self, person, clinician, noon):
        consent = consent_given(person, clinician, noon)
        old = noon - dt.timedelta(days=4 * 365)
        emergency = {
            "ground": "emergency",
            "ground_words": "Collapse",
            "address": "Harbor Hospital",
            "recipient": "Dr Weiss",
        }
        released(person, "words", clinician, noon, consent=consent, **BY_CONSENT)
        released(person, "words", clinician, noon, recipient="Rosa", ground="consent")
        released(person, "words", clinician, old, **emergency)
        released(person, "words", clinician, noon)
        order = {"ground": "court_order", "ground_words": "Order 7", "purpose": "legal"}
        released(person, "words", clinician, noon, recipient="Court", **order)
        audit = {"ground": "audit", "ground_words": "State", "purpose": "operations"}
        released(person, "words", clinician, noon, recipient="State", **audit)
        lines = accounting.disclosures_of(person, at=noon + DAY)

        def names(found):
            return sorted(one.row.recipient for one in found)

        assert names(accounting.list_by_consent(lines, at=noon + DAY)) == ["Elena"]
        assert names(accounting.list_without_consent(lines)) == ["Court", "Dr Weiss"]
        assert len(accounting.outside(lines)) == 5
        [line] = [one for one in lines if one.row.recipient == "Dr Weiss"]
        assert (line.what, line.ground, line.why) == (
            "That they are in care here",
            "Medical emergency (2.51)",
            "Treatment",
        )

    def test_the_list_is_owed_in_60_days_and_given_once(self, person, clinician, noon):
        asked = actions.ask_list(patient=person, by=clinician, at=noon)
        assert asked.due_on - asked.asked_on == dt.timedelta(days=60)
        with pytest.raises(AskedAlready):
            actions.ask_list(patient=person, by=clinician, at=noon)

        actions.answer_list(request=asked, by=clinician, at=noon + DAY)
        with pytest.raises(AskedAlready):
            actions.answer_list(request=asked, by=clinician, at=noon + DAY)


@pytest.mark.django_db
def test_a_ruling_goes_by_the_moment_it_is_asked(person, clinician, noon):
    consent = consent_given(person, clinician, noon, expires_on=noon.date())
    asked = asked_for(**BY_CONSENT)
    by = {"patient": person, "asked": asked, "consent": consent, "by": clinician}

    assert not give_out(**by, at=noon).is_stopped
    assert "has ended" in give_out(**by, at=noon + DAY).stopped_because
