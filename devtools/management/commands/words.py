"""`manage.py words`: words in sight at first paint over the demo clinic, by page."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import override_settings
from django.utils import timezone

from accounts import tenancy
from accounts.models import Clinic, Staff
from devtools.bench.pages import signed_in
from devtools.demo.clinics import SIGN_INS
from devtools.demo.loader import ACTOR, load_demo
from devtools.words import page_words
from patients.models import Patient


class Command(BaseCommand):
    help = "Count the words of the main pages over the demo clinic, beside the budgets."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people have no place in production.")
        if not Clinic.objects.exists():
            load_demo(at=timezone.now(), tell=lambda _: None)
        self.stdout.write("Words in main at first paint: median of the people, budget")
        with tenancy.every_clinic(actor=ACTOR):
            clinic = Clinic.objects.order_by("pk")[0]
            prescriber = Staff.objects.get(email=SIGN_INS[0][1])
            people = [one.pk for one in Patient.objects.filter(clinic=clinic)]
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            client = signed_in(prescriber, clinic, at=timezone.now())
            for line in page_words(client, people):
                self.stdout.write(str(line))
