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
POSITIVE_WORD, INDETERMINATE = "positive", "indeterminate"
UNDECIDED = (
    *("indeterminate", "equivocal", "borderline", "inconclusive", "gray zone"),
    *("grey zone", "grayzone", "undetermined", "indeterminant"),
)
# What stands where nothing was measured.
NOT_MEASURED = frozenset(
    [
        *("tnp", "qns", "not performed", "test not performed", "not done", "no result"),
        *("quantity not sufficient", "quantity insufficient", "specimen insufficient"),
        *("insufficient specimen", "insufficient quantity", "insufficient sample"),
        *("cancelled", "canceled", "test cancelled", "test canceled", "no specimen"),
        *("not tested", "no specimen received", "specimen not received", "dnr", "nsq"),
        *("qns quantity not sufficient", "tnp test not performed", "unable to perform"),
    ]
)
WORDS: Mapping[str, str] = {
    **dict.fromkeys(UNDECIDED, INDETERMINATE),
    **dict.fromkeys(NEGATIVE, "negative"),
    **dict.fromkeys(POSITIVE, POSITIVE_WORD),
}
NONE_DETECTED = re.compile(r"no .*detected")
# How far a reactive serum was thinned: 1:8. The answer is the word before it.
TITER = re.compile(r"\b(?:titer\W*)?1:\d{1,5}\b")
# How strong it was against the cutoff; the word beside it is the answer.
RATIO = re.compile(
    r"[<>=≤≥]*\s*\d+(?:\.\d+)?\s*s\s*/?\s*c(?:/?o)?\b(?:\s*ratio)?", re.IGNORECASE
)
SEPARATORS = re.compile(r"[^a-z0-9]+")


def word_in(text: str, choices: Iterable[str]) -> str:
    """The answer among the choices; refuses what is none of them."""
    word = _plain(RATIO.sub(" ", TITER.sub(" ", text.lower())))
    if NONE_DETECTED.fullmatch(word):
        word = "not detected"
    word = WORDS.get(word, word)
    if word not in choices:
        raise NotAResult(f"Write {' or '.join(choices)}.")
    return word


def refuse_not_measured(text: str) -> None:
    """Refuses a line on which the laboratory says that it measured nothing."""
    if _plain(text) in NOT_MEASURED:
        raise NotAResult(
            f"Nothing was measured: the laboratory wrote “{text.strip()[:40]}”."
        )


def _plain(text: str) -> str:
    return " ".join(SEPARATORS.sub(" ", text.lower()).split())
