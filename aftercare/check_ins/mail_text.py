"""The mail with a check-in link: nothing in it says from whom or what about."""

from django.conf import settings
from django.urls import reverse

from knowledge.schedule.messages import messages

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


def text_of(token: str, language: str) -> str:
    """The same as a text message."""
    return messages().say("check_in", language).format(link=link_of(token))


def mail_of(token: str, language: str, *, days: int) -> tuple[str, str]:
    """Subject and body in the person's language."""
    body = BODIES[language].format(link=link_of(token), days=days)
    return SUBJECTS[language], body
