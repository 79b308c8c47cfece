from django.apps import AppConfig


class AftercareConfig(AppConfig):
    name = "aftercare"

    def ready(self) -> None:
        from aftercare.actions.scheduling import on_plan_signed
        from plans.signals import plan_signed

        plan_signed.connect(on_plan_signed, dispatch_uid="aftercare.schedule")
