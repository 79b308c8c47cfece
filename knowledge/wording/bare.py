"""Words of a message without what people write in many ways. Pure."""

import re
import unicodedata


def bare_words(text: str) -> str:
    """Small letters without accents, one space between words, no other signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.sub(r"\W+", " ", letters.replace("'", "").replace("\u2019", "")).strip()
