"""Rows that several tests find as they were made: each test's own changes are undone."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def lasting(blocker):
    """A transaction around tests that take `db`: theirs become savepoints within it.

    For fixtures of a module or a class: who makes rows unblocks the database meanwhile,
    and gives each test a deep copy of what it made.
    """
    with blocker.unblock():
        block = transaction.atomic()
        # As a test's own is: what must not be nested in a transaction may be in this one.
        block._from_testcase = True
        block.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mainstay.system', 'on', false)")
    yield
    with blocker.unblock():
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
