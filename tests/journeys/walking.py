"""
Somebody at a browser. `Walker` presses, types and reads as a person would, and looks at every page on the way.

A look asks axe (once for each shape of page at each width and language), measures whether the page scrolls sideways, and
collects what the console said and every answer of 500 and above. What was found is told when the journey ends.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

from .cast import CASTS, LANGUAGES, Answers, Cast, say
from .house import PASSWORD, ROOT, House

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK, HEIGHT = 390, 1440, 844
WIDTHS = {"phone": PHONE, "desk": DESK}
SHOTS = os.environ.get("TINHSO_SHOTS", "")
"""Folder for a picture of every page that has a new shape; none when empty."""
PATIENCE = 20_000
SHAPE = """() => { const of = e => e.tagName + '.' + (typeof e.className === 'string' ? e.className : '') +
  ['role', 'type', 'aria-label', 'for', 'alt'].map(n => (e.getAttribute(n) ?? '')).join('|');
  return [...new Set([...document.querySelectorAll('body *')].map(of))].sort().join('\\n'); }"""
WIDEST = """() => { const right = e => e.getBoundingClientRect().right + scrollX, all = [...document.querySelectorAll('body *')];
  const wide = e => right(e) > document.documentElement.clientWidth ||
    e.clientWidth && e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === 'visible';
  return all.filter(wide).map(e => e.outerHTML.slice(0, 120)); }"""
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
Said = str | re.Pattern[str]


def walked(quang_nam: str, nghich: str) -> pytest.MarkDecorator:
    """
    Say in which language and at which width all walk a journey, by province: `@walked("en desk", "vi phone")`.

    A journey is walked once in each province. Languages and widths take turns, so that over all journeys each language
    is walked on each device in each province, and no journey is walked eight times.
    """
    walks = [f"quang-nam {quang_nam}", f"nghich {nghich}"]
    return pytest.mark.parametrize("both", walks, indirect=True, ids=[walk.replace(" ", "-") for walk in walks])


@dataclass
class Seen:
    """What all walkers of a run know: which shapes of page axe has been asked about."""

    shapes: set[str] = field(default_factory=set)
    pages: int = 0


@dataclass
class Walker:
    """One person in one browser context."""

    house: House
    context: BrowserContext
    seen: Seen
    width: int
    language: str
    scripts: bool = True
    also: int = 0
    """A second width at which every page is looked at; none when 0."""
    faults: list[str] = field(default_factory=list)
    page: Page = field(init=False)
    answered: int = 0
    """Status of the last page."""

    def __post_init__(self) -> None:
        """Open the page and listen."""
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open one more tab, listened to like the first."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._heard)
        page.on("response", self._answered)
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "the server responded with a status of 4" not in said.text:
            self.faults.append(f"console on {self.page.url}: {said.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} for {response.request.method} {response.url}")
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.answered = response.status

    @property
    def cast(self) -> Cast:
        """Return who takes part here, and what they do, in this person's language."""
        return replace(CASTS[self.house.pack], language=self.language)

    def say(self, text: str) -> str:
        """Return one of the program's own texts as this person reads it."""
        return say(self.language, text)

    # --- going about ----------------------------------------------------------------------------------------------

    def open(self, path: str) -> Walker:
        """Go to a path of the site (or a whole address) and look."""
        self.page.goto(path if path.startswith("http") else self.house.url + path)
        return self.look()

    def follow(self, said: Said, *, within: str = "main", nth: int = 0) -> Walker:
        """Follow the link that says so."""
        return self._leave(self.page.locator(within).get_by_role("link", name=said).nth(nth))

    def go(self, leads: str) -> Walker:
        """Follow the first link whose address ends so, whatever it says."""
        return self._leave(self.page.locator(f'main a[href$="{leads}"]').first)

    def press(self, said: Said, *, within: str = "main", nth: int = 0) -> Walker:
        """Press the button (or the link that looks like one) that says so."""
        place = self.page.locator(within)
        buttons = place.get_by_role("button", name=said)
        return self._leave((buttons if buttons.count() else place.get_by_role("link", name=said)).nth(nth))

    def send(self, having: str = "button") -> Walker:
        """Press the main button of the page's form; of the one that holds `having`, where files in a list have forms too."""
        form = f"main form:has({having})"
        chosen = f"{form} .govuk-button-group button, {form} button.govuk-button:not(.govuk-button--secondary)"
        return self._leave(self.page.locator(chosen).first)

    def _leave(self, target: Locator) -> Walker:
        """Click what leads to another page; wait for that page; look at it."""
        with self.page.expect_navigation(wait_until="load"):
            target.click(no_wait_after=True)
        return self.look()

    def fill(self, **typed: str) -> Walker:
        """Type into fields by name; two underscores stand for the dot, three for the hyphen."""
        return self.answer({name.replace("___", "-").replace("__", "."): value for name, value in typed.items()})

    def answer(self, answers: Answers) -> Walker:
        """Answer fields by name, whatever they are; a further entry of a list is added first."""
        for name, value in answers.items():
            entry = re.fullmatch(r"(.+)\.[1-9]\d*\.[^.]+", name)
            if entry and not self.page.locator(f'main [name="{name}"]').count():
                self._leave(self.page.locator(f'main button[name="_add"][value="{entry[1]}"]'))
            self._answer(self.page.locator(f'main [name="{name}"]'), value)
        return self

    def _answer(self, found: Locator, value: str) -> None:
        kind = found.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            found.first.select_option(value)
        elif kind == "radio":
            # the label is what is clicked: govuk lays the input beneath it
            self.page.locator(f'label[for="{self._id_of(found, value)}"]').click()
        elif kind == "checkbox":
            one_of_several = found.count() > 1
            (self.page.locator(f"#{self._id_of(found, value)}") if one_of_several else found.first).check()
        elif kind == "file":
            found.first.set_input_files(value)
        else:
            found.first.fill(value)

    @staticmethod
    def _id_of(found: Locator, value: str) -> str:
        return str(found.evaluate_all("(all, v) => all.find(e => e.value === v).id", value))

    # --- reading --------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """Return what the page says in its main part, spaces made one."""
        return re.sub(r"[\s\u00a0\u202f]+", " ", self.page.locator("main").first.inner_text())

    @property
    def path(self) -> str:
        """Return the path of the page."""
        return self.page.url.removeprefix(self.house.url).partition("?")[0]

    def get(self, path: str) -> Any:
        """Return the answer to a plain request with this walker's cookies, without opening a page."""
        return self.context.request.get(path if path.startswith("http") else self.house.url + path)

    # --- looking --------------------------------------------------------------------------------------------------

    def look(self) -> Walker:
        """Look at the page that is open now."""
        self.page.wait_for_load_state("load")
        if not self.scripts or not self.page.url.startswith(self.house.url):
            return self
        self._look_at(self.width)
        if self.also:
            self.page.set_viewport_size({"width": self.also, "height": HEIGHT})
            self._look_at(self.also)
            self.page.set_viewport_size({"width": self.width, "height": HEIGHT})
        return self

    def _look_at(self, width: int) -> None:
        where = f"{self.page.url} at {width}"
        self.seen.pages += 1
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            self.faults.append(f"{where}: scrolls {wider} px sideways: {self.page.evaluate(WIDEST)}")
        language = self.page.evaluate("document.documentElement.lang")
        shape = hashlib.sha256(f"{width}{language}{self.page.evaluate(SHAPE)}".encode()).hexdigest()
        if shape not in self.seen.shapes:
            self.seen.shapes.add(shape)
            self._ask_axe(where)
            self._take_picture(width)

    def _ask_axe(self, where: str) -> None:
        if not self.page.evaluate("() => 'axe' in window"):
            # through the debugger, not a script tag: the page's policy stays as it is
            session = self.context.new_cdp_session(self.page)
            session.send("Runtime.evaluate", {"expression": AXE})
            session.detach()
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
        self.faults += [
            f"{where}: {fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]
        ]

    def _take_picture(self, width: int) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^a-z0-9.-]+", "_", self.path.lower())[:60].strip("_") or "home"
            self.page.screenshot(path=f"{SHOTS}/{self.seen.pages:03d}-{width}-{name}.png", full_page=True)


@dataclass
class People:
    """Who takes part in the journeys of one province. Each signs in once; later walkers come with the same session."""

    house: House
    browser: Browser
    seen: Seen
    language: str = ""
    """The language in which they read now; the province's first when empty."""
    width: int = 0
    """The width at which they look now; when 0, citizens hold a phone and officials sit at a desk."""
    sessions: dict[str, Any] = field(default_factory=dict)
    walkers: list[Walker] = field(default_factory=list)

    @property
    def cast(self) -> Cast:
        """Return who takes part here, and what they do, in the language of this walk."""
        home = CASTS[self.house.pack]
        return replace(home, language=self.language or home.language)

    @property
    def other_language(self) -> str:
        """Return the language in which this walk is not."""
        return next(language for language in LANGUAGES if language != self.cast.language)

    def stranger(
        self, width: int = 0, *, language: str = "", scripts: bool = True, state: Any = None, also: int = 0
    ) -> Walker:
        """Return somebody who has not signed in (or who comes with the cookies in `state`)."""
        width, language = width or self.width or PHONE, language or self.cast.language
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            storage_state=state,
            locale="vi-VN",
        )
        context.add_cookies([{"name": "ngon_ngu", "value": language, "url": self.house.url}])
        walker = Walker(self.house, context, self.seen, width, language, scripts, also)
        self.walkers.append(walker)
        return walker

    def citizen(self, name: str = "Trần Thị Tư", width: int = 0, **more: Any) -> Walker:
        """Return a citizen, signed in through VNeID."""
        return self._known(
            f"citizen {name}", lambda walker: sign_in_citizen(walker.open("/tai-khoan/login/"), name), width, more
        )

    def official(self, username: str, width: int = 0, **more: Any) -> Walker:
        """Return an official, signed in with password and one-time code."""
        width = width or self.width or DESK
        return self._known(username, lambda walker: sign_in_official(walker, username), width, more)

    def _known(self, key: str, sign_in: Callable[[Walker], None], width: int, more: dict[str, Any]) -> Walker:
        if key not in self.sessions:
            walker = self.stranger(width, language=more.get("language", ""))
            sign_in(walker)
            self.sessions[key] = walker.context.storage_state()
        return self.stranger(width, state=self.sessions[key], **more)

    def end(self) -> list[str]:
        """Close what is open; return what the walkers found wrong."""
        found = [fault for walker in self.walkers for fault in walker.faults]
        for walker in self.walkers:
            walker.context.close()
        self.walkers.clear()
        return found


def sign_in_citizen(walker: Walker, name: str) -> None:
    """Press VNeID on the page that is open, pick the invented person, agree."""
    walker.press(re.compile("VNeID"))
    page = walker.page
    # whoever is still signed in at the provider is not asked who they are
    if page.locator('form[action="/vneid/login"]').count():
        page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    if page.url.startswith(walker.house.sandbox):
        page.get_by_role("button", name=re.compile("Đồng ý")).click()
    page.wait_for_url(f"{walker.house.url}/**")
    walker.look()


def sign_in_official(walker: Walker, username: str) -> None:
    """Sign in with password and one-time code."""
    walker.open("/tai-khoan/login/?next=/mot-cua/")
    walker.fill(login=username, password=PASSWORD)
    walker._leave(walker.page.locator("form:has([name=password]) button[type=submit]").first)
    walker.fill(code=walker.house.code_of(username))
    walker._leave(walker.page.locator("form:has([name=code]) button[type=submit]").first)
    walker.page.wait_for_url("**/mot-cua/")
