"""Second factors of somebody taken away, by who runs the server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import tenancy
from accounts.entry.actions.factors import reset_factors_here
from accounts.models import Staff


class Command(BaseCommand):
    help = (
        "Takes the app, passkeys and recovery codes of a member of staff away and ends"
        " their sessions: for who works at several clinics, or is the only admin. They"
        " are told by e-mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: object, email: str, **_options: Any) -> None:
        staff = Staff.objects.filter(email__iexact=email.strip()).first()
        if staff is None:
            raise CommandError("Nobody on the staff has this e-mail address.")
        with tenancy.every_clinic(actor="reset_factors"):
            reset_factors_here(staff=staff, at=timezone.now())
        self.stdout.write("Taken away. They sign in with the password alone.")
