"""Words of pages for people who answer by themselves, in English and Spanish."""

from collections.abc import Mapping
from pathlib import Path

from knowledge.instruments.declaration import Words
from knowledge.tables import read_file, shaped

LANGUAGES = {"en": "English", "es": "Español"}
WORDS: Mapping[str, Words] = shaped(
    dict[str, Words],
    read_file(Path(__file__).with_name("words.toml")),
    "words of self-report",
)


def words_in(language: str) -> dict[str, str]:
    """Every text of these pages in one language."""
    return {key: getattr(words, language) for key, words in WORDS.items()}
