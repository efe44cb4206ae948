"""The words of a short message: nobody's name, no subject, nothing but who wrote and how to reach us."""

MOST_CHARACTERS = 70  # of one message with Chinese in it (3GPP TS 23.038, UCS-2); more is charged twice


def short_message(*, community: str, callback_number: str, code: str, link: str = "") -> str:
    """The text after a telephone that nobody answered. The code tells us, not others, which call it is about."""
    where = f"请回拨{callback_number}，说短码{code}" if callback_number else f"请联系网格员，说短码{code}"
    here = f"，或点 {link} 回答" if link else ""
    return f"【{community}】您好，社区给您打过电话，没有打通。方便时{where}{here}。不问钱，不要验证码。"


def worker_message(*, community: str, number: str, urgent: bool, callback_number: str, unheard: bool = False) -> str:
    """The text for a worker who has a new ticket, or of one that nobody took: its number, never whom or what about."""
    what = "紧急工单" if urgent else "新工单"
    where = f"，或拨{callback_number}" if callback_number else ""
    if unheard:
        return f"【{community}】紧急工单 {number} 没有人接，请马上打开控制台接单{where}。"
    return f"【{community}】您有一张{what} {number}，请打开控制台办理{where}。"
