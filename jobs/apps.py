from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from jobs.actions.alerts import ALERTS
        from jobs.actions.kinds import JOBS
        from jobs.queues import declare

        declare(ALERTS)
        declare(JOBS)
