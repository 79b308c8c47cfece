from django.apps import AppConfig


class MedicationsConfig(AppConfig):
    name = "medications"

    def ready(self) -> None:
        from assessments.picture.sources import register
        from medications.from_talks import SOURCE

        register(SOURCE)
