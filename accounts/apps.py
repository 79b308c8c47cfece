from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import protection
        from accounts.clinic_settings import consequences

        post_migrate.connect(protection.after_migrate, dispatch_uid="protection")
        consequences.register("clock", foretell=consequences.of_the_clock)
        consequences.register("week", foretell=consequences.of_the_week)
