"""Answering the questions of an intake by keyboard, whatever kind they are."""

import re
from dataclasses import dataclass

from playwright.sync_api import expect


@dataclass(frozen=True)
class Cell:
    """What is typed into one field of the first row."""

    label: str
    words: str


def answer(hands, question, said):
    """Give one answer, and wait until the page says that it is kept."""
    ask = _ask(hands.page, question)
    _give(hands, ask, said)
    hands.page.keyboard.press("Tab")
    expect(ask.locator(".mst-save")).to_have_class(re.compile("is-saved"))


def _ask(page, question):
    """The frame of the one question that is worded like this."""
    words = page.locator("legend, label.mst-ask-q").filter(
        has_text=re.compile(rf"^\s*{re.escape(question)}\s*$")
    )
    return page.locator(".mst-ask", has=words)


def _give(hands, ask, said):
    if isinstance(said, Cell):
        hands.reach(ask.get_by_label(said.label, exact=True).first)
        hands.page.keyboard.type(said.words)
        return
    box = ask.get_by_role("checkbox", name=said, exact=True)
    radio = ask.get_by_role("radio", name=said, exact=True)
    if box.count():
        hands.tick(box)
    elif radio.count():
        hands.choose(radio)
    elif ask.get_by_role("combobox").count():
        hands.pick(ask.get_by_role("combobox").first, said)
    else:
        hands.reach(ask.get_by_role("textbox").first)
        hands.page.keyboard.type(said)
