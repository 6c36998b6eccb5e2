"""Texts of the refusals that every service has, and of the rules about the form of a value."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    "not-found": Text(
        pl=Words(
            "Nie znaleziono {what}",
            "Nie ma {what} o podanym oznaczeniu albo to konto nie ma tu dostępu. Sprawdź adres "
            "lub wybierz pozycję z listy.",
        ),
        en=Words(
            "There is no such {what}",
            "There is no {what} with this id, or this account has no access to it. Check the "
            "address, or choose one from the list.",
        ),
    ),
    "stale-version": Text(
        pl=Words(
            "Ktoś inny wprowadził w tym czasie zmiany",
            "Zapis dotyczy wersji {expected}, a obecna wersja to {actual}. Odśwież stronę, "
            "sprawdź zmiany i zapisz ponownie. Wpisany tekst nie został zapisany, dlatego "
            "najpierw go zachowaj.",
        ),
        en=Words(
            "Somebody else changed this meanwhile",
            "The change was made to version {expected}, and the version is {actual} now. Keep what "
            "was typed, reload, look at the changes and save again.",
        ),
    ),
    "busy": Text(
        pl=Words(
            "Kilka osób zmienia to jednocześnie",
            "Nie udało się zapisać, ponieważ w tym samym czasie zapisywał ktoś inny. Spróbuj "
            "ponownie za chwilę.",
        ),
        en=Words(
            "Several people are changing this at once",
            "It could not be saved while others were saving too. Try again in a moment.",
        ),
    ),
    "store-restored": Text(
        pl=Words(
            "Usługa czeka na decyzję operatora",
            "Baza danych tej usługi została odtworzona z wcześniejszej chwili. Do decyzji "
            "operatora nic nie jest zapisywane. Spróbuj ponownie później; operatorowi podpowie "
            "polecenie ore doctor.",
        ),
        en=Words(
            "The service waits for an operator's decision",
            "This service's database was restored to an earlier moment. Nothing is recorded until "
            "an operator has decided. Try again later; `ore doctor` tells operators what to do.",
        ),
    ),
    "invalid-request": Text(
        pl=Words(
            "Niektóre pola wymagają poprawy",
            "Popraw pola wymienione poniżej i wyślij formularz ponownie.",
        ),
        en=Words(
            "Some fields need correcting",
            "Correct the fields listed below and send again.",
        ),
    ),
    "idempotency-key-reused": Text(
        pl=Words(
            "Ten klucz był już użyty do innego żądania",
            "Klucz Idempotency-Key oznacza jedno, niezmienne żądanie. Do nowego żądania użyj "
            "nowego klucza.",
        ),
        en=Words(
            "This key was used for another request",
            "An Idempotency-Key stands for one request. Use a new key for a new request.",
        ),
    ),
    "backdating-not-allowed": Text(
        pl=Words(
            "Zapis z datą wsteczną jest niedostępny",
            "Ta instalacja nie przyjmuje poleceń z własną chwilą skutku. Pomiń nagłówek "
            "X-Effective-At.",
        ),
        en=Words(
            "Backdating is not available",
            "This installation takes no commands with a moment of their own. Leave out the header "
            "X-Effective-At.",
        ),
    ),
}

VALUES: Mapping[str, Mapping[str, Phrase]] = {
    "not-found.what": {
        "Edition": Phrase("edycji", "edition"),
        "Call": Phrase("naboru", "call"),
        "Application": Phrase("zgłoszenia", "application"),
        "Training": Phrase("szkolenia", "training"),
        "Expert": Phrase("eksperta", "expert"),
        "LocalGovernment": Phrase("JST", "JST"),
        "RegisterImport": Phrase("wczytania rejestru", "register import"),
        "AdvisoryTeam": Phrase("teamu doradczego", "team"),
        "AdvisoryCycle": Phrase("cyklu doradczego", "cycle"),
        "Hdr": Phrase("HDR", "HDR"),
        "Summary": Phrase("podsumowania", "summary"),
        "MonitoringRound": Phrase("rundy monitoringu", "round"),
        "MonitoringRecord": Phrase("sprawozdania z monitoringu", "monitoring record"),
        "account": Phrase("konta", "account"),
        "application": Phrase("zgłoszenia", "application"),
        "call": Phrase("naboru", "call"),
        "cycle": Phrase("cyklu doradczego", "cycle"),
        "edition": Phrase("edycji", "edition"),
        "element": Phrase("tego elementu", "element"),
        "first parked message of its subject": Phrase(
            "pierwszej wstrzymanej wiadomości w tej sprawie", "first parked message of its subject"
        ),
        "message": Phrase("wiadomości", "message"),
        "parked message": Phrase("wstrzymanej wiadomości", "parked message"),
        "expert": Phrase("eksperta", "expert"),
        "hdr": Phrase("HDR", "HDR"),
        "jst": Phrase("JST", "JST"),
        "problem": Phrase("opisu problemu", "problem"),
        "results": Phrase("opublikowanych wyników", "published results"),
        "round": Phrase("rundy monitoringu", "round"),
        "session": Phrase("zajęć", "session"),
        "training": Phrase("szkolenia", "training"),
        "schema": Phrase("schematu zdarzenia", "event schema"),
        "summary": Phrase("podsumowania", "summary"),
        "team": Phrase("teamu doradczego", "team"),
        "template": Phrase("szablonu", "template"),
        "view": Phrase("widoku", "view"),
    },
    "expected": {
        "date": Phrase("data (RRRR-MM-DD)", "a date (YYYY-MM-DD)"),
        "number": Phrase("liczba", "a number"),
        "integer": Phrase("liczba całkowita", "a whole number"),
        "text": Phrase("tekst", "text"),
        "long_text": Phrase("tekst", "text"),
        "boolean": Phrase("tak lub nie", "yes or no"),
        "list": Phrase("lista", "a list"),
        "group": Phrase("grupa pól", "a group of fields"),
        "reference": Phrase("wskazanie innej pozycji", "the key of another entry"),
    },
}

_MISSING = Phrase("Uzupełnij to pole.", "Fill this in.")
_TEXT = Phrase("Podaj tekst.", "Give a text.")
_WHOLE = Phrase("Podaj liczbę całkowitą.", "Give a whole number.")
_NUMBER = Phrase("Podaj liczbę.", "Give a number.")
_DAY = Phrase("Podaj datę w postaci RRRR-MM-DD.", "Give a date as YYYY-MM-DD.")
_MOMENT = Phrase(
    "Podaj datę i godzinę wraz ze strefą czasową.", "Give date and time with the time zone."
)
_ID = Phrase("Podaj identyfikator UUID.", "Give an id (UUID).")
_LIST = Phrase("Podaj listę.", "Give a list.")
_OBJECT = Phrase("Podaj zestaw pól.", "Give an object with its fields.")
_YES_OR_NO = Phrase("Podaj wartość „tak” lub „nie”.", "Give true or false.")

FIELD_RULES: Mapping[str, Phrase] = {
    "missing": _MISSING,
    "extra_forbidden": Phrase(
        "To pole nie jest tu przewidziane. Usuń je.", "There is no such field here. Remove it."
    ),
    "string_type": _TEXT,
    "string_too_short": Phrase(
        "Tekst jest za krótki: wymagana liczba znaków to co najmniej {min_length}.",
        "The text is too short: at least {min_length} characters.",
    ),
    "string_too_long": Phrase(
        "Tekst jest za długi: dopuszczalna liczba znaków to {max_length}.",
        "The text is too long: at most {max_length} characters.",
    ),
    "string_pattern_mismatch": Phrase(
        "Wartość ma niewłaściwą postać. Sprawdź jej zapis.",
        "The value is not in the expected form. Check how it is written.",
    ),
    "string_unicode": Phrase(
        "Tekst zawiera znaki, których nie można zapisać. Usuń je.",
        "The text has characters that cannot be stored. Remove them.",
    ),
    "too_short": Phrase(
        "Podaj więcej pozycji: co najmniej {min_length}.", "Give more: at least {min_length}."
    ),
    "too_long": Phrase(
        "Podaj mniej pozycji: najwyżej {max_length}.", "Give fewer: at most {max_length}."
    ),
    "greater_than": Phrase("Podaj liczbę większą niż {gt}.", "Give a number above {gt}."),
    "greater_than_equal": Phrase(
        "Podaj liczbę nie mniejszą niż {ge}.", "Give a number of at least {ge}."
    ),
    "less_than": Phrase("Podaj liczbę mniejszą niż {lt}.", "Give a number below {lt}."),
    "less_than_equal": Phrase(
        "Podaj liczbę nie większą niż {le}.", "Give a number of at most {le}."
    ),
    "multiple_of": Phrase(
        "Podaj wielokrotność liczby {multiple_of}.", "Give a multiple of {multiple_of}."
    ),
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "enum": Phrase("Wybierz jedną z wartości: {expected}.", "Choose one of: {expected}."),
    "literal_error": Phrase("Wybierz jedną z wartości: {expected}.", "Choose one of: {expected}."),
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "none_required": Phrase("Pozostaw to pole puste.", "Leave this empty."),
    "TERC_ROW": Phrase(
        "Wiersz {row}, kolumna {column}: {problem} (wartość: „{value}”).",
        "Row {row}, column {column}: {problem} (value: “{value}”).",
    ),
}

TERC_PROBLEMS: Mapping[str, Phrase] = {
    "HEADER": Phrase("nagłówek nie zawiera kolumn rejestru TERC", "the header is not that of TERC"),
    "COLUMN_COUNT": Phrase("niewłaściwa liczba kolumn", "wrong number of columns"),
    "NO_UNITS": Phrase("brak jednostek samorządu", "there are no units"),
    "VOIVODESHIP_CODE": Phrase("niewłaściwy kod województwa", "wrong code of a voivodeship"),
    "COUNTY_CODE": Phrase("niewłaściwy kod powiatu", "wrong code of a county"),
    "COMMUNE_CODE": Phrase("niewłaściwy kod gminy", "wrong code of a commune"),
    "COMMUNE_KIND": Phrase("niewłaściwy rodzaj gminy", "wrong kind of a commune"),
    "NAME": Phrase("brak nazwy lub nazwa zbyt długa", "the name is missing or too long"),
    "STATE_DATE": Phrase("niewłaściwa data stanu", "wrong date of the state"),
    "STATE_DIFFERS": Phrase(
        "data stanu inna niż w pozostałych wierszach", "another date of the state than elsewhere"
    ),
    "VOIVODESHIP_MISSING": Phrase(
        "brak wiersza województwa, do którego należy jednostka", "the voivodeship's row is missing"
    ),
    "COUNTY_MISSING": Phrase(
        "brak wiersza powiatu, do którego należy jednostka", "the county's row is missing"
    ),
    "REPEATED": Phrase("jednostka występuje więcej niż raz", "the unit stands there twice"),
}
