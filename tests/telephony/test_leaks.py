"""Nothing of a call outlives it."""

import asyncio
import os

from voice.media import Answered, CallEnded, DialOrder

CALLS = 150


async def test_many_calls_leave_no_task_no_socket_and_no_channel(start_sipp, start_dialer, trunk_to) -> None:
    far = await start_sipp("answer_and_wait", calls=CALLS)
    dialer = await start_dialer(trunk_to(far.port, channels=10))
    before = len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())

    async def one() -> None:
        call = await dialer.dial(DialOrder(number="13800000002"))
        async for event in call.events():
            if isinstance(event, Answered):
                call.send(b"\x55" * 8_000)
                await call.hang_up()
            elif isinstance(event, CallEnded):
                assert event.answered

    for _ in range(CALLS // 10):
        await asyncio.gather(*(one() for _ in range(10)))
    assert await far.verdict() == ""
    assert (len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())) == before
    assert dialer.open_calls == dialer.trunks["test"].in_use == 0
    gone = asyncio.Event()
    dialer.agent.schedule.after(5.2, gone.set)  # ended calls repeat their ACK for five seconds, BYE rests as long
    await gone.wait()
    assert dialer.agent.open_sessions == dialer.agent.open_transactions == 0
    assert len(dialer.agent.schedule) == 0
