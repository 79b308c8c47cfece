"""Names as they are compared and sorted: pure, the same in the database and here."""

import unicodedata


def normalized(text: str) -> str:
    """Lower case, without accents or doubled spaces: the form that is searched.

    The embedded server has no ICU collations, so that sorting and searching
    go by this stored form on every server alike.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().replace("'", "").replace("-", " ").split())
