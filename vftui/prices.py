"""What model calls cost in money: list prices of the models, in a dated table.

Five rules:

1. A price is the one that the model's maker lists, not what Voiceflow charges.
2. Prices are for base tokens, the model's own; billed ones are never priced. Base tokens that only
   follow from the billed ones and the multiplier make a cost that is not exact.
3. What cannot be priced is counted (`Cost.unpriced`), and never taken to be free.
4. The table comes with the package. A file of a person's own, beside the settings, extends it, or
   replaces it with `replace = true`. The date of a cost is that of the oldest price in it.
5. A file that cannot be used is one sentence; the package's own table counts meanwhile.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Day
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vftui.errors import ConfigurationError
from vftui.wire.charges import Counts

if TYPE_CHECKING:
    from vftui.session.ledger import Call

MILLION = 1_000_000
"""Tokens that a price is for."""

_LEAST = 1e-6
"""Multipliers up to this are nonsense."""

_SEPARATORS = re.compile(r"[\W_]+")
_NAME = re.compile(r"[\w./ -]{1,40}", re.ASCII)
_FORM = 'It has a date, and below [model] lines such as "gpt-4o-mini" = { in = 0.15, out = 0.60 }.'


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens of a model cost."""

    query: float
    answer: float
    date: str
    """The day on which that was listed, such as `2026-07-11`."""
    up_to: int | None = None
    """How many tokens may go in, where longer questions cost more."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What some calls cost at list prices."""

    amount: float
    currency: str
    calls: int
    """How many calls `amount` is for."""
    unpriced: int
    """How many more there are, whose cost is not known."""
    exact: bool
    """Whether all base tokens in it were reported."""
    date: str
    """The day of the oldest price in it; empty when none is."""

    def __add__(self, other: Cost) -> Cost:
        """Both together, of one table of prices."""
        return Cost(
            self.amount + other.amount,
            self.currency,
            self.calls + other.calls,
            self.unpriced + other.unpriced,
            self.exact and other.exact,
            min(filter(None, (self.date, other.date)), default=""),
        )


class Prices:
    """A table of prices by model, in one currency."""

    def __init__(
        self, table: Mapping[str, Price], currency: str = "USD", date: str = "", problem: str = ""
    ) -> None:
        self._table = {_plain(name): price for name, price in table.items()}
        self.currency = currency
        """Three letters, such as `USD`."""
        self.date = date
        """The day of the table."""
        self.problem = problem
        """Why the person's own file is not used, in a sentence; empty: it is, or there is none."""

    @classmethod
    def load(cls, path: Path) -> Prices:
        """The package's table with the person's file over it. Raises when that cannot be used."""
        try:
            text = path.read_text("utf-8-sig") if path.exists() else ""
            content = tomllib.loads(text)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
        except (ValueError, RecursionError):  # not UTF-8, not TOML, or nested without end
            raise ConfigurationError(f"{path} is not valid TOML.", "Mend it there.") from None
        return _over(_own(), content, str(path)) if content else _own()

    def __len__(self) -> int:
        return len(self._table)

    def price(self, model: str | None) -> Price | None:
        """The price of a model; capitals and the signs between its words do not count."""
        return self._table.get(_plain(model)) if model else None

    def cost(self, calls: Iterable[Call]) -> Cost | None:
        """What these calls cost; None when none of them can be priced."""
        whole = sum(map(self.of, calls), start=self._none(0))
        return whole if whole.calls else None

    def of(self, call: Call) -> Cost:
        """What one call costs, to be added to others; of none when that is not known."""
        price, base = self.price(call.model), _base(call)
        if price is None or base is None or (price.up_to or base.query) < base.query:
            return self._none(1)
        amount = (base.query * price.query + base.answer * price.answer) / MILLION
        return Cost(amount, self.currency, 1, 0, call.base is not None, price.date)

    def over(self, other: Prices, problem: str = "") -> Prices:
        """These in place of the other's, whose further ones stay."""
        return Prices({**other._table, **self._table}, self.currency, self.date, problem)

    def _none(self, unpriced: int) -> Cost:
        return Cost(0.0, self.currency, 0, unpriced, True, "")


def kept() -> Prices:
    """The prices of the person who runs the app; if their file is broken, `problem` says so."""
    from vftui.settings import prices_path

    try:
        return Prices.load(prices_path())
    except ConfigurationError as error:
        meanwhile = "Until then, the prices of vftui itself are used."
        own = _own()
        return own.over(own, " ".join(filter(None, (error.message, error.hint, meanwhile))))


def _base(call: Call) -> Counts | None:
    """The base tokens of a call; None when they are not known, or not how they split.

    Each part is rounded up by itself, so the parts may be more than the total, but never less.
    """
    base, billed, factor = call.base, call.billed, call.multiplier
    if base is None and billed is not None and factor is not None and factor > _LEAST:
        base = Counts(*(math.ceil(n / factor) for n in (billed.total, billed.query, billed.answer)))
    return base if base is not None and base.query + base.answer >= base.total else None


@lru_cache(1000)
def _plain(model: str) -> str:
    """A name without what spellings differ in: `claude-3.5-haiku`, `Claude 3-5 Haiku`."""
    return _SEPARATORS.sub("-", model.casefold()).strip("-") or model


@cache
def _own() -> Prices:
    """The package's table."""
    content = tomllib.loads(files("vftui").joinpath("prices.toml").read_text("utf-8"))
    return _over(None, content, "prices.toml")


_Amount = Annotated[float, Field(ge=0, le=MILLION)]


class _Row(BaseModel):
    """What a file says about one model."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: _Amount = Field(alias="in")
    answer: _Amount = Field(alias="out")
    up_to: Annotated[int, Field(gt=0)] | None = None
    aliases: list[str] = []
    date: Day | None = None


class _File(BaseModel):
    """What a file of prices says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    date: Day
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    replace: bool = False
    model: dict[str, _Row] = {}


def _over(below: Prices | None, content: Mapping[str, Any], place: str) -> Prices:
    """The table of a file, over another one unless it replaces that."""
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        where = where if _NAME.fullmatch(where) else "something in it"
        raise ConfigurationError(f"{place}: {where} is missing or wrong.", _FORM) from None
    prices = Prices(_table(file, place), file.currency, file.date.isoformat())
    if below is None or file.replace:
        return prices
    if prices.currency != below.currency:
        raise ConfigurationError(
            f"{place}: prices in {prices.currency} cannot stand beside those in {below.currency}.",
            "Set replace = true in it, to do without those of vftui itself.",
        )
    return prices.over(below)


def _table(file: _File, place: str) -> dict[str, Price]:
    """The prices of a file by all their names."""
    table: dict[str, Price] = {}
    for model, row in file.model.items():
        day = (row.date or file.date).isoformat()
        price = Price(row.query, row.answer, day, row.up_to)
        for name in (model, *row.aliases):
            if table.setdefault(_plain(name), price) != price:
                which = name if _NAME.fullmatch(name) else "one of its models"
                raise ConfigurationError(
                    f"{place}: {which} has two prices.",
                    "Capitals do not tell names apart, nor do the signs between their words.",
                )
    return table
