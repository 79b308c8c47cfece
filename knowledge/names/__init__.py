"""Names of medicines and allergens: what was typed, and what it is recognised as."""

from knowledge.names.choosing import search, search_allergens
from knowledge.names.entries import entries
from knowledge.names.recognition import (
    Recognition,
    corrected,
    is_ingredient,
    recognise,
    recognise_allergen,
    says_none,
)
from knowledge.names.vocabulary import Name

__all__ = [
    "Name",
    "Recognition",
    "corrected",
    "entries",
    "is_ingredient",
    "recognise",
    "recognise_allergen",
    "says_none",
    "search",
    "search_allergens",
]
