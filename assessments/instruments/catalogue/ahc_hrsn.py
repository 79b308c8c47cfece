"""AHC-HRSN core: housing, food, transport, utilities, safety (reference A14)."""

from assessments.instruments.arithmetic import bounds, flagged, total
from assessments.instruments.choices import YES_NO, anchored, items, scale
from assessments.instruments.declaration import (
    Context,
    Instrument,
    Item,
    Outcome,
    Status,
    Values,
    Words,
)

SAFETY_FROM = 11
HITS = ("hurt", "insulted", "threatened", "screamed_at")

RUNS_OUT = anchored(
    (0, "Never true", "Nunca"),
    (1, "Sometimes true", "A veces"),
    (2, "Often true", "A menudo"),
)

ITEMS = (
    Item(
        "housing",
        Words("Living situation today", "Vivienda hoy"),
        anchored(
            (0, "A steady place", "Un lugar estable"),
            (
                1,
                "A place, but worried about losing it",
                "Un lugar, con temor de perderlo",
            ),
            (2, "No steady place", "Sin lugar estable"),
        ),
        also=("housing_1", "housing_situation", "living_situation"),
    ),
    Item(
        "housing_problems",
        Words("Any listed problem with the place", "Algún problema de la lista"),
        YES_NO,
        also=("housing_2", "pests"),
    ),
    Item(
        "food_worry",
        Words("Worried that food would run out", "Temor de quedarse sin comida"),
        RUNS_OUT,
        also=("food_1",),
    ),
    Item(
        "food_lasted",
        Words("Food did not last and no money for more", "La comida no alcanzó"),
        RUNS_OUT,
        also=("food_2",),
    ),
    Item(
        "transport",
        Words(
            "Lack of transport kept from appointments, work or things needed",
            "Falta de transporte impidió citas, trabajo o compras",
        ),
        YES_NO,
        also=("transportation",),
    ),
    Item(
        "utilities",
        Words("Services threatened to be shut off", "Amenaza de corte de servicios"),
        anchored(
            (0, "No", "No"), (1, "Yes", "Sí"), (2, "Already shut off", "Ya cortados")
        ),
    ),
    *items(
        scale(1, 5, Words("Never", "Nunca"), Words("Frequently", "Con frecuencia")),
        ("hurt", "Someone physically hurts you", "Alguien le hace daño físico"),
        ("insulted", "Someone insults or talks down to you", "Alguien le insulta"),
        ("threatened", "Someone threatens you with harm", "Alguien le amenaza"),
        ("screamed_at", "Someone screams or curses at you", "Alguien le grita"),
    ),
)

SENSITIVE = "safety answers: not on printed plans or for proxies"
TRANSPORT = "transport need affects daily dosing"


def any_from_one(values: Values, *keys: str) -> int | None:
    """1 if any answer is positive, 0 if all are there and none is, else None."""
    there = [values[key] for key in keys]
    if any(value is not None and value >= 1 for value in there):
        return 1
    return None if None in there else 0


def safety(values: Values) -> int | None:
    """A need from 11 of 20; known early where missing answers cannot move it."""
    least, greatest = bounds(values, dict.fromkeys(HITS, (1, 5)))
    if least >= SAFETY_FROM:
        return 1
    return 0 if greatest < SAFETY_FROM else None


def rule(values: Values, _: Context) -> Outcome:
    """The count of domains with a need, once every domain is known."""
    needs = {
        "housing": any_from_one(values, "housing", "housing_problems"),
        "food": any_from_one(values, "food_worry", "food_lasted"),
        "transport": any_from_one(values, "transport"),
        "utilities": any_from_one(values, "utilities"),
        "safety": safety(values),
    }
    score = total(needs, tuple(needs))
    flags = flagged(
        *((value == 1, f"need: {name}") for name, value in needs.items()),
        (needs["transport"] == 1, TRANSPORT),
        (needs["safety"] is not None, SENSITIVE),
    )
    return Outcome(
        Status.INCOMPLETE if score is None else Status.COMPLETE,
        score,
        None,
        {**needs, "hits": total(values, HITS)},
        flags,
    )


INSTRUMENT = Instrument(
    key="ahc_hrsn",
    version="core 10, early CMS wording, 1",
    title=Words("AHC health-related social needs", "Necesidades sociales AHC"),
    licence="CMS; free, keep the source acknowledgements.",
    source="CMS AHC-HRSN core; PhenX protocol 281401",
    tag="[V 85][V 91]",
    look_back=Words("now and past 12 months", "ahora y últimos 12 meses"),
    items=ITEMS,
    rule=rule,
    not_by_link="Asks about harm at home: give it where nobody else reads along.",
    also=("ahc", "hrsn", "social_needs", "ahc_hrsn_core"),
    subscales=("housing", "food", "transport", "utilities", "safety", "hits"),
    missing_rule="A domain is given once its answers decide it; the count needs all five.",
    loinc="96777-8",
    flag_words={
        SENSITIVE: Words(
            "Answers on safety stay off printed plans and away from proxies.",
            "Las respuestas de seguridad no se imprimen ni se muestran a terceros.",
        ),
        TRANSPORT: Words(
            "Without transport, daily dosing is hard: weigh it.",
            "Sin transporte, la dosis diaria es difícil: considérelo.",
        ),
    },
)
