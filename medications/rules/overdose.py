"""C7: overdose risks. They drive naloxone and contact, never the choice."""

from knowledge.editions import Edition
from medications.rules.induction import tolerance_is_low
from medications.rules.reading import FactReader, first
from medications.rules.registry import Answer, rule

FLAGS = tuple(f"C{number}" for number in range(108, 118))


@rule("C108")
def earlier_overdose(facts: FactReader, _edition: Edition) -> Answer:
    when = facts.word("overdose_hx")
    return None if when == "never" else f"Overdose: {when.replace('_', ' ')}."


@rule("C109")
def tolerance_lost(facts: FactReader, edition: Edition) -> Answer:
    return tolerance_is_low(facts, edition)


@rule("C110")
def combined_with_others(facts: FactReader, _edition: Edition) -> Answer:
    return first(
        lambda: facts.among("sedatives"),
        lambda: "Drinks alcohol." if facts.word("alcohol") == "active" else None,
        lambda: "Uses stimulants." if facts.yes("stimulants") else None,
    )


@rule("C111")
def mental_health(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("mental")


@rule("C112")
def medical_conditions(facts: FactReader, _edition: Edition) -> Answer:
    return first(
        lambda: facts.among("medical"),
        lambda: "Infection from use." if facts.yes("infection") else None,
    )


@rule("C113")
def injects(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("route", "injecting")


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


@rule("C116")
def uses_alone(facts: FactReader, _edition: Edition) -> Answer:
    alone = facts.yes("alone")
    return "Usually uses alone, or no one can give naloxone." if alone else None


@rule("C117")
def supply_changed(facts: FactReader, _edition: Edition) -> Answer:
    return facts.among("supply")
