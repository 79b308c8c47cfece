"""`manage.py load_demo`: about 80 invented people in two clinics."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Clinic
from devtools.demo.loader import AlreadyThere, load_demo, sign_ins


class Command(BaseCommand):
    help = "Load the demo clinics into an empty site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where clinics exist"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people have no place in production.")
        if options["if_empty"] and Clinic.objects.exists():
            return
        try:
            people = load_demo(at=timezone.now(), tell=self.stdout.write)
        except AlreadyThere as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{people} invented people in two clinics.")
        self.stdout.write("\n".join(sign_ins()))
