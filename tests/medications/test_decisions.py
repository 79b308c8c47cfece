"""Recording what was chosen: what is kept, what is refused, what replays."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings

from accounts import audit
from accounts.models import AuditEvent
from assessments.picture import Picture
from knowledge.edition_text import kept, restored
from knowledge.editions import build, knowledge
from medications.actions import decisions
from medications.decision_page.replay import canonical, replay
from medications.models import KnowledgeEdition, MedicationDecision
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from tests.assessments.picture.test_model import FACT_VALUES
from tests.factories import PatientFactory
from tests.factories.medications import KnowledgeEditionFactory, RuleSignOffFactory
from tests.medications.pictures import READY, picture

pytestmark = pytest.mark.django_db

REASON = {"reason_code": "person_chose", "reason_words": "Knows it, and wants it."}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def choose(patient, prescriber, noon):
    def choosing(choice, facts=None, **said):
        return decisions.record_decision(
            patient=patient,
            choice=choice,
            picture=picture({**READY, **(facts or {})}),
            talk=decisions.Talk(**said),
            by=prescriber,
            at=noon,
        )

    return choosing


def first_of(**facts):
    return evaluate(picture({**READY, **facts})).ranked()[0].medication


class TestKept:
    def test_the_choice_with_what_was_known_and_shown(self, choose, patient):
        decision = choose(
            "BUP_SL",
            {"preference": "BUP_SL"},
            preference="BUP_SL",
            preference_words="Like last time.",
            took_part=("person", "peer"),
        )

        assert decision.choice_standing == "PREFERRED"
        assert decision.is_concordant is True
        assert decision.took_part == ["person", "peer"]
        assert decision.picture["facts"]["qtc"]["value"] == 430
        assert decision.knowledge_digest == knowledge().digest
        assert {o["medication"] for o in decision.options["options"]} >= {
            "MTD",
            "BUP_SL",
        }

    def test_the_act_is_audited_by_codes_alone(self, choose, patient):
        choose("BUP_SL", {"preference": "BUP_SL"}, preference_words="My own words.")

        event = AuditEvent.objects.get(verb="medication.decided")
        assert event.patient_id == patient.pk
        assert event.facts == {
            "choice": "BUP_SL",
            "standing": "PREFERRED",
            "reason": "",
        }

    def test_without_its_audit_nothing_is_kept(self, choose, monkeypatch):
        def fails(*_, **__):
            raise RuntimeError

        monkeypatch.setattr(audit, "record", fails)
        with pytest.raises(RuntimeError):
            choose("BUP_SL", {"preference": "BUP_SL"})

        assert not MedicationDecision.objects.exists()

    @pytest.mark.parametrize("choice", ["NOT_NOW", "NONE"])
    def test_choosing_none_is_a_choice(self, choose, choice):
        decision = choose(choice, preference=choice, **REASON)

        assert (decision.choice_standing, decision.is_concordant) == ("", True)

    def test_saying_nothing_of_the_talk_is_allowed_for_the_first_of_the_ranking(
        self, patient, prescriber, noon
    ):
        decision = decisions.record_decision(
            patient=patient,
            choice="BUP_SL",
            picture=picture({**READY, "preference": "BUP_SL"}),
            by=prescriber,
            at=noon,
        )

        assert decision.is_concordant is None

    @pytest.mark.parametrize(
        ("choice", "wish", "fits"),
        [
            pytest.param("BUP_LOW", "BUP_SL", True, id="a way of what was wished"),
            pytest.param("BUP_SL", "BUP_LOW", False, id="not the way that was wished"),
            pytest.param("SUBLOCADE", "BUP_XR", True, id="a product of it"),
            pytest.param("MTD", "BUP_XR", False, id="another medicine"),
            pytest.param("MTD", "", None, id="no wish stated"),
        ],
    )
    def test_whether_it_fits_the_wish(self, choice, wish, fits):
        assert decisions.is_concordant(choice, wish) is fits


class TestRefused:
    def test_what_is_contraindicated(self, choose):
        with pytest.raises(decisions.IsContraindicated, match="Physically dependent"):
            choose(
                "NTX_XR",
                {"phys_dependence": True},
                justification="All the same.",
                **REASON,
            )

        assert not MedicationDecision.objects.exists()

    @pytest.mark.parametrize(
        ("choice", "facts"),
        [
            pytest.param("MTD", {"qtc": 520}, id="to avoid"),
        ],
    )
    def test_what_is_to_avoid_or_unclear_without_grounds(self, choose, choice, facts):
        with pytest.raises(decisions.JustificationMissing):
            choose(choice, facts, justification="  ", **REASON)

    def test_grounds_open_what_is_to_avoid(self, choose):
        decision = choose(
            "MTD", {"qtc": 520}, justification="Examined today.", **REASON
        )

        assert decision.choice_standing == "AVOID"
        assert decision.justification == "Examined today."

    def test_a_caution_that_was_not_read(self, choose):
        with pytest.raises(decisions.CautionsUnread, match="C46"):
            choose("MTD", {"qtc": 470}, **REASON)

        decision = choose("MTD", {"qtc": 470}, acknowledged=("C46",), **REASON)
        assert decision.acknowledged == ["C46"]

    def test_another_than_the_wish_without_a_reason(self, choose):
        with pytest.raises(decisions.DecisionReasonMissing):
            choose("BUP_SL", {"preference": "BUP_SL"}, preference="MTD")

    def test_another_than_the_first_without_a_reason(self, choose):
        first = first_of(preference="BUP_SL")
        assert first != "MTD"

        with pytest.raises(decisions.DecisionReasonMissing):
            choose("MTD", {"preference": "BUP_SL"})

    def test_a_reason_without_words(self, choose):
        with pytest.raises(decisions.WordsMissing):
            choose("NOT_NOW", reason_code="waits", reason_words=" ")

    def test_what_stands_otherwise_than_it_was_shown(self, choose):
        with pytest.raises(decisions.MovedMeanwhile):
            choose("BUP_SL", {"preference": "BUP_SL"}, seen="AVOID")

    def test_what_nobody_can_choose(self, choose):
        with pytest.raises(decisions.NotAChoice):
            choose("ASPIRIN")

    def test_nothing_is_first_where_all_are_ruled_out(self):
        options = evaluate(picture({**READY}))
        ruled_out = replace(options, options=())

        assert decisions.departs("NONE", "", ruled_out) is False


def tables_with(**numbers):
    """The knowledge of today with other numbers from today on."""
    tables = restored(kept(knowledge())).tables
    for name, value in numbers.items():
        told = tables["parameters"][name]["values"]
        told.append({**told[-1], "since": dt.date(2026, 1, 1), "value": value})
    return build(tables)


class TestFrozen:
    def test_the_database_refuses_to_change_it(self, choose):
        decision = choose("BUP_SL", {"preference": "BUP_SL"})

        with pytest.raises(DatabaseError), transaction.atomic():
            MedicationDecision.objects.filter(pk=decision.pk).update(choice="MTD")
        with pytest.raises(DatabaseError), transaction.atomic():
            decision.delete()

    def test_a_reason_that_is_none_is_refused_by_the_database(self, choose):
        with pytest.raises(DatabaseError), transaction.atomic():
            choose("NONE", reason_code="whim", reason_words="Just so.")

    def test_a_replay_gives_the_same_bytes(self, choose):
        pk = choose("BUP_SL", {"preference": "BUP_SL"}).pk
        decision = MedicationDecision.objects.get(pk=pk)

        assert replay(decision).is_whole
        frozen = Picture.from_json(decision.picture)
        again = with_changes(evaluate(frozen), frozen).to_json()
        assert canonical(again) == canonical(decision.options)

    def test_a_replay_by_other_knowledge_says_what_moved(self, choose):
        decision = choose("BUP_SL", {"preference": "BUP_SL"})
        first = decision.options["options"][0]
        stood, first["standing"] = first["standing"], "AVOID"
        decision.knowledge_digest = "of another edition"

        found = replay(decision)

        assert not found.is_whole
        assert found.is_same_picture
        assert (found.is_same_knowledge, found.is_same_options) == (False, False)
        assert found.moved == ((first["medication"], "AVOID", stood),)

    def test_later_knowledge_does_not_hide_the_edition_decided_by(self, choose):
        decision = choose("MTD", {"preference": "MTD"}, preference="MTD")
        stricter = tables_with(qtc_avoid=400)

        found = replay(decision, now=stricter)

        assert found.is_whole
        assert not found.is_same_knowledge
        assert ("MTD", decision.choice_standing, "AVOID") in found.moved

    def test_an_edition_from_before_a_number_replays_without_a_fault(
        self, choose, patient, noon
    ):
        decision = choose("MTD", {"preference": "MTD"}, preference="MTD")
        tables = restored(kept(knowledge())).tables
        del tables["parameters"]["withdrawal_cows"]
        earlier = kept(replace(knowledge(), tables=tables))
        KnowledgeEditionFactory(
            clinic=patient.clinic, digest="earlier", content=earlier, kept_at=noon
        )
        decision.knowledge_digest = "earlier"

        assert replay(decision).is_same_picture

    def test_an_edition_is_kept_once_and_stays(self, choose, patient):
        choose("MTD", {"preference": "MTD"}, preference="MTD")
        choose("MTD", {"preference": "MTD"}, preference="MTD")

        edition = KnowledgeEdition.objects.get(clinic=patient.clinic)
        assert restored(edition.content).digest == knowledge().digest
        with pytest.raises(DatabaseError), transaction.atomic():
            KnowledgeEdition.objects.update(content="")

    def test_what_the_clinic_had_decided_otherwise_replays_too(
        self, choose, patient, prescriber, noon
    ):
        RuleSignOffFactory(
            clinic=patient.clinic,
            rule="C78",
            stance="off",
            reason="Seen by the geriatrician.",
            signed_at=noon,
            signed_by=prescriber,
        )
        decision = choose("MTD", {"age": 70, "preference": "MTD"}, preference="MTD")

        assert decision.options["clinic"]["off"] == {"C78": "Seen by the geriatrician."}
        assert [one["rule"] for one in decision.options["switched_off"]] == ["C78"]
        assert decision.choice_standing == "PREFERRED"
        found = replay(decision)
        assert found.is_whole
        assert ("MTD", "PREFERRED", "CAUTION") in found.moved

    def test_a_picture_that_was_tampered_with_shows(self, choose):
        decision = choose("BUP_SL", {"preference": "BUP_SL"})
        decision.picture["facts"]["qtc"]["value"] = 520

        assert not replay(decision).is_same_picture

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(FACT_VALUES)
    def test_whatever_was_known_replays(self, patient, prescriber, noon, facts):
        with transaction.atomic():
            made = decisions.record_decision(
                patient=patient,
                choice="NOT_NOW",
                picture=picture(facts),
                talk=decisions.Talk(**REASON),
                by=prescriber,
                at=noon,
            )

        assert replay(MedicationDecision.objects.get(pk=made.pk)).is_whole


def test_moments_across_a_change_of_clocks_replay(patient, prescriber):
    """The last use lies in summer time, the decision in winter time."""
    at = dt.datetime(2026, 11, 3, 9, tzinfo=ZoneInfo("America/New_York"))
    used = at - dt.timedelta(days=4)
    known = decisions.Picture.from_json(
        {
            "as_of": at.isoformat(),
            "facts": {
                "last_short_acting_dt": used.isoformat(),
                "phys_dependence": True,
            },
        }
    )
    made = decisions.record_decision(
        patient=patient,
        choice="NOT_NOW",
        picture=known,
        talk=decisions.Talk(**REASON),
        by=prescriber,
        at=at,
    )

    assert replay(MedicationDecision.objects.get(pk=made.pk)).is_whole
