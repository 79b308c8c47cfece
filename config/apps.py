from django.apps import AppConfig


class MainstayConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Tasks find their queue through the current Celery app: it must exist
        # before any of them is sent, from whichever door.
        from config import celery  # noqa: F401
