"""The whole picture: what assessments know, and what medication and urine tests add.

The queries are as many for a thousand people as for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Rank

from assessments.assembly import Assembled, assembled
from assessments.facts import FACTS, NEVER, Domain
from assessments.picture import KnownFact, Picture
from medications.histories import Dose, Spell, treatment_facts
from medications.models import DoseEvent, Medication, Regimen, ToxicologyResult
from medications.specimens import FENTANYL, Tested, toxicology_facts
from patients.models import Patient

TAKEN = ("administered", "dispensed", "take_home")
LAST_USES = ("last_long_acting_dt", "last_bup_xr_dt")
MEDICINES = "med_list"
