"""Telephone numbers: read as people say them, kept with their country. Pure."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

HERE, HERE_CODE = "US", 1
# The last four are what people say. Fewer are a house number, or anything.
SEARCHED_BY = 4
# A part of a number this long has no country and no leading zero to leave out.
LONGEST_PART = 7
_ANYTHING_ELSE = re.compile(r"[^\d()+./\s-]")


def read(text: str) -> PhoneNumber | None:
    """The number that a text is, with its country; None where it is none."""
    try:
        return phonenumbers.parse(text, HERE)
    except phonenumbers.NumberParseException:
        return None


def written(number: PhoneNumber) -> str:
    """As it is read here; one of another country begins with that country's code."""
    is_here = number.country_code == HERE_CODE
    form = PhoneNumberFormat.NATIONAL if is_here else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def dialled(text: str) -> str:
    """The address that a telephone dials, with country code and extension."""
    number = read(text)
    if number is None:
        return f"tel:{re.sub(r'[^0-9+]', '', text)}"
    return phonenumbers.format_number(number, PhoneNumberFormat.RFC3966)


def machine_form(text: str) -> str:
    """`+15550100142`, as a gateway takes it; the text itself where it is no number."""
    number = read(text)
    if number is None:
        return text
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def digits_in(text: str) -> str:
    """The digits that a number is looked for by, without what may be left out; empty
    where the text is something else."""
    if _ANYTHING_ELSE.search(text):
        return ""
    said = re.sub(r"\D", "", text)
    if len(said) <= LONGEST_PART:
        return said if len(said) >= SEARCHED_BY else ""
    number = read(text)
    return (str(number.national_number) if number else said).lstrip("0")
