"""Weigh a frozen picture once more and compare, byte for byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.picture import Picture
from knowledge.edition_text import restored
from knowledge.editions import Knowledge, knowledge
from knowledge.policy import AS_SHIPPED, Policy
from medications.models import KnowledgeEdition, MedicationDecision
from medications.options.compare import comparable
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.model import Options


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether a decision's basis is as it was, and what follows from it now.

    `is_same_options`: the edition it was made by gives the same bytes again; None where
    rules were added up otherwise then, so that it is kept as shown and not weighed again.
    `moved`: medication, standing then, and standing by the knowledge of today.
    """

    is_same_picture: bool
    is_same_knowledge: bool
    is_same_options: bool | None
    moved: tuple[tuple[str, str, str], ...]

    @property
    def is_whole(self) -> bool:
        return self.is_same_picture and self.is_same_options is True

    @property
    def is_of_earlier_engine(self) -> bool:
        return self.is_same_options is None


def canonical(content: object) -> bytes:
    """The same bytes for the same content, whatever the order of its keys."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def replay(
    decision: MedicationDecision,
    *,
    now: Knowledge | None = None,
    policy: Policy = AS_SHIPPED,
) -> Replay:
    """The options of the frozen picture again: by its own edition, and by today's."""
    picture = Picture.from_json(decision.picture)
    today = now or knowledge()
    then = _edition_of(decision, today)
    return Replay(
        is_same_picture=picture.digest() == decision.picture_digest,
        is_same_knowledge=today.digest == decision.knowledge_digest,
        is_same_options=_is_same(decision, picture, then),
        moved=_moved(decision.options, evaluate(picture, today, policy).to_json()),
    )


def _is_same(
    decision: MedicationDecision, picture: Picture, then: Knowledge
) -> bool | None:
    """Whether the edition of then gives the same bytes; None where it cannot be asked."""
    if then.engine != knowledge().engine:
        return None
    again = _weighed(picture, then, _policy_of(decision.options))
    return canonical(again.to_json()) == canonical(decision.options)


def _weighed(picture: Picture, known: Knowledge, policy: Policy) -> Options:
    return with_changes(evaluate(picture, known, policy), picture, known)


def _edition_of(decision: MedicationDecision, today: Knowledge) -> Knowledge:
    """The knowledge the decision was made by, where the clinic kept it."""
    if decision.knowledge_digest == today.digest:
        return today
    edition = KnowledgeEdition.objects.filter(
        clinic=decision.clinic_id, digest=decision.knowledge_digest
    ).first()
    # Rules of today may read a number that the edition did not have yet.
    return comparable(restored(edition.content), today) if edition else today


def _policy_of(options: Mapping[str, Any]) -> Policy:
    return Policy.from_json(options["clinic"]) if "clinic" in options else AS_SHIPPED


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
