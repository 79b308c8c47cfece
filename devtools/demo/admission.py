"""From referral to a signed plan, through the same actions that the pages use."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from assessments.actions.intake import complete_intake, save_answers, start_intake
from assessments.intake.catalogue import question_of
from assessments.intake.declaration import IntakeQuestion
from assessments.intake.reading import read
from assessments.intake.submission import Reply, Submission
from assessments.models import Intake
from assessments.picture.assemble import picture_of
from devtools.demo.answers import answers, rows
from devtools.demo.consents import ask_consents
from devtools.demo.content import DEMO, Stage
from devtools.demo.people import Said
from devtools.demo.talks import talk_over
from devtools.demo.telling import Telling
from medications.actions.decisions import (
    Talk,
    cautions_of,
    needs_justification,
    record_decision,
)
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.options.model import Options
from patients.actions.registry import (
    change_details,
    change_status,
    put_on_care_team,
    register_patient,
)
from patients.models import Patient
from plans.actions.drafting import draft_plan
from plans.actions.editing import (
    accept_open_suggestions,
    record_level_of_care,
    set_aside_need,
)
from plans.actions.signing import sign_plan
from plans.models import Plan
from treatment.actions.records import record_toxicology
from treatment.actions.regimens import first_tasks, start_regimen
from treatment.models import Regimen

# Answers given before somebody was called away.
UNFINISHED = 34
PRODUCTS = {"BUP_XR": ("SUBLOCADE", "BRIXADI_W")}


def begin(telling: Telling) -> Patient:
    """Tell the story as far as the person has come; the course is told elsewhere."""
    patient = _register(telling)
    ask_consents(telling, patient)
    stage = telling.story.stage
    if stage is Stage.REFERRED:
        return patient
    intake = _take_intake(telling, patient)
    if stage is Stage.INTAKE:
        return patient
    complete_intake(intake=intake, by=telling.team.clinician, at=telling.moment(0, 1.5))
    _specimen(telling, patient)
    if stage is Stage.WEIGHING:
        return patient
    decision = _decide(telling, patient)
    plan = _draft(telling, patient, decision)
    if stage is not Stage.DRAFTED:
        _sign(telling, patient, plan)
        _start(telling, patient, decision)
    return patient


def _register(telling: Telling) -> Patient:
    story, team, at = telling.story, telling.team, telling.moment(0)
    born = date(
        at.year - story.age, telling.rng.randint(1, 12), telling.rng.randint(1, 28)
    )
    given, _, family = story.person.name.partition(" ")
    patient = register_patient(
        clinic=team.clinic,
        details={
            "given_name": given,
            "family_name": family,
            "used_name": story.person.used,
            "date_of_birth": born,
            "sex_at_birth": story.person.sex,
            "language": story.person.language,
            "referral_reason": story.reason,
        },
        referred_on=telling.day(at),
        phone=f"(555) 010-{telling.rng.randint(100, 9999):04d}",
        called_after=DEMO.called_after.get(story.reason, ""),
        by=team.care_manager,
        at=at,
    )
    change_details(
        patient=patient,
        details={
            "pronouns": story.person.pronouns,
            "needs_interpreter": story.person.needs_interpreter,
            "payer": telling.rng.choice(["Medicaid", "Medicare", "Commercial", "None"]),
        },
        by=team.care_manager,
        at=at,
    )
    parts = {
        "lead": team.clinician,
        "prescriber": team.prescriber,
        "care_manager": team.care_manager,
    }
    for part, staff in parts.items():
        put_on_care_team(
            patient=patient, staff=staff, part=part, by=team.care_manager, at=at
        )
    return patient


def _take_intake(telling: Telling, patient: Patient) -> Intake:
    at = telling.moment(0, 0.5)
    by = telling.team.clinician
    intake = start_intake(patient=patient, by=by, at=at)
    said = list(answers(telling.story, telling.rng, at=at).items())
    listed = rows(telling.story, telling.rng, at=at)
    if telling.story.stage is Stage.INTAKE:
        said, listed = said[:UNFINISHED], {}
    sent = [(key, _sent(value, telling.day(at))) for key, value in said]
    for key, its in listed.items():
        cells = {kind: {"kind": (kind,), **row} for kind, row in its.items()}
        sent.append((key, Submission(rows=cells)))
    save_answers(intake=intake, replies=_replies(sent, at), by=by, at=at)
    return intake


def _replies(
    sent: Iterable[tuple[str, Submission]], at: datetime
) -> Iterator[tuple[IntakeQuestion, Reply]]:
    """What is said, as the intake reads it; what says nothing is left out."""
    for key, one in sent:
        question = question_of(key)
        reply = read(question, one, at=at)
        if reply is not None:
            yield question, reply


def _sent(value: Said, on: date) -> Submission:
    values = (value,) if isinstance(value, str) else value
    return Submission(values=values, on=on.isoformat(), sure="yes")


def _specimen(telling: Telling, patient: Patient) -> None:
    traits = telling.story.traits
    at = telling.moment(0, 1.7)
    found = {
        "fentanyl": "fentanyl" in traits and "low_tolerance" not in traits,
        "opiate": "fentanyl" not in traits and "low_tolerance" not in traits,
        "cocaine": "stimulants" in traits,
        "benzodiazepine": "benzodiazepine" in traits,
        "methadone": False,
        "buprenorphine": False,
    }
    record_toxicology(
        patient=patient,
        collected_at=at,
        results={a: "positive" if is_in else "negative" for a, is_in in found.items()},
        by=telling.team.care_manager,
        at=at,
    )


def _decide(telling: Telling, patient: Patient) -> MedicationDecision:
    at = telling.moment(0, 2)
    held = talk_over(
        patient,
        wish=telling.story.wish,
        by=telling.team.prescriber,
        at=telling.moment(0, 1.8),
    )
    picture = picture_of(patient, at=at)
    options = evaluate(picture)
    choice = _choice(telling, options)
    option = options.option(choice)
    reason = (
        "" if choice == telling.story.wish else "What was wished for is not open today"
    )
    return record_decision(
        patient=patient,
        choice=choice,
        picture=picture,
        talk=Talk(
            preference=telling.story.wish,
            preference_words=held.own_words,
            reason_code="other",
            reason_words=reason or "Fits the wish and what is known today",
            justification="Weighed together; benefit outweighs the risk"
            if needs_justification(option)
            else "",
            first_dose=DEMO.starts[choice].first_dose,
            took_part=("person", "prescriber"),
            held=held,
            sure=held.sure,
            acknowledged=tuple(f.rule for f in cautions_of(option)),
        ),
        by=telling.team.prescriber,
        at=at,
    )


def _choice(telling: Telling, options: Options) -> str:
    """The wish where it is open, else the best that can be started."""
    wish = telling.story.wish
    wanted: tuple[str, ...] = PRODUCTS.get(wish, (wish,))
    given_here = DEMO.starts.keys() - (set() if telling.team.clinic.is_otp else {"MTD"})
    ranked = [o.medication for o in options.ranked()]
    for medication in (*wanted, *ranked):
        if (
            medication in given_here
            and not options.option(medication).standing.ruled_out
        ):
            return medication
    return "BUP_SL"


def _draft(telling: Telling, patient: Patient, decision: MedicationDecision) -> Plan:
    at = telling.moment(0, 2.5)
    return draft_plan(
        patient=patient,
        picture=picture_of(patient, at=at),
        knowledge_digest=decision.knowledge_digest,
        decision=decision,
        by=telling.team.clinician,
        at=at,
    )


def _sign(telling: Telling, patient: Patient, plan: Plan) -> None:
    by, at = telling.team.clinician, telling.moment(0, 3)
    accept_open_suggestions(plan=plan, by=by, at=at)
    for need in plan.needs.all():
        if not need.interventions.exists():
            set_aside_need(need=need, reason="Later, agreed together", by=by, at=at)
    record_level_of_care(plan=plan, level="medically_managed", by=by, at=at)
    change_status(
        patient=patient, status=Patient.Status.ACTIVE, reason="Admitted", by=by, at=at
    )
    plan.refresh_from_db()
    sign_plan(
        plan=plan,
        patient_name=telling.story.person.name,
        by=by,
        at=at,
    )


def dose_on(medication: str, day: int) -> Decimal:
    """Methadone rises slowly to 90 mg; a film settles at 16 mg; injections stay."""
    if medication == "MTD":
        return min(Decimal(90), Decimal(30 + 5 * (day // 5)))
    if medication == "BUP_SL" and day > 1:
        return Decimal(16)
    return DEMO.starts[medication].mg


def _start(telling: Telling, patient: Patient, decision: MedicationDecision) -> Regimen:
    start = DEMO.starts[decision.choice]
    at = telling.moment(0, 3.2)
    return start_regimen(
        patient=patient,
        medication=decision.choice,
        started_on=telling.day(at),
        product=start.product,
        dose_mg=dose_on(decision.choice, telling.story.days),
        schedule=start.schedule,
        decision=decision,
        confirmed=[task["rule"] for task in first_tasks(decision, decision.choice)],
        by=telling.team.prescriber,
        at=at,
    )
