"""What anyone reads without signing in."""

from urllib.parse import urlsplit

import pytest

from tests.pages.browser import squeeze
from tests.pages.site import visit
from tests.unit.gateway.programme import BOLESLAWIEC
from tooling import translations

A_PAGE_OF_EACH_KIND = (
    "/",
    "/nabory",
    "/nabory/nabor-jst",
    "/nabory/nabor-otwarty",
    "/nabory/nabor-otwarty/zgloszenie",
    "/nabory/nabor-otwarty/zgloszenie/osoba",
    "/nabory/nabor-otwarty/zgloszenie/jst?szukaj=boles",
    "/wyniki/nabor-jst",
    "/wyniki/nabor-otwarty",
    "/hdr",
    "/hdr?edycja=edycja-2026",
    "/monitoring",
    "/monitoring/runda-1",
    "/monitoring/runda-1/hdr",
    "/monitoring/runda-1/dzialania",
    "/monitoring/runda-1/wskazniki",
    "/monitoring/runda-1/czynniki",
    "/dobre-praktyki",
    "/deklaracja-dostepnosci",
    "/prywatnosc",
    "/mapa-strony",
    "/logowanie",
    "/tego-nie-ma",
)


@pytest.fixture(scope="module")
def shown(told):
    """The whole programme, with an answer in the round, a published summary, an open call."""
    assert translations.main() == 0
    programme = told.copy()
    staff = programme.as_("staff")
    programme.open_call("JST", slug="nabor-otwarty", title="Nabór otwarty")
    path = f"/rounds/{programme.ids['round']}/records/{programme.ids['hdr']}"
    asked = staff.get(path).json["hdr"]
    states = ["DONE", *["IN_PROGRESS"] * len(asked["actions"])]
    staff.must(
        "PUT",
        path,
        {
            "actions": [
                {"key": action["key"], "state": state}
                for action, state in zip(asked["actions"], states, strict=False)
            ],
            "indicators": [{"key": i["key"], "value": i["target"]} for i in asked["indicators"]],
            "helping_factors": "Dobra współpraca.",
            "hindering_factors": "",
        },
    )
    summary = f"/summaries/{programme.ids['summary']}"
    for step in ("submit", "approve", "publish"):
        staff.must("POST", f"{summary}/{step}")
    yield programme
    programme.close()


@pytest.fixture
def visitor(shown):
    shown.clock.move_to(shown.clock.moment)
    return visit(shown)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("address", A_PAGE_OF_EACH_KIND)
def test_every_page_is_whole_in_both_languages(shown, address, language):
    shown.clock.move_to(shown.clock.moment)

    page = visit(shown, language).get(address)

    assert page.status == (404 if address == "/tego-nie-ma" else 200)
    assert page.heading
    assert page.all("html")[0]["lang"] == language
    assert page.all("main", id="main-content")
    assert page.all("a", href="#main-content")
    assert squeeze(page.all("title")[0]["text"]).endswith(
        "ORE · Doradztwo dla JST" if language == "pl" else "ORE · Advice for JST"
    )
    ids = [element["id"] for element in page.elements if "id" in element]
    assert sorted(ids) == sorted(set(ids))
    anchors = {link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#")}
    assert anchors <= set(ids)


@pytest.mark.parametrize("address", A_PAGE_OF_EACH_KIND)
def test_no_page_has_inline_scripts_styles_or_anything_from_elsewhere(visitor, address):
    page = visitor.get(address)

    assert page.all("style") == []
    assert [e for e in page.elements if "style" in e or any(n.startswith("on") for n in e)] == []
    assert all(script["src"].startswith("/static/") for script in page.all("script"))
    assert all(not urlsplit(link["href"]).netloc for link in page.all("link"))
    assert "default-src 'none'" in page.response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", A_PAGE_OF_EACH_KIND)
def test_every_field_has_a_name_for_those_who_hear_it(visitor, address):
    page = visitor.get(address)

    labelled = {label.get("for") for label in page.all("label")}
    for field in [*page.all("input"), *page.all("select"), *page.all("textarea")]:
        if field.get("type") != "hidden":
            assert field["id"] in labelled


def test_reading_leaves_no_cookie(visitor):
    for address in ("/", "/nabory", "/hdr", "/monitoring/runda-1", "/prywatnosc"):
        assert visitor.get(address).response.headers.getlist("Set-Cookie") == []


def test_all_links_of_the_public_pages_lead_somewhere(visitor):
    seen, waiting = set(), ["/"]
    while waiting:
        address = waiting.pop()
        page = visitor.get(address)
        assert page.status in {200, 410}, address
        for link in page.all("a"):
            target = link["href"].partition("#")[0]
            is_ours = target.startswith("/") and "lang=" not in target
            if is_ours and target not in seen and "/zgloszenie" not in target:
                seen.add(target)
                waiting.append(target)
    assert len(seen) > 30


# --- start, calls, results ------------------------------------------------------------------------


def test_the_first_page_shows_what_is_open_new_and_done(visitor):
    page = visitor.get("/")

    assert page.links["Nabór otwarty"] == "/nabory/nabor-otwarty"
    assert "Zostało 20 dni" in page.text
    assert f"/hdr/{BOLESLAWIEC}/" in " ".join(page.links.values())
    assert "2 zakwalifikowanych JST" in page.text
    assert "1 JST z opublikowanym HDR" in page.text


def test_calls_are_narrowed_by_their_address(visitor):
    assert "Nabór otwarty" in visitor.get("/nabory?stan=OPEN").links
    assert "Nabór otwarty" not in visitor.get("/nabory?stan=DECIDED").links
    assert "Nabór PRO" in visitor.get("/nabory?rodzaj=PRO").links
    assert "Nabór JST" not in visitor.get("/nabory?rodzaj=PRO").links


def test_a_call_tells_its_dates_and_what_received_means(visitor):
    page = visitor.get("/nabory/nabor-otwarty")

    assert page.heading == "Nabór otwarty"
    assert "2 lutego 2026 – 22 lutego 2026" in page.text
    assert "Wysłanie zgłoszenia nie oznacza zakwalifikowania" in page.text
    assert page.links["Zgłoś się w tym naborze"] == "/nabory/nabor-otwarty/zgloszenie"


def test_a_call_for_jst_says_how_many_people_a_jst_delegates(visitor):
    page = visitor.get("/nabory/nabor-otwarty")
    assert "Liczba osób w zespole delegowanym przez JST 2–4" in page.text


def test_a_call_with_results_leads_to_them(visitor):
    page = visitor.get("/nabory/nabor-jst")

    assert "Zgłoś się w tym naborze" not in page.links
    assert page.links["Zobacz wyniki tego naboru"] == "/wyniki/nabor-jst"


def test_an_extended_call_says_from_when_to_when_and_why(programme):
    staff = programme.as_("staff")
    call = programme.open_call("JST", slug="dluzszy")
    staff.must(
        "POST", f"/calls/{call}/extend", {"closes_on": "2026-02-26", "reason": "Ferie zimowe."}
    )

    page = visit(programme).get("/nabory/dluzszy")

    assert "przesunięty z 22 lutego 2026 na 26 lutego 2026" in page.text
    assert "Ferie zimowe." in page.text


def test_results_name_units_and_numbers_but_no_people(visitor):
    page = visitor.get("/wyniki/nabor-jst")

    assert [squeeze(c["text"]) for c in page.all("caption")] == [
        "Zakwalifikowane (2)",
        "Lista rezerwowa (1)",
    ]
    assert "Gmina miejska Bolesławiec" in page.text
    for name in ("Jan Wójt", "Ola Burmistrz", "Ewa Starosta", "example.org/"):
        assert name not in page.text


def test_a_candidate_finds_the_own_number_in_the_results(visitor):
    number = visitor.get("/wyniki/nabor-jst").all("span", class_="ore-nowrap")[0]["id"]

    assert f"{number} : zakwalifikowane" in visitor.get(f"/wyniki/nabor-jst?numer={number}").text
    assert "Tego numeru nie ma w wynikach" in visitor.get("/wyniki/nabor-jst?numer=JST-0").text


def test_before_the_results_their_page_says_when(visitor):
    page = visitor.get("/wyniki/nabor-otwarty")

    assert "Ogłosimy je do 4 marca 2026" in page.text


# --- catalogue ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("?rodzaj=URBAN", True),
        ("?rodzaj=COUNTY", False),
        ("?obszar=BUDGET_PLANNING", True),
        ("?obszar=GIFTED_SUPPORT", False),
        ("?woj=02", True),
        ("?woj=14", False),
        ("?edycja=edycja-2026", True),
        ("?szukaj=boleslawiec", True),
        ("?szukaj=nieznane", False),
        ("?rodzaj=zmyslony", True),
    ],
)
def test_the_catalogue_is_narrowed_by_its_address(visitor, query, is_found):
    page = visitor.get(f"/hdr{query}")

    leads = [a for a in page.links.values() if a.startswith(f"/hdr/{BOLESLAWIEC}/")]
    assert bool(leads) == is_found


def test_the_catalogue_of_an_edition_is_grouped_as_the_edition_says(visitor):
    page = visitor.get("/hdr?edycja=edycja-2026")

    assert "Gminy miejskie (1)" in [squeeze(h["text"]) for h in page.all("h3")]


def the_hdr(visitor):
    links = visitor.get("/hdr").links
    return next(a for a in links.values() if a.startswith(f"/hdr/{BOLESLAWIEC}/"))


def test_an_hdr_shows_every_element_of_its_document(visitor):
    page = visitor.get(the_hdr(visitor))

    headings = [squeeze(h["text"]) for h in page.all("h2")]
    for element in (
        "Podsumowanie diagnozy",
        "Priorytety rozwojowe",
        "Cel główny",
        "Cele szczegółowe",
        "Działania",
        "Wskaźniki",
        "Narzędzia i rozwiązania zarządcze",
        "Kierunki wdrożenia",
        "Plan monitorowania",
    ):
        assert element in headings
    document = visitor.client.get(f"{the_hdr(visitor)}.json").json["document"]
    for action in document["actions"]:
        assert squeeze(action["description"]) in page.text
    for indicator in document["indicators"]:
        assert indicator["name"] in page.text


def test_an_hdr_is_read_in_english_frames_with_its_polish_marked(shown):
    visitor = visit(shown, "en")

    page = visitor.get(the_hdr(visitor))

    assert "Development priorities" in [squeeze(h["text"]) for h in page.all("h2")]
    assert page.all("h1")[0]["text"] == page.all("span", lang="pl")[1]["text"]


def test_an_hdr_is_shown_while_its_service_is_silent(shown, monkeypatch):
    monkeypatch.setattr("services.gateway.documents._templates", {})
    shown.rpc.absent = {"hdr"}
    visitor = visit(shown)

    page = visitor.get(the_hdr(visitor))
    shown.rpc.absent = set()

    assert page.status == 200
    assert "Main goal" in [squeeze(h["text"]) for h in page.all("h2")]


def test_an_address_of_an_earlier_code_leads_to_the_present_one(visitor):
    address = the_hdr(visitor)

    response = visitor.client.get(address.replace(BOLESLAWIEC, "0201013"))

    assert (response.status_code, response.headers["Location"]) == (301, address)


def test_an_hdr_has_its_versions(visitor):
    address = the_hdr(visitor)

    assert visitor.get(f"{address}/wersje").links["Wersja 1"] == f"{address}/wersje/1"
    assert visitor.get(f"{address}/wersje/1").status == 200
    assert visitor.get(f"{address}/wersje/9").status == 404


def test_a_withdrawn_hdr_leaves_a_notice_with_the_reason(programme):
    address = the_hdr(visit(programme))
    programme.as_("staff").must(
        "POST", f"/hdrs/{programme.ids['hdr']}/withdraw", {"reason": "Błędne dane finansowe."}
    )

    page = visit(programme).get(address)

    assert page.status == 410
    assert "został wycofany z publikacji" in page.text
    assert "Błędne dane finansowe." in page.text
    assert visit(programme).client.get(f"{address}.json").status_code == 410
    assert address not in visit(programme).get("/hdr").links.values()


# --- monitoring and practices ---------------------------------------------------------------------


def test_a_report_counts_answers_actions_and_indicators(visitor):
    page = visitor.get("/monitoring/runda-1")

    assert "100% odpowiedzi wśród zapytanych HDR" in page.text
    assert "100% średnie osiągnięcie celów" in page.text
    assert "1 odpowiedzi w terminie" in page.text
    assert [squeeze(c["text"]) for c in page.all("caption")] == [
        "Działania według stanu",
        "Według rodzaju JST",
        "Według obszaru wsparcia",
        "Według województwa",
    ]


def test_each_number_of_a_report_opens_as_many_rows(visitor):
    page = visitor.get("/monitoring/runda-1")
    opened = 0
    for link in page.all("a"):
        number = squeeze(link["text"]).split(" ")[0]
        if "/runda-1/" in link["href"] and number.isdigit():
            rows = visitor.get(link["href"]).all("tbody")
            count = visitor.page.html.count('role="rowheader"') if rows else 0
            assert count == int(number), link
            opened += 1
    assert opened > 20


def test_a_round_says_who_did_not_answer(told):
    page = visit(told).get("/monitoring/runda-1/hdr?odpowiedz=brak")

    assert "Brak odpowiedzi" in page.text
    assert visit(told).get("/monitoring/runda-1/hdr?odpowiedz=tak").all("table") == []


def test_what_helped_is_told_in_the_words_of_the_jst(visitor):
    page = visitor.get("/monitoring/runda-1/czynniki")

    assert "Dobra współpraca." in page.text
    assert "Co przeszkadzało" not in page.text


def test_summaries_are_narrowed_by_form(visitor):
    assert visitor.get("/dobre-praktyki?forma=GOOD_PRACTICE").all("li", class_="govuk-tag") == []
    found = [a for a in visitor.page.links.values() if a.startswith("/dobre-praktyki/")]
    none = visitor.get("/dobre-praktyki?forma=MINI_REPORTAGE").links.values()

    assert len(found) == 1
    assert [a for a in none if a.startswith("/dobre-praktyki/")] == []


def test_a_good_practice_shows_its_text_and_its_hdr_but_no_contact_data(visitor):
    links = visitor.get("/dobre-praktyki").links
    address = next(a for a in links.values() if a.startswith("/dobre-praktyki/"))

    page = visitor.get(address)

    assert "Dobra praktyka samorządowa" in page.text
    assert the_hdr(visitor) in page.links.values()
    assert "@" not in page.text


# --- law ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_declaration_carries_the_ids_that_validators_look_for(shown, language):
    page = visit(shown, language).get("/deklaracja-dostepnosci")

    ids = {element.get("id", "") for element in page.elements}
    assert {
        "a11y-wstep", "a11y-podmiot", "a11y-url", "a11y-data-publikacja",
        "a11y-data-aktualizacja", "a11y-status", "a11y-ocena", "a11y-data-sporzadzenie",
        "a11y-data-deklaracja-przeglad", "a11y-audytor", "a11y-kontakt", "a11y-osoba",
        "a11y-email", "a11y-telefon", "a11y-procedura", "a11y-architektura", "a11y-aplikacje",
    } <= ids  # fmt: skip


def test_every_page_names_the_declaration(visitor):
    page = visitor.get("/hdr")

    (meta,) = page.all("meta", name="deklaracja-dostępności")
    assert meta["content"] == "http://localhost/deklaracja-dostepnosci"
    assert page.links["Deklaracja dostępności"] == "/deklaracja-dostepnosci"


@pytest.mark.parametrize("address", A_PAGE_OF_EACH_KIND)
def test_a_page_says_how_fresh_it_is(visitor, address):
    assert "Stan na " in visitor.get(address).text


def test_an_hdr_says_how_fresh_it_is(visitor):
    assert "Stan na " in visitor.get(the_hdr(visitor)).text


@pytest.mark.parametrize(
    ("language", "heading"), [("pl", "Nie ma takiej strony"), ("en", "There is no such page")]
)
def test_a_missing_page_says_so_and_where_to_go(shown, language, heading):
    page = visit(shown, language).get("/tego-nie-ma")

    assert (page.status, page.heading) == (404, heading)
    assert "/" in page.links.values()
    assert "/mapa-strony" in page.links.values()
