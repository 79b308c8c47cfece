"""Sources of facts that this app owns: orders with doses, withdrawal after a dose, urine,
reversal kits."""

from collections.abc import Iterable, Sequence

from assessments.picture.from_scores import Scored
from assessments.picture.own_sources import KITS
from assessments.picture.queries import SCORES
from assessments.picture.sources import Join, Source, Stated, Subject
from treatment.from_doses import rise_facts, treatment_facts
from treatment.from_kits import FACT, kit_facts
from treatment.from_toxicology import toxicology_facts
from treatment.now import Order
from treatment.queries import GIVEN_OUT, ORDERS, SPECIMENS, HandedOut

# Of what was said and what the log holds, the later moment is the last use.
TREATMENT = {
    **dict.fromkeys(("mtd_dose", "bup_dose", "mtd_day", "injection_day"), Join.NEWEST),
    **dict.fromkeys(("moud_stop", "bup_exposure"), Join.NEWEST),
    **dict.fromkeys(
        ("last_long_acting_dt", "last_bup_xr_dt", "last_ntx_dt"), Join.LATER
    ),
    **dict.fromkeys(("last_long_acting_drug", "last_bup_xr_drug"), Join.NEWEST),
    "med_list": Join.ADDED,
}


def _from_doses(
    subject: Subject, orders: Sequence[Order], given: HandedOut
) -> Iterable[Stated]:
    return treatment_facts(subject, orders, given.doses)


def _from_rise(
    subject: Subject, scores: list[Scored], given: HandedOut
) -> Iterable[Stated]:
    return rise_facts(subject, scores, given.doses)


def _from_kits(subject: Subject, given: HandedOut) -> Iterable[Stated]:
    return kit_facts(subject, given.kits)


SOURCES = (
    Source(
        "treatment",
        TREATMENT,
        _from_doses,
        queries=(ORDERS, GIVEN_OUT),
        over=("answers", "record"),
    ),
    Source(
        "rise after a dose",
        {"cows_rise": Join.NEWEST},
        _from_rise,
        queries=(SCORES, GIVEN_OUT),
        over=("answers",),
    ),
    Source(
        "toxicology",
        dict.fromkeys(("udt", "udt_fentanyl"), Join.NEWEST),
        toxicology_facts,
        queries=(SPECIMENS,),
        over=("answers",),
    ),
    Source(
        KITS,
        {FACT: Join.NEWEST},
        _from_kits,
        queries=(GIVEN_OUT,),
        over=("answers",),
    ),
)
