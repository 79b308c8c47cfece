"""When a request is whole, and how long the worker of the web server waits for it; live
callers are tried in tests/faults."""

import pytest

from config.web_worker import (
    LARGEST_BODY,
    LONGEST_HEAD,
    PATIENCE,
    NotWaitedFor,
    PartialRequest,
    length_of,
)

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("came", "length"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(HEAD, None, id="half a head"),
        pytest.param(HEAD + b"\r\n", 28, id="no body"),
        pytest.param(HEAD + b"Content-Length: 10\r\n\r\n", 58, id="a body to come"),
        pytest.param(HEAD + b"content-LENGTH:\t10 \r\n\r\nabc", 59, id="other letters"),
        pytest.param(HEAD + b"X-Content-Length: 10\r\n\r\n", 50, id="another header"),
        pytest.param(HEAD + b"\r\nContent-Length: 9\r\n\r\n", 28, id="in the body"),
        pytest.param(HEAD + b"Content-Length: -1\r\n\r\n", 48, id="for the parser"),
    ],
)
def test_a_request_is_as_long_as_its_head_says(came, length):
    assert length_of(bytearray(came)) == length


@pytest.mark.parametrize(
    ("came", "said"),
    [
        pytest.param(b"x" * LONGEST_HEAD, "431", id="a head without an end"),
        pytest.param(HEAD + b"Transfer-Encoding: x\r\n\r\n", "411", id="in pieces"),
        pytest.param(
            HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), "413", id="large"
        ),
    ],
)
def test_what_is_not_waited_for_is_refused(came, said):
    with pytest.raises(NotWaitedFor, match=said):
        length_of(bytearray(came))


def test_it_is_whole_once_all_of_it_came():
    held = PartialRequest(since=0)
    told = []
    for piece in (HEAD, b"Content-Length: 3\r\n\r\n", b"ab", b"c"):
        held.add(piece)
        told.append(held.is_whole)

    assert told == [False, False, False, True]


def test_who_goes_on_is_waited_for_and_who_does_not_is_not():
    held = PartialRequest(since=100)
    assert held.until == 100 + PATIENCE

    held.add(b"x" * 5000)

    assert held.until == 100 + PATIENCE + 10
