"""Refusal of Django's command: what it makes could not sign in to any clinic."""

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "There are no superusers here: create_clinic and create_admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv(argv[:2])

    def handle(self, *_args: object, **_options: object) -> None:
        raise CommandError(
            "Nobody stands above the clinics here. `manage.py create_clinic` opens a"
            " clinic, `manage.py create_admin` gives it an admin, who invites the others."
        )
