"""Sources of facts that this app owns: orders with doses, withdrawal after a dose, urine,
reversal kits."""

from assessments.picture.own_sources import KITS
from assessments.picture.queries import SCORES
from assessments.picture.sources import Join, Source
from treatment.from_doses import rise_facts, treatment_facts
from treatment.from_kits import FACT, kit_facts
from treatment.from_toxicology import toxicology_facts
from treatment.queries import KIT_DEEDS, LAST_DOSES, ORDERS, SPECIMENS

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
SOURCES = (
    Source(
        "treatment",
        TREATMENT,
        treatment_facts,
        queries=(ORDERS, LAST_DOSES),
        over=("answers", "record"),
    ),
    Source(
        "rise after a dose",
        {"cows_rise": Join.NEWEST},
        rise_facts,
        queries=(SCORES, LAST_DOSES),
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
        kit_facts,
        queries=(KIT_DEEDS,),
        over=("answers",),
    ),
)
