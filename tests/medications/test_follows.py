"""What a choice writes, seen before and kept after."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from aftercare.actions.decision_tasks import NO_LONGER, TAKEN_OVER, prefix
from aftercare.actions.follow_ups import close_follow_up
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp
from assessments.picture import Picture
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from medications.actions import accepting, decisions
from medications.options.evaluate import evaluate
from medications.options.tasks_of_choice import _cut, follows
from plans.actions.signing import sign_plan
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready
from tests.medications.pictures import READY, picture
from treatment.actions.regimens import start_regimen

ALL = sorted(medicines().sentences)
REASON = {"reason_code": "person_chose", "reason_words": "Wants to."}


def written(choice, **facts):
    options = evaluate(picture({**READY, **facts}))
    option = options.option(choice) if choice in medicines().sentences else None
    return follows(choice, option, options, knowledge())


class TestFollows:
    @pytest.mark.parametrize(
        "choice", ["MTD", "BUP_SL", "BUP_LOW", "SUBLOCADE", "NTX_XR"]
    )
    def test_a_medicine_brings_order_hand_out_naloxone_and_contacts(self, choice):
        kinds = {one.kind for one in written(choice)}

        assert {"order", "handout", "naloxone_handover", "contact"} <= kinds

    def test_what_cannot_be_given_here_brings_a_referral_and_no_dose(self):
        kinds = {one.kind: one for one in written("MTD", is_otp=False)}

        assert not {"order", "handout"} & kinds.keys()
        assert kinds["referral"].within == 1
        assert kinds["contact"].after == 1
        assert not any(one.blocking for one in kinds.values())

    @pytest.mark.parametrize("choice", ["NOT_NOW", "NONE"])
    def test_none_is_met_with_harm_reduction_and_an_open_door(self, choice):
        kinds = {one.kind for one in written(choice)}

        assert {"naloxone_handover", "harm_reduction", "open_door"} <= kinds
        assert not {"order", "handout"} & kinds

    def test_none_is_not_asked_for_what_a_first_dose_would_need(self):
        assert not any(one.blocking for one in written("NONE", dsm_count="unknown"))

    def test_what_blocks_the_first_dose_comes_first_and_is_owed_today(self):
        first, *_ = written("SUBLOCADE", bup_exposure=False)

        assert (first.cite, first.blocking, first.within) == ("C21", True, 0)

    def test_a_task_is_owed_when_the_reference_says(self):
        ecg = next(one for one in written("MTD", qtc=480) if one.cite == "C46")

        assert (ecg.within, ecg.role, ecg.blocking) == (30, "prescriber", False)

    def test_after_an_overdose_the_start_is_owed_in_the_same_visit(self):
        tasks = {
            one.cite: one for one in written("BUP_SL", overdose_hx="past_12_months")
        }

        assert (tasks["C108"].within, tasks["C108"].role) == (0, "prescriber")

    def test_each_once_with_where_it_comes_from(self):
        for choice in ("MTD", "NONE"):
            keys = [one.key for one in written(choice, overdose_hx="past_12_months")]
            assert len(keys) == len(set(keys))
        assert all(one.cite and one.verified for one in written("MTD"))

    @pytest.mark.parametrize("key", sorted(knowledge().choice_tasks.tasks))
    def test_each_day_says_what_it_rests_on(self, key):
        told = knowledge().choice_tasks.tasks[key]

        assert key in knowledge().rules
        assert told.source
        assert told.tag.startswith("[")
        assert told.checked

    def test_a_day_of_our_own_is_tagged_as_policy(self):
        tasks = {one.cite: one for one in written("BUP_SL", qtc=480)}

        assert tasks["C65"].verified.endswith("; day [P]")
        for part in ("start", "none"):
            for one in getattr(knowledge().choice_tasks, part).values():
                assert one.source
                assert one.tag.startswith("[")
                assert one.checked

    def test_a_title_fits_its_field(self):
        assert all(len(one.title) <= 160 for one in written("BUP_SL"))

    def test_beside_a_short_title_stands_the_whole_rule(self):
        teeth = next(one for one in written("BUP_SL") if one.cite == "C65")

        assert teeth.title == "Teeth: rinse after each dose, see a dentist."
        assert "swish, swallow, wait 1 hour or more to brush" in teeth.reason
        assert teeth.reason.endswith("Not a reason to stop.")


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def decide(patient, prescriber, noon):
    def deciding(choice, at=noon, **facts):
        given = {**READY, "preference": choice, **facts}
        return decisions.record_decision(
            patient=patient,
            choice=choice,
            picture=picture(given)
            if choice in medicines().sentences
            else picture(READY),
            talk=decisions.Talk(**REASON),
            by=prescriber,
            at=at,
        )

    return deciding


@pytest.mark.django_db
class TestOwed:
    def test_everything_the_preview_named_is_owed(self, decide, patient):
        decision = decide("MTD")

        owed = FollowUp.objects.filter(patient=patient)
        assert sorted(owed.values_list("title", flat=True)) == sorted(
            one["title"].rstrip(".") for one in decision.follows
        )
        assert all(one.key.startswith(prefix(decision)) for one in owed)

    def test_what_is_for_today_is_due_and_the_rest_is_planned(self, decide, patient):
        decide("MTD")

        by_kind = {one.kind: one for one in FollowUp.objects.filter(patient=patient)}
        assert by_kind["order"].status == FollowUp.Status.DUE
        assert by_kind["order"].assigned_role == "prescriber"
        contact = FollowUp.objects.filter(patient=patient, kind="contact").first()
        assert contact.status == FollowUp.Status.PLANNED
        assert contact.earliest_on > by_kind["order"].earliest_on

    def test_a_newer_decision_ends_what_the_earlier_one_left_open(
        self, decide, patient, noon, prescriber
    ):
        first = decide("MTD")
        done = FollowUp.objects.get(patient=patient, kind="order")
        close_follow_up(
            follow_up=done, status="done", words="Ordered.", by=prescriber, at=noon
        )

        second = decide("BUP_SL", at=noon + dt.timedelta(hours=1))

        of_first = FollowUp.objects.filter(key__startswith=prefix(first))
        rest = of_first.exclude(pk=done.pk)
        assert set(rest.values_list("status", flat=True)) == {"cancelled"}
        assert set(rest.values_list("outcome", flat=True)) <= {NO_LONGER, TAKEN_OVER}
        assert of_first.get(pk=done.pk).status == "done"
        assert FollowUp.objects.open().filter(key__startswith=prefix(second)).exists()

    def test_a_signed_plan_takes_over_what_it_promises_too(
        self, decide, patient, prescriber, noon
    ):
        decide("BUP_SL")
        sign_plan(
            plan=ready(drafted(patient, prescriber, noon)), by=prescriber, at=noon
        )

        kits = FollowUp.objects.filter(patient=patient, kind="naloxone_handover")
        assert sorted(kits.values_list("origin", "status")) == [
            ("event", "cancelled"),
            ("plan", "due"),
        ]
        assert kits.get(status="cancelled").outcome == TAKEN_OVER

    def test_a_plan_signed_before_the_first_dose_leaves_the_first_call_owed(
        self, decide, patient, prescriber, noon
    ):
        decide("BUP_SL")
        sign_plan(
            plan=ready(drafted(patient, prescriber, noon)), by=prescriber, at=noon
        )

        assert self.first_call(patient).status == "planned"

    def test_once_a_start_is_recorded_the_plan_takes_over_the_first_call(
        self, decide, patient, prescriber, noon
    ):
        decide("BUP_SL")
        plan = sign_plan(
            plan=ready(drafted(patient, prescriber, noon)), by=prescriber, at=noon
        )
        start_regimen(
            patient=patient,
            medication="BUP_SL",
            started_on=noon.date(),
            by=prescriber,
            at=noon,
        )
        reconcile(patient=plan.patient, by=None, at=noon)

        assert self.first_call(patient).outcome == TAKEN_OVER

    def first_call(self, patient):
        called_for = FollowUp.objects.filter(
            patient=patient, origin="event", kind="contact"
        )
        return called_for.earliest("latest_on")

    def test_is_in_the_audit_by_counts_alone(self, decide, patient):
        decide("MTD")

        told = AuditEvent.objects.get(
            patient_id=patient.pk, verb="follow_ups.called_for"
        )
        assert set(told.facts) == {"added", "cancelled"}

    def test_not_now_is_owed_an_open_door(self, decide, patient):
        decide("NOT_NOW")

        assert FollowUp.objects.filter(patient=patient, kind="open_door").exists()


@pytest.mark.django_db
class TestAccepting:
    @pytest.mark.parametrize(
        "facts",
        [
            pytest.param({"allergy": "unknown"}, id="a question first"),
            pytest.param({"dsm_count": "unknown"}, id="a task first"),
            pytest.param({"preference": "unknown"}, id="shares its place"),
            pytest.param({"bup_dose": 16, "med_list": "buprenorphine"}, id="no start"),
            pytest.param({"med_list": "somethingol"}, id="nobody recognised it"),
        ],
    )
    def test_is_not_quick_where_anything_waits(self, facts):
        known = picture({**READY, "preference": "BUP_SL", **facts})

        assert accepting.can_accept(evaluate(known), known) is None

    def accept(self, patient, by, at, shown, **facts):
        known = Picture.from_json(picture({**READY, **facts}).to_json())
        seen = accepting.shown_as(evaluate(known).option(shown))
        return accepting.accept_first(
            patient=patient, shown=shown, seen=seen, picture=known, by=by, at=at
        )

    def test_refuses_what_came_to_stand_for_other_reasons(
        self, patient, prescriber, noon
    ):
        known = picture({**READY, "preference": "BUP_SL"})
        seen = accepting.shown_as(evaluate(known).option("BUP_SL"))
        told = {"patient": patient, "shown": "BUP_SL", "by": prescriber, "at": noon}

        with pytest.raises(accepting.NothingToAccept):
            accepting.accept_first(seen="", picture=known, **told)
        later = picture({**READY, "preference": "BUP_SL", "udt": ["cocaine"]})
        assert accepting.shown_as(evaluate(later).option("BUP_SL")) != seen
        with pytest.raises(accepting.NothingToAccept):
            accepting.accept_first(seen=seen, picture=later, **told)

    def test_records_the_first_with_all_that_it_writes(self, patient, prescriber, noon):
        made = self.accept(patient, prescriber, noon, "BUP_SL", preference="BUP_SL")

        assert (made.choice, made.preference) == ("BUP_SL", "BUP_SL")
        assert made.took_part == ["person", "prescriber"]
        assert FollowUp.objects.filter(patient=patient).count() == len(made.follows)

    def test_a_wish_for_a_product_is_accepted_as_its_medication(self):
        options = evaluate(picture({**READY, "preference": ["BUP_COMBO"]}))
        known = picture({**READY, "preference": ["BUP_COMBO"]})

        assert options.ranked()[0].medication == "BUP_SL"
        assert accepting.can_accept(options, known).medication == "BUP_SL"

    @pytest.mark.parametrize(
        ("shown", "facts"),
        [
            ("MTD", {"preference": "BUP_SL"}),
            (
                "BUP_SL",
                {
                    "preference": "BUP_SL",
                    "alcohol": "active",
                    "sedatives": ["benzodiazepine"],
                },
            ),
            ("BUP_SL", {"preference": "BUP_SL", "resp": "unknown"}),
            ("MTD", {"preference": "MTD", "qtc": 520}),
        ],
        ids=["not the first", "a caution to read", "an answer missing", "ruled out"],
    )
    def test_refuses_what_has_to_be_looked_at(
        self, patient, prescriber, noon, shown, facts
    ):
        with pytest.raises(accepting.NothingToAccept):
            self.accept(patient, prescriber, noon, shown, **facts)

    def test_a_wish_for_what_is_ruled_out_is_no_quick_matter(self):
        known = picture({**READY, "preference": "NTX_XR", "pain": "needs_opioids"})

        assert accepting.can_accept(evaluate(known), known) is None

    def test_nothing_is_first_where_all_are_ruled_out(self):
        known = picture({**READY, "age": 14})

        assert accepting.can_accept(evaluate(known), known) is None

    @pytest.mark.parametrize(
        ("wishes", "wish"),
        [(["MTD"], "MTD"), (["MTD", "BUP_SL"], ""), (["no_agonist"], ""), (None, "")],
    )
    def test_one_wish_is_a_wish(self, wishes, wish):
        known = picture({"preference": wishes} if wishes else {})

        assert accepting.wish_in(known) == wish


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Short.", "Short."),
        ("Ask first. Then look at the liver.", "Ask first…"),
        ("Ask first; then look at the liver.", "Ask first…"),
        ("Ask first then look at it all", "Ask first then look…"),
        ("Asking-without-an-end-anywhere", "Asking-without-an-e…"),
    ],
)
def test_a_title_ends_where_a_sentence_or_a_word_ends(text, cut):
    assert _cut(text, 20) == cut
