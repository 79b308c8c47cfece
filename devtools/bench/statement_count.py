"""Statements that a page sent, told apart from what surrounds them. Pure."""

from collections.abc import Iterable, Mapping

# Beginning and ending transactions is no statement of the page's.
BRACKETS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")
# `tenancy` reads and restores the scope only inside a wider transaction, as in tests.
SCOPE_READ = "SELECT coalesce(current_setting("
SCOPE_SET = "SELECT set_config("


def sent(captured: Iterable[Mapping[str, str]]) -> list[str]:
    """The SQL of each statement, without the brackets around them."""
    texts = [each["sql"] for each in captured]
    return [text for text in texts if not text.startswith(BRACKETS)]


def statements(captured: Iterable[Mapping[str, str]]) -> int:
    """How many statements the page sends where it is not nested in a transaction."""
    texts = sent(captured)
    nested = sum(text.startswith(SCOPE_READ) for text in texts)
    # Each scope that was read was also restored.
    return len(texts) - 2 * nested


def selects(captured: Iterable[Mapping[str, str]]) -> list[str]:
    """The page's own questions, to be asked again without the page."""
    return [
        text
        for text in sent(captured)
        if text.startswith(("SELECT", "\nWITH", "WITH"))
        and not text.startswith((SCOPE_READ, SCOPE_SET))
        and "accounts_staffsession" not in text
        and "FOR UPDATE" not in text
    ]
