"""`manage.py demo_sign_ins`: one sign-in a role, where the demo is loaded."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Staff
from devtools.demo.clinics import SIGN_INS
from devtools.demo.loader import sign_ins


class Command(BaseCommand):
    help = "Print how to sign in to the demo clinics."

    def handle(self, *_args: Any, **_options: Any) -> None:
        first = SIGN_INS[0][1]
        if Staff.objects.filter(email=first, is_active=True).exists():
            self.stdout.write("\n".join(sign_ins()))
