from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from patients.disclosures.things import register
        from reports.progress.given import SCORES_FILE, TIMELINE_FILE

        register(SCORES_FILE)
        register(TIMELINE_FILE)
