from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from jobs.actions.account_mail import ACCOUNT_MAIL
        from jobs.actions.alerts import ALERTS
        from jobs.actions.certificates import CERTIFICATES
        from jobs.actions.kinds import JOBS
        from jobs.queues import declare

        declare(ACCOUNT_MAIL)
        declare(ALERTS)
        declare(CERTIFICATES)
        declare(JOBS)
