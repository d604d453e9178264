"""Generated claims and what they stand on, with the skew that real ones have: one COPY file a table, the same every time"""
import itertools
import random

ID_BASE = 10_000_000         # a claim's id is this and its number: of one length, so that bytes and numbers order alike
COMPARED = ("compared", "capacity-01")   # the subject and the quantity of as many figures as compared_figures() says
COMMON_SUBJECT = "subject-0001"          # the one that most claims are about
CHUNK = 10_000               # claims that are drawn together
EPOCH = "2026-01-01T00:00:00Z"

LANGUAGES = {"de": 35, "en": 30, "it": 15, "fr": 10, "es": 5, "pl": 3, "ja": 2}
KINDS = {"numeric": 50, "statement": 45, "multiple": 5}
STANCES = {"asserts": 80, "reports": 17, "disputes": 3}
HEDGES = {"none": 80, "estimate": 6, "opinion": 4, "probable": 3, "speculation": 2, "expectation": 2, "allegation": 2, "rumour": 1}
BOUNDS = {"exact": 60, "approx": 20, "gt": 5, "gte": 3, "lt": 4, "lte": 3, "range": 5}
ROLES = {"speaker": 50, "author": 30, "reporter": 15, "publisher": 5}
SOURCE_KINDS = {"article": 80, "study": 6, "report": 6, "post": 4, "paper": 3, "statement": 1}
SUBJECT_KINDS = ("model", "company", "product", "technology", "market", "document", "group", "person")

# Dimension, its canonical unit, and others with their factors; none where a unit does not convert.
DIMENSIONS = {
    "currency": [("XTS", 1), ("XXX", None)],
    "power": [("W", 1), ("kW", 1_000), ("MW", 1_000_000)],
    "duration": [("s", 1), ("h", 3_600), ("d", 86_400)],
    "parameter-count": [("{parameter}", 1), ("10*6.{parameter}", 1_000_000)],
}
PHRASES = {
    "exact": "{}", "approx": "about {}", "gt": "over {}", "gte": "at least {}", "lt": "less than {}", "lte": "up to {}",
    "range": "{} to {}",
}


def weighted(weights):
    """The arguments that make random.choices draw by these weights."""
    return {"population": list(weights), "cum_weights": list(itertools.accumulate(weights.values()))}


def zipf(population, exponent):
    """The same for a population whose nth member is as likely as n to the minus exponent."""
    ranks = range(1, len(population) + 1)
    return {"population": population, "cum_weights": list(itertools.accumulate(rank ** -exponent for rank in ranks))}


def compared_figures(count):
    return min(1_000, count // 100)


def text(value):
    """A field of COPY's text format; nothing written here holds a tab, a line's end or a backslash."""
    return r"\N" if value is None else str(value)


class Table:
    """A COPY file whose first line names the columns."""

    def __init__(self, folder, name, *columns):
        self._path = folder / name
        self._path.write_text("\t".join(columns) + "\n")

    def write(self, rows):
        with self._path.open("a") as file:
            file.writelines("\t".join(map(text, row)) + "\n" for row in rows)


class World:
    """What claims are about and stand in: sizes grow with the count of claims, more slowly than it."""

    def __init__(self, count):
        self.random = random.Random(count)
        self.count = count
        self.words = zipf(self._vocabulary(20_000), 1)
        self.subjects = [f"subject-{number:04}" for number in range(1, 3 * int(count ** 0.5) + 1)]
        self.quantities = [(f"capacity-{number:02}", dimension) for number, dimension in
                           zip(range(1, 41), itertools.cycle(DIMENSIONS))]
        self.scopes = [f"scope-{number:02}" for number in range(1, 21)]
        self.agents = [f"agent-{number:05}" for number in range(1, 20 + count // 100)]
        self.sources = [f"source-{number:06}" for number in range(1, 20 + count // 20)]
        self.propositions = [f"proposition-{number:07}" for number in range(1, 2 + count // 3)]

    def _vocabulary(self, size):
        syllables = [first + vowel + last for first in "bdfglmnprstvz" for vowel in "aeiou" for last in ("", "n", "r", "l", "s")]
        words = dict.fromkeys("".join(self.random.choices(syllables, k=self.random.randint(2, 4))) for _ in range(2 * size))
        return list(words)[:size]

    def sentences(self, count, low, high):
        """As many sentences, each of low to high words."""
        lengths = self.random.choices(range(low, high + 1), k=count)
        words = iter(self.random.choices(**self.words, k=sum(lengths)))
        return [" ".join(itertools.islice(words, length)).capitalize() + "." for length in lengths]

    def chance(self, probability):
        return self.random.random() < probability


def write_vocabularies(world, folder):
    Table(folder, "dimension", "id", "name").write((name, name.capitalize()) for name in DIMENSIONS)
    Table(folder, "unit", "id", "name", "dimension_id", "factor").write(
        (unit, f"Unit {unit}", dimension, factor) for dimension, units in DIMENSIONS.items() for unit, factor in units)
    quantities = Table(folder, "quantity", "id", "name", "dimension_id", "unit_id", "definition")
    quantities.write((name, name.replace("-", " ").capitalize(), dimension, DIMENSIONS[dimension][0][0], definition)
                     for (name, dimension), definition in zip(world.quantities, world.sentences(len(world.quantities), 5, 12)))
    quantities.write([("multiple", "Multiple", "ratio", "1", "How many times the one figure is the other.")])
    Table(folder, "scope", "id", "name", "definition").write(
        (name, name.capitalize(), definition) for name, definition in zip(world.scopes, world.sentences(len(world.scopes), 3, 8)))
    subjects = [COMPARED[0], *world.subjects]
    Table(folder, "subject", "id", "name", "kind", "description").write(
        (name, title[:-1], kind, description) for name, title, kind, description in
        zip(subjects, world.sentences(len(subjects), 1, 3), itertools.cycle(SUBJECT_KINDS), world.sentences(len(subjects), 6, 15)))


def write_agents(world, folder):
    """First those whom sources name as publishers, then each source's own voice."""
    Table(folder, "agent", "id", "name", "kind").write(
        (name, title[:-1], kind) for name, title, kind in
        zip(world.agents, world.sentences(len(world.agents), 2, 3), itertools.cycle(("organization", "person", "group"))))
    Table(folder, "agent.voices", "id", "name", "kind", "source_id").write(
        (f"voice-{name}", f"{name.capitalize()} in its own voice", "source", name) for name in world.sources)


def write_sources(world, folder):
    count = len(world.sources)
    days = world.random.choices(range(1, 29), k=count)
    Table(folder, "source", "id", "kind", "title", "description", "language", "url", "author", "publisher_id", "published_at",
          "content_sha256", "created_at").write(
        (name, kind, title[:-1], description, language, f"https://{publisher}.example/{name}", None, publisher,
         f"{2020 + day % 7}-{1 + day % 12:02}-{day:02}" if day > 3 else None, f"{world.random.getrandbits(256):064x}", EPOCH)
        for name, kind, title, description, language, publisher, day in
        zip(world.sources, world.random.choices(**weighted(SOURCE_KINDS), k=count), world.sentences(count, 5, 12),
            world.sentences(count, 8, 16), world.random.choices(**weighted(LANGUAGES), k=count),
            world.random.choices(**zipf(world.agents, 1), k=count), days))


def write_relations(world, folder):
    """One source in fifty is a translation or a syndication of an earlier one, one in five cites one."""
    rows = []
    for place in range(1, len(world.sources)):
        earlier = world.sources[int(place * world.random.random() ** 2)]
        if place % 50 == 0:
            rows.append((world.sources[place], earlier, "translation_of" if place % 100 else "syndication_of"))
        elif place % 5 == 0:
            rows.append((world.sources[place], earlier, "cites"))
    Table(folder, "source_relation", "source_id", "related_id", "kind").write(rows)


def write_propositions(world, folder):
    Table(folder, "proposition", "id", "statement").write(zip(world.propositions, world.sentences(len(world.propositions), 6, 14)))


class Claims:
    """Writes claims, and with them the hops of their attribution and the figures that multiples may rest on."""

    def __init__(self, world, folder):
        self.world = world
        self.numeric = []                    # the ids of the figures so far
        self.hops, self.operands = [], []    # of the claims that are being drawn
        self.every = world.count // compared_figures(world.count)   # each such claim is one of those compared
        self.quantities = zipf(world.quantities, 1)
        self.subjects = zipf(world.subjects, 1)
        self.agents = zipf(world.agents, 1)
        self.sources = zipf(world.sources, 0.5)
        self.propositions = zipf(world.propositions, 0.5)
        self.roles = weighted(ROLES)
        columns = ("id", "source_id", "line", "statement", "kind", "subject_id", "quantity_id", "scope_id", "period", "figure_as_printed",
                   "figure_value", "figure_bound", "figure_range", "figure_unit_id", "claimant_id", "stance", "hedge", "proposition_id",
                   "created_at")
        # Two files, so that two sessions can load them.
        self.first_half, self.second_half = (Table(folder, f"claim.{part}", *columns) for part in (1, 2))
        self.attribution = Table(folder, "attribution", "claim_id", "position", "agent_id", "role", "via_id")
        self.multiple_operand = Table(folder, "multiple_operand", "multiple_id", "role", "operand_id")

    def write(self):
        for first in range(1, self.world.count + 1, CHUNK):
            self.hops, self.operands = [], []
            rows = list(self._chunk(first, min(CHUNK, self.world.count + 1 - first)))
            for table, part in ((self.first_half, rows[::2]), (self.second_half, rows[1::2]),
                                (self.attribution, self.hops), (self.multiple_operand, self.operands)):
                table.write(part)

    def _chunk(self, first, count):
        draw = self.world.random.choices
        drawn = zip(draw(**weighted(KINDS), k=count), draw(**self.subjects, k=count), draw(**self.quantities, k=count),
                    draw(**self.sources, k=count), draw(**self.propositions, k=count), draw(**weighted(STANCES), k=count),
                    draw(**weighted(HEDGES), k=count), draw(**weighted(BOUNDS), k=count), self.world.sentences(count, 6, 12),
                    draw(range(1, 200), k=count))
        for number, (kind, subject, quantity, source, proposition, stance, hedge, bound, statement, line) in enumerate(drawn, first):
            name = str(ID_BASE + number)
            if number % self.every == 0:
                kind, subject, quantity = "numeric", COMPARED[0], self.world.quantities[0]
            figure = self._figure(name, kind, quantity, bound)
            claimant = self._claimant(name, source)
            yield (name, source, line, statement, kind, subject, *figure, claimant, stance, hedge, proposition, self._time(number))

    def _figure(self, name, kind, quantity, bound):
        """From quantity to unit. Values are spread evenly over the orders of magnitude and printed with three digits."""
        if kind == "statement":
            return (None,) * 8
        scope = self.world.random.choice(self.world.scopes) if self.world.chance(0.2) else None
        period = self.world.random.randint(2015, 2026) if self.world.chance(0.3) else None
        value = int(float(f"{10 ** self.world.random.uniform(0, 11):.3g}"))
        extent = f"[{value},{2 * value}]" if bound == "range" else None
        if kind == "multiple":
            self._rest_on_figures(name)
            unit, quantity = "1", "multiple"
        else:
            self.numeric.append(name)
            quantity, dimension = quantity
            unit = self.world.random.choice(DIMENSIONS[dimension])[0]
        printed = f"{PHRASES[bound].format(f'{value:,}', f'{2 * value:,}')} {unit}"
        return quantity, scope, period, printed, value, bound, extent, unit

    def _claimant(self, name, source):
        """Most sources speak for themselves; others pass on what an agent said, by up to two others."""
        if self.world.chance(0.6):
            return f"voice-{source}"
        hops = self.world.random.choices(**self.agents, k=self.world.random.choice((1, 1, 1, 2, 3)))
        self.hops.extend(
            (name, position, agent, role, self.world.random.choice(self.world.sources) if self.world.chance(0.3) else None)
            for position, (agent, role) in enumerate(zip(hops, self.world.random.choices(**self.roles, k=len(hops))), 1))
        return hops[-1]

    def _rest_on_figures(self, name):
        if len(self.numeric) > 1:
            above, below = self.world.random.sample(range(len(self.numeric)), 2)
            self.operands += [(name, "numerator", self.numeric[above]), (name, "denominator", self.numeric[below])]

    @staticmethod
    def _time(number):
        """A claim a second. The last digit is never a zero, which not all programs write."""
        minutes, second = divmod(number, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = divmod(hours, 24)
        return f"2026-01-{1 + day:02}T{hour:02}:{minute:02}:{second:02}.{number * 7919 % 100_000:05}{1 + number % 9}Z"


def write_comparisons(world, folder, figures):
    """One curated comparison a thousand claims, of two to eight figures."""
    names = [f"comparison-{number:04}" for number in range(1, 1 + world.count // 1000)]
    Table(folder, "comparison", "id", "title", "description", "created_at").write(
        (name, title[:-1], description, EPOCH) for name, title, description in
        zip(names, world.sentences(len(names), 3, 8), world.sentences(len(names), 8, 15)))
    Table(folder, "comparison_claim", "comparison_id", "claim_id").write(
        (name, figure) for name in names for figure in world.random.sample(figures, world.random.randint(2, 8)))


def generate(count, folder):
    world = World(count)
    write_vocabularies(world, folder)
    write_agents(world, folder)
    write_sources(world, folder)
    write_relations(world, folder)
    write_propositions(world, folder)
    claims = Claims(world, folder)
    claims.write()
    write_comparisons(world, folder, claims.numeric)
