"""Entries as typed, cut into words: amounts and times of day fall out, accents,
apostrophes, full stops and capitals do not count."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"\d[\d.,]*"
_SEVERAL = rf"(?:{_NUMBER}|½|¼|¾)(?:\s*[-\u2013/x]\s*{_NUMBER})*"
_UNIT = (
    r"(?:mgs?|milligrams?|mcgs?|ugs?|µgs?|micrograms?|grams?|gms?|gr?|mls?|cc|l|iu|units?|meq|mmol|"
    r"%|percent|oz|tsp|tbsp|teaspoons?|tablespoons?|tab(?:let)?s?|cap(?:sule)?s?|pills?|films?|"
    r"strips?|patch(?:es)?|puffs?|sprays?|drops?|gtts?|bars?|doses?|bottles?|vials?|bags?|"
    r"lozenges?|suppositor(?:y|ies)|pieces?|k)"
)
_SPAN = (
    r"(?:h|hrs?|hours?|d|days?|min|minutes?|w|wks?|weeks?|months?|actuation|spray|dose)"
)
_AMOUNT = (
    rf"{_SEVERAL}\s*{_UNIT}(?:\s*[-/]\s*{_NUMBER}\s*{_UNIT})*"
    rf"(?:\s*(?:/|per)\s*(?:{_NUMBER}\s*)?(?:{_UNIT}|{_SPAN}))?"
)
_PAIR = rf"{_NUMBER}\s*[-\u2013/]\s*{_NUMBER}"
_OFTEN = (
    rf"(?:q|every)\s*{_NUMBER}(?:\s*[-\u2013]\s*{_NUMBER})?\s*{_SPAN}"
    rf"|{_NUMBER}\s*x\s*(?:/|a|per)?\s*(?:daily|{_SPAN})"
    rf"|{_NUMBER}\s*(?:times|x)(?:\s*(?:a|per|/)\s*{_SPAN})?"
    rf"|x\s*{_NUMBER}\s*{_SPAN}?"
    rf"|(?:for|in the last)\s+{_NUMBER}\s*(?:days?|weeks?|months?|years?)"
)
# How much and how often.
AMOUNT = re.compile(rf"(?<![\w.])(?:{_OFTEN}|{_AMOUNT}|{_PAIR})(?!\w)", re.IGNORECASE)
# Apostrophes, straight and curly, and what is typed for them.
_MARKS = "'\u2019\u2018`\u00b4"
_WORD = re.compile(
    rf"(?:(?<!\w)(?:[^\W\d_]\.)+[^\W\d_]?(?!\w))|[^\W_]+(?:[{_MARKS}][^\W_]+)*"
)
_LEFT_OUT = str.maketrans("", "", f"{_MARKS}.")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is compared, and where it stands in what was typed."""

    plain: str
    start: int
    end: int


def words_in(text: str) -> list[Word]:
    """The words of an entry, its amounts and times left out."""
    blank = AMOUNT.sub(lambda found: " " * len(found[0]), text)
    return list(_words(blank))


def plain(name: str) -> str:
    """A name as names are compared."""
    return " ".join(word.plain for word in _words(name))


def _words(text: str) -> Iterator[Word]:
    for found in _WORD.finditer(text):
        yield Word(_folded(found[0]), found.start(), found.end())


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.translate(_LEFT_OUT).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
