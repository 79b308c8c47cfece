"""A draft in the few lines that are read again before it is signed."""

from collections.abc import Iterator
from datetime import datetime

from accounts.tenancy import clinic_clock
from knowledge.wording.dates import clock
from plans import content
from plans.models import Intervention, Plan

ACCEPTED = Intervention.State.ACCEPTED
SAID = ("title", "dose", "who", "why", "starts_on", "stop_rule", "prescriber_id")


def about_to_sign(plan: Plan, *, shown: str | None, at: datetime) -> Iterator[str]:
    """For whom and as of when; its medicines; what is otherwise than in the plan in force.

    Where it is not what was on the screen any more, that alone: it will be shown again.
    """
    rows = content.tree(plan)
    if shown is not None and content.digest(plan, rows) != shown:
        yield "It has changed since you opened it: you will see it again first."
        return
    now = clock(clinic_clock(plan.clinic, at))
    yield f"Plan {plan.version} for {plan.patient.shown_name}, as it stands at {now}."
    lines = _taken_up(rows)
    for line in lines.values():
        if line.kind == Intervention.Kind.MEDICATION:
            yield _whole(line)
    in_force = Plan.objects.in_force().filter(patient_id=plan.patient_id).first()
    yield _difference(rows, content.tree(in_force) if in_force else [])


def _difference(rows: content.Tree, in_force: content.Tree) -> str:
    lines, before = _taken_up(rows), _taken_up(in_force)
    new = lines.keys() - before.keys()
    gone = before.keys() - lines.keys()
    kept = lines.keys() & before.keys()
    changed = {key for key in kept if _says(lines[key]) != _says(before[key])}
    counts = ((len(new), "new"), (len(changed), "changed"), (len(gone), "gone"))
    parts = [f"{count} {word}" for count, word in counts if count and before]
    if before and not parts:
        is_all = content.aims(rows) == content.aims(in_force)
        more = "" if is_all else ", its needs or goals are not"
        return f"Its lines are those of the plan in force{more}."
    total = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
    return f"{', '.join([total, *parts])}."


def _taken_up(rows: content.Tree) -> dict[str, Intervention]:
    return {
        f"{need.key}:{line.key}": line
        for need, _, lines in rows
        for line in lines
        if line.state == ACCEPTED
    }


def _says(line: Intervention) -> list[object]:
    """What a line has somebody do: a change of it is a change of the plan."""
    return [getattr(line, name) for name in SAID]


def _whole(line: Intervention) -> str:
    return ": ".join(filter(None, (line.title, line.dose)))
