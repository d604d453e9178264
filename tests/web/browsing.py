"""One who reads the pages in a browser, by mouse or by keyboard, and finds things by role and name"""
import base64
import contextlib
import time
from urllib.parse import urlsplit

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from contract import TREE

AXE = (TREE / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
PHONE, DESKTOP = 390, 1200
LOOKS = {"desk": {"width": DESKTOP, "scheme": "light"}, "phone": {"width": PHONE, "scheme": "dark"}}
WAIT = 10

# What may have a role; which one it has, the browser says.
CANDIDATES = {
    "alert": "[role=alert]", "button": "button, summary", "checkbox": "input[type=checkbox]", "combobox": "select, input[list]", "group": "fieldset, details, [role=group]",
    "heading": "h1, h2, h3, h4", "image": "img, [role=img]", "link": "a[href]", "row": "tr", "searchbox": "input[type=search]", "spinbutton": "input[type=number]",
    "status": "[role=status]", "table": "table", "textbox": "input, textarea",
}

STRICT = ("combobox", "image", "searchbox", "textbox")
ABOUT = """
const about = (each) => [each.getAttribute("aria-label"), each.textContent, each.title, each.alt, ...[...each.labels ?? []].map((label) => label.textContent)].join(" ");"""
# Those that are shown, and have the words somewhere about them: asking the browser for each one's name takes long.
LIKELY = ABOUT + """
const [within, selector, name] = arguments;
return [...(within ?? document).querySelectorAll(selector)].filter((each) => each.checkVisibility({ visibilityProperty: true }) && (name === null || about(each).includes(name)));"""
# The same of what has the focus.
LIKELY_FOCUSED = ABOUT + """
const [name, href] = arguments, here = document.activeElement;
return about(here).includes(name) && (href === null || here.getAttribute("href") === href);"""

# Counts the answers that are under way, so that one need not guess when a page is done.
COUNTING = """(() => {
  const real = fetch;
  window.underWay = 0;
  window.fetch = (...asked) => { underWay++; return real(...asked).finally(() => underWay--); };
})()"""
SETTLED = """
const done = arguments[0], begun = performance.now(), shown = "main h1, main [role=alert]";
const quiet = () => document.readyState === "complete" && !window.underWay && !document.querySelector("[aria-busy=true]") && document.querySelector(shown);
let turns = 0;
const look = () => {
  turns = quiet() ? turns + 1 : 0;
  if (turns > 3 || performance.now() - begun > 9000) done(turns > 3);
  else setTimeout(look, 12);
};
look();"""
FAULTS = """
const [rules, done] = arguments, only = rules ? { runOnly: { type: "rule", values: rules } } : {};
axe.run({ ...only, resultTypes: ["violations"] }).then((found) => done(found.violations.map((each) => [each.id, ...each.nodes.map((node) => node.html.slice(0, 160))])));"""


class Reader:
    def __init__(self, browser, base):
        self.browser = browser
        self.driver = browser.driver
        self.base = base
        self._expected = []
        self._look = {"width": DESKTOP, "scheme": "light", "language": "en"}
        self.driver.set_script_timeout(20)

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # The window -------------------------------------------------------------------------------------

    def wears(self, **changes):
        """A window of another width, in another scheme, of one who prefers another language; what is not told stays."""
        self._look |= changes
        self.command("Emulation.setDeviceMetricsOverride", width=self.width, height=900, deviceScaleFactor=1, mobile=self.width == PHONE)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": self._look["scheme"]}])
        self.command("Emulation.setUserAgentOverride", userAgent=self.run("return navigator.userAgent"), acceptLanguage=self._look["language"])

    @property
    def width(self):
        return self._look["width"]

    def forget(self):
        """As if it had never been here."""
        self.command("Storage.clearDataForOrigin", origin=self.base, storageTypes="all")
        self.command("Network.clearBrowserCache")

    def network(self, offline=False, latency=0):
        self.command("Network.enable")
        self.command("Network.emulateNetworkConditions", offline=offline, latency=latency, downloadThroughput=-1, uploadThroughput=-1)

    # Where one is -----------------------------------------------------------------------------------

    def open(self, target):
        self.driver.get(self.base + target)
        self.settled()
        return self

    def settled(self):
        assert self.driver.execute_async_script(SETTLED), f"{self.driver.current_url} does not come to rest: {self.text()[:500]}"
        return self

    def back(self):
        self.driver.back()
        self.settled()

    def forward(self):
        self.driver.forward()
        self.settled()

    @property
    def place(self):
        """The path and query that the address bar shows."""
        parts = urlsplit(self.driver.current_url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def path(self):
        return urlsplit(self.driver.current_url).path

    def text(self):
        return self.run("return (document.querySelector('main') ?? document.body).innerText")

    def hrefs(self, prefix):
        """Where the links of the page's content lead, under a prefix, in their order."""
        return self.run("return [...document.querySelectorAll('main a')].map(a => a.getAttribute('href')).filter(href => href?.startsWith(arguments[0]))", prefix)

    # What is there ----------------------------------------------------------------------------------

    def all(self, role, name=None, within=None):
        """Those of a role whose name holds the words."""
        likely = self.run(LIKELY, within, CANDIDATES[role], name)
        # Whether they are it, the browser says.
        return [each for each in likely if (name is None or name in (each.accessible_name or each.text)) and (role not in STRICT or each.aria_role == role)]

    def find(self, role, name=None, within=None):
        """The first of them, once it is there."""
        return self.until(lambda: self.all(role, name, within), f"a {role} {name}")[0]

    def until(self, condition, what, within=WAIT):
        """What the condition answers, once that is something; what goes while it is looked at is nothing yet."""
        end = time.monotonic() + within
        while True:
            with contextlib.suppress(StaleElementReferenceException):
                if answer := condition():
                    return answer
            assert time.monotonic() < end, f"no {what} in {self.driver.current_url}: {self.text()[:200]}"
            time.sleep(0.02)

    def reads(self, words, within=WAIT):
        """Waits until the page shows the words."""
        self.until(lambda: words in self.text(), f"words {words!r}", within)

    # By mouse ---------------------------------------------------------------------------------------

    def click(self, role, name=None, within=None):
        self.find(role, name, within).click()
        self.settled()

    def follow(self, href):
        """The first link of the page's content that leads there."""
        self.until(lambda: self.hrefs(href), f"link to {href}")
        self.run("arguments[0].scrollIntoView({block: 'center'})", link := self.driver.find_element(By.CSS_SELECTOR, f'main a[href="{href}"]'))
        link.click()
        self.settled()

    def unfold(self, name):
        """Opens the part of that name, unless it is open, or is none at this width."""
        for summary in self.all("button", name):
            if not self.run("return arguments[0].closest('details')?.open ?? true", summary):
                summary.click()
                self.settled()

    def choose(self, name, label):
        Select(self.find("combobox", name)).select_by_visible_text(label)
        self.settled()

    # By keyboard ------------------------------------------------------------------------------------

    def press(self, *keys, shift=False):
        chain = ActionChains(self.driver)
        if shift:
            chain.key_down(Keys.SHIFT)
        for key in keys:
            chain.send_keys(key)
        if shift:
            chain.key_up(Keys.SHIFT)
        chain.perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def tab_to(self, role=None, name="", href=None, limit=150, back=False):
        """Walks by Tab until what has the focus is that."""
        for _ in range(limit):
            self.press(Keys.TAB, shift=back)
            if not self.run(LIKELY_FOCUSED, name, href):
                continue
            here = self.focused()
            if role is not None and here.aria_role not in (role, *(["DisclosureTriangle"] if role == "button" else [])):
                continue
            if name in here.accessible_name:
                return here
        raise AssertionError(f"no way by Tab to {role} {name} {href} in {self.driver.current_url}")

    # What is held against it ------------------------------------------------------------------------

    def violations(self, *rules):
        """What axe finds by these rules, or all that it has."""
        if not self.run("return window.axe !== undefined"):
            self.run(AXE)
        return self.driver.execute_async_script(FAULTS, rules or None)

    def fits(self, width):
        """Whether nothing reaches over the window's side."""
        return self.run("return document.documentElement.scrollWidth") <= width

    def expects(self, *complaints):
        """What the console will say of what the test does on purpose."""
        self._expected += complaints

    def complaints(self):
        return [said for said in self.browser.complaints() if not any(expected in said for expected in self._expected)]

    def elsewhere(self):
        return [url for url in self.browser.fetched() if not url.startswith((self.base + "/", "chrome-", "about:", "blob:"))]

    def picture(self, width, highest):
        """A PNG of the page from its top, no higher than that."""
        height = min(self.run("return document.documentElement.scrollHeight"), highest)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])
