from django.apps import AppConfig


class TreatmentConfig(AppConfig):
    name = "treatment"

    def ready(self) -> None:
        from assessments.picture.sources import register
        from medications.current import register_reading
        from treatment.clinic_changes import register_consequences
        from treatment.current import medicines_taken
        from treatment.merging import register_obstacles
        from treatment.sources import SOURCES

        register(*SOURCES)
        register_consequences()
        register_obstacles()
        register_reading(medicines_taken)
