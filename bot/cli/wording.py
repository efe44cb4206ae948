"""What is wrong with a command as it was typed, in Chinese."""

import click


def usage_message(error: click.UsageError) -> str:
    """One sentence that says what to type instead."""
    path = error.ctx.command_path if error.ctx else "./linyin"
    return f"{_reason(error)}用法和例子请看：{path} --help"


def _reason(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            return f"没有“{error.option_name}”这个选项。"
        case click.MissingParameter():
            name = error.param.human_readable_name if error.param else "参数"
            return f"缺少“{name}”。"
        case click.BadParameter():
            name = error.param.human_readable_name if error.param else "参数"
            return f"“{name}”的值不对。"
        case click.BadOptionUsage():
            return f"选项“{error.option_name}”少了值。"
        case _ if "No such command" in error.message:
            return "没有这个命令。"
        case _ if "unexpected extra argument" in error.message:
            return "多写了参数。"
        case _:
            return "命令写得不对。"
