"""Options of many people at once, on as many cores as there are. No Django.

Work is handed to other processes as plain data, and comes back in order.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import batched, islice
from multiprocessing import get_context

from assessments.picture import BadPicture, FactError, Picture
from knowledge.numbers import NoValueOn
from knowledge.policy import AS_SHIPPED, Policy
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.model import Options

type Mapped[Item, Result] = Callable[[list[Item]], list[Result]]

CHUNK = 100
# Work handed out ahead of what was answered: enough to keep every core busy.
AHEAD = 4


def options_of(
    picture: Picture, *, policy: Policy = AS_SHIPPED, is_searched: bool = False
) -> Options:
    """One person's options; searched for what would change them where asked."""
    try:
        options = evaluate(picture, policy=policy)
    except NoValueOn as refusal:
        raise BadPicture([FactError("as_of", str(refusal))]) from None
    return with_changes(options, picture) if is_searched else options


def answered(text: str, *, is_searched: bool) -> dict[str, object]:
    """The options for a picture in JSON; refuses with every fault found.

    An `id` beside the picture comes back with the answer.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadPicture([FactError("picture", f"is not JSON: {fault}")]) from None
    named = {}
    if isinstance(raw, dict) and "id" in raw:
        named = {"id": raw.pop("id")}
    picture = Picture.from_json(raw)
    return {**named, **options_of(picture, is_searched=is_searched).to_json()}


def errors(refusal: BadPicture) -> dict[str, object]:
    return {"errors": [{"fact": e.fact, "message": e.message} for e in refusal.errors]}


def lines_answered(lines: Iterable[tuple[int, str]], *, jobs: int) -> Iterator[str]:
    """One answer in JSON for each line, in order; a line that cannot be read says why."""
    yield from spread(_answers, lines, jobs=jobs)


def _answers(lines: list[tuple[int, str]]) -> list[str]:
    return [_answer(number, text) for number, text in lines]


def _answer(number: int, text: str) -> str:
    try:
        return json.dumps(answered(text, is_searched=False))
    except BadPicture as refusal:
        return json.dumps({"line": number, **errors(refusal)})


def spread[Item, Result](
    work: Mapped[Item, Result], items: Iterable[Item], *, jobs: int
) -> Iterator[Result]:
    """Results in the order of the items; with one job in this process.

    Takes no more from `items` than the workers can be kept busy with.
    """
    chunks = (list(chunk) for chunk in batched(items, CHUNK))
    if jobs == 1:
        for chunk in chunks:
            yield from work(chunk)
        return
    with _workers(jobs) as pool:
        waiting: list[Future[list[Result]]] = [
            pool.submit(work, chunk) for chunk in islice(chunks, jobs * AHEAD)
        ]
        while waiting:
            done = waiting.pop(0).result()
            waiting += (pool.submit(work, chunk) for chunk in islice(chunks, 1))
            yield from done


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    # A forked process would share the connection to the database.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield pool


def cores() -> int:
    """How many processes this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
