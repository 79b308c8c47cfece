from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AftercareConfig(AppConfig):
    name = "aftercare"

    def ready(self) -> None:
        from accounts.request_end import before_commit
        from aftercare.actions import event_holds
        from aftercare.actions.clinic_changes import register_consequences
        from aftercare.actions.concerns import (
            on_answers_typed,
            on_concern_raised,
            on_concern_resolved,
        )
        from aftercare.actions.decision_tasks import on_medication_decided
        from aftercare.actions.reconcile import (
            on_plan_signed,
            reconcile_marked,
        )
        from aftercare.queues import declare_queues
        from aftercare.record import marks
        from aftercare.record.events.signals import event_recorded, event_taken_back
        from aftercare.record.hard_day_card import register_cards
        from aftercare.record.reaching import register_letter
        from assessments.signals import (
            answers_typed,
            concern_raised,
            concern_resolved,
        )
        from medications.signals import medication_decided
        from plans.signals import plan_signed

        declare_queues()
        register_cards()
        register_letter()
        register_consequences()
        plan_signed.connect(on_plan_signed, dispatch_uid="aftercare.schedule")
        concern_raised.connect(on_concern_raised, dispatch_uid="aftercare.owe")
        answers_typed.connect(on_answers_typed, dispatch_uid="aftercare.typed")
        concern_resolved.connect(on_concern_resolved, dispatch_uid="aftercare.settle")
        medication_decided.connect(
            on_medication_decided, dispatch_uid="aftercare.decided"
        )
        event_recorded.connect(
            event_holds.on_event_recorded, dispatch_uid="aftercare.hold"
        )
        event_taken_back.connect(
            event_holds.on_event_taken_back, dispatch_uid="aftercare.take_up"
        )
        post_migrate.connect(marks.after_migrate, dispatch_uid="aftercare.record.marks")
        before_commit(reconcile_marked)
