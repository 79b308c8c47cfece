"""Recomputes the audit's chain and every signed plan's digest."""

from django.core.management.base import BaseCommand, CommandError

from accounts import tenancy
from accounts.chain import chain_faults, heads
from plans.actions.record_checks import changed_plans
from plans.models import Plan


class Command(BaseCommand):
    help = (
        "Recomputes the audit's chain and every signed plan's digest. Prints the heads"
        " of the chains, to be kept outside; ends with 1 where something was changed."
    )

    def handle(self, *_args: object, **_options: object) -> None:
        with tenancy.every_clinic(actor="verify_record"):
            signed = Plan.objects.exclude(content_digest="").order_by("pk")
            found = [
                *map(str, chain_faults()),
                *changed_plans(signed.values_list("pk", flat=True)),
            ]
            for line in heads():
                self.stdout.write(line)
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("The record is what was written.")
