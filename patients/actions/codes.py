"""The public list of ICD-10-CM codes, from the maintained package, once."""

import sys
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import transaction

from patients.models import Icd10Code
from patients.names import normalized

BATCH = 5000


def load_after_migrate(sender: AppConfig, **told: object) -> None:
    """Read the codes once, when the last app has been migrated: an empty site has them.

    A flush (tests) also says "post-migrate", without a plan.
    """
    last = list(apps.get_app_configs())[-1]
    if not settings.LOADS_CODES or "plan" not in told or sender.name != last.name:
        return
    if not Icd10Code.objects.exists():
        sys.stdout.write("Reading the diagnosis codes, once: a few seconds ...\n")
        load_icd10()


@transaction.atomic
def load_icd10() -> int:
    """Add the codes that are not there yet; returns how many there are."""
    # Reading its list takes the package seconds and much memory: only when asked.
    package = import_module("simple_icd_10_cm")
    known = set(Icd10Code.objects.values_list("code", flat=True))
    # The package lists a few codes twice.
    codes = sorted(set(package.get_all_codes(with_dots=True)))
    Icd10Code.objects.bulk_create(
        (
            _row(code, package)
            for code in codes
            if code not in known and package.is_category_or_subcategory(code)
        ),
        batch_size=BATCH,
    )
    return Icd10Code.objects.count()


def _row(code: str, package: Any) -> Icd10Code:
    title = package.get_description(code)[:300]
    return Icd10Code(
        code=code, title=title, search_text=normalized(f"{code} {title}")[:320]
    )
