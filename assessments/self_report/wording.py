"""Words of pages for people who answer by themselves, in English and Spanish.

Plain, kind, and nothing that tells a bystander what the questions are about.
"""

from knowledge.instruments.declaration import Words

LANGUAGES = {"en": "English", "es": "Español"}

WORDS = {
    "title": Words("A short form", "Un formulario breve"),
    "question_of": Words("answered", "contestadas"),
    "of": Words("of", "de"),
    "next": Words("Next", "Siguiente"),
    "back": Words("Back", "Atrás"),
    "review": Words("Look over your answers", "Revise sus respuestas"),
    "review_lead": Words(
        "Nothing is final yet. Change what you like, then send.",
        "Nada es definitivo todavía. Cambie lo que quiera y luego envíe.",
    ),
    "change": Words("Change", "Cambiar"),
    "not_answered": Words("Not answered", "Sin contestar"),
    "skip": Words(
        "You may leave out any question.",
        "Puede dejar cualquier pregunta sin contestar.",
    ),
    "no_answer": Words("Take this answer back", "Quitar esta respuesta"),
    "send": Words("Send my answers", "Enviar mis respuestas"),
    "saved": Words("Kept", "Guardado"),
    "saving": Words("Keeping", "Guardando"),
    "not_saved": Words(
        "Not kept: no connection. Press Next to try again.",
        "No se guardó: sin conexión. Oprima Siguiente para intentar de nuevo.",
    ),
    "language": Words("Language", "Idioma"),
    "thanks": Words("Thank you for answering", "Gracias por contestar"),
    "hand_back": Words(
        "Please give the tablet back to the staff now.",
        "Por favor, devuelva la tableta al personal.",
    ),
    "staff_now": Words(
        "You answered that you have thoughts of dying or of hurting yourself. Thank you for saying so. Someone on the staff will talk with you now. Please do not leave before.",
        "Contestó que tiene ideas de morir o de hacerse daño. Gracias por decirlo. Alguien del personal hablará con usted ahora. Por favor, no se vaya antes.",
    ),
    "help_now": Words(
        "You answered that you have thoughts of dying or of hurting yourself. Please talk with someone now: call or text 988, day or night. In danger, call 911.",
        "Contestó que tiene ideas de morir o de hacerse daño. Por favor, hable con alguien ahora: llame al 988 y oprima 2, o envíe AYUDA al 988, de día o de noche. En peligro, llame al 911.",
    ),
    "crisis": Words(
        "Nobody reads this at once. If you need help now, call or text 988, day or night. In danger, call 911.",
        "Nadie lee esto de inmediato. Si necesita ayuda ahora, llame al 988 y oprima 2, de día o de noche. En peligro, llame al 911.",
    ),
    "crisis_here": Words(
        "If you need help now, tell the staff. You can also call or text 988, day or night.",
        "Si necesita ayuda ahora, dígalo al personal. También puede llamar al 988 y oprimir 2, de día o de noche.",
    ),
    "pin": Words("PIN of the staff", "PIN del personal"),
    "pin_lead": Words("For staff:", "Para el personal:"),
    "leave": Words("Leave the questions", "Salir de las preguntas"),
    "keep_going": Words("Go on answering", "Seguir contestando"),
    "wrong_pin": Words(
        "That is not the PIN. Tries left: {left}.",
        "Ese no es el PIN. Intentos restantes: {left}.",
    ),
    "nothing": Words(
        "Answer at least one question before you send.",
        "Conteste al menos una pregunta antes de enviar.",
    ),
    "refused": Words(
        "One answer could not be read. Please choose again.",
        "Una respuesta no se pudo leer. Por favor, elija de nuevo.",
    ),
    "born": Words("Your date of birth", "Su fecha de nacimiento"),
    "born_lead": Words(
        "So that nobody else opens this, please enter your date of birth.",
        "Para que nadie más lo abra, escriba su fecha de nacimiento.",
    ),
    "born_help": Words(
        "Month, day, year: 03/14/1992, or 03141992.",
        "Mes, día, año: 03/14/1992, o 03141992.",
    ),
    "go_on": Words("Go on", "Continuar"),
    "born_wrong": Words(
        "That date does not match. Tries left: {left}.",
        "Esa fecha no coincide. Intentos restantes: {left}.",
    ),
    "born_unread": Words(
        "Please write the date as month/day/year.",
        "Escriba la fecha como mes/día/año.",
    ),
    "over": Words(
        "This link cannot be used any more", "Este enlace ya no se puede usar"
    ),
    "over_lead": Words(
        "It may have been used already, or its time is over. Please ask the people who sent it for a new one.",
        "Tal vez ya se usó, o se venció. Pida uno nuevo a quienes se lo enviaron.",
    ),
    "thanks_lead": Words(
        "Your answers were sent. You can close this page.",
        "Sus respuestas se enviaron. Puede cerrar esta página.",
    ),
    "welcome": Words(
        "Your answers are kept as you go. They are sent when you press Send at the end.",
        "Sus respuestas se guardan a medida que contesta. Se envían cuando oprime Enviar al final.",
    ),
}


def words_in(language: str) -> dict[str, str]:
    """Every text of these pages in one language."""
    return {key: getattr(words, language) for key, words in WORDS.items()}
