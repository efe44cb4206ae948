"""The provider of short messages that the settings ask for."""

import secrets

from bot.errors import SettingsInvalid
from bot.outgoing import Outgoing
from bot.running import Running
from bot.settings import Settings
from integrations.channels.sms.aliyun import AliyunSms
from integrations.channels.sms.gateway import HttpGateway
from integrations.channels.sms.sender import SmsSender
from integrations.channels.sms.tencent import TencentSms
from integrations.tickets.notices import Notices

_NONCE_BYTES = 16
_NEEDED: dict[str, tuple[str, ...]] = {
    "off": (),
    "gateway": ("sms_url",),
    "aliyun": ("sms_key", "sms_secret", "sms_sign", "sms_template"),
    "tencent": ("sms_key", "sms_secret", "sms_app", "sms_sign", "sms_template"),
}


def outgoing(system: Running) -> Outgoing:
    """The consumer of the outbox. Raises SettingsInvalid."""
    settings = system.settings
    return Outgoing(
        database=system.database,
        clock=system.clock,
        sms=sms_sender(settings),
        community=settings.community,
        callback_number=settings.callback_number,
        public_url=settings.public_url,
        notices=_notices(settings),
    )


def _notices(settings: Settings) -> Notices | None:
    """How workers are told of tickets; None where the provider has no words for it."""
    if settings.sms in ("aliyun", "tencent") and not settings.sms_worker_template:
        return None
    return Notices(
        community=settings.community,
        callback_number=settings.callback_number,
        template=settings.sms_worker_template,
    )


def sms_sender(settings: Settings) -> SmsSender | None:
    """The sender; None where short messages are off. Raises SettingsInvalid where something is missing."""
    missing = [name for name in _NEEDED[settings.sms] if not getattr(settings, name)]
    if missing:
        names = "、".join(f"LINYIN_{name.upper()}" for name in missing)
        raise SettingsInvalid(f"短信用 {settings.sms}，还要设置 {names}，请看 docs/settings.md。")
    elsewhere = {"endpoint": settings.sms_url} if settings.sms_url else {}
    match settings.sms:
        case "gateway":
            return HttpGateway(settings.sms_url, token=settings.sms_secret)
        case "aliyun":
            return AliyunSms(
                key_id=settings.sms_key,
                secret=settings.sms_secret,
                sign_name=settings.sms_sign,
                template=settings.sms_template,
                nonce=lambda: secrets.token_hex(_NONCE_BYTES),
                **elsewhere,
            )
        case "tencent":
            return TencentSms(
                secret_id=settings.sms_key,
                secret_key=settings.sms_secret,
                app_id=settings.sms_app,
                sign_name=settings.sms_sign,
                template=settings.sms_template,
                **elsewhere,
            )
        case _:
            return None
