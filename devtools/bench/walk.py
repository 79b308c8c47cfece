"""The walk of one answer of an intake through the house, counted as it is saved."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.test import Client

from accounts.models import Clinic
from accounts.once import HEADER, fresh_token
from assessments.intake.catalogue import question_of
from assessments.models import Intake, IntakeAnswer
from assessments.views.saving import save_one
from devtools.bench.pages import NotAnswered

QUESTION = "alone"
STAYS, ROOMS, RETURNS = 35, 12, 18


@dataclass(slots=True)
class Walk:
    """The modules that a value is handed to, one after the other."""

    stays: list[str] = field(default_factory=list)

    @property
    def rooms(self) -> int:
        return len(set(self.stays))

    @property
    def returns(self) -> int:
        """Stays in a module that was left before."""
        return len(self.stays) - self.rooms

    def enter(self, module: str) -> None:
        if self.stays[-1:] != [module]:
            self.stays.append(module)


def followed(
    value: object, within: Callable[..., object], do: Callable[[], object]
) -> Walk:
    """The walk of a value while `do` is under way, from the call of `within` to its end."""
    walk, start = Walk(), within.__code__
    is_inside = False

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal is_inside
        if frame.f_code is start:
            is_inside = event == "call"
        if not is_inside or event != "call":
            return
        path = Path(frame.f_code.co_filename)
        if not path.is_relative_to(settings.BASE_DIR) or ".venv" in path.parts:
            return
        if any(one is value for one in list(frame.f_locals.values())):
            walk.enter(str(path.relative_to(settings.BASE_DIR)))

    sys.setprofile(look)
    try:
        do()
    finally:
        sys.setprofile(None)
    return walk


def of_an_answer(client: Client, clinic: Clinic) -> Walk:
    """Save an answer of somebody whose intake is open, and follow its question."""
    intake = Intake.objects.filter(
        clinic=clinic, status=Intake.Status.IN_PROGRESS
    ).earliest("pk")
    kept = IntakeAnswer.objects.filter(intake=intake, question=QUESTION).first()
    body = {QUESTION: "no", f"{QUESTION}__revision": kept.revision if kept else ""}
    address = f"/people/{intake.patient_id}/intake/answer/{QUESTION}/"

    def save() -> None:
        answer = client.post(address, body, headers={HEADER: fresh_token()})
        if answer.status_code != 200:
            raise NotAnswered(f"{address} answered {answer.status_code}.")

    return followed(question_of(QUESTION), save_one, save)
