"""Where the time of a turn went: both clocks, each step, and the verdict."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bodies import BODIES
from tests.logs import event, saved_turn, sent
from tests.talks import talk
from vftui.demo.model import split
from vftui.demo.script import SLOW_PARTS
from vftui.demo.texts import SLOW
from vftui.session.bars import MAX_BARS, Bar, Clock
from vftui.session.fold import Session
from vftui.session.log import Closed, Entry, Opened, Received
from vftui.session.timeline import MOST, Timeline, shares, verdict
from vftui.wire.frames import parse_frame

NOW = 1_786_629_723.0


def told(kind: str, at: float, arrived: float | None = None, /, **payload: Any) -> Received:
    """A trace that the server made `at` seconds after its beginning."""
    value = {"type": kind, "payload": payload, "time": (NOW + at) * 1000}
    return event(value, at=None if arrived is None else NOW + arrived)


def debug(message: str, at: float, context: str = "Agent", /, **more: Any) -> Received:
    return told("debug", at, message=message, context=context, **more)


def chunk(at: float, latency: float) -> Received:
    return debug("first chunk received", at, metadata={"latency": latency * 1000})


def result(at: float, latency: float) -> Received:
    metadata = {"model": "m", "tokens": 2, "latency": latency * 1000}
    return debug("ai result", at, type="agent", metadata=metadata)


def charge(at: float, model: str = "m") -> Received:
    counts = {"total": 2, "query": 1, "answer": 1}
    return debug(
        "resources consumption", at, metadata={"model": model, "tokensConsumption": counts}
    )


def piece(at: float, state: str = "content", arrived: float | None = None) -> Received:
    return told("completion", at, arrived, state=state, content="words" * (state == "content"))


def call(at: float, state: str, identity: str = "1") -> Received:
    return told("tool-call", at, state=state, callID=identity)


def timeline(*entries: Entry) -> Timeline:
    found = Timeline()
    for seq, entry in enumerate(entries, 1):
        found.hear(seq, entry)
    return found


def bars(clock: Clock | None, *kinds: str) -> list[tuple[str, float, float, bool]]:
    """Label, start and end of each bar, to the millisecond, and whether it is exact."""
    assert clock is not None
    return [
        (bar.label, round(bar.start, 3), round(bar.end, 3), bar.exact)
        for bar in clock.bars
        if not kinds or bar.kind in kinds
    ]


def server(*entries: Entry) -> list[tuple[str, float, float, bool]]:
    return bars(timeline(*entries).server)


def ours(*entries: Entry) -> list[tuple[str, float, float, bool]]:
    return bars(timeline(*entries).ours)


def turns(api: Any, *words: str) -> list[tuple[int, Entry]]:
    """The numbered entries of the newest turn of a talk with the demo agent."""
    entries = talk(api, *words)
    turn = Session.of(entries).turns[-1]
    return [(seq, entries[seq - 1]) for seq in range(turn.first_seq, turn.last_seq + 1)]


# The demo agent's script


def test_the_waterfall_agrees_with_the_script() -> None:
    found = Timeline()
    for seq, entry in turns("v4", "slow dock"):
        found.hear(seq, entry)
    clock, parts = found.server, SLOW_PARTS
    assert clock is not None
    answer = parts["first"] + parts["every"] * (len(split(SLOW)) - 1)
    expected = [
        ("model", "claude-3.5-haiku", parts["round"]),
        ("tool", "dock_lookup", parts["dock_lookup"]),
        ("unexplained", "unexplained", parts["delay"]),
        ("model", "claude-3.5-haiku", answer),
    ]
    seen = [bar for bar in clock.bars if bar.seconds > 0.01]
    assert [(bar.kind, bar.label) for bar in seen] == [row[:2] for row in expected]
    for bar, (_, _, seconds) in zip(seen, expected, strict=True):
        assert bar.seconds == pytest.approx(seconds, abs=0.01)
    assert clock.length == pytest.approx(sum(row[2] for row in expected), abs=0.01)
    assert sum(bar.seconds for bar in clock.bars) == pytest.approx(clock.length)
    assert verdict(found) == "57 % model, 25 % unexplained, 17 % dock_lookup, 1 % connecting"


def test_the_entries_of_a_bar_are_those_that_tell_of_it() -> None:
    numbered = dict(turns("v4", "slow dock"))
    found = Timeline()
    for seq, entry in numbered.items():
        found.hear(seq, entry)
    clock = found.server
    assert clock is not None

    def kinds(bar: Bar) -> list[str]:
        entries = [numbered[seq] for seq in bar.seqs]
        return [entry.decoded.kind for entry in entries if isinstance(entry, Received)]

    (tool,) = (bar for bar in clock.bars if bar.kind == "tool")
    assert kinds(tool) == ["tool-call", "debug", "tool-call"]
    answer = clock.bars[-1]
    assert kinds(answer) == ["debug", "completion", "completion", "debug", "debug"]


# Our clock


def test_our_clock_is_one_phase_behind_the_other() -> None:
    assert ours(
        sent(NOW),
        Opened(NOW + 0.1, 200, stage="session"),
        Opened(NOW + 0.3, 200),
        event({"type": "block", "payload": {"blockID": "b"}}, at=NOW + 1),
        piece(0, "start", 1.5),
        piece(0, "content", 2),
        piece(0, "content", 3),
        piece(0, "content", 7),
        event({}, "end", at=NOW + 7.5),
        Closed(NOW + 8, "complete"),
    ) == [
        ("session", 0, 0.1, True),
        ("connect", 0.1, 0.3, True),
        ("first byte", 0.3, 1, True),
        ("first text", 1, 2, True),
        ("stream", 2, 3, True),
        ("silence", 3, 7, True),
        ("stream", 7, 7.5, True),
        ("end", 7.5, 8, True),
    ]


def test_attempts_and_the_pauses_between_them() -> None:
    found = timeline(
        sent(NOW),
        Opened(NOW + 1, 429, retry_in=4.0),
        Opened(NOW + 6, 200),
        Closed(NOW + 7, "failed"),
    )
    assert bars(found.ours) == [
        ("connect", 0, 1, True), ("pause", 1, 5, True), ("connect", 5, 6, True),
        ("first byte", 6, 7, True),
    ]  # fmt: skip
    assert verdict(found) == (
        "57 % waiting for the next attempt, 29 % connecting, 14 % waiting for first byte"
    )


def test_a_turn_that_never_reached_the_agent_is_all_connecting() -> None:
    assert verdict(timeline(sent(NOW), Closed(NOW + 2, "unreachable"))) == "100 % connecting"


def test_frames_without_words_are_a_stream_and_no_wait_for_words() -> None:
    entries: list[Entry] = [sent(NOW), Opened(NOW + 1, 200)]
    entries += [event({}, at=NOW + 2), event({}, at=NOW + 3)]
    assert bars(timeline(*entries).ours)[-1] == ("stream", 2, 3, True)


def test_a_clock_that_went_back_stands_still() -> None:
    entries: list[Entry] = [sent(NOW), Opened(NOW - 50, 200)]
    entries += [event({}, at=NOW + 2), event({}, at=NOW + 1)]
    assert ours(*entries) == [("first byte", 0, 2, True)]


# The server's clock


def test_a_call_begins_where_its_first_chunk_says() -> None:
    assert server(
        debug("starting execution", 0), chunk(2, 0.5), piece(2.1, "start"), piece(3),
        piece(3, "end"), result(3, 9), charge(3),
    ) == [("unexplained", 0, 1.5, True), ("m", 1.5, 3, True)]  # fmt: skip


def test_a_call_without_a_first_chunk_begins_where_its_result_says() -> None:
    entries = [
        debug("hi", 0, "Start"),
        piece(2, "start"),
        piece(3, "end"),
        charge(3),
        result(3, 2.5),
    ]
    assert server(*entries) == [("unexplained", 0, 0.5, True), ("m", 0.5, 3, True)]


def test_a_call_that_nothing_dates_began_behind_the_trace_before_it() -> None:
    assert server(told("block", 1, blockID="b"), piece(2, "start"), piece(4, "end")) == [
        ("model call", 0, 3, False)
    ]


def test_a_round_that_only_calls_tools_is_a_call() -> None:
    rounds = [debug("starting execution", 0), charge(1), debug("calling tools", 1)]
    assert server(*rounds) == [("m", 0, 1, False)]
    assert server(rounds[0], debug("calling tools", 1)) == [("model call", 0, 1, False)]


def test_thinking_is_a_part_of_the_call() -> None:
    thought = [told("reasoning", at, state="content", content="x") for at in (1, 2)]
    entries = [debug("starting execution", 0), *thought, chunk(3, 2.5), piece(3), piece(4, "end")]
    assert server(*entries) == [("unexplained", 0, 0.5, True), ("model call", 0.5, 4, True)]


def test_charges_of_their_own_are_calls_of_their_own() -> None:
    entries = [debug("hi", 0, "Start"), charge(1, "a"), charge(3, "b"), charge(3.5, "b")]
    assert server(*entries) == [("a", 0, 1, False), ("b", 1, 3, False), ("b", 3, 3.5, False)]


def test_words_that_come_whole_end_the_call() -> None:
    entries = [chunk(1, 1), told("text", 3, message="Hi"), charge(5), result(5, 3)]
    assert server(*entries)[0] == ("m", 0, 3, True)


def test_a_tool_is_named_by_what_is_said_of_it() -> None:
    ref = {"type": "api-tool", "apiToolName": "dock_lookup"}
    done = debug("succeeded", 1.4, "API tool", ref=ref, metadata={"latency": 300})
    assert server(call(1, "start"), done, call(1.5, "end")) == [("dock_lookup", 0, 0.5, True)]
    assert server(debug("hi", 0, "Start"), done)[1] == ("dock_lookup", 1.1, 1.4, True)
    names = debug("calling tools", 0, metadata={"tools": [{"name": "a\nb"}]})
    assert server(names, call(0, "start"), call(1, "end")) == [("a b", 0, 1, True)]


def test_tools_beside_each_other_share_the_time() -> None:
    names = debug("calling tools", 0, metadata={"tools": [{"name": "one"}, {"name": "two"}]})

    def done(at: float, name: str) -> Received:
        return debug(
            "succeeded", at, "API tool", ref={"apiToolName": name}, metadata={"latency": 1}
        )

    entries = [names, call(0, "start"), call(0, "start", "2"), call(2, "end"), call(4, "end", "2")]
    found = timeline(*entries)
    assert bars(found.server) == [("tool call", 0, 2, True), ("tool call", 0, 4, True)]
    assert shares(found) == {"tool call": 4}
    one, two = debug("x", 0, "Start"), [done(2, "one"), done(2, "two")]
    told_apart = timeline(one, *two)
    assert shares(told_apart)["one"] == pytest.approx(shares(told_apart)["two"])


@pytest.mark.parametrize(
    ("entry", "bar"),
    [
        (told("debug", 2, type="api", message="API call error - \n{}"), ("API", 0, 2, False)),
        (told("debug", 2, type="code", message="evaluating code - no …"), ("code", 0, 2, False)),
        (told("knowledgeBase", 2, chunks=[]), ("knowledge base", 0, 2, False)),
        (debug("successfully executed", 2, "Function", metadata={"latency": 2000},
               ref={"functionName": "price"}), ("price", 0, 2, True)),
        (debug("failed", 2, "Code", metadata={"latency": 2000}), ("Code", 0, 2, True)),
        (debug("successfully executed", 2, "Set"), ("Set", 0, 2, False)),
    ],
)  # fmt: skip
def test_other_steps(entry: Received, bar: tuple[str, float, float, bool]) -> None:
    assert server(told("block", 0, blockID="b"), entry) == [bar]


def test_an_execution_without_latency_lasts_from_its_start() -> None:
    assert server(
        debug("starting execution", 0, "Code"),
        told("block", 1),
        debug("successfully executed", 2, "Code"),
    ) == [("Code", 0, 2, True)]


@pytest.mark.parametrize("latency", [-1, 1e12, "x", None])
def test_a_latency_that_cannot_be_true_is_none(latency: Any) -> None:
    done = debug("succeeded", 2, "API tool", metadata={"latency": latency})
    assert server(told("block", 1), done) == [("API tool", 0, 1, False)]


def test_a_time_from_another_age_is_no_time() -> None:
    assert server(told("block", 1), told("block", -1e9), told("block", 2))[-1][1:3] == (0, 1)


def test_steps_that_are_too_many_are_one() -> None:
    entries = [charge(n / 10) for n in range(MAX_BARS + 50)]
    found = timeline(*entries)
    assert len(bars(found.server, "model", "step")) == MAX_BARS
    assert bars(found.server)[-1][0] == "further steps"
    assert sum(shares(found).values()) == pytest.approx((MAX_BARS + 49) / 10)


# The verdict


def test_delivery_in_one_piece_is_not_counted_twice() -> None:
    """What the server did while we waited for the first byte is its steps, not a wait."""
    found = timeline(
        sent(NOW), Opened(NOW + 1, 200), told("block", 0, 10), told("block", 0, 10),
        *(told("completion", at, 10, state=state) for at, state in ((4, "start"), (8, "end"))),
        Closed(NOW + 10, "complete"),
    )  # fmt: skip
    assert shares(found) == {"model": 8, "connecting": 1, "waiting for first byte": 1}
    assert verdict(found) == "~80 % model, 10 % connecting, 10 % waiting for first byte"


def test_small_shares_are_told_together() -> None:
    steps = [
        debug(
            "succeeded", at, "API tool", ref={"apiToolName": f"t{at}"}, metadata={"latency": 1000}
        )
        for at in range(1, 9)
    ]
    assert verdict(timeline(*steps)).endswith("% other")
    assert verdict(timeline(*steps)).count(",") == MOST - 1


def test_nothing_is_known_of_a_stream_without_times() -> None:
    assert verdict(timeline(event({"type": "text", "payload": {"message": "Hi"}}))) == ""
    assert verdict(Timeline()) == ""


@pytest.mark.parametrize("name", BODIES)
def test_saved_streams_have_the_servers_clock_alone(name: str) -> None:
    found = timeline(*saved_turn(BODIES[name]))
    assert found.ours is None
    assert_whole(found)


# Laws


TIMES = st.one_of(
    st.none(),
    st.integers(0, 9_000).map(lambda ms: NOW * 1000 + ms),
    st.sampled_from([0, 7, -3, 1e14, 1e300, "soon"]),
)
PAYLOADS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(
        st.just("completion"),
        st.fixed_dictionaries({"state": st.sampled_from(["start", "content", "end", "odd"])}),
    ),
    st.tuples(
        st.just("tool-call"),
        st.fixed_dictionaries(
            {"state": st.sampled_from(["start", "end"]), "callID": st.sampled_from("ab")}
        ),
    ),
    st.tuples(
        st.just("debug"),
        st.fixed_dictionaries(
            {
                "message": st.sampled_from(
                    ["starting execution", "first chunk received", "ai result", "calling tools",
                     "succeeded", "failed", "resources consumption", "API call x"]
                ),
                "context": st.sampled_from(["Agent", "Prompt", "API tool", "Function", None]),
                "type": st.sampled_from(["api", "agent", None]),
                "metadata": st.fixed_dictionaries(
                    {
                        "latency": st.sampled_from([None, 0, 40, 900, -1, 1e15, "x"]),
                        "tokensConsumption": st.just({"total": 2, "query": 1, "answer": 1}),
                        "tools": st.sampled_from([None, [{"name": "dock"}], 3]),
                    }
                ),
            }
        ),
    ),
    st.sampled_from(
        [("text", {"message": "Hi"}), ("knowledgeBase", {"chunks": []}),
         ("block", {"blockID": "b"}), ("reasoning", {"state": "start"})]
    ),
)  # fmt: skip
ARRIVALS = st.one_of(st.none(), st.floats(NOW, NOW + 9), st.sampled_from([-1.0, 1e300]))


def received(at: float | None, time: Any, trace: tuple[str, dict[str, Any]]) -> Received:
    value = {"type": trace[0], "payload": trace[1], "time": time}
    return Received(at, parse_frame(f"event: trace\ndata: {json.dumps(value)}\n\n".encode()))


ENTRIES = st.lists(
    st.one_of(
        st.builds(received, ARRIVALS, TIMES, PAYLOADS),
        st.builds(received, ARRIVALS, TIMES, PAYLOADS),
        st.builds(lambda at: sent(at), ARRIVALS),
        st.builds(
            lambda at, wait: Opened(at, 200, retry_in=wait),
            ARRIVALS, st.sampled_from([None, 0.5, 1e300, -1.0]),
        ),
        st.builds(lambda at: Closed(at, "complete"), ARRIVALS),
    ),
    max_size=30,
)  # fmt: skip


def assert_whole(found: Timeline) -> None:
    """The parts of each clock cover it, and are its sum; the verdict sums to 100."""
    for clock in (found.ours, found.server):
        if clock is None:
            continue
        reached = 0.0
        for bar in clock.bars:
            assert 0 <= bar.start <= bar.end <= clock.length
            assert bar.start <= reached
            if bar.kind == "unexplained":
                assert bar.start == reached
            reached = max(reached, bar.end)
        assert reached == clock.length
        parts = clock.shares(lambda bar: bar.label)
        assert sum(parts.values()) == pytest.approx(clock.length)
    if found.ours is not None:
        assert sum(bar.seconds for bar in found.ours.bars) == pytest.approx(found.ours.length)
    words = verdict(found)
    assert not words or sum(map(int, re.findall(r"(\d+) %", words))) == 100


@given(ENTRIES)
def test_the_parts_are_the_whole(entries: list[Entry]) -> None:
    found, asked = timeline(*entries), Timeline()
    assert_whole(found)
    for seq, entry in enumerate(entries, 1):
        asked.hear(seq, entry)
        verdict(asked)
    assert (asked.ours, asked.server) == (found.ours, found.server)
