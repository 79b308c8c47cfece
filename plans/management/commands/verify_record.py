"""Recomputes the audit's chain and every signed plan's digest."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from accounts import tenancy
from accounts.chain import chain_faults, heads
from plans.content import is_as_signed
from plans.models import Plan


class Command(BaseCommand):
    help = (
        "Recomputes the audit's chain and every signed plan's digest. Prints the heads"
        " of the chains, to be kept outside; ends with 1 where something was changed."
    )

    def handle(self, *_args: object, **_options: object) -> None:
        with tenancy.every_clinic(actor="verify_record"):
            found = [*map(str, chain_faults()), *_changed_plans()]
            for line in heads():
                self.stdout.write(line)
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("The record is what was written.")


def _changed_plans() -> Iterator[str]:
    signed = Plan.objects.exclude(content_digest="")
    for plan in signed.order_by("pk").iterator(chunk_size=200):
        if not is_as_signed(plan):
            yield f"clinic {plan.clinic_id}, plan {plan.pk}: not what was signed"
