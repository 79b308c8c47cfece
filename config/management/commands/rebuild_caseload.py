"""Writes every line of every caseload again from the record."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import tenancy
from accounts.models import Clinic
from aftercare.actions.caseload_lines import rebuild_lines


class Command(BaseCommand):
    help = "Writes every line of every caseload again from the record."

    def handle(self, *_args: object, **_options: object) -> None:
        for clinic in Clinic.objects.order_by("pk"):
            with tenancy.clinics([clinic.pk], actor="rebuild_caseload"):
                written = rebuild_lines(clinic, at=timezone.now())
            self.stdout.write(f"clinic {clinic.pk}: {written} lines")
