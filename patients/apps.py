from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PatientsConfig(AppConfig):
    name = "patients"

    def ready(self) -> None:
        from patients.actions.codes import load_after_migrate
        from patients.merging.obstacles import register_obstacles
        from patients.queues import declare_queues

        declare_queues()
        register_obstacles()
        post_migrate.connect(load_after_migrate, dispatch_uid="codes")
