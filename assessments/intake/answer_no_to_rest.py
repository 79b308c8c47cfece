"""Questions that one press may answer with no, in a panel that allows it. No Django."""

from assessments.intake.declaration import Ask, Given, IntakeQuestion, Panel
from assessments.intake.progress import Answers
from assessments.intake.reading import NONE
from assessments.intake.submission import Reply

NOTHING_SEEN = "0"


def rest_of(panel: Panel, answers: Answers, known: Given) -> list[IntakeQuestion]:
    """The open questions of a panel to which no, or none, is an answer."""
    if not panel.may_end_in_no:
        return []
    open_ones = (q for q in panel.asked(known) if q.key not in answers)
    return [q for q in open_ones if not q.is_extra and no_to(q) is not None]


def no_to(question: IntakeQuestion) -> Reply | None:
    """What "no" comes to as an answer; None where it is none."""
    if question.kind is Ask.YES_NO:
        return Reply(value=False)
    if question.kind is Ask.SEVERAL:
        return Reply([]) if question.none_word else None
    if question.kind is Ask.CHOICE:
        found = (v for v in (NONE, NOTHING_SEEN) if v in question.choices)
        value = next(found, None)
        return None if value is None else Reply(value)
    return None
