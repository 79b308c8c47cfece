"""A task that takes more memory than there is, for the worker of a live site."""

from celery import shared_task


@shared_task
def grow(**_: object) -> None:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))
