"""The clinical picture: facts of one person, their sources, and how they are joined."""

from assessments.picture.model import (
    NOTHING,
    BadPicture,
    FactError,
    KnownFact,
    Picture,
    State,
    plain,
)
