"""A process that recognises: `python -m voice.recognise.worker`, spoken to over its standard input and output."""

import os
import sys
from typing import BinaryIO

import msgspec

from voice.errors import VoiceError
from voice.recognise.engines import open_recogniser
from voice.recognise.messages import Reply, Request, decoded_spec, framed, read_body, sound_of
from voice.recognise.recogniser import Recogniser


def main() -> None:
    """Loads the engine that the first message names, then answers one request after another until the input ends."""
    source, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not break the messages
    spec = read_body(source)
    if spec is None:
        return
    try:
        recogniser = open_recogniser(decoded_spec(spec))
    except VoiceError as problem:
        _send(replies, Reply(code=problem.code, message=problem.message))
        return
    _send(replies, Reply())
    while (body := read_body(source)) is not None:
        _send(replies, _answered(recogniser, msgspec.msgpack.decode(body, type=Request)))


def _answered(recogniser: Recogniser, request: Request) -> Reply:
    try:
        heard = recogniser.recognise(sound_of(request), expectation=request.expectation, at=request.at)
    except VoiceError as problem:
        return Reply(code=problem.code, message=problem.message)
    return Reply(recognition=heard)


def _send(replies: BinaryIO, reply: Reply) -> None:
    replies.write(framed(reply))
    replies.flush()


if __name__ == "__main__":
    main()
