from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from assessments.merging import register_obstacles
        from assessments.picture.own_sources import SOURCES
        from assessments.picture.sources import register

        register(*SOURCES)
        register_obstacles()
