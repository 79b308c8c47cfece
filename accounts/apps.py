from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import protection

        post_migrate.connect(protection.after_migrate, dispatch_uid="protection")
