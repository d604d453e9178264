"""What a reader of the front end waits for, in a browser that has none of its files yet"""
import contextlib
import pathlib
import sys
import tempfile

from selenium.webdriver.common.keys import Keys

import servers
from database import Database

sys.path += [str(pathlib.Path(__file__).parents[1] / "tests" / folder) for folder in ("", "web")]

from browser import Browser  # noqa: E402 after it can be found
from pages import PAGES  # noqa: E402
from browsing import COUNTING, Reader  # noqa: E402

MANY = ("/claims", "/claims?stance=disputes&hedge=rumour", "/claims?sort=-value,id", "/claims?q=training", "/claims?value=gte.1e9")

PAINTS = """
const done = arguments[0];
new PerformanceObserver((list) => done([
  performance.getEntriesByName("first-contentful-paint")[0].startTime,
  Math.max(...list.getEntries().map((entry) => entry.startTime)),
])).observe({ type: "largest-contentful-paint", buffered: true });"""

# From what one does to the frame that shows it (Event Timing); what takes less than a frame is no entry.
WATCH = """
window.longest = 0;
new PerformanceObserver((list) => {
  longest = Math.max(longest, ...list.getEntries().filter((entry) => entry.interactionId).map((entry) => entry.duration));
}).observe({ type: "event", durationThreshold: 16 });"""


@contextlib.contextmanager
def looking(database, workers):
    """A reader of claimd's pages."""
    with servers.claimd(database, workers, cached=True) as claimd, tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTING})
        reader = Reader(browser, f"http://127.0.0.1:{claimd.port}")
        reader.wears()
        yield reader


def paints(reader, target):
    """Milliseconds to the first text of a page, and to the largest."""
    reader.forget()
    reader.open(target)
    return reader.driver.execute_async_script(PAINTS)


def longest(reader, target, act):
    """Milliseconds of the slowest of what one does on a page."""
    reader.open(target)
    reader.run(WATCH)
    act(reader)
    reader.run("return new Promise((done) => setTimeout(done, 100))")
    return reader.run("return longest")


def choose_facets(reader):
    reader.click("checkbox", "asserts")
    reader.click("checkbox", "reports")


def choose_baseline(reader):
    reader.find("combobox", "Baseline").send_keys(Keys.ARROW_DOWN)


def type_a_search(reader):
    reader.find("searchbox").send_keys("training")


ACTS = (("/claims", choose_facets), ("/comparisons/what-training-r1-cost", choose_baseline), ("/", type_a_search))


def seed(bench):
    """Every page of the seed, the slowest of them: until text is there, and from a click or key to the frame that shows it."""
    def sample():
        return {"paint": max(paints(reader, target)[0] for target in PAGES.values()),
                "interaction": max(longest(reader, *act) for act in ACTS)}

    with looking(Database(), bench.cores) as reader:
        return bench.alternate({"claimd": sample}, warm=False)


def many(bench):
    """The claims page, filtered, sorted and searched, the slowest: until its largest part is there."""
    def sample():
        return {"shown": max(paints(reader, target)[1] for target in MANY)}

    with looking(bench.database(bench.large), bench.cores) as reader:
        return bench.alternate({"claimd": sample}, warm=False)
