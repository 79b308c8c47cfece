"""What a new version of a rule says otherwise."""

from dataclasses import replace

from knowledge.editions import knowledge
from medications.knowledge_pages.text_diff import Piece, differences, pieces
from tests.medications.pictures import NOW

CARD = knowledge().on(NOW.date()).cards["C47"]


def test_words_that_stay_go_and_come():
    before, after = "QTc is more than 500 ms", "QTc is 500 ms or more"

    assert list(pieces(before, after)) == [
        Piece(stays="QTc is"),
        Piece(goes="more than"),
        Piece(stays="500 ms"),
        Piece(comes="or more"),
    ]


def test_a_part_that_is_new_or_gone():
    assert list(pieces("", "Ask a specialist.")) == [Piece(comes="Ask a specialist.")]
    assert list(pieces("Ask a specialist.", "")) == [Piece(goes="Ask a specialist.")]


def test_only_parts_that_read_otherwise_are_told():
    after = replace(CARD, effects="MTD=CAUTION", version=9)

    (one,) = differences(CARD, after)
    assert one.part == "Then"
    assert one.pieces[-1].comes == "MTD=CAUTION"


def test_the_same_card_has_none():
    assert differences(CARD, replace(CARD, version=9)) == ()
