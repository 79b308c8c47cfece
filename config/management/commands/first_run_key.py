"""A key to the first page of an empty site, printed once."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from accounts.clinic_settings import opening


class Command(BaseCommand):
    help = (
        "Prints a key to the first page of an empty site, where the clinic and its first"
        " admin are made. It is used once, within a day; earlier keys hold no longer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="print nothing where clinics exist"
        )

    def handle(self, *_args: object, **options: bool) -> None:
        if options["if_empty"] and not opening.is_empty():
            return
        try:
            key = opening.make_key(at=timezone.now())
        except opening.SiteInUse as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Nobody has begun here yet. Open {settings.SITE_URL}{reverse('accounts:first_run')}"
        )
        self.stdout.write(f"with this key, once, within a day:\n\n  {key}\n")
