"""The child program: reads a text from standard input and writes it as a WAV file. Arguments: file, words a minute."""

import sys

import pyttsx3

VOICE = "sit/cmn"


def main(path: str, rate: str) -> None:
    """Speaks into the file. The first file after a change of voice stays empty unless the engine ran once before.

    Exits with 1 when pyttsx3 cancelled its own utterance, as it now and then does: the file may be cut short then.
    """
    engine = pyttsx3.init("espeak")
    finished: list[bool] = []
    engine.connect("finished-utterance", lambda completed, **_: finished.append(completed))
    engine.setProperty("voice", VOICE)
    engine.setProperty("rate", int(rate))
    engine.runAndWait()
    engine.save_to_file(sys.stdin.buffer.read().decode(), path)
    engine.runAndWait()
    if not finished or not all(finished):
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
