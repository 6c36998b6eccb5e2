"""By keyboard alone: where the focus is, that it is seen, and that it comes in order."""

import pytest
from playwright.sync_api import expect

from tests.e2e.applying import CONTINUE
from tests.e2e.visiting import COORDINATOR

pytestmark = pytest.mark.e2e

CALL = "nabor-ekspertow-ros-tura-2"

# What the focus looks like against the same element without it.
LOOK = """() => {
  const one = document.activeElement;
  const look = () => {
    const nodes = [one, ...(one.labels ?? []), one.nextElementSibling].filter(Boolean);
    return nodes.map(node => [null, "::before"].map(part => {
      const style = getComputedStyle(node, part);
      return [style.outline, style.boxShadow, style.backgroundColor, style.color,
              style.borderColor, style.textDecoration].join();
    }).join()).join();
  };
  const focused = look();
  const box = one.getBoundingClientRect();
  const inside = box.top < innerHeight && box.bottom > 0 && box.width > 0 && box.height > 0;
  const name = (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText
    || one.value || "").trim();
  one.blur();
  const plain = look();
  one.focus();
  return { name, tag: one.tagName, inside, differs: focused !== plain };
}"""


def walk(page, steps):
    """Press Tab so many times; each time the focus must be somewhere, be seen, and be new."""
    names = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        where = page.evaluate(LOOK)
        assert where["differs"], f"no visible focus: {where}"
        assert where["inside"], f"focus out of sight: {where}"
        names.append(where["name"])
    return names


def test_the_skip_link_comes_first_and_leads_to_the_content(visitors):
    page = visitors.open()
    page.goto("/nabory")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Przejdź do treści")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Stan", exact=True)).to_be_focused()


def test_the_start_page_in_its_order(visitors):
    page = visitors.open()
    page.goto("/")
    names = walk(page, 14)
    expected = [
        "Przejdź do treści",
        "English",
        "Zaloguj się",
        "Strona główna",
        "Nabory",
        "Katalog HDR",
        "Monitoring",
        "Dobre praktyki",
        "Zobacz nabory",
        "Przejrzyj katalog HDR",
    ]
    assert [name for name in names if name in expected] == expected
    everything = names + walk(page, 200)
    assert "Deklaracja dostępności" in everything


def test_the_form_is_filled_in_by_keyboard(visitors):
    page = visitors.open()
    page.goto(f"/nabory/{CALL}/zgloszenie/osoba")
    page.get_by_label("Imię i nazwisko").focus()
    assert walk(page, 3) == ["Adres e-mail", "Numer telefonu (nieobowiązkowo)", CONTINUE]

    # Enter sends the form; the summary of errors gets the focus, its entries lead to the fields.
    page.get_by_label("Imię i nazwisko").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Imię i nazwisko")).to_be_focused()
    page.keyboard.type("Klara Klawisz")
    page.keyboard.press("Tab")
    page.keyboard.type("klara@example.org")
    page.keyboard.press("Enter")

    # Radio buttons by the arrows.
    expect(page.get_by_role("heading", level=1)).to_contain_text("W którym województwie")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Czy pracujesz")


def test_a_wide_table_scrolls_by_keyboard(visitors):
    page = visitors.open(COORDINATOR, width=700)
    page.goto("/panel")
    table = page.get_by_role("region", name="JST według województw")
    table.focus()
    page.keyboard.press("ArrowRight")
    place = table.element_handle()
    page.wait_for_function("node => node.scrollLeft > 0", arg=place)
    assert page.evaluate("() => document.scrollingElement.scrollLeft") == 0


def test_the_menu_opens_on_a_narrow_screen(visitors):
    page = visitors.open(width=320)
    page.goto("/")
    button = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("link", name="Katalog HDR", exact=True)).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("link", name="Katalog HDR", exact=True)).to_be_visible()
