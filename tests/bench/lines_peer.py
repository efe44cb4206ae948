"""The same calls with a peer library, baresip-python, in an environment of its own; prints its figures as JSON.

    uv run --no-project --python 3.11 --with baresip-python==0.5.2a3 tests/bench/lines_peer.py PORT CALLS SECONDS SETUPS

Run by tests/bench/lines.py beside our own figures: same far end, same cores. Imports nothing of ours.
"""

import asyncio
import json
import sys
import time

from baresip import Account, Config, Runtime, UserAgent

AT_ONCE = 10  # more makes the library report failed set-ups
FRAME = bytes(320)


async def call_once(agent: UserAgent, uri: str) -> bool:
    try:
        call = await agent.dial(uri)
        await call.wait_established(timeout=10)
        await call.hangup()
    except Exception:  # the library's own errors and time-outs: a failed set-up either way
        return False
    return True


async def set_up(agent: UserAgent, uri: str, total: int) -> tuple[float, int]:
    left = iter(range(total))
    failed = 0

    async def worker() -> None:
        nonlocal failed
        for _ in left:
            failed += not await call_once(agent, uri)

    start = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return time.monotonic() - start, failed


async def hold(agent: UserAgent, uri: str, calls: int, seconds: float) -> dict[str, float]:
    up = []
    for _ in range(calls):
        call = await agent.dial(uri)
        await call.wait_established(timeout=10)
        up.append(call)
    start, cpu = time.monotonic(), time.process_time()
    end = start + seconds
    while time.monotonic() < end:
        for call in up:
            call.audio.write(FRAME * 5)
            call.audio.read(10 * len(FRAME))
        await asyncio.sleep(0.1)
    share = (time.process_time() - cpu) / (time.monotonic() - start)
    for call in up:
        await call.hangup()
    deadline = time.monotonic() + 10
    while any(call.final_stats is None for call in up) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    stats = [call.final_stats for call in up if call.final_stats is not None]
    return {
        "calls": calls,
        "core_share": round(share, 3),
        "lost_packets": sum(max(0, one.tx_packets - one.rx_packets - 2) for one in stats),
    }


async def main() -> None:
    port, calls, seconds, setups = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    uri = f"sip:13800000002@127.0.0.1:{port}"
    runtime = Runtime()
    await runtime.start(Config(net_interface="127.0.0.1", max_concurrent_calls=None))
    agent = await UserAgent.create(
        runtime, Account(user="bench", domain="127.0.0.1", password="none", reg_interval=0, audio_codecs=("pcma",))
    )
    held = await hold(agent, uri, calls, seconds)
    took, failed = await set_up(agent, uri, setups)
    figures = {"setups_per_second": round((setups - failed) / took, 1), "setups_failed": failed, **held}
    print(json.dumps(figures), flush=True)  # noqa: T201  # its caller reads it
    await runtime.close()


asyncio.run(main())
