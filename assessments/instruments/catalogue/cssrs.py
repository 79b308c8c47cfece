"""C-SSRS screener with triage: the highest rule wins (reference A7)."""

from assessments.instruments.arithmetic import flagged
from assessments.instruments.choices import YES_NO
from assessments.instruments.declaration import (
    Band,
    Context,
    Danger,
    Endangered,
    Instrument,
    Item,
    Outcome,
    Status,
    Values,
    Words,
)

LEVELS = ("none", "low", "moderate", "high")
NIVELES = ("ninguno", "bajo", "moderado", "alto")
DETAIL = ("method", "intent", "plan")

EVER_CONTRADICTED = "behavior in the past 3 months but not ever: check"
SAME_VISIT = "high: clinician evaluation this visit, do not leave alone, safety plan, 988, limit stock of medicines"
SAME_DAY = "moderate: same-day evaluation and safety plan"
OFFER = "low: refer, offer a safety plan"
ALREADY = "triage incomplete: already at least {level}"


def asked(key: str, number: str, en: str, es: str, loinc: str, *also: str) -> Item:
    return Item(key, Words(en, es), YES_NO, number, also, loinc)


ITEMS = (
    asked(
        "wish", "1", "Wished to be dead", "Deseó no vivir", "93246-7", "wish_to_be_dead"
    ),
    asked(
        "thoughts",
        "2",
        "Had thoughts of ending their life",
        "Pensó en quitarse la vida",
        "93247-5",
        "suicidal_thoughts",
        "active_thoughts",
    ),
    asked("method", "3", "Thought of how", "Pensó cómo", "93248-3"),
    asked("intent", "4", "Some intent to act on it", "Alguna intención", "93249-1"),
    asked("plan", "5", "Plan worked out, with intent", "Plan con intención", "93250-9"),
    asked(
        "behavior_ever",
        "6",
        "Ever did, started or prepared something to end their life",
        "Alguna vez hizo, empezó o preparó algo para quitarse la vida",
        "93267-3",
        "q6_lifetime",
        "q6_ever",
        "6a",
        "q6a",
        "6_lifetime",
        "behavior",
        "behaviour",
        "behavior_lifetime",
        "lifetime",
    ),
    asked(
        "behavior_recent",
        "6b",
        "Did so in the past 3 months",
        "Lo hizo en los últimos 3 meses",
        "93269-9",
        "q6_recent",
        "q6_3m",
        "q6_3mo",
        "q6_3_months",
        "q6_past_3_months",
        "q6_within_3_months",
        "q6_three_months",
        "6_recent",
        "behavior_3_months",
        "behavior_past_3_months",
    ),
)


def settle(values: Values) -> Values:
    """Questions that were rightly skipped are No; an answered one always stands."""
    settled = dict(values)
    if values["thoughts"] == 0:
        _fill(settled, DETAIL, 0)
    if values["behavior_ever"] == 0:
        _fill(settled, ("behavior_recent",), 0)
    if values["behavior_recent"] == 1:
        _fill(settled, ("behavior_ever",), 1)
    return settled


def _fill(values: dict[str, int | None], keys: tuple[str, ...], code: int) -> None:
    for key in keys:
        values[key] = code if values[key] is None else values[key]


def level(values: Values) -> int:
    """The triage level of the Yes answers: 3 high, 2 moderate, 1 low, 0 none."""
    yes = {key for key, value in values.items() if value == 1}
    if yes & {"intent", "plan", "behavior_recent"}:
        return 3
    if yes & {"method", "behavior_ever"}:
        return 2
    return 1 if yes else 0


def rule(values: Values, _: Context) -> Outcome:
    """No triage below high is given while an answer is missing."""
    reached = level(values)
    whole = None not in values.values()
    top = reached == len(LEVELS) - 1
    flags = flagged(
        (not whole and not top, ALREADY.format(level=LEVELS[reached])),
        (
            values["behavior_recent"] == 1 and values["behavior_ever"] == 0,
            EVER_CONTRADICTED,
        ),
    )
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        None,
        LEVELS[reached] if whole or top else None,
        {},
        flags,
    )


def alerts(values: Values) -> tuple[str, ...]:
    """What the Yes answers call for, even on an unfinished or invalid sheet."""
    reached = level(values)
    return flagged(
        (reached == 3, SAME_VISIT), (reached == 2, SAME_DAY), (reached == 1, OFFER)
    )


def endangers(values: Values) -> Endangered | None:
    """The level that the Yes answers reach, also on an unfinished sheet."""
    reached = level(values)
    if not reached:
        return None
    return Endangered(
        (Danger.LOW, Danger.MODERATE, Danger.HIGH)[reached - 1],
        Words(
            f"C-SSRS screener: {LEVELS[reached]}",
            f"C-SSRS: riesgo {NIVELES[reached]}",
        ),
    )


INSTRUMENT = Instrument(
    key="cssrs",
    version="screener with triage points, 1",
    title=Words("C-SSRS screener", "C-SSRS, tamizaje de riesgo de suicidio"),
    licence="Columbia Lighthouse Project: free in clinics with attribution; wording must not be altered, so ask from the official sheet. The labels here only name the questions.",
    source="Columbia Lighthouse Project, screener triage as re-checked by source 10",
    tag="[V* 10][V 84]",
    look_back=Words(
        "past month; behavior: ever and 3 months",
        "último mes; conducta: alguna vez y 3 meses",
    ),
    items=ITEMS,
    rule=rule,
    staff_only="Asked by staff, in the wording of the official sheet.",
    also=("c_ssrs", "cssrs_screener", "columbia"),
    bands=tuple(
        Band(step, name, words)
        for step, (name, words) in enumerate(
            zip(
                LEVELS,
                (
                    Words("None", "Ninguno"),
                    Words("Low", "Bajo"),
                    Words("Moderate", "Moderado"),
                    Words("High", "Alto"),
                ),
                strict=True,
            )
        )
    ),
    missing_rule="A missing answer leaves the triage incomplete unless it is already high.",
    settle=settle,
    alerts=alerts,
    endangers=endangers,
    screens_danger=True,
    loinc="93373-9",
    loinc_total="93374-7",
    list_orders=(tuple(item.key for item in ITEMS[:6]),),
    flag_words={
        SAME_VISIT: Words(
            "High: a clinician evaluates at this visit. Do not leave the person alone. Safety plan, 988, limit the stock of medicines.",
            "Alto: un clínico evalúa en esta visita. No deje sola a la persona. Plan de seguridad, 988, limite los medicamentos.",
        ),
        SAME_DAY: Words(
            "Moderate: evaluate and make a safety plan today.",
            "Moderado: evalúe y haga un plan de seguridad hoy.",
        ),
        OFFER: Words(
            "Low: refer and offer a safety plan.",
            "Bajo: derive y ofrezca un plan de seguridad.",
        ),
        EVER_CONTRADICTED: Words(
            "The two answers on behavior do not agree: check them.",
            "Las dos respuestas sobre conducta no concuerdan: revíselas.",
        ),
    },
)
