"""SOWS (Handelsman): self-rated opioid withdrawal, sixteen items (reference A3)."""

from assessments.instruments.arithmetic import outcome, total
from assessments.instruments.choices import anchored, items, keys
from assessments.instruments.declaration import (
    Band,
    Context,
    Instrument,
    Outcome,
    Values,
    Words,
)

ITEMS = items(
    anchored(
        (0, "Not at all", "Nada"),
        (1, "A little", "Un poco"),
        (2, "Moderately", "Moderadamente"),
        (3, "Quite a bit", "Bastante"),
        (4, "Extremely", "Muchísimo"),
    ),
    ("anxious", "Anxious", "Ansiedad"),
    ("yawning", "Yawning", "Bostezos"),
    ("sweating", "Sweating", "Sudor"),
    ("tearing", "Eyes tearing", "Ojos llorosos"),
    ("runny_nose", "Nose running", "Nariz que gotea"),
    ("goosebumps", "Goosebumps", "Piel de gallina"),
    ("shaking", "Shaking", "Temblor"),
    ("hot_flushes", "Hot flushes", "Sofocos"),
    ("cold_flushes", "Cold flushes", "Escalofríos"),
    ("aches", "Bones and muscles ache", "Dolor de huesos y músculos"),
    ("restless", "Restless", "Inquietud"),
    ("nausea", "Nauseous", "Náusea"),
    ("vomiting", "Feel like vomiting", "Ganas de vomitar"),
    ("twitching", "Muscles twitch", "Sacudidas musculares"),
    ("cramps", "Stomach cramps", "Cólicos"),
    ("urge", "Feel like using now", "Ganas de consumir ahora"),
)

BANDS = (
    Band(0, "none", Words("None", "Ninguna")),
    Band(1, "mild", Words("Mild", "Leve")),
    Band(11, "moderate", Words("Moderate", "Moderada")),
    Band(21, "severe", Words("Severe", "Grave")),
)


def rule(values: Values, _: Context) -> Outcome:
    """The sum of all sixteen."""
    return outcome(total(values, keys(ITEMS)), BANDS)


INSTRUMENT = Instrument(
    key="sows",
    version="Handelsman 1987, 1",
    title=Words(
        "Subjective Opiate Withdrawal Scale", "Escala subjetiva de abstinencia"
    ),
    licence="Handelsman 1987, Taylor and Francis; reproduced by ASAM and NIDA.",
    source="Handelsman 1987; bands from common forms [M; 2R], above 30 is policy [P]",
    tag="[V 2]",
    look_back=Words("now", "ahora"),
    items=ITEMS,
    rule=rule,
    also=("sows_handelsman", "sows16"),
    bands=BANDS,
    missing_rule="All 16 items are required [P].",
)
