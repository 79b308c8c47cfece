"""The talk about the options: where it stands, and all that its pages show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from accounts.tenancy import clinic_clock
from assessments.picture import Picture
from assessments.picture.assemble import picture_of
from knowledge.decision_aid.content import Aid, aid
from knowledge.editions import knowledge
from medications.clinic_policy.policy import policy_of
from medications.current import taken_on
from medications.decision_aid.fit import AidOption, Picked, applying, travel_minutes
from medications.decision_aid.today import dated_words, today
from medications.models import AidText, DecisionTalk
from medications.options.evaluate import evaluate
from medications.options.model import Options
from patients.models import Patient, SupportPerson

CLINIC = "clinic."


@dataclass(frozen=True, slots=True)
class TalkContext:
    """One person's facts and options at one moment."""

    patient: Patient
    picture: Picture
    options: Options

    @property
    def digest(self) -> str:
        """The same for the same options, in every part."""
        text = json.dumps(self.options.to_json(), sort_keys=True)
        return sha256(text.encode()).hexdigest()


def weighed(patient: Patient, *, at: datetime) -> TalkContext:
    """The options of one person, by what their clinic uses."""
    picture = picture_of(patient, at=at)
    policy = policy_of(patient.clinic_id)
    return TalkContext(patient, picture, evaluate(picture, policy=policy))


def picked_from(picture: Picture) -> Picked:
    """What is known to matter before anything is picked."""
    known = (picture.value("values"), picture.value("values_most"))
    matters, most = (v if isinstance(v, frozenset) else frozenset() for v in known)
    return Picked(matters, matters & most)


def own_texts(clinic_id: int, language: str) -> dict[str, str]:
    """The clinic's own words by key, the newest of each; empty ones are left out."""
    newest = (
        AidText.objects.filter(clinic_id=clinic_id, language=language)
        .order_by("key", "-id")
        .distinct("key")
        .values_list("key", "text")
    )
    return {key: text for key, text in newest if text}


def aid_digest(own: Mapping[str, str]) -> str:
    """The digest of the words on the page: those that ship, and the clinic's."""
    text = json.dumps([aid().digest, sorted(own.items())])
    return sha256(text.encode()).hexdigest()


def fits() -> dict[str, tuple[str, ...]]:
    """For each thing that can matter, the options that it speaks for."""
    return {key: wish.options for key, wish in knowledge().wishes.items()}


def shown(
    found: TalkContext, picked: Picked, language: str, own: Mapping[str, str]
) -> AidOption:
    """The table as this person sees it."""
    dispenses, taken = (
        found.patient.clinic.is_otp,
        taken_on(found.patient.pk, found.picture.today),
    )
    return AidOption(
        aid=aid(),
        language=language,
        picked=picked,
        fits=fits(),
        applies=applying(found.picture, picked),
        own=own,
        todays={
            column.key: today(column, found.options, dispenses=dispenses, taken=taken)
            for column in aid().columns
        },
        travel=travel_minutes(found.picture),
    )


def shown_to_anybody(language: str, own: Mapping[str, str]) -> AidOption:
    """The same table with nothing of one person in it, and every row."""
    return AidOption(
        aid=aid(),
        language=language,
        picked=Picked(),
        fits=fits(),
        applies=frozenset(row.when for row in aid().rows),
        own=own,
        todays={},
    )


def around(table: AidOption) -> dict[str, object]:
    """What every page with the table needs beside it."""
    language, the_aid = table.language, table.aid
    titles = the_aid.named("clinic_titles", language)
    return {
        "language": language,
        "say": the_aid.named("words", language),
        "columns": [
            (column.key, column.title[language], column.how[language])
            for column in the_aid.columns
        ],
        "start": table.start(),
        **_rows(table),
        "later": {key for key, answer in table.todays.items() if answer.is_later},
        "notes": [
            (titles[key], table.own[CLINIC + key])
            for key in titles
            if CLINIC + key in table.own
        ],
        "phone": table.own.get(CLINIC + "phone", ""),
        "figures": [row.figures for row in the_aid.rows if row.figures],
        "reviewed": the_aid.reviewed,
    }


def _rows(table: AidOption) -> dict[str, object]:
    """Six rows that stand open; the rest unfolds by itself where it answers a pick."""
    folded = table.folded()
    return {
        "first_rows": table.first(),
        "folded": folded,
        "folded_count": sum(len(block.rows) for block in folded),
        "is_unfolded": any(block.speaks_to_a_pick for block in folded),
    }


def for_whom(patient: Patient, at: datetime, the_aid: Aid, language: str) -> str:
    """`For Alma, Saturday, November 21, 2026`."""
    here = clinic_clock(patient.clinic, at)
    line = the_aid.say("words", "for_you", language)
    return line.format(
        name=patient.first_name,
        day=dated_words(here, the_aid, language),
    )


def talk_panel(patient: Patient) -> dict[str, Any]:
    """For the decision page: what the person last said, and whether a talk is open."""
    talks = list(
        DecisionTalk.objects.filter(patient=patient).select_related("sent_by")[:2]
    )
    said = next((talk for talk in talks if talk.sent_at), None)
    return {
        "talk": said,
        "talk_open": next((talk for talk in talks if not talk.sent_at), None),
        "talk_matters": _labels(said) if said else [],
        "talk_unsure": _unsure(said) if said else [],
        "talk_sure": sum(a is True for a in said.sure.values()) if said else 0,
        "talk_who": took_part(said) if said else [],
    }


def _labels(talk: DecisionTalk) -> list[tuple[str, bool]]:
    """What matters in the words of the knowledge, what counts most first."""
    labels = knowledge().wishes
    pairs = [(labels[k].label, k in talk.matters_most) for k in talk.matters]
    return sorted(pairs, key=lambda pair: not pair[1])


def _unsure(talk: DecisionTalk) -> list[str]:
    asked = aid().named("sure", "en")
    return [asked[key] for key, answer in talk.sure.items() if answer is False]


def took_part(talk: DecisionTalk) -> list[str]:
    """Who took part, in words; support people by how they are related."""
    parts = aid().named("people", "en") | {"person": "The person"}
    support = {
        f"support:{one.pk}": f"{one.name}, {one.relation}"
        for one in _named_support(talk)
    }
    known = parts | support
    return [known[who] for who in talk.participants if who in known]


def _named_support(talk: DecisionTalk) -> list[SupportPerson]:
    ids = [int(w.split(":")[1]) for w in talk.participants if w.startswith("support:")]
    if not ids:
        return []
    return list(SupportPerson.objects.filter(patient=talk.patient_id, pk__in=ids))
