"""The commands of ./linyin, wired from top to bottom; every error is one Chinese sentence."""

import logging
import sys

import typer

from bot.auth.errors import AuthError
from bot.cli import (
    audits,
    backing_up,
    calling,
    campaigning,
    chatting,
    demonstration,
    erasures,
    following,
    handovers,
    households,
    keys,
    knowledge,
    lines,
    questionnaires,
    registry,
    rehearsing,
    screenshots,
    serving,
    speech,
    understanding,
    workshop,
)
from bot.cli.wording import UsageError, usage_message
from bot.errors import BotError
from campaigns.errors import CampaignError
from dialogs.errors import DialogsError
from integrations.errors import IntegrationError
from integrations.knowledge.errors import NoticeError
from voice.errors import VoiceError

SAID_IN_CHINESE = (AuthError, BotError, CampaignError, DialogsError, IntegrationError, NoticeError, VoiceError)
LOG_FORMAT = "time=%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130


def command_line() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="linyin",
        help="邻音：社区电话与聊天助手。第一次使用，请运行 ./linyin demo。",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.command("demo")(demonstration.demo)
    app.command("serve")(serving.serve)
    app.command("import")(registry.import_book)
    app.command("undo-import")(registry.undo)
    app.command("sample-community")(registry.sample)
    app.command("export")(registry.export)
    app.add_typer(campaigning.commands(), name="campaign")
    app.command("rehearse")(rehearsing.rehearse)
    app.add_typer(following.commands(), name="series")
    app.add_typer(questionnaires.commands(), name="questionnaire")
    app.command("chat")(chatting.chat)
    app.command("replay")(chatting.replay)
    app.command("understand")(understanding.understand)
    app.command("call")(calling.call)
    app.command("hear")(speech.hear)
    app.add_typer(lines.commands(), name="line")
    app.add_typer(speech.commands(), name="models")
    app.add_typer(knowledge.commands(), name="knowledge")
    app.add_typer(keys.commands(), name="keys")
    app.add_typer(handovers.handover_commands(), name="handover")
    app.add_typer(handovers.worker_commands(), name="worker")
    app.command("watchword")(households.watchword)
    app.command("erase")(erasures.erase_resident)
    app.command("backup")(backing_up.backup)
    app.command("restore")(backing_up.put_back)
    app.command("audit")(audits.verify)
    app.command("bench")(workshop.bench)
    app.command("screenshots")(screenshots.screenshots)
    app.command("test")(workshop.run_tests)
    app.command("check")(workshop.check)
    return app


def main() -> None:
    """Runs the command that was asked for; the exit code is not 0 when it failed."""
    logging.getLogger("jieba").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, stream=sys.stderr)
    try:
        code = command_line()(standalone_mode=False, prog_name="./linyin")
    except SAID_IN_CHINESE as error:
        typer.echo(error.message, err=True)
        sys.exit(FAILED)
    except UsageError as error:
        typer.echo(usage_message(error), err=True)
        sys.exit(WRONG_USAGE)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("已停止。", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)
