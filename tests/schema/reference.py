"""The arithmetic of figures a second time, in exact fractions: what the database's answers are held against."""
import dataclasses
import decimal
from fractions import Fraction
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Interval:
    """Values between two ends; an end that is None is open without limit."""

    low: Optional[Fraction]
    high: Optional[Fraction]
    low_included: bool = True
    high_included: bool = True

    def __contains__(self, value):
        above = self.low is None or value > self.low or (value == self.low and self.low_included)
        below = self.high is None or value < self.high or (value == self.high and self.high_included)
        return above and below

    def precedes(self, other):
        """Whether every value here is less than every value there."""
        if self.high is None or other.low is None:
            return False
        return self.high < other.low or (self.high == other.low and not (self.high_included and other.low_included))

    def meets(self, other):
        return not self.precedes(other) and not other.precedes(self)

    def within(self, other):
        low = other.low is None or (self.low is not None and (
            self.low > other.low or (self.low == other.low and (other.low_included or not self.low_included))))
        high = other.high is None or (self.high is not None and (
            self.high < other.high or (self.high == other.high and (other.high_included or not self.high_included))))
        return low and high

    def scaled(self, factor):
        return dataclasses.replace(self, low=None if self.low is None else self.low * factor,
                                   high=None if self.high is None else self.high * factor)

    @property
    def unlimited(self):
        return self.low is None and self.high is None


def half_unit(value):
    """Half of the last digit that is not a trailing zero."""
    digits = decimal.Decimal(value).normalize(decimal.Context(prec=200)).as_tuple()
    return Fraction(10) ** (digits.exponent if any(digits.digits) else 0) / 2


def extent(value, bound):
    exact = Fraction(value)
    half = half_unit(value)
    return {
        "exact": Interval(exact, exact),
        "approx": Interval(exact - half, exact + half),
        "gt": Interval(exact, None, False, False),
        "gte": Interval(exact, None, True, False),
        "lt": Interval(None, exact, False, False),
        "lte": Interval(None, exact, False, True),
    }[bound]


def ratio_extent(dividend, divisor):
    """Every dividend over every positive divisor; None where that leaves both ends open."""
    def end(value, value_included, over, over_included):
        if value == 0 and (divisor.high is None or divisor.high > 0):
            return value, value_included
        if value is None or over is None or over <= 0:
            return None, False
        return value / over, value_included and over_included

    largest, smallest = (divisor.high, divisor.high_included), (divisor.low, divisor.low_included)
    low = end(dividend.low, dividend.low_included, *(smallest if (dividend.low or 0) < 0 else largest))
    high = end(dividend.high, dividend.high_included, *(largest if (dividend.high or 0) < 0 else smallest))
    result = Interval(low[0], high[0], low[1], high[1])
    return None if result.unlimited else result


def verdict(value_a, extent_a, value_b, extent_b):
    if not extent_a.meets(extent_b):
        return "conflict"
    return "agree" if extent_a == extent_b or (value_a is not None and value_a == value_b) else "overlap"


def multiple_verdict(value, bound, ratio):
    """Of a stated multiple against the interval of one ratio."""
    if ratio is None:
        return "does_not_follow"
    if bound in ("gt", "gte", "lt"):
        follows, nearly = ratio.within(extent(value, bound)), ratio.meets(extent(value, bound))
    else:
        closed = ratio.low is not None and ratio.high is not None
        follows, nearly = closed and Fraction(value) in ratio, closed and ratio.meets(extent(value, "approx"))
    return "follows" if follows else "follows_within_rounding" if nearly else "does_not_follow"


def rounded(value):
    """Four significant digits, or all whole ones."""
    whole_digits = max(4, value.adjusted() + 1)
    return decimal.Context(prec=whole_digits, rounding=decimal.ROUND_HALF_UP).plus(value)
