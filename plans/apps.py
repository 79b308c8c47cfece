from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self) -> None:
        from patients.disclosures.things import register
        from plans.merging import register_obstacles
        from plans.papers import PLAN_PAPER
        from plans.queues import declare_queues

        declare_queues()
        register_obstacles()
        register(PLAN_PAPER)
