"""C7: overdose risks. They drive naloxone and contact, never the choice."""

from knowledge.editions import Edition
from medications.rules.induction import tolerance_is_low
from medications.rules.reading import Reading, first
from medications.rules.registry import Answer, rule

FLAGS = tuple(f"C{number}" for number in range(108, 118))


@rule("C108")
def earlier_overdose(look: Reading, _edition: Edition) -> Answer:
    when = look.word("overdose_hx")
    return None if when == "never" else f"Overdose: {when.replace('_', ' ')}."


@rule("C109")
def tolerance_lost(look: Reading, edition: Edition) -> Answer:
    return tolerance_is_low(look, edition)


@rule("C110")
def combined_with_others(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: look.among("sedatives"),
        lambda: "Drinks alcohol." if look.word("alcohol") == "active" else None,
        lambda: "Uses stimulants." if look.yes("stimulants") else None,
    )


@rule("C111")
def mental_health(look: Reading, _edition: Edition) -> Answer:
    return look.among("mental")


@rule("C112")
def medical_conditions(look: Reading, _edition: Edition) -> Answer:
    return first(
        lambda: look.among("medical"),
        lambda: "Infection from use." if look.yes("infection") else None,
    )


@rule("C113")
def injects(look: Reading, _edition: Edition) -> Answer:
    return look.among("route", "injecting")


@rule("C114")
def first_weeks_on_methadone(look: Reading, edition: Edition) -> Answer:
    day = look.number("mtd_day")
    early = 0 < day <= edition["early_days"]
    return f"Day {day} on methadone." if early else None


@rule("C115")
def just_stopped(look: Reading, edition: Edition) -> Answer:
    days = look.days_since("moud_stop")
    if days is None or days > edition["early_days"]:
        return None
    return f"Medication stopped {days} days ago."


@rule("C116")
def uses_alone(look: Reading, _edition: Edition) -> Answer:
    alone = look.yes("alone")
    return "Usually uses alone, or no one can give naloxone." if alone else None


@rule("C117")
def supply_changed(look: Reading, _edition: Edition) -> Answer:
    return look.among("supply")
