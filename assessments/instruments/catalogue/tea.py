"""TEA: how well things go in four domains (reference A16)."""

from assessments.instruments.arithmetic import total
from assessments.instruments.choices import items, keys, scale
from assessments.instruments.declaration import (
    Context,
    Instrument,
    Outcome,
    Status,
    Values,
    Words,
)

ITEMS = items(
    scale(
        1,
        10,
        Words("Not well at all", "Nada bien"),
        Words("Extremely well", "Muy bien"),
    ),
    ("substance_use", "Substance use", "Consumo de sustancias"),
    ("health", "Health", "Salud"),
    ("lifestyle", "Lifestyle", "Estilo de vida"),
    ("community", "Community", "Comunidad"),
)


def rule(values: Values, _: Context) -> Outcome:
    """The sum, to be compared with this person's own first one; no bands."""
    score = total(values, keys(ITEMS))
    status = Status.INCOMPLETE if score is None else Status.COMPLETE
    return Outcome(status, score, None, {key: values[key] for key in keys(ITEMS)})


INSTRUMENT = Instrument(
    key="tea",
    version="2012, 1",
    title=Words("Treatment Effectiveness Assessment", "Evaluación de eficacia"),
    licence="No fee; article CC BY-NC; ask UCLA before commercial redistribution.",
    source="Ling 2012; TEA user guide",
    tag="[V 6]",
    look_back=Words("now", "ahora"),
    items=ITEMS,
    rule=rule,
    also=("treatment_effectiveness_assessment",),
    subscales=keys(ITEMS),
)
