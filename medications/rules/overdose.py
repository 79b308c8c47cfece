"""C7: overdose risks. They drive naloxone and contact, never the choice."""

from knowledge.editions import Edition
from medications.rules.induction import tolerance_is_low
from medications.rules.reading import FactReader
from medications.rules.registry import Answer, rule
from medications.rules.shapes import among, either, rules, word, yes

FLAGS = tuple(f"C{number}" for number in range(108, 118))


@rule("C108")
def earlier_overdose(facts: FactReader, _edition: Edition) -> Answer:
    when = facts.word("overdose_hx")
    return None if when == "never" else f"Overdose: {when.replace('_', ' ')}."


@rule("C109")
def tolerance_lost(facts: FactReader, edition: Edition) -> Answer:
    return tolerance_is_low(facts, edition)


@rule("C114")
def first_weeks_on_methadone(facts: FactReader, edition: Edition) -> Answer:
    day = facts.number("mtd_day")
    early = 0 < day <= edition["early_days"]
    return f"Day {day} on methadone." if early else None


@rule("C115")
def just_stopped(facts: FactReader, edition: Edition) -> Answer:
    days = facts.days_since("moud_stop")
    if days is None or days > edition["early_days"]:
        return None
    return f"Medication stopped {days} days ago."


rules(
    C110=either(
        among("sedatives"),
        word("alcohol", "active", "Drinks alcohol."),
        yes("stimulants", "Uses stimulants."),
    ),
    C111=among("mental"),
    C112=either(among("medical"), yes("infection", "Infection from use.")),
    C113=among("route", "injecting"),
    C116=yes("alone", "Usually uses alone, or no one can give naloxone."),
    C117=among("supply"),
)
