"""What a page must be for everybody: axe-core's rules, and the rules that axe does not know."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.visiting import HEIGHT, NARROW, WIDE
from tooling.frontend import AXE

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}

# Playwright evaluates these outside of the page's content security policy.
START_AXE = "options => { window.audit = axe.run(document, options); }"
ASK_AXE = """async () => {
  const { violations } = await window.audit;
  return violations.map(({ id, help, nodes }) => ({
    id, help, nodes: nodes.map(({ target, html }) => `${target.join(" ")}  ${html.slice(0, 200)}`),
  }));
}"""

# Only what is not inside something that scrolls by itself can make the page scroll.
ASK_WIDTH = """() => {
  const page = document.scrollingElement.scrollWidth;
  if (page <= innerWidth + 1) return { page, widest: [] };
  const scrollsItself = node => {
    for (let one = node; one && one !== document.body; one = one.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX))
        return true;
    return false;
  };
  const widest = [...document.body.querySelectorAll("*")]
    .filter(node => node.getBoundingClientRect().right > innerWidth + 1 && !scrollsItself(node))
    .slice(0, 5).map(node => node.outerHTML.slice(0, 160));
  return { page, widest };
}"""

ASK_STRUCTURE = """() => ({
  language: document.documentElement.lang,
  title: document.title,
  headings: [...document.querySelectorAll("h1")].map(node => node.textContent.trim()),
  doubled: [...document.querySelectorAll("[id]")].map(node => node.id)
    .filter((id, at, all) => all.indexOf(id) !== at),
  dangling: [...document.querySelectorAll("a[href^='#']")].map(node => node.getAttribute("href"))
    .filter(href => href.length > 1 && !document.getElementById(decodeURIComponent(href.slice(1)))),
  // A link that is called a button must answer to Space as buttons do: the module sees to it.
  deaf: [...document.querySelectorAll("a[role=button]:not([data-module~=govuk-button])")]
    .map(node => node.outerHTML.slice(0, 160)),
})"""


def audit(pages: Mapping[str, Page]) -> list[str]:
    """What is wrong with the pages that are shown, at the full width and at the narrowest.

    Args:
        pages: Windows by the language in which their pages should be; left at the full width. They
            are looked at side by side: each window is a process of its own.
    """
    for page in pages.values():
        page.wait_for_load_state()
    wrong = [
        f"{language}: {one}"
        for language, page in pages.items()
        for one in structure(page, language=language)
    ]
    for width in (WIDE, NARROW):
        for page in pages.values():
            page.set_viewport_size({"width": width, "height": HEIGHT})
            _start(page)
        for language, page in pages.items():
            found = _violations(page) + (overflow(page) if width == NARROW else [])
            wrong += [f"{language}, {width} px: {one}" for one in found]
    for page in pages.values():
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return wrong


def violations(page: Page) -> list[str]:
    """What axe-core objects to in the page as it is shown."""
    _start(page)
    return _violations(page)


def overflow(page: Page) -> list[str]:
    """Whether the page must be scrolled sideways, and because of what."""
    width = page.evaluate(ASK_WIDTH)
    if width["page"] <= NARROW + 1:
        return []
    return [f"{width['page']} px wide: " + "\n   ".join(width["widest"])]


def structure(page: Page, *, language: str) -> list[str]:
    """Language, title, one heading of the first level, ids and the links to them."""
    found = page.evaluate(ASK_STRUCTURE)
    wrong = []
    if found["language"] != language:
        wrong.append(f"lang is {found['language']!r}, not {language!r}")
    if not found["title"] or found["title"].startswith(("–", " –")):
        wrong.append(f"the title is {found['title']!r}")
    if len(found["headings"]) != 1:
        wrong.append(f"h1: {found['headings']}")
    wrong += [f"the id {one!r} stands twice" for one in found["doubled"]]
    wrong += [f"the link {one!r} leads nowhere" for one in found["dangling"]]
    wrong += [f"a link posing as a button without its module: {one}" for one in found["deaf"]]
    return wrong


def _start(page: Page) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    page.evaluate(START_AXE, OPTIONS)


def _violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(ASK_AXE)
    return [f"{one['id']} ({one['help']}): " + "\n   ".join(one["nodes"]) for one in found]


@cache
def _axe() -> str:
    return AXE.read_text()
