"""Sharing the load of two and more pairs of hands."""

import pytest

from knowledge.schedule.hands import Burden, even_out, hand_rules


def burdens(*held, stays=False):
    """People numbered on, each with whose they are and how heavy."""
    return [Burden(n, who, weight, stays) for n, (who, weight) in enumerate(held)]


def moved(held, staff=(1, 2)):
    return [(one.person, one.giver, one.taker) for one in even_out(held, staff)]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], []),
        ([(1, 1)], []),
        ([(1, 1), (1, 1)], [(0, 1, 2)]),
        ([(1, 1), (2, 1)], []),
        # One heavy person instead of two light ones.
        ([(1, 1), (1, 1), (1, 2)], [(2, 1, 2)]),
        ([(1, 4), (1, 1), (1, 1)], [(0, 1, 2)]),
    ],
)
def test_the_fewest_move(held, expected):
    assert moved(burdens(*held)) == expected


def test_whoever_is_in_danger_stays():
    assert moved(burdens((1, 4), (1, 4), stays=True)) == []


def test_with_one_pair_of_hands_nobody_moves():
    assert moved(burdens((1, 4), (1, 4)), staff=(1,)) == []


def test_among_three_the_heaviest_gives_to_the_lightest():
    held = burdens((1, 2), (1, 2), (1, 2), (2, 2))

    assert moved(held, (1, 2, 3)) == [(0, 1, 3)]


def test_the_numbers_are_named():
    assert hand_rules().number("words_days") == 14
    assert hand_rules().number("most_at_once") == 200
