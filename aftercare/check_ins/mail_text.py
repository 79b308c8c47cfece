"""The mail with a check-in link: nothing in it says from whom or what about."""

from django.conf import settings
from django.urls import reverse

from knowledge.schedule.messages import messages

PLAN_SUBJECTS = {"en": "A page for you", "es": "Una página para usted"}
PLAN_BODIES = {
    "en": (
        "Hello,\n\nhere is the page that was made with you. Open it as often as you "
        "like, and keep it on your phone:\n\n{link}\n\nPlease do not answer this "
        "message: nobody reads answers to it.\n"
    ),
    "es": (
        "Hola:\n\nesta es la página que se hizo con usted. Ábrala cuantas veces quiera, "
        "y guárdela en su teléfono:\n\n{link}\n\nPor favor, no responda a este "
        "mensaje: nadie lee las respuestas.\n"
    ),
}
SUBJECTS = {"en": "A short form for you", "es": "Un formulario breve para usted"}
BODIES = {
    "en": (
        "Hello,\n\nhere is the short form that was promised to you. It takes a few "
        "minutes, and the link works once:\n\n{link}\n\nIt can be opened for {days} "
        "days. Please do not answer this message: nobody reads answers to it.\n"
    ),
    "es": (
        "Hola:\n\neste es el formulario breve que le prometieron. Toma unos minutos, y "
        "el enlace sirve una sola vez:\n\n{link}\n\nSe puede abrir durante {days} días. "
        "Por favor, no responda a este mensaje: nadie lee las respuestas.\n"
    ),
}


def link_of(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('aftercare:open_check_in', args=[token])}"


def stop_link(token: str) -> str:
    """Where a person changes or ends the messages, from the message itself."""
    return f"{settings.SITE_URL}{reverse('aftercare:open_wish', args=[token])}"


def text_of(token: str, language: str, *, what: str) -> str:
    """The same as a text message: `check_in`, or the `page` that was made with them."""
    return messages().say(what, language).format(link=link_of(token))


def mail_of(token: str, language: str, *, days: int) -> tuple[str, str]:
    """Subject and body in the person's language."""
    body = BODIES[language].format(link=link_of(token), days=days)
    return SUBJECTS[language], body


def plan_mail_of(token: str, language: str) -> tuple[str, str]:
    """The same of a link to a plan of theirs, which may be opened again."""
    return PLAN_SUBJECTS[language], PLAN_BODIES[language].format(link=link_of(token))
