"""First admin of a clinic, who invites everybody else, and the second person beside
them: another admin or the medical director."""

from typing import Any

from django import forms
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import actions, tenancy
from accounts.entry.actions.roles import CONFIRMING
from accounts.forms import PlainText
from accounts.models import Clinic
from accounts.notices import invitation_link
from accounts.permissions import Role
from config.management.asking import add_flags, answered


class AdminForm(forms.Form):
    clinic = forms.ModelChoiceField(
        queryset=Clinic.objects.all(),
        label="Number of the clinic",
        error_messages={"invalid_choice": "There is no clinic of this number."},
    )
    email = forms.EmailField(label="E-mail", max_length=254)
    name = PlainText(label="Name", max_length=120)
    role = forms.ChoiceField(
        label="Role: admin, or medical_director as a second person beside an admin",
        choices=[(str(role), role.label) for role in CONFIRMING],
        required=False,
    )


class Command(BaseCommand):
    help = (
        "Gives a clinic an admin, who invites everybody else. Prints a link, good for one"
        " day, where they set their password. Asks for what no flag says."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_flags(parser, AdminForm)

    def handle(self, *_args: object, **options: Any) -> None:
        with tenancy.every_clinic(actor="create_admin"):
            said = answered(AdminForm, options)
            try:
                role = said.pop("role") or Role.ADMIN
                admin = actions.invite_staff(
                    **said,
                    credentials="",
                    roles=[role],
                    by=None,
                    at=timezone.now(),
                )
            except actions.StaffAlreadyHere as reason:
                raise CommandError(str(reason)) from None
        if admin.has_usable_password():
            self.stdout.write(
                f"{admin.name} is {Role(role).label.lower()} there, with the password they"
                " have."
            )
            return
        self.stdout.write("Give them this link, by a way that nobody else reads:")
        self.stdout.write(invitation_link(admin))
