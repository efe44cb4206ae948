"""Finds people by what is sealed: equal phones, names and identity numbers have equal blind indexes."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from integrations.storage.keys import KeyRing
from integrations.storage.models import DoNotCallRow, ResidentRow
from integrations.storage.once import insert_once
from integrations.storage.store import StoreSession

_MOBILE = re.compile("1[0-9]{10}")
_NOT_DIGITS = re.compile("[^0-9]+")
_COUNTRY_CODES = ("+86", "0086")
IN_DOUBT = "怀疑是诈骗"  # why a number is on the list until its owner comes to us


def phone_index(keys: KeyRing, phone: str) -> str:
    """The blind index of a telephone number, however it is spaced or prefixed."""
    return keys.blind_index("phone", normal_phone(phone))


def name_index(keys: KeyRing, name: str) -> str:
    """The blind index of a whole name."""
    return keys.blind_index("name", _compact(name))


def id_index(keys: KeyRing, id_number: str) -> str:
    """The blind index of an identity number."""
    return keys.blind_index("id_number", _compact(id_number).upper())


def normal_phone(phone: str) -> str:
    """The digits of a number without the country code: 13912345678, 07168123456."""
    if _MOBILE.fullmatch(phone):
        return phone
    text = _compact(phone)
    for code in _COUNTRY_CODES:
        text = text.removeprefix(code)
    return _NOT_DIGITS.sub("", text)


def residents_by_phone(session: StoreSession, phone: str) -> Sequence[ResidentRow]:
    """Everybody with this number, heads of household first."""
    where = ResidentRow.phone_idx == phone_index(session.keys, phone)
    return session.scalars(select(ResidentRow).where(where).order_by(ResidentRow.is_head.desc(), ResidentRow.id)).all()


def residents_by_name(session: StoreSession, name: str) -> Sequence[ResidentRow]:
    """Everybody with exactly this name."""
    where = ResidentRow.name_idx == name_index(session.keys, name)
    return session.scalars(select(ResidentRow).where(where).order_by(ResidentRow.id)).all()


def may_not_be_called(session: StoreSession, phone: str) -> bool:
    """Whether the number is on the do-not-call list or somebody who has it asked not to be called."""
    index = phone_index(session.keys, phone)
    if session.get(DoNotCallRow, index) is not None:
        return True
    asked = select(ResidentRow.id).where(ResidentRow.phone_idx == index, ResidentRow.do_not_call_at.is_not(None))
    return session.scalars(asked.limit(1)).first() is not None


def never_call(session: StoreSession, phone: str, *, reason: str, at: datetime) -> bool:
    """Put a number on the do-not-call list. Returns False when it was there. `reason` holds no personal data."""
    values = {"phone_idx": phone_index(session.keys, phone), "at": at, "reason": reason}
    return insert_once(session, DoNotCallRow, values, unique="phone_idx")


def never_call_in_doubt(session: StoreSession, phone: str, *, at: datetime) -> None:
    """No robot rings a number whose owner took us for a fraud, until they come to us themselves; a worker may go."""
    never_call(session, phone, reason=IN_DOUBT, at=at)


def doubt_is_over(session: StoreSession, phone: str) -> None:
    """Whoever has this number called or wrote to us themselves. Who refused every call is still not called."""
    listed = session.get(DoNotCallRow, phone_index(session.keys, phone))
    if listed is not None and listed.reason == IN_DOUBT:
        session.delete(listed)
        session.flush()


def _compact(text: str) -> str:
    """Half-width, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
