"""Words that people are looked for by: they stand in the session under a number, so that
no address, and no log of addresses, ever holds a name or an MRN."""

from django.http import HttpRequest

# The session keeps what was looked for last; the address has the number.
KEPT, MOST, LONGEST = "people_searches", 10, 100


def number_of(request: HttpRequest, text: str) -> str:
    """The number under which the session keeps these words from now on."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return ""
    kept = _kept(request)
    before = (number for number, words in kept.items() if words == text)
    number = next(before, str(max(map(int, kept), default=0) + 1))
    others = [one for one in kept.items() if one[0] != number]
    request.session[KEPT] = dict([*others, (number, text)][-MOST:])
    return number


def words_of(request: HttpRequest, number: str) -> str:
    """The words under a number; empty where they are no longer kept."""
    return _kept(request).get(number, "")


def _kept(request: HttpRequest) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(KEPT, {})
    return kept
