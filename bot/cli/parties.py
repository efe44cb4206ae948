"""Whom a command talks with, and about what."""

from bot.conversation import Opening
from bot.errors import InputRefused
from bot.installation import newest_questionnaire
from bot.registry_view import caller_facts
from bot.running import Running
from dialogs.events import Channel, Member
from integrations.registry.lookup import residents_by_name, residents_by_phone
from integrations.storage.models import QuestionnaireRow, ResidentRow
from integrations.storage.store import Store, StoreSession


def opening_for(system: Running, resident: ResidentRow | None, content: str, *, channel: Channel) -> Opening:
    """A session with a resident, or with somebody unknown, about one questionnaire (by content hash)."""
    at = system.clock.now()
    elder, known = True, {}
    party, watchword = None, ""
    members: tuple[Member, ...] = ()
    if resident is not None:
        with system.store.reading() as session:
            facts = caller_facts(session, resident.id, content, system.dictionary, at=at)
            elder, known, watchword = facts.elder, facts.known, facts.watchword
            members = facts.members
            party = facts.party if channel == "voice" else None  # in a chat the resident has come themselves
    return Opening(
        questionnaire=content,
        channel=channel,
        community=system.settings.community,
        callback_number=system.settings.callback_number,
        resident_id=resident.id if resident else None,
        household_id=resident.household_id if resident else None,
        elder=elder,
        known=known,
        party=party,
        watchword=watchword,
        members=members,
    )


def chosen_resident(store: Store, name: str) -> ResidentRow:
    """The resident of this name or telephone number. Raises InputRefused."""
    with store.reading() as session:
        found = residents_by_phone(session, name) if name.isdigit() else residents_by_name(session, name)
    if not found:
        raise InputRefused("登记册里没有这位居民，请先用 ./linyin import 导入，或检查姓名和电话。")
    if len(found) > 1 and not name.isdigit():
        raise InputRefused(f"有 {len(found)} 位居民同名，请改用电话号码。")
    return found[0]


def chosen_questionnaire(session: StoreSession, key: str) -> QuestionnaireRow:
    """The newest version of a questionnaire. Raises InputRefused."""
    row = newest_questionnaire(session, key)
    if row is None:
        raise InputRefused(f"没有叫 {key} 的问卷；有哪些，请看 ./linyin questionnaire list。")
    return row
