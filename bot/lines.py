"""The telephone lines that the settings ask for."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.media.keeper import media_process
from bot.media.line import MediaLine
from bot.media.protocol import Start
from bot.settings import Settings
from bot.speech import RECOGNISER_MODEL, SYNTHESISER_MODEL, models_folder
from integrations.telephony.lines_file import read_lines
from integrations.telephony.loopback.process import loopback_line
from voice.line import Line
from voice.models.catalogue import model_named, read_catalogue
from voice.models.install import state_of
from voice.synthesise.synthesiser import PLAIN

# A simulated resident takes as long as a quick one would, so that staff can watch.
RING_SECONDS = (1.0, 4.0)
TURN_SECONDS = (0.8, 2.5)
FOR_WORKERS = "workers"  # the name of that work; those of questionnaires are content hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephones:
    """What calls go over: `line` those of campaigns; `media` those of pages, and of residents who call us."""

    line: Line
    media: MediaLine | None  # None without the models that hear and speak

    def render_for_workers(self, texts: Sequence[str]) -> None:
        """What a worker who is being rung hears first is made into sound meanwhile: whoever hears nothing hangs up."""
        if self.media is not None and self.line is self.media:
            self.media.prepare(FOR_WORKERS, texts, (PLAIN,))


@asynccontextmanager
async def telephones(settings: Settings, clock: Clock, *, progress: Callable[[str], None]) -> AsyncIterator[Telephones]:
    """The lines while they are open. Raises LinesFileInvalid, LinesUnfit.

    `loopback` calls simulated residents, nobody else.
    """
    real = settings.telephony == "sip"
    if real:
        read_lines(settings.trunks_file)  # a mistake in it is told before anything is started
    async with AsyncExitStack() as stack:
        media = None
        if real or can_hear_and_speak(settings):
            start = Start(
                data=str(settings.data),
                keys=str(settings.keys),
                lines_file=str(settings.trunks_file) if real else "",
                recognisers=settings.recognisers,
                records=settings.record_calls,
            )
            log_file = settings.data / "log" / "media.log"
            process = await stack.enter_async_context(media_process(start, log_file=log_file, progress=progress))
            media = process.line
        if real and media is not None:
            yield Telephones(line=media, media=media)
            return
        ledger = settings.data / "loopback" / "ledger.jsonl"
        ledger.parent.mkdir(parents=True, exist_ok=True)
        line = await stack.enter_async_context(
            loopback_line(ledger, seed="serve", now=clock.now, ring_seconds=RING_SECONDS, turn_seconds=TURN_SECONDS)
        )
        yield Telephones(line=line, media=media)


def can_hear_and_speak(settings: Settings) -> bool:
    """Whether the models are installed."""
    models, folder = read_catalogue(), models_folder(settings)
    return all(
        state_of(model_named(name, models), folder) == "installed" for name in (RECOGNISER_MODEL, SYNTHESISER_MODEL)
    )
