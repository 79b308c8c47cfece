"""Opening of a clinic, from the flags or asked for at a terminal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts import actions, tenancy
from accounts.forms import OpenClinicForm
from config.management.asking import add_flags, answered
from patients.actions.codes import load_icd10


class Command(BaseCommand):
    help = "Opens a clinic. Then: manage.py create_admin. Asks for what no flag says."

    def add_arguments(self, parser: CommandParser) -> None:
        add_flags(parser, OpenClinicForm)

    def handle(self, *_args: object, **options: Any) -> None:
        with tenancy.every_clinic(actor="create_clinic"):
            said = answered(OpenClinicForm, options)
            self.stdout.write("Reading the diagnosis codes, a few seconds ...")
            self.stdout.write(f"{load_icd10()} codes are there.")
            clinic = actions.open_clinic(**said, at=timezone.now())
        self.stdout.write(
            f"{clinic.name} is open, as clinic {clinic.pk}. Next:"
            f" manage.py create_admin --clinic {clinic.pk}"
        )
