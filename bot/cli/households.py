"""./linyin watchword: the word by which a household knows the assistant."""

from typing import Annotated

import typer

from bot.cli.parties import chosen_resident
from bot.cli.reporting import Json, report
from bot.clock import SystemClock
from bot.installation import opened
from bot.settings import read_settings
from integrations.registry.watchwords import agree
from integrations.storage.models import HouseholdRow


def watchword(
    resident: Annotated[str, typer.Argument(help="这一户的一位居民：登记册里的姓名或电话", metavar="居民")],
    word: Annotated[str, typer.Argument(help="两到八个汉字；不写就是取消", metavar="暗号")] = "",
    as_json: Json = False,
) -> None:
    """记下网格员和一户当面约好的暗号；居民问起，邻音打电话时先说出来。例：./linyin watchword 李秀英 桂花糕

    JSON：household（住户编号）、agreed（现在有没有暗号）。
    """
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store:
        household_id = chosen_resident(store, resident).household_id
        with store.writing() as session:
            agree(session, session.get_one(HouseholdRow, household_id), word, user_id=None, at=clock.now())
    told = "记下了。居民问“暗号是什么”，邻音就说出来。" if word.strip() else "取消了。"
    report({"household": household_id, "agreed": bool(word.strip())}, [told], as_json=as_json)
