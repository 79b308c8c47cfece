"""Secrets of second factors brought under the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.entry.actions.factors import seal_again
from accounts.entry.sealing import CannotOpen


class Command(BaseCommand):
    help = (
        "Seals what authenticator apps share with us under the first key of"
        " MAINSTAY_FACTOR_KEYS. After it the older keys can go."
    )

    def handle(self, *_args: object, **_options: Any) -> None:
        try:
            with transaction.atomic():
                count = seal_again()
        except CannotOpen:
            raise CommandError(
                "A secret opens with none of the keys that are set: put the key back"
                " that sealed it. Nothing was changed."
            ) from None
        self.stdout.write(f"{count} sealed with the first key.")
