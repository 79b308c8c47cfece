"""The public list of ICD-10-CM codes, from the maintained package, once."""

import simple_icd_10_cm
from django.db import transaction

from patients.models import Icd10Code
from patients.names import normalized

BATCH = 5000


@transaction.atomic
def load_icd10() -> int:
    """Add the codes that are not there yet; returns how many there are."""
    known = set(Icd10Code.objects.values_list("code", flat=True))
    # The package lists a few codes twice.
    codes = sorted(set(simple_icd_10_cm.get_all_codes(with_dots=True)))
    Icd10Code.objects.bulk_create(
        (
            _row(code)
            for code in codes
            if code not in known and simple_icd_10_cm.is_category_or_subcategory(code)
        ),
        batch_size=BATCH,
    )
    return Icd10Code.objects.count()


def _row(code: str) -> Icd10Code:
    title = simple_icd_10_cm.get_description(code)[:300]
    return Icd10Code(
        code=code, title=title, search_text=normalized(f"{code} {title}")[:320]
    )
