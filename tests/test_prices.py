"""Prices: the table of the package, a person's own, and what calls cost."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vftui.errors import ConfigurationError
from vftui.prices import Cost, Price, Prices, kept
from vftui.render.figures import money
from vftui.session.fold import Session
from vftui.session.ledger import Call
from vftui.settings import config_path, prices_path
from vftui.wire.charges import Counts

CALL = Call(
    turn=0, number=1, at=None, label="Agent", model="gpt-4o-mini", multiplier=0.6, billed=None,
    base=Counts(1_000_000, 600_000, 400_000), source="reported", estimate=None, latency=None,
    rate=None, rate_estimated=False, seqs=(1,), more={},
)  # fmt: skip
NOTHING = replace(CALL, base=None)
ALIENS = st.sampled_from(["gpt-4o-mini", "claude-3.5-haiku", "nobody's", "", None])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "prices.toml"


@pytest.fixture(scope="module")
def table() -> Prices:
    """The package's."""
    return Prices.load(Path("there", "is", "none"))


def cost(prices: Prices, *calls: Call) -> Cost:
    whole = prices.cost(calls)
    assert whole is not None
    return whole


# The package's table


def test_each_price_of_the_package_is_of_a_day_that_is_over(table: Prices) -> None:
    rows = tomllib.loads(files("vftui").joinpath("prices.toml").read_text("utf-8"))["model"]
    assert len(rows) > 40
    for name in rows:
        price = table.price(name)
        assert price is not None and 0 < price.query < price.answer
        assert date(2025, 1, 1) < date.fromisoformat(price.date) <= date.fromisoformat(table.date)


def test_no_two_models_of_the_package_have_the_same_name() -> None:
    text = files("vftui").joinpath("prices.toml").read_text("utf-8")
    rows = tomllib.loads(text)["model"]
    names = [one for name, row in rows.items() for one in (name, *row.get("aliases", ()))]
    plain = [re.sub(r"[^a-z0-9]+", "-", name) for name in names]
    assert len(set(plain)) == len(plain)


@pytest.mark.parametrize(
    ("model", "query", "answer"),
    [
        ("gpt-4o-mini", 0.15, 0.6),
        ("gpt-4-turbo", 10, 30),
        ("gpt-3.5-turbo", 0.5, 1.5),
        ("claude-3.5-haiku", 0.8, 4),
        ("claude-3-5-haiku-20241022", 0.8, 4),
        ("Claude 3.5 Haiku", 0.8, 4),
        ("claude-4-sonnet", 3, 15),
    ],
)
def test_models_are_known_by_the_names_of_traces_and_of_their_makers(
    table: Prices, model: str, query: float, answer: float
) -> None:
    price = table.price(model)
    assert price is not None and (price.query, price.answer) == (query, answer)


@pytest.mark.parametrize("model", ["gpt-4o-2031-01-01", "gpt-9", "", None, "---", "gpt-4omini"])
def test_a_model_that_is_not_in_the_table_has_no_price(table: Prices, model: str | None) -> None:
    assert table.price(model) is None


# What calls cost


def test_base_tokens_are_priced_and_billed_ones_never(table: Prices) -> None:
    whole = cost(table, replace(CALL, billed=Counts(9, 9, 9)))
    assert whole.amount == pytest.approx(0.6 * 0.15 + 0.4 * 0.6)
    assert (whole.calls, whole.unpriced, whole.exact) == (1, 0, True)
    assert (whole.currency, whole.date) == ("USD", table.date)
    only_billed = replace(NOTHING, billed=Counts(1, 1, 0), multiplier=None)
    assert table.cost([only_billed]) is None
    assert table.cost([replace(only_billed, multiplier=0.0)]) is None


def test_base_tokens_that_follow_from_the_multiplier_make_it_inexact(table: Prices) -> None:
    billed = replace(NOTHING, billed=Counts(600_000, 360_000, 240_000))
    assert cost(table, billed).amount == pytest.approx(cost(table, CALL).amount)
    assert not cost(table, billed).exact and not cost(table, CALL, billed).exact


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, model=None),
        replace(CALL, model="nobody's"),
        replace(NOTHING, source="estimated", estimate=50),
        replace(CALL, base=Counts(74, 43, 0)),  # a text that was cut: nobody told the rest
        replace(CALL, base=Counts(74, 0, 0)),
        replace(CALL, model="gemini-2.5-pro", base=Counts(200_002, 200_001, 1)),
    ],
    ids=["no model", "another model", "estimate", "half", "no split", "longer than listed"],
)
def test_what_cannot_be_priced_is_counted(table: Prices, call: Call) -> None:
    assert table.cost([call]) is None
    assert table.of(call) == Cost(0.0, "USD", 0, 1, True, "")
    both = cost(table, call, CALL, call)
    assert (both.calls, both.unpriced, both.amount) == (1, 2, cost(table, CALL).amount)


def test_parts_that_are_rounded_up_one_by_one_are_priced(table: Prices) -> None:
    assert table.cost([replace(CALL, base=Counts(850, 812, 39))]) is not None
    assert table.cost([replace(CALL, base=Counts(0, 0, 0))]) == cost(
        table, replace(CALL, base=Counts(0, 0, 0))
    )
    assert table.cost([]) is None


@given(st.lists(st.tuples(ALIENS, st.integers(0, 10**7), st.booleans())), st.integers(0, 20))
def test_a_cost_is_the_sum_of_its_parts(
    calls: list[tuple[str | None, int, bool]], cut: int
) -> None:
    prices = Prices({"gpt-4o-mini": Price(1, 2, "2026-02-01"), "Claude-3-5-Haiku": DEAR})
    told = [
        replace(CALL, model=model, base=Counts(2 * n, n, n) if known else None)
        for model, n, known in calls
    ]
    parts = [prices.of(call) for call in told]
    whole = sum(parts, prices.of(NOTHING))
    halves = sum(parts[:cut], prices.of(NOTHING)) + sum(parts[cut:], prices.of(NOTHING))
    assert whole.amount == pytest.approx(halves.amount)
    assert (whole.calls, whole.exact, whole.date) == (halves.calls, halves.exact, halves.date)
    assert whole.calls + whole.unpriced == len(told) + 1
    shown = prices.cost(told)
    assert (shown is None) == (whole.calls == 0)
    assert shown is None or shown.amount == pytest.approx(whole.amount)


COUNTS = st.none() | st.builds(Counts, *[st.integers(0, 10**15)] * 3)


@given(ALIENS, COUNTS, COUNTS, st.none() | st.floats(0, 10**15))
def test_whatever_was_reported_has_a_cost_or_is_unpriced(
    table: Prices,
    model: str | None,
    base: Counts | None,
    billed: Counts | None,
    multiplier: float | None,
) -> None:
    call = replace(CALL, model=model, base=base, billed=billed, multiplier=multiplier)
    told = table.of(call)
    assert told.calls + told.unpriced == 1
    assert 0 <= told.amount < 1e30 and (told.calls or not told.amount)
    assert money(table.cost([call]))


DEAR = Price(10, 20, "2026-01-01")


def test_the_oldest_price_dates_a_cost() -> None:
    prices = Prices({"a": Price(1, 1, "2026-02-01"), "b": DEAR}, date="2026-03-01")
    a, b = replace(CALL, model="a"), replace(CALL, model="b")
    assert [cost(prices, *calls).date for calls in ([a], [b], [a, b], [b, NOTHING])] == [
        "2026-02-01", "2026-01-01", "2026-01-01", "2026-01-01",
    ]  # fmt: skip


async def test_the_calls_of_the_demo_agent_are_priced(table: Prices) -> None:
    from tests.stage import talked

    session = Session.of(await talked("v4", "Hire a bike."))
    whole = table.cost(session.calls)
    assert whole is not None and whole.unpriced == 0 and whole.exact and whole.amount > 0


# A person's own file

TWICE = """
date = 2026-01-01
[model]
"a.1" = {{ in = 1, out = 1 }}
"{}" = {{ in = 2, out = 2, aliases = [{}] }}
"""

OWN = """\
date = 2026-11-01
[model]
"house-model" = { in = 1, out = 2.5, aliases = ["house"] }
"gpt-4o-mini" = { in = 0.1, out = 0.2, date = 2026-10-31 }
"""


def test_an_own_file_extends_the_table(own: Path, table: Prices) -> None:
    own.write_text(OWN)
    prices = Prices.load(own)
    assert prices.price("House_Model") == Price(1, 2.5, "2026-11-01") == prices.price("house")
    assert prices.price("gpt-4o-mini") == Price(0.1, 0.2, "2026-10-31")
    assert prices.price("gpt-4o") == table.price("gpt-4o")
    assert (prices.date, len(prices)) == ("2026-11-01", len(table) + 2)


def test_an_own_file_replaces_the_table_and_has_another_currency(own: Path) -> None:
    own.write_text('currency = "EUR"\nreplace = true\n' + OWN)
    prices = Prices.load(own)
    assert prices.price("gpt-4o") is None and len(prices) == 3
    assert cost(prices, replace(CALL, model="house")).currency == "EUR"


def test_an_empty_file_changes_nothing(own: Path, table: Prices) -> None:
    own.write_text("# nothing yet\n")
    assert len(Prices.load(own)) == len(table)


def test_a_model_may_be_named_twice_at_the_same_price(own: Path) -> None:
    own.write_text(
        'date = 2026-01-01\n[model]\n"a" = { in = 1, out = 1, aliases = ["A", "b", "b"] }'
    )
    assert Prices.load(own).price("B") == Price(1, 1, "2026-01-01")


def test_names_in_any_script_are_names_of_their_own(own: Path) -> None:
    lines = (
        '"模型" = { in = 1, out = 1 }',
        '"型模" = { in = 2, out = 2 }',
        '"-" = { in = 3, out = 3 }',
    )
    own.write_text("\n".join(("date = 2026-01-01", "[model]", *lines)))
    prices = Prices.load(own)
    found = [prices.price(name) for name in ("模型", "型模", "-")]
    assert [price and price.query for price in found] == [1, 2, 3]
    assert [prices.price(name) for name in ("模", "?", "gpt-4o模型", "é-gpt-4o")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date = ", "is not valid TOML"),
        ("\x00", "is not valid TOML"),
        ("x = " + "[" * 5000, "is not valid TOML"),
        ("date = 2026-01-01T00:00:00", "date is missing or wrong"),
        ('[model]\n"a" = { in = 1, out = 1 }', "date is missing or wrong"),
        ('date = "tomorrow"', "date is missing or wrong"),
        ('date = 2026-01-01\ncurrency = "$"', "currency is missing or wrong"),
        ('date = 2026-01-01\ncurrency = "EUR"', "cannot stand beside those in USD"),
        ("date = 2026-01-01\nmodels = {}", "models is missing or wrong"),
        ('date = 2026-01-01\n[model]\n"a" = { in = 1 }', "model.a.out is missing or wrong"),
        ('date = 2026-01-01\n[model]\n"a" = { in = -1, out = 1 }', "model.a.in is missing"),
        ('date = 2026-01-01\n[model]\n"a" = { in = nan, out = 1 }', "model.a.in is missing"),
        ('date = 2026-01-01\n[model]\n"a" = { in = "1", out = 1 }', "model.a.in is missing"),
        ("date = 2026-01-01\n[model]\ngpt-4.1 = { in = 1, out = 1 }", "model.gpt-4.in is"),
        ('date = 2026-01-01\n[model]\n"\\u001b[2J" = 1', "something in it is missing or wrong"),
        (TWICE.format("A_1", ""), "A_1 has two prices"),
        (TWICE.format("b", '"c", "A-1"'), "A-1 has two prices"),
        (TWICE.format("\\u001b[2J", '"a 1", "b"'), "a 1 has two prices"),
        (TWICE.format("b", '"a\\u001b1"'), "one of its models has two prices"),
    ],
)
def test_a_broken_file_is_one_sentence(own: Path, text: str, said: str) -> None:
    own.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        Prices.load(own)
    assert said in caught.value.message and caught.value.message.startswith(str(own))
    assert "\x1b" not in caught.value.message


def test_meanwhile_the_table_of_the_package_counts(table: Prices) -> None:
    assert prices_path().parent == config_path().parent
    assert kept().problem == "" and len(kept()) == len(table)
    prices_path().parent.mkdir(parents=True, exist_ok=True)
    prices_path().write_bytes(b"\xff")
    assert len(kept()) == len(table) and kept().date == table.date
    assert kept().problem.startswith(f"{prices_path()} is not valid TOML.")
    prices_path().unlink()
    prices_path().mkdir()
    assert "cannot be read" in kept().problem


# In figures


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "$0.00"),
        (0.0000037, "<$0.00001"),
        (0.0000731, "$0.000073"),
        (0.0001, "$0.00010"),
        (0.000999, "$0.0010"),
        (0.00999, "$0.010"),
        (0.0213, "$0.021"),
        (0.0999, "$0.10"),
        (0.99999, "$1.00"),
        (1.234, "$1.23"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_has_two_figures_or_cents(amount: float, words: str) -> None:
    assert money(Cost(amount, "USD", 1, 0, True, "")) == words


def test_money_says_what_is_not_known() -> None:
    assert money(None) == "?"
    assert money(Cost(0.0, "USD", 0, 3, True, "")) == "?"
    assert money(Cost(0.021, "USD", 1, 2, True, "")) == "$0.021 +?"
    assert money(Cost(0.021, "CHF", 1, 2, False, "")) == "~CHF 0.021 +?"
    assert money(Cost(0.021, "EUR", 1, 0, False, "")) == "~€0.021"
