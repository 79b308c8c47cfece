"""Weigh a frozen picture once more and compare, byte for byte."""

import json
from dataclasses import dataclass

from assessments.picture import Picture
from medications.knowledge import Knowledge, knowledge
from medications.models import MedicationDecision
from medications.options import evaluate


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether a decision's basis is as it was, and what follows from it now."""

    is_same_picture: bool
    is_same_knowledge: bool
    is_same_options: bool
    moved: tuple[tuple[str, str, str], ...]

    @property
    def is_whole(self) -> bool:
        return self.is_same_picture and self.is_same_knowledge and self.is_same_options


def canonical(content: object) -> bytes:
    """The same bytes for the same content, whatever the order of its keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def replay(decision: MedicationDecision, *, known: Knowledge | None = None) -> Replay:
    """Options from the frozen picture, by the knowledge of this version.

    `moved` lists medication, standing then and standing now.
    """
    picture = Picture.from_json(decision.picture)
    kept = known or knowledge()
    now = evaluate(picture, kept).to_json()
    return Replay(
        is_same_picture=picture.digest() == decision.picture_digest,
        is_same_knowledge=kept.digest == decision.knowledge_digest,
        is_same_options=canonical(now) == canonical(decision.options),
        moved=_moved(decision.options, now),
    )


def _moved(then: object, now: object) -> tuple[tuple[str, str, str], ...]:
    before, after = _standings(then), _standings(now)
    return tuple(
        (key, before[key], after[key])
        for key in after
        if before.get(key, after[key]) != after[key]
    )


def _standings(options: object) -> dict[str, str]:
    assert isinstance(options, dict)  # noqa: S101 - both were made by Options.to_json
    return {o["medication"]: o["standing"] for o in options["options"]}
