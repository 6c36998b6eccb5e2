"""Texts of monitoring's refusals, and of the rules of a report."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    "round-slug-taken": Text(
        pl=Words(
            "Ten adres jest już zajęty",
            "Adres „{slug}” należy na stałe do innej rundy monitoringu. Podaj inny adres.",
        ),
        en=Words(
            "This address is taken",
            "The address “{slug}” belongs to another round for ever. Choose another one.",
        ),
    ),
    "round-period": Text(
        pl=Words(
            "Termin odpowiedzi przypada przed początkiem rundy",
            "Odpowiedzi zbiera się od pierwszego dnia rundy ({opens_on}), a termin ustawiono na "
            "{due_on}. Popraw jedną z tych dat.",
        ),
        en=Words(
            "The due date is before the round",
            "Answers are due on the round's first day ({opens_on}) or later, not on {due_on}. "
            "Correct one of the two days.",
        ),
    ),
    "nothing-to-monitor": Text(
        pl=Words(
            "Nie ma jeszcze czego monitorować",
            "Runda monitoringu obejmuje co najmniej jeden opublikowany HDR. Zaczekaj na publikację "
            "pierwszego HDR w tej edycji.",
        ),
        en=Words(
            "There is nothing to monitor yet",
            "A round asks about at least one published HDR. Wait until the first HDR of the "
            "edition is published.",
        ),
    ),
    "hdrs-not-published": Text(
        pl=Words(
            "Niektórych HDR nie opublikowano w tej edycji",
            "Runda obejmuje tylko te HDR ze swojej edycji, które w chwili jej otwarcia są "
            "opublikowane. Pomiń wymienione HDR albo najpierw je opublikuj.",
        ),
        en=Words(
            "Some HDRs are not published in this edition",
            "A round asks only about HDRs of its edition that are published when it opens. Leave "
            "out the named ones, or publish them first.",
        ),
    ),
    "due-date-not-later": Text(
        pl=Words(
            "Nowy termin nie jest późniejszy",
            "Termin odpowiedzi można tylko wydłużyć, a obecnie upływa on {previous_due_on}. Podaj "
            "późniejszy dzień.",
        ),
        en=Words(
            "The new due date is not later",
            "A round's due date only moves to a later day, and it is {previous_due_on} now. Give a "
            "later day.",
        ),
    ),
    "round-already-closed": Text(
        pl=Words(
            "Runda monitoringu jest już zamknięta",
            "Zamkniętej rundy nie można zamknąć ponownie ani wydłużyć. JST, które odpowiedziały, "
            "mogą poprawić swoje odpowiedzi; nowe odpowiedzi zbierze kolejna runda.",
        ),
        en=Words(
            "The round is closed already",
            "A closed round is neither closed again nor given more time. JST that reported can "
            "still correct their records; for new answers open a new round.",
        ),
    ),
    "not-in-round": Text(
        pl=Words(
            "Ta runda nie obejmuje tego HDR",
            "Runda obejmuje HDR opublikowane w chwili jej otwarcia. Ten HDR zostanie uwzględniony "
            "w następnej rundzie.",
        ),
        en=Words(
            "The round does not ask about this HDR",
            "A round asks about the HDRs that were published when it opened. This one will be "
            "asked about in the next round.",
        ),
    ),
    "round-not-open": Text(
        pl=Words(
            "Runda monitoringu jeszcze się nie rozpoczęła",
            "Odpowiedzi są przyjmowane od {opens_on}. Wróć do formularza tego dnia.",
        ),
        en=Words(
            "The round has not opened yet",
            "Reports are taken from {opens_on} on. Come back on that day.",
        ),
    ),
    "round-closed": Text(
        pl=Words(
            "Runda monitoringu została zamknięta",
            "Runda „{round_name}” przyjmowała odpowiedzi do {due_on}. Po jej zamknięciu swoje "
            "odpowiedzi mogą poprawić tylko te JST, które odpowiedziały wcześniej. W sprawie "
            "kolejnej rundy napisz do zespołu programu.",
        ),
        en=Words(
            "The round is closed",
            "The round “{round_name}” took reports until {due_on}. After its end only those who "
            "reported can correct their record. Write to the programme's contact, who can open "
            "another round.",
        ),
    ),
    "incomplete-report": Text(
        pl=Words(
            "Sprawozdanie nie jest kompletne",
            "Sprawozdanie obejmuje każde działanie i każdy wskaźnik z HDR dokładnie raz. Uzupełnij "
            "lub popraw miejsca wymienione poniżej.",
        ),
        en=Words(
            "The report is not complete",
            "A report covers each action and each indicator of the HDR exactly once. Complete or "
            "mend the places listed below.",
        ),
    ),
}

FIELD_RULES: Mapping[str, Phrase] = {
    "HDR_NOT_PUBLISHED": Phrase(
        "Ten HDR nie jest opublikowany w tej edycji.", "This HDR is not published in this edition."
    ),
    "ACTION_MISSING": Phrase(
        "Brakuje stanu działania „{key}”.", "The state of action “{key}” is missing."
    ),
    "INDICATOR_MISSING": Phrase(
        "Brakuje wskaźnika „{key}”. Jeżeli nie ma jeszcze wartości, pozostaw ją pustą.",
        "The indicator “{key}” is missing. If it has no value yet, leave the value empty.",
    ),
    "ACTION_UNKNOWN": Phrase(
        "HDR nie zawiera działania „{key}”.", "The HDR has no action “{key}”."
    ),
    "ACTION_REPEATED": Phrase(
        "Działanie „{key}” podano więcej niż raz.", "The action “{key}” is reported twice."
    ),
    "INDICATOR_UNKNOWN": Phrase(
        "HDR nie zawiera wskaźnika „{key}”.", "The HDR has no indicator “{key}”."
    ),
    "INDICATOR_REPEATED": Phrase(
        "Wskaźnik „{key}” podano więcej niż raz.", "The indicator “{key}” is reported twice."
    ),
    "REASON_REQUIRED": Phrase(
        "Podaj powód zaniechania lub przesunięcia działania „{key}”.",
        "Say why the action “{key}” was dropped or postponed.",
    ),
    "NEW_DATE_REQUIRED": Phrase(
        "Podaj nowy termin działania „{key}”.", "Give the new date of action “{key}”."
    ),
}
