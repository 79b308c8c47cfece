"""Asks every place for a product that is one more entry of the data; run as a program.

The entry is added before anything of ours but the loader is imported, as it would
stand in the file; what follows prints where the product is found.
"""

import datetime as dt
import json
import sys

import django

from knowledge.tables import shipped

KEY = "LUNADEPOT"
ENTRY = {
    "since": dt.date(2027, 1, 1),
    "parent": "BUP_XR",
    "ingredient": "buprenorphine",
    "form": "depot",
    "route": "under the skin",
    "interval_days": 14,
    "name": "Lunadepot, injection every 2 weeks",
    "sentence": "Lunadepot",
    "way": "Lunadepot, every 2 weeks",
    "line": "Lunadepot",
    "brands": ["lunadepot"],
    "words": ["luna"],
}
WINDOW = {
    "key": "next",
    "first_day": 12,
    "due_day": 14,
    "last_day": 18,
    "reason": "Every 14 days.",
    "source": "invented",
    "cites": ["mainstay-policy"],
    "tag": "[P]",
    "checked": dt.date(2026, 11, 28),
}
AT = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)


def found() -> dict[str, object]:
    """Where the product is found, by place."""
    from aftercare.owed.owed import owed
    from aftercare.owed.state import (
        CarePhase,
        CareState,
        EpisodeState,
        TreatmentState,
    )
    from assessments.facts import FACTS
    from assessments.picture import Picture
    from assessments.picture.sources import Subject
    from knowledge.decision_aid.content import aid
    from knowledge.editions import knowledge
    from knowledge.names import recognise
    from medications.decision_page.columns import arrange
    from medications.forms.decision import DecideForm
    from medications.knowledge_pages.search import KEYS
    from medications.models import MedicationDecision
    from medications.options.batch_rows import BatchPerson, lines_of
    from medications.options.evaluate import evaluate
    from reports.progress.doses import DoseSpan, doses_of
    from treatment.forms.records import DoseForm
    from treatment.from_doses import DayDose, treatment_facts
    from treatment.models.regimens import DoseEvent, Regimen
    from treatment.now import Order

    picture = Picture.from_json({"as_of": AT.isoformat(), "facts": {"age": 30}})
    options = evaluate(picture)
    day = AT.date()
    state = CareState(
        patient="1",
        phase=CarePhase.IN_CARE,
        episode=EpisodeState(number=1, referred_on=day, admitted_on=day),
        treatment=TreatmentState(medication=KEY, started_on=day, injections=(day,)),
    )
    order = Order(KEY, "", None, "", day, None)
    dose = DayDose(KEY, day, AT, None)
    drawn = doses_of([DoseSpan(day, KEY, "administered", 8)], [], today=day)
    wished = FACTS["preference"].words
    return {
        "option": options.option(KEY).name,
        "parent": options.option(KEY).parent,
        "column": [
            pick.name
            for column in arrange(options, picture, knowledge().on(AT.date()))
            for pick in column.picks
            if pick.key == KEY
        ],
        "aid": [column.key for column in aid().columns if KEY in column.ways],
        "rules": KEYS[KEY],
        "wish": wished["luna"],
        "brand": list(recognise("Lunadepot 2 weeks").ingredients),
        "decide": dict(DecideForm.base_fields["preference"].choices)[KEY],
        "log": dict(DoseForm.base_fields["medication"].choices)[KEY],
        "regimen": dict(Regimen._meta.get_field("medication").flatchoices)[KEY],
        "event": dict(DoseEvent._meta.get_field("medication").flatchoices)[KEY],
        "decision": dict(MedicationDecision._meta.get_field("choice").flatchoices)[KEY],
        "facts": sorted(
            fact.name for fact in treatment_facts(Subject(None, AT), [order], [dose])
        ),
        "window": [
            (one.due - day).days
            for one in owed(state, today=day)
            if one.kind == "injection"
        ],
        "axis": [one.title for one in drawn],
        "weighed": sum(
            1 for _ in lines_of(BatchPerson(1, "1", picture, options.policy))
        ),
        "edition": KEY in knowledge().medicines,
    }


if __name__ == "__main__":
    shipped()["medicines"][KEY] = ENTRY
    shipped()["schedule"]["injections"][KEY] = [WINDOW]
    django.setup()
    sys.stdout.write(json.dumps(found()))
