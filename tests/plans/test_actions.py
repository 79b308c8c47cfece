"""Drafting, changing, signing and replacing a plan."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.dispatch import receiver

from accounts.models import AuditEvent
from accounts.refusals import Gone, Overtaken
from patients.actions.registry import NotTheirName
from patients.models import SupportPerson
from plans import content
from plans.actions import drafting, editing, signing
from plans.models import Goal, Intervention, Need, Plan, Signature
from plans.readiness import blockers, checks
from plans.signals import plan_signed
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory
from tests.factories.consents import consent_given
from tests.factories.plans import decided, drafted, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def plan(person, prescriber):
    return drafted(person, prescriber)


def suggestion(plan):
    return plan.interventions.filter(state="suggested").first()


class TestDraft:
    def test_answers_the_needs_that_the_facts_show(self, plan):
        assert plan.version == 1
        needs = {need.key: need for need in plan.needs.all()}
        assert {"oud", "overdose_risk", "depression", "housing"} <= set(needs)
        assert "severe" in needs["oud"].title

    def test_names_the_medicine_that_was_chosen_with_its_first_dose(self, plan):
        medicine = plan.interventions.get(kind="medication")

        assert medicine.title.startswith("Buprenorphine")
        assert medicine.dose == "4 mg, again after 60 to 90 minutes"
        assert medicine.state == "accepted"

    def test_brings_an_overdose_reversal_kit_in_any_case(self, plan):
        kit = plan.interventions.get(key="naloxone_kit")

        assert kit.state == Intervention.State.ACCEPTED
        assert kit.rule == "C96"

    def test_without_a_decision_there_is_no_medicine(self, person, prescriber):
        plan = drafted(person, prescriber, with_decision=False)

        assert not plan.interventions.filter(kind="medication").exists()

    def test_a_decision_for_no_medicine_keeps_the_door_open(self, person, prescriber):
        decision = decided(person, prescriber, choice="NOT_NOW")

        assert drafting.choice_of(decision).is_medicine is False

    def test_puts_the_persons_words_where_they_belong(self, person, prescriber, noon):
        intake = IntakeFactory(patient=person, started_at=noon)
        for question, said in (("words_goal", "Not be sick."), ("words_home", "")):
            IntakeAnswerFactory(
                intake=intake, question=question, value=said, answered_at=noon
            )

        plan = drafted(person, prescriber)

        goal = plan.goals.get(need__key="oud")
        assert goal.own_words == "Not be sick."

    def test_asks_those_who_help_and_nobody_who_endangers(
        self, person, prescriber, noon
    ):
        for name, endangers in (("Elena", None), ("Rick", True)):
            SupportPerson.objects.create(
                clinic=person.clinic,
                patient=person,
                name=name,
                relation="sister",
                role_in_plan="drives to visits",
                may_know="that she comes here" if name == "Elena" else "",
                endangers=endangers,
            )

        consent_given(person, prescriber, noon, sections=["attendance"])
        helpers = drafting.supporters_of(person, at=noon)

        assert [h.name for h in helpers] == ["Elena"]
        assert helpers[0].consent == "May be told: That they come or miss."

    def test_a_second_draft_is_refused(self, plan, person, prescriber):
        with pytest.raises(signing.DraftUnderWay):
            drafted(person, prescriber)

    def test_is_audited_with_ids_alone(self, plan):
        event = AuditEvent.objects.get(verb="plan.drafted")

        assert event.facts == {"version": 1}


class TestReadiness:
    def test_a_need_without_an_accepted_answer_blocks(self, plan):
        stops = blockers(plan)

        assert any("no answer" in stop.words for stop in stops)
        assert all(
            stop.need is None or plan.needs.filter(pk=stop.need) for stop in stops
        )

    def test_without_a_medication_decision_it_cannot_be_signed(
        self, person, prescriber
    ):
        plan = ready(drafted(person, prescriber, with_decision=False))

        assert any("medication decision" in stop.words for stop in blockers(plan))

    def test_a_ready_plan_is_not_blocked(self, plan):
        assert blockers(ready(plan)) == []
        assert any(check.is_met for check in checks(plan))


class TestEditing:
    def test_a_suggestion_is_accepted(self, plan, clinician, noon):
        one = suggestion(plan)

        editing.answer_suggestion(
            intervention=one, state="accepted", by=clinician, at=noon
        )

        one.refresh_from_db()
        assert one.state == "accepted"

    def test_declining_keeps_the_reason(self, plan, clinician, noon):
        one = suggestion(plan)

        editing.answer_suggestion(
            intervention=one,
            state="declined",
            reason=" The group meets during her shift ",
            by=clinician,
            at=noon,
        )

        one.refresh_from_db()
        assert one.declined_reason == "The group meets during her shift"

    def test_declining_without_a_reason_is_refused(self, plan, clinician, noon):
        with pytest.raises(editing.ReasonMissing):
            editing.answer_suggestion(
                intervention=suggestion(plan),
                state="declined",
                reason=" ",
                by=clinician,
                at=noon,
            )

    def test_a_changed_suggestion_is_accepted(self, plan, clinician, noon):
        one = suggestion(plan)

        editing.change_intervention(
            intervention=one, values={"dose": "every 2 weeks"}, by=clinician, at=noon
        )

        one.refresh_from_db()
        assert (one.dose, one.state) == ("every 2 weeks", "accepted")

    def test_everything_open_is_accepted_at_once(self, plan, clinician, noon):
        open_ones = plan.interventions.filter(state="suggested").count()

        left = editing.accept_open_suggestions(plan=plan, by=clinician, at=noon)

        assert open_ones
        assert left == 0
        assert not plan.interventions.filter(state="suggested").exists()

    def test_a_need_of_one_s_own_comes_with_a_goal(self, plan, clinician, noon):
        need = editing.add_need(
            plan=plan,
            values={"domain": "social", "title": "Grief"},
            by=clinician,
            at=noon,
        )

        assert need.goals.get().wording == "Grief"

    def test_an_answer_of_one_s_own_can_be_removed(self, plan, clinician, noon):
        added = editing.add_intervention(
            need=plan.needs.first(),
            values={"kind": "action", "title": "Call the landlord"},
            by=clinician,
            at=noon,
        )

        editing.remove_intervention(intervention=added, by=clinician, at=noon)

        assert not Intervention.objects.filter(title="Call the landlord").exists()

    def test_a_goal_is_said_in_their_words(self, plan, clinician, noon):
        goal = plan.goals.first()

        editing.change_goal(
            goal=goal, values={"own_words": "A door that locks."}, by=clinician, at=noon
        )

        goal.refresh_from_db()
        assert goal.own_words == "A door that locks."
        assert "door" not in str(AuditEvent.objects.get(verb="goal.changed").facts)

    def test_a_need_is_set_aside_and_taken_up(self, plan, clinician, noon):
        need = plan.needs.first()
        for reason in ("Only if methadone is chosen", ""):
            editing.set_aside_need(need=need, reason=reason, by=clinician, at=noon)

        assert list(
            AuditEvent.objects.filter(verb__startswith="need.").values_list(
                "verb", flat=True
            )
        ) == ["need.set_aside", "need.taken_up"]

    def test_level_of_care_is_what_the_clinician_says(self, plan, clinician, noon):
        editing.record_level_of_care(
            plan=plan, level="outpatient", by=clinician, at=noon
        )

        plan.refresh_from_db()
        assert plan.level_of_care == "outpatient"

    def test_a_change_to_an_older_page_is_refused(self, plan):
        shown = content.digest(plan)
        editing.open_draft(plan, shown=shown)
        plan.goals.update(target="another")

        with pytest.raises(Overtaken):
            editing.open_draft(plan, shown=shown)

    def test_a_discarded_draft_leaves_its_history(self, plan, clinician, noon):
        editing.discard_draft(plan=plan, by=clinician, at=noon)

        assert not Plan.objects.exists()
        assert AuditEvent.objects.filter(verb="plan.discarded").count() == 1

    def test_a_draft_discarded_meanwhile_is_said_to_be(self, plan, clinician, noon):
        here = Plan.objects.get(pk=plan.pk)
        editing.discard_draft(plan=plan, by=clinician, at=noon)

        with pytest.raises(Gone, match="draft was discarded"):
            editing.open_draft(here)
        with pytest.raises(Gone, match="draft was discarded"):
            signing.sign_plan(plan=here, by=clinician, at=noon)

    def test_a_line_removed_meanwhile_is_said_to_be(self, plan, clinician, noon):
        line, here = (suggestion(plan) for _ in range(2))
        editing.remove_intervention(intervention=line, by=clinician, at=noon)

        with pytest.raises(Gone, match="removed meanwhile"):
            editing.remove_intervention(intervention=here, by=clinician, at=noon)


class TestSigning:
    def test_puts_it_in_force_with_a_digest_of_its_content(self, plan, clinician, noon):
        signed = signing.sign_plan(
            plan=ready(plan), patient_name="Alma Reyes", by=clinician, at=noon
        )

        assert signed.status == "signed"
        assert signed.content_digest == content.digest(Plan.objects.get(pk=plan.pk))
        assert set(signed.signatures.values_list("part", "name")) == {
            ("clinician", str(clinician)),
            ("patient", "Alma Reyes"),
        }

    def test_what_blocks_is_named(self, plan, clinician, noon):
        with pytest.raises(signing.PlanNotSignable, match="First: "):
            signing.sign_plan(plan=plan, by=clinician, at=noon)

    def test_nobody_signs_twice(self, plan, clinician, noon):
        signing.sign_plan(plan=ready(plan), by=clinician, at=noon)

        with pytest.raises(signing.PlanNotSignable, match="already signed"):
            signing.sign_plan(plan=plan, by=clinician, at=noon)

    def test_suggestions_nobody_took_up_are_not_part_of_it(self, plan, clinician, noon):
        ready(plan)
        extra = plan.interventions.exclude(kind="medication").exclude(
            key="naloxone_kit"
        )
        repeated = next(i for i in extra if i.need.interventions.count() > 1)
        Intervention.objects.filter(pk=repeated.pk).update(state="suggested")

        signing.sign_plan(plan=plan, by=clinician, at=noon)

        repeated.refresh_from_db()
        assert repeated.state == "declined"

    def test_tells_aftercare_in_the_same_transaction(self, plan, clinician, noon):
        @receiver(plan_signed, dispatch_uid="test")
        def fails(**_):
            raise ZeroDivisionError

        try:
            with pytest.raises(ZeroDivisionError):
                signing.sign_plan(plan=ready(plan), by=clinician, at=noon)
        finally:
            plan_signed.disconnect(dispatch_uid="test")

        plan.refresh_from_db()
        assert plan.is_draft
        assert not Signature.objects.exists()

    def test_where_the_audit_fails_nothing_is_signed(
        self, plan, clinician, noon, monkeypatch
    ):
        monkeypatch.setattr(signing.audit, "record", lambda *a, **k: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            signing.sign_plan(plan=ready(plan), by=clinician, at=noon)

        plan.refresh_from_db()
        assert plan.is_draft

    def test_the_person_may_sign_later_and_once(self, plan, clinician, noon):
        signing.sign_plan(plan=ready(plan), by=clinician, at=noon)

        signing.record_patient_signature(
            plan=plan, name="Alma Reyes", by=clinician, at=noon
        )

        with pytest.raises(signing.PlanNotSignable, match="by the person already"):
            signing.record_patient_signature(
                plan=plan, name="Alma Reyes", by=clinician, at=noon
            )

    @pytest.mark.parametrize("is_later", [False, True])
    def test_nobody_else_signs_as_the_person(self, plan, clinician, noon, is_later):
        by = {"by": clinician, "at": noon}
        ready(plan)
        if is_later:
            signing.sign_plan(plan=plan, **by)

        def sign(**how):
            if is_later:
                how["name"] = how.pop("patient_name")
                return signing.record_patient_signature(plan=plan, **by, **how)
            return signing.sign_plan(plan=plan, **by, **how)

        with pytest.raises(NotTheirName) as refused:
            sign(patient_name="Rosa Fuentes")
        assert refused.value.field == "patient_name"
        sign(patient_name="Rosa Fuentes", signed_for="Guardian")

        one = plan.signatures.get(part="patient")
        assert (one.name, one.signed_for) == ("Rosa Fuentes", "Guardian")

    def test_nobody_signs_for_a_clinician(self, plan, clinician, noon):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                clinic=plan.clinic,
                patient=plan.patient,
                plan=plan,
                part="clinician",
                name="Rosa Fuentes",
                signed_for="Guardian",
                content_digest="",
                signed_at=noon,
            )

    def test_a_draft_is_not_signed_by_the_person_alone(self, plan, clinician, noon):
        with pytest.raises(signing.PlanNotSignable, match="in force"):
            signing.record_patient_signature(
                plan=plan, name="Alma Reyes", by=clinician, at=noon
            )


@pytest.fixture
def in_force(plan, clinician, noon):
    return signing.sign_plan(plan=ready(plan), by=clinician, at=noon)


class TestSignedIsFrozen:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(
                lambda p: Plan.objects.update(level_of_care="residential"), id="plan"
            ),
            pytest.param(lambda p: Need.objects.update(title="x"), id="need"),
            pytest.param(lambda p: Goal.objects.update(own_words="x"), id="goal"),
            pytest.param(
                lambda p: Intervention.objects.update(dose="x"), id="intervention"
            ),
            pytest.param(lambda p: Intervention.objects.all().delete(), id="deletion"),
            pytest.param(lambda p: Signature.objects.update(name="x"), id="signature"),
            pytest.param(
                lambda p: Goal.objects.create(
                    clinic_id=p.clinic_id,
                    patient_id=p.patient_id,
                    plan=p,
                    need=p.needs.first(),
                    position=9,
                    wording="x",
                ),
                id="addition",
            ),
        ],
    )
    def test_by_the_database(self, in_force, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(in_force)

    def test_and_by_the_actions(self, in_force, clinician, noon):
        with pytest.raises(editing.NotADraft, match="stays as it was signed"):
            editing.set_aside_need(
                need=in_force.needs.first(), reason="x", by=clinician, at=noon
            )


class TestNewVersion:
    def test_copies_the_tree_into_a_draft(self, in_force, clinician, noon):
        draft = signing.start_new_version(plan=in_force, by=clinician, at=noon)

        assert draft.version == 2
        assert draft.needs.count() == in_force.needs.count()
        assert draft.interventions.count() == in_force.interventions.count()
        assert draft.goals.count() == in_force.goals.count() > 0

    def test_takes_the_place_of_the_old_one_when_signed(
        self, in_force, clinician, noon
    ):
        draft = signing.start_new_version(plan=in_force, by=clinician, at=noon)
        later = noon + dt.timedelta(days=90)

        signing.sign_plan(plan=draft, by=clinician, at=later)

        in_force.refresh_from_db()
        assert (in_force.status, in_force.ended_at) == ("replaced", later)

    def test_starts_from_the_plan_in_force_alone(self, plan, clinician, noon):
        with pytest.raises(signing.NothingToReplace):
            signing.start_new_version(plan=plan, by=clinician, at=noon)

    def test_one_draft_at_a_time(self, in_force, clinician, noon):
        signing.start_new_version(plan=in_force, by=clinician, at=noon)

        with pytest.raises(signing.DraftUnderWay):
            signing.start_new_version(plan=in_force, by=clinician, at=noon)

    def test_a_plan_can_be_closed_without_another(self, in_force, clinician, noon):
        signing.close_plan(plan=in_force, why="Moved away", by=clinician, at=noon)

        in_force.refresh_from_db()
        assert in_force.status == "closed"
        with pytest.raises(signing.NothingToReplace):
            signing.close_plan(plan=in_force, why="again", by=clinician, at=noon)
