"""Words in which laboratories tell a test that is negative or positive. No Django."""

import re
from collections.abc import Iterable, Mapping

from assessments.observations.numbers import NotAResult

NEGATIVE = (
    *("negative", "neg", "negative neg", "neg negative", "nonreactive", "non reactive"),
    *("nr", "not detected", "none detected", "undetected", "undetectable", "absent"),
    *("target not detected", "tnd", "hcv not detected", "hcv rna not detected"),
    *("not reactive", "no evidence", "non reactive nr", "negative not detected"),
)
POSITIVE = (
    *("positive", "pos", "positive pos", "pos positive", "reactive", "detected"),
    *("present", "repeatedly reactive", "target detected", "hcv detected"),
    *("hcv rna detected", "positive detected", "reactive r", "detected positive"),
)
WORDS: Mapping[str, str] = {
    **dict.fromkeys(NEGATIVE, "negative"),
    **dict.fromkeys(POSITIVE, "positive"),
}
NONE_DETECTED = re.compile(r"no .*detected")
# How far a reactive serum was thinned: 1:8. The answer is the word before it.
TITER = re.compile(r"\b(?:titer\W*)?1:\d{1,5}\b")
SEPARATORS = re.compile(r"[^a-z0-9]+")


def word_in(text: str, choices: Iterable[str]) -> str:
    """The answer among the choices; refuses what is none of them."""
    word = " ".join(SEPARATORS.sub(" ", TITER.sub(" ", text.lower())).split())
    if NONE_DETECTED.fullmatch(word):
        word = "not detected"
    word = WORDS.get(word, word)
    if word not in choices:
        raise NotAResult(f"Write {' or '.join(choices)}.")
    return word
