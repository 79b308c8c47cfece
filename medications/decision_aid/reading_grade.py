"""Reading grade of a text, in English and in Spanish, as years of school.

English: Flesch-Kincaid. Spanish: Crawford (1989), made for texts of the first six
years of school, with sentences and syllables for 100 words.
"""

import re

WORD = re.compile(r"[A-Za-zÀ-ÿ']+")
SENTENCE_END = re.compile(r"[.!?;:\n]+")
VOWELS = re.compile(r"[aeiouyà-ÿ]+")
# The u of que, qui, gue, gui is not spoken; a y at the end of a word is.
SILENT_U = re.compile(r"(?<=q)u|(?<=g)u(?=[eiéí])")
STRONG = re.compile(r"[aeoáéóíú]")
WEAK = re.compile(r"(?<![aeiouáéíóúü])[iuü]+(?![aeiouáéíóúü])")


def syllables(word: str) -> int:
    """Syllables of an English word by its vowel groups, at least one."""
    lower = word.lower().strip("'")
    groups = len(VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def syllables_spanish(word: str) -> int:
    """Syllables of a Spanish word: each strong vowel one, weak ones alone one."""
    spoken = SILENT_U.sub("", word.lower())
    if spoken.endswith("y"):
        spoken = spoken[:-1] + "i"
    return max(1, len(STRONG.findall(spoken)) + len(WEAK.findall(spoken)))


def grade(text: str) -> float | None:
    """Flesch-Kincaid grade to one decimal; None where there are no words."""
    counted = _counted(text)
    if counted is None:
        return None
    words, sentences = counted
    sounds = sum(syllables(word) for word in words)
    level = 0.39 * len(words) / sentences + 11.8 * sounds / len(words) - 15.59
    return round(max(level, 0.0), 1)


def grade_spanish(text: str) -> float | None:
    """Crawford's years of school to one decimal; None where there are no words."""
    counted = _counted(text)
    if counted is None:
        return None
    words, sentences = counted
    sounds = sum(syllables_spanish(word) for word in words)
    level = (
        -0.205 * 100 * sentences / len(words) + 0.049 * 100 * sounds / len(words)
    ) - 3.407
    return round(max(level, 0.0), 1)


def grade_in(language: str, text: str) -> float | None:
    """The grade by the formula of the language."""
    return grade_spanish(text) if language == "es" else grade(text)


def _counted(text: str) -> tuple[list[str], int] | None:
    """The words, and how many sentences hold one."""
    words = WORD.findall(text)
    if not words:
        return None
    parts = (part for part in SENTENCE_END.split(text) if WORD.search(part))
    return words, sum(1 for _ in parts)
