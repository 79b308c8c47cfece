"""The ten steps of setting up a clinic: what each decides, and whether it is done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from accounts.clinic_settings.days import weekdays_of
from accounts.clinic_settings.duty import duty_gap
from accounts.entry.mail import last_try
from accounts.entry_rows import AccountMail
from accounts.models import Clinic, Staff
from accounts.permissions import Role
from accounts.tenancy import clinic_clock
from jobs.health import are_late
from knowledge.schedule.open_days import states
from knowledge.wording.dates import moment_named
from patients.models import Icd10Code
from reports.home_page.lists import rules_due

SETTINGS = "accounts:clinic_settings"
# A worker takes up what is to be sent within a minute.
ON_ITS_WAY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpStep:
    """One step, in the state it is in; `is_needed` before people are registered."""

    title: str
    decides: str
    is_done: bool
    state: str = ""
    url_name: str = ""
    section: str = ""
    is_needed: bool = True
    # Where a press of its button goes, and what the button says.
    press_name: str = ""
    press_words: str = ""


def steps_of(clinic: Clinic, *, on: date, at: datetime) -> list[SetUpStep]:
    """All ten, in the order in which they are done."""
    return [
        SetUpStep(
            title="Database ready",
            decides="The application owns no table, so that it cannot undo what protects them.",
            is_done=_owns_nothing(),
        ),
        SetUpStep(
            title="Codes loaded",
            decides="ICD-10-CM, for diagnoses.",
            is_done=Icd10Code.objects.exists(),
        ),
        SetUpStep(
            title="Clinic",
            decides="Name, address and telephone stand on every paper.",
            is_done=bool(clinic.address and clinic.phone),
            state=f"{clinic.name}, {clinic.time_zone}",
            url_name=SETTINGS,
            section="clinic",
        ),
        _admin(clinic),
        _director(clinic),
        _program(clinic),
        SetUpStep(
            title="Days and hours",
            decides="What is due on a closed day moves within its window.",
            is_done=weekdays_of(clinic) is not None,
            state=clinic.open_words,
            url_name=SETTINGS,
            section="days",
        ),
        SetUpStep(
            title="Duty",
            decides="Without it an alert has nobody to go to.",
            is_done=not duty_gap(clinic),
            state=duty_gap(clinic),
            url_name=SETTINGS,
            section="duty",
        ),
        _knowledge(clinic, on),
        _workers(clinic, at),
    ]


def waiting_of(steps: list[SetUpStep]) -> list[str]:
    """What has to be done before people are registered."""
    return [one.title for one in steps if one.is_needed and not one.is_done]


def _owns_nothing() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_tables"
            " WHERE schemaname = 'public' AND tableowner = current_user)"
        )
        row: tuple[bool] = cursor.fetchone()
    return row[0]


def _of_role(clinic: Clinic, role: str) -> list[Staff]:
    """Active staff of a role who have set a password."""
    held = Staff.objects.active().filter(
        memberships__clinic=clinic, memberships__role=role
    )
    return [one for one in held.order_by("name") if one.has_usable_password()]


def _admin(clinic: Clinic) -> SetUpStep:
    admins = _of_role(clinic, Role.ADMIN)
    return SetUpStep(
        title="First administrator",
        decides="Invites everybody else.",
        is_done=bool(admins),
        state=", ".join(one.name for one in admins),
        url_name="accounts:staff",
    )


def _director(clinic: Clinic) -> SetUpStep:
    """Somebody else than the only admin."""
    directors = _of_role(clinic, Role.MEDICAL_DIRECTOR)
    admins = _of_role(clinic, Role.ADMIN)
    apart = directors if len(admins) > 1 else [d for d in directors if d not in admins]
    return SetUpStep(
        title="Medical director",
        decides="Answers for the knowledge. Not the only administrator as well.",
        is_done=bool(apart),
        state=", ".join(one.name for one in directors),
        url_name="accounts:invite",
    )


def _program(clinic: Clinic) -> SetUpStep:
    kind = (
        "Opioid treatment program" if clinic.is_otp else "No opioid treatment program"
    )
    of_program = (clinic.program_number, clinic.program_until, clinic.sponsor)
    state = states().get(clinic.state, "")
    return SetUpStep(
        title="Program and state",
        decides="Decides about methadone, federal deadlines and holidays.",
        is_done=bool(state) and (not clinic.is_otp or all(of_program)),
        state=f"{kind}, {state}" if state else kind,
        url_name=SETTINGS,
        section="program",
    )


def _knowledge(clinic: Clinic, on: date) -> SetUpStep:
    due = rules_due(clinic, on=on)
    return SetUpStep(
        title="Knowledge signed off",
        decides="Until then its pages say that sign-off is due.",
        is_done=due == 0,
        state=f"{due} rules wait for the medical director" if due else "",
        url_name="medications:knowledge",
        is_needed=False,
    )


def _workers(clinic: Clinic, at: datetime) -> SetUpStep:
    """Workers are here, and a mail that somebody tried has left."""
    tried = last_try(clinic)
    return SetUpStep(
        title="Workers and mail",
        decides="They remind. No mail names anybody in care.",
        is_done=not are_late(at=at) and bool(tried and tried.sent_at),
        state=_of_mail(tried, clinic, at),
        url_name="jobs:board",
        is_needed=False,
        press_name="reports:try_mail",
        press_words="Send me a mail",
    )


def _of_mail(tried: AccountMail | None, clinic: Clinic, at: datetime) -> str:
    if tried is None:
        return "no mail tried yet"
    if tried.sent_at:
        return f"mail sent {moment_named(clinic_clock(clinic, tried.sent_at), None)}"
    if at - tried.at < ON_ITS_WAY:
        return "a mail is on its way"
    return "mail does not leave: no worker is here, or the mail server does not answer"
