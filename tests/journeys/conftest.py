"""A real browser in front of the real site."""

import os
import shutil
from pathlib import Path
from threading import get_ident

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core.signals import request_finished, request_started
from playwright.sync_api import Page, expect, sync_playwright

from tests.factories import ClinicFactory, StaffFactory
from tests.factories.accounts import PASSWORD
from tests.journeys.workers import until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What must hold, and nothing sent back but what does not: that is most of the time.
VIOLATIONS = """async ([source, without]) => {
  if (!window.axe) (0, eval)(source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const told = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false,
    rules: Object.fromEntries(without.map((rule) => [rule, {enabled: false}])),
  });
  return told.violations.map((v) => `${v.id}: ` + v.nodes.map((n) => n.target).join(" | "));
}"""
SIDEWAYS = """() => {
  const page = document.documentElement;
  return page.scrollWidth - page.clientWidth;
}"""
WIDTHS = (1440, 360)
# Two thirds of the time, and the same answer at each width.
COLOURS = ("color-contrast", "link-in-text-block")

# A machine that does much else shows a page late; what never comes fails all the same.
expect.set_options(timeout=20_000)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Visitor:
    """A person at a browser: keeps what went wrong on the pages they saw."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)
        page.on("response", self._answered)

    def _heard(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(message.text)

    def _answered(self, response):
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def open(self, path):
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, staff):
        self.open("/sign-in/")
        self.page.get_by_label("E-mail").fill(staff.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        return self

    def must_be_accessible(self, name="", widths=(), axe_at=WIDTHS):
        """No violation of axe-core on the page as it stands, nor a sideways scroll.

        Colours are looked at once, at the first width.
        """
        without = []
        for width in widths or (self.page.viewport_size["width"],):
            self.page.set_viewport_size({"width": width, "height": 900})
            # What lies half under a header that stays would count as too small.
            self.page.evaluate("scrollTo(0, 0)")
            if name:
                self.picture(name)
            wider = self.page.evaluate(SIDEWAYS)
            assert wider <= 0, f"{self.page.url} at {width} scrolls by {wider} px"
            if width in axe_at:
                found = self.page.evaluate(VIOLATIONS, [AXE_SCRIPT, without])
                assert not found, f"{self.page.url} at {width}: {found}"
                without = COLOURS

    def picture(self, name):
        """Keep a screenshot where SHOTS names a folder."""
        folder = os.environ.get("SHOTS")
        if folder:
            width = self.page.viewport_size["width"]
            self.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.fixture
def answering():
    """The threads of the site that are at a request now."""
    threads = set()

    def begins(**_):
        threads.add(get_ident())

    def ends(**_):
        threads.discard(get_ident())

    request_started.connect(begins)
    request_finished.connect(ends)
    yield threads
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def visit(chromium, live_server, answering):
    """Make visitors with windows of a given width; their pages must hold no fault.

    The house is cleared once they left and nobody waits for an answer.
    """
    contexts, visitors = [], []

    def make(width=1440, *, script=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="en-US",
            java_script_enabled=script,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        visitors.append(Visitor(context.new_page(), live_server.url))
        return visitors[-1]

    yield make
    for context in contexts:
        context.close()
    until(lambda: not answering, 10, "the last answer")
    assert not [fault for visitor in visitors for fault in visitor.faults]


@pytest.fixture
def team(live_server, transactional_db):
    """One clinic with somebody of each role, and a second clinic."""
    clinic = ClinicFactory(
        name="Harbor Street Clinic",
        is_otp=True,
        is_rems_certified=True,
        mrn_prefix="004",
    )
    return {
        "clinic": clinic,
        "prescriber": StaffFactory(
            name="Ines Marchetti", credentials="MD", roles={clinic: ["prescriber"]}
        ),
        "clinician": StaffFactory(
            name="Samir Haddad", credentials="LCSW", roles={clinic: ["clinician"]}
        ),
        "care_manager": StaffFactory(
            name="Priya Nair", credentials="RN", roles={clinic: ["care_manager"]}
        ),
        "admin": StaffFactory(name="Ada Okafor", roles={clinic: ["admin"]}),
    }
