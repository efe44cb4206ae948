"""What is wrong with a command as it was typed, in Chinese."""

from typing import Any

import typer

# Typer brings its own copy of click; a wrong parameter is the one usage error that it names in public.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def usage_message(error: Any) -> str:
    """One sentence that says what to type instead; the help where nothing was typed."""
    if type(error).__name__ == "NoArgsIsHelpError":  # no command was asked for: its message is the help
        return str(error.message)
    path = error.ctx.command_path if error.ctx else "./linyin"
    return f"{_reason(error)}用法和例子请看：{path} --help"


def _reason(error: Any) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            return f"没有“{error.option_name}”这个选项。"
        case "MissingParameter":
            return f"缺少“{_parameter(error)}”。"
        case "BadParameter":
            return f"“{_parameter(error)}”的值不对。"
        case "BadOptionUsage":
            return f"选项“{error.option_name}”少了值。"
        case _ if "No such command" in error.message:
            return "没有这个命令。"
        case _ if "unexpected extra argument" in error.message:
            return "多写了参数。"
        case _:
            return "命令写得不对。"


def _parameter(error: Any) -> str:
    shown = error.param.metavar or error.param.opts[0] if error.param else "参数"
    return str(shown)
