"""Wording and handing over of the messages that this app sends.

A mail says how many and where to look, and nothing of a person.
"""

from django.conf import settings
from django.urls import reverse

from accounts.models import Staff
from aftercare.check_ins import mail_text
from aftercare.check_ins.tokens import token_for
from aftercare.models import CheckIn, CheckInMail, FollowUp, Notice, PersonMessage
from jobs.notices import NotDelivered, hand_over
from jobs.queues import Fault
from jobs.texts import hand_over_text
from knowledge.schedule.kinds import follow_up_kind
from knowledge.schedule.messages import MessageKind, messages, reminder
from knowledge.schedule.steps import DutySeverity
from patients import telephones
from patients.models import ContactPoint

# More than these are looked at in the caseload.
LINKS = 10
NEEDED_NOW = "Mainstay: someone needs you now"


def subject(kind: str, count: int, *, is_danger: bool = False) -> str:
    if is_danger:
        return "Someone needs you now: sign in"
    one = count == 1
    what = "1 follow-up" if one else f"{count} follow-ups"
    if kind == Notice.Kind.ESCALATION:
        return f"{what} {'was' if one else 'were'} missed"
    return f"{what} {'is' if one else 'are'} due"


def link(follow_up: FollowUp) -> str:
    path = reverse("aftercare:of_patient", args=[follow_up.patient_id])
    return f"{settings.SITE_URL}{path}#follow-up-{follow_up.pk}"


def body(follow_ups: list[FollowUp]) -> str:
    links = sorted({link(one) for one in follow_ups})
    if len(links) > LINKS:
        links = [f"{settings.SITE_URL}{reverse('reports:caseload')}"]
    return "\n".join([*links, ""])


def send(*, to: Staff, kind: str, follow_ups: list[FollowUp]) -> None:
    """One mail to one person on the staff about all of these."""
    is_danger = any(one.severity == DutySeverity.DANGER for one in follow_ups)
    words = subject(kind, len(follow_ups), is_danger=is_danger)
    hand_over(words, body(follow_ups), to.email)


def send_alert(number: int, *, to: Staff) -> None:
    """That somebody is needed, and where: no name, no health word."""
    path = reverse("aftercare:alert", args=[number])
    hand_over(NEEDED_NOW, f"{settings.SITE_URL}{path}\n", to.email)


def send_check_in(mail: CheckInMail, *, days: int) -> None:
    """One mail to a person in care, with the link that is theirs alone."""
    check_in = mail.check_in
    token = token_for(check_in.nonce, check_in.token_digest)
    if token is None:
        # The site's secret key was changed, and the old one is not kept.
        raise NotDelivered(Fault("KeyChanged"))
    if check_in.shows:
        subject_line, body = mail_text.plan_mail_of(token, check_in.language)
    else:
        subject_line, body = mail_text.mail_of(token, check_in.language, days=days)
    if mail.to.kind == ContactPoint.Kind.PHONE:
        body = mail_text.text_of(
            token, check_in.language, what="page" if check_in.shows else "check_in"
        )
    _write(mail.to, subject_line, f"{body.rstrip()}\n{_stop_of(check_in)}")


def _stop_of(check_in: CheckIn) -> str:
    """How a person ends what comes by itself; nothing where staff sent it."""
    wish = check_in.wish
    token = token_for(wish.nonce, wish.token_digest) if wish else None
    if token is None:
        return ""
    link = mail_text.stop_link(token)
    words = messages().say("stop", check_in.language)
    return f"\n{words.format(link=link)}\n"


def send_reminder(message: PersonMessage, *, phone: str) -> None:
    """One reminder to a person in care; the link in it ends or changes them."""
    wish = message.wish
    token = token_for(wish.nonce, wish.token_digest)
    if token is None:
        raise NotDelivered(Fault("KeyChanged"))
    owed = message.follow_up
    is_remote = owed is not None and follow_up_kind(owed.kind).is_remote
    body = reminder(
        MessageKind(message.kind),
        wish.language,
        day=message.for_day,
        phone=phone,
        stop=mail_text.stop_link(token),
        is_remote=is_remote,
    )
    _write(wish.to, messages().say("subject", wish.language), f"{body}\n")


def _write(to: ContactPoint, subject_line: str, body: str) -> None:
    """By e-mail or by text, as the address is one or the other."""
    if to.kind == ContactPoint.Kind.PHONE:
        hand_over_text(body.strip(), telephones.machine_form(to.value))
    else:
        hand_over(subject_line, body, to.value)
