"""Words of rows of what is owed, once they are over: what kept them, or why no longer."""

from datetime import date

from aftercare.owed.state import CarePhase, CareState
from knowledge.schedule.kinds import KeptBy
from knowledge.wording.dates import whole_day

NO_LONGER = "No longer owed:"
WHY = {
    CarePhase.REFERRED: "care goes on otherwise.",
    CarePhase.IN_CARE: "care goes on otherwise.",
    CarePhase.ON_HOLD: "care is on hold.",
    CarePhase.LEFT: "they left care; contacts go on.",
    CarePhase.DIED: "they died.",
}
DECLINED = "they want no contact; the way back stays open."
NOT_HELD = f"{NO_LONGER} the group's attendance says what was."
NOT_REPEATED = f"{NO_LONGER} it is not repeated any more."
NEXT_ONE = "Missed; the next one takes its place."
# The words of a row that was kept, by what kept it.
KEPT_WORDS = {
    KeptBy.INJECTION: "Given on {day}.",
    KeptBy.TOXICOLOGY: "Specimen of {day}.",
    KeptBy.PLAN_VERSION: "Plan signed on {day}.",
    KeptBy.PLAN_REVIEW: "Reviewed on {day}.",
    KeptBy.CONTACT: "Reached on {day}.",
    KeptBy.VISIT: "Came on {day}.",
    KeptBy.SAFETY_PLAN: "Agreed on {day}.",
    KeptBy.SAFETY_PLAN_REVIEW: "Looked at together on {day}.",
    KeptBy.USE_PLAN_REVIEW: "Looked at together on {day}.",
    KeptBy.KIT: "Handed over on {day}.",
    KeptBy.GROUP: "Came on {day}.",
    KeptBy.CSSRS: "The screener was given on {day}.",
}
DONE_ON = "Done on {day}."


def kept_on_day(keeps: KeptBy, day: date) -> str:
    return KEPT_WORDS.get(keeps, DONE_ON).format(day=whole_day(day))


def withdrawn(state: CareState, *, is_missed: bool) -> str:
    """Why a row is owed no more; `is_missed` where the next of its kind follows it."""
    if is_missed:
        return NEXT_ONE
    why = DECLINED if state.episode.declined_on else WHY[state.phase]
    return f"{NO_LONGER} {why}"
