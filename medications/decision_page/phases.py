"""Phases of a treatment: what the decision page is about. No Django."""

from enum import StrEnum

from medications.options.model import Option, Options

# The rule of missed doses.
MISSED = "C122"


class Phase(StrEnum):
    START = "start"
    UNDER_WAY = "under_way"
    RESTART = "restart"


def phase_of(options: Options) -> Phase:
    """Doses missed go before what is still taken; a start is what is left."""
    if missed(options):
        return Phase.RESTART
    return Phase.UNDER_WAY if options.under_way else Phase.START


def missed(options: Options) -> tuple[Option, ...]:
    """The medicines of which doses were missed."""
    return tuple(
        one
        for one in options.options
        if one.has_place and any(a.rule == MISSED for a in one.actions)
    )
