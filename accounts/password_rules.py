"""Passwords that are long and nevertheless guessed first."""

import re
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts.models import Staff

FEWEST_LETTERS = 6
OWN_NAME = "mainstay"
NO_LETTER = re.compile(r"[\W_]+")
# Rows of keys, and columns from the top down; an end of one goes on in the next.
KEYS = (
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
WORDS = "A few words in a row that only you would put together are easiest to keep."


class NotGuessedFirst:
    """Refuses what is one piece over and over, a row of neighbours, or our own name.

    NIST SP 800-63B 3.1.1.2: compare with what is common, expected or of the place.
    """

    def validate(self, password: str, user: Staff | None = None) -> None:
        low = password.casefold()
        if len(set(low)) < FEWEST_LETTERS or _is_row(low) or _is_of_keys(low):
            raise ValidationError(f"This is guessed among the first. {WORDS}")
        piece = _repeated(NO_LETTER.sub("", low.replace(OWN_NAME, "")))
        if len(piece) < FEWEST_LETTERS or _is_common(piece):
            raise ValidationError(f"This is one common word again and again. {WORDS}")
        if user is not None and user.email.casefold() in low:
            raise ValidationError(f"This holds your own e-mail address. {WORDS}")

    def get_help_text(self) -> str:
        return WORDS


def _repeated(text: str) -> str:
    """The piece that a text is made of, the text itself where it is of none."""
    at = (text + text).find(text, 1)
    return text[:at] if 0 < at < len(text) else text


def _is_row(text: str) -> bool:
    """Whether nearly every letter follows the one before it, up or down, as 123 does."""
    steps = [ord(b) - ord(a) for a, b in pairwise(text)]
    rising = sum(step in (1, -9) for step in steps)
    falling = sum(step in (-1, 9) for step in steps)
    return max(rising, falling) >= len(steps) - 1


def _is_of_keys(text: str) -> bool:
    """Whether nearly every key lies beside the one before it, as q, w, e do."""
    pairs = [a + b for a, b in pairwise(NO_LETTER.sub("", text))]
    beside = [any(two in row or two[::-1] in row for row in KEYS) for two in pairs]
    return sum(beside) >= len(beside) - 1


def _is_common(piece: str) -> bool:
    try:
        CommonPasswordValidator().validate(piece)
    except ValidationError:
        return True
    return False
