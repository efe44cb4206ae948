"""The watchword 暗号 that a household agrees with its grid worker, so that the assistant can show who it is."""

import re
from datetime import datetime

from integrations.registry.errors import WatchwordUnusable
from integrations.storage import audit
from integrations.storage.models import HouseholdRow
from integrations.storage.store import StoreSession

# Two characters can be said and remembered; what is longer than a saying is not.
USABLE = re.compile("[\u4e00-\u9fff]{2,8}")


def agree(session: StoreSession, household: HouseholdRow, word: str, *, user_id: str | None, at: datetime) -> None:
    """Keeps the word, sealed; an empty one takes it back. Raises WatchwordUnusable."""
    wanted = word.strip()
    if wanted and not USABLE.fullmatch(wanted):
        raise WatchwordUnusable("暗号要两到八个汉字，比如“桂花糕”，请换一个。")
    household.watchword = wanted or None
    audit.record(
        session,
        user_id=user_id,
        action="watchword.agreed" if wanted else "watchword.removed",
        object_kind="household",
        object_id=household.id,
        at=at,
    )
