"""Texts of hdr's refusals, and of the rules of a document."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    "unknown-template": Text(
        pl=Words(
            "Nie ma takiego szablonu",
            "Nie ma szablonu „{kind}” w wersji {template_version}. Podaj istniejący szablon: HDR "
            "albo kod formy podsumowania.",
        ),
        en=Words(
            "There is no such template",
            "There is no template “{kind}” in version {template_version}. Ask for one that exists: "
            "HDR, or the code of a form of summary.",
        ),
    ),
    "not-editable": Text(
        pl=Words(
            "Tego dokumentu nie można teraz zmieniać",
            "Obecny stan dokumentu ({state}) nie pozwala na zapis. Zachowaj wpisany tekst i wróć "
            "do niego, gdy dokument zostanie zwrócony autorom.",
        ),
        en=Words(
            "This document cannot be changed now",
            "The document's present state ({state}) takes no changes. Keep what was typed and come "
            "back when the document is returned to its authors.",
        ),
    ),
    "not-editable.Hdr": Text(
        pl=Words(
            "Tego HDR nie można teraz zmieniać",
            "HDR piszą autorzy, gdy jest szkicem, a redakcja w czasie redakcji merytorycznej "
            "i korekty językowej. Obecny stan: {state}. Zachowaj wpisany tekst i poproś o zwrot "
            "HDR do autorów albo zaczekaj na rozpoczęcie redakcji.",
        ),
        en=Words(
            "This HDR cannot be changed now",
            "Authors write an HDR while it is a draft, editors during substantive editing and "
            "proofreading. Its state is: {state}. Keep what was typed; have the HDR returned to "
            "its authors, or wait until editing starts.",
        ),
    ),
    "not-editable.Summary": Text(
        pl=Words(
            "Tego podsumowania nie można teraz zmieniać",
            "Podsumowanie piszą autorzy, gdy jest szkicem, a redakcja po jego przekazaniu. Obecny "
            "stan: {state}. Zachowaj wpisany tekst i poproś o zwrot podsumowania do autorów.",
        ),
        en=Words(
            "This summary cannot be changed now",
            "Authors write a summary while it is a draft, editors once it was handed in. Its state "
            "is: {state}. Keep what was typed and have the summary returned to its authors.",
        ),
    ),
    "wrong-state": Text(
        pl=Words(
            "Ta czynność nie jest teraz możliwa",
            "Czynność wykonuje się w stanie: {needed}, a obecny stan dokumentu to: {state}. "
            "Wykonaj najpierw poprzedni krok. Jeżeli zrobił to już ktoś inny, nic więcej nie "
            "trzeba robić.",
        ),
        en=Words(
            "This step cannot be taken now",
            "The step starts in the state: {needed}, and the document's state is: {state}. Take "
            "the step before it first; if somebody else took this one meanwhile, there is nothing "
            "left to do.",
        ),
    ),
    "wrong-state.Summary": Text(
        pl=Words(
            "Ta czynność nie jest teraz możliwa",
            "Czynność wykonuje się, gdy podsumowanie jest w stanie: {needed}, a obecny stan to: "
            "{state}. Wykonaj najpierw poprzedni krok. Jeżeli zrobił to już ktoś inny, nic więcej "
            "nie trzeba robić.",
        ),
        en=Words(
            "This step cannot be taken now",
            "The step starts when the summary is: {needed}, and its state is: {state}. Take the "
            "step before it first; if somebody else took this one meanwhile, there is nothing left "
            "to do.",
        ),
    ),
    "incomplete-hdr": Text(
        pl=Words(
            "HDR nie jest kompletny",
            "Do redakcji przekazuje się kompletny HDR. Liczba elementów do uzupełnienia lub "
            "poprawy: {count}; wymieniono je poniżej. Uzupełnij je, zapisz HDR i spróbuj "
            "ponownie. Szkic pozostał bez zmian.",
        ),
        en=Words(
            "The HDR is not complete",
            "Submission and both editing steps need a complete HDR. Places to fill in or mend: "
            "{count}; they are listed below. Mend them, save, and try again. The draft is kept as "
            "it is.",
        ),
    ),
    "incomplete-summary": Text(
        pl=Words(
            "Podsumowanie nie jest kompletne",
            "Przekazać i zatwierdzić można tylko kompletne podsumowanie. Liczba elementów do "
            "uzupełnienia lub poprawy: {count}; wymieniono je poniżej. Uzupełnij je, zapisz "
            "podsumowanie i spróbuj ponownie. Szkic pozostał bez zmian.",
        ),
        en=Words(
            "The summary is not complete",
            "Submission and approval need a complete summary. Places to fill in or mend: {count}; "
            "they are listed below. Mend them, save, and try again. The draft is kept as it is.",
        ),
    ),
    "unkeepable-document": Text(
        pl=Words(
            "Dokumentu nie można zapisać",
            "Dokument ma inną budowę niż jego szablon, dlatego nie można go zapisać nawet jako "
            "szkicu. Liczba miejsc do poprawy: {count}; wymieniono je poniżej. Popraw je i zapisz "
            "ponownie.",
        ),
        en=Words(
            "The document cannot be kept",
            "The document has another shape than its template, so it cannot be kept even as a "
            "draft. Places to mend: {count}; they are listed below. Mend them and save again.",
        ),
    ),
    "hdr-not-published": Text(
        pl=Words(
            "HDR nie jest opublikowany",
            "Podsumowanie wdrożenia dotyczy opublikowanego HDR, a obecny stan tego HDR to: "
            "{state}. Najpierw opublikuj HDR; dla wycofanego podsumowania się nie sporządza.",
        ),
        en=Words(
            "The HDR is not published",
            "A summary is about a published HDR, and this one is: {state}. Publish the HDR first; "
            "for a withdrawn one there is no summary.",
        ),
    ),
    "summary-form-not-offered": Text(
        pl=Words(
            "Ta forma podsumowania nie jest dostępna",
            "Edycja nie przewiduje formy „{form}”. Dostępne formy: {offered}. Wybierz jedną "
            "z nich.",
        ),
        en=Words(
            "This form of summary is not offered",
            "The edition does not offer the form “{form}”. It offers: {offered}. Choose one of "
            "these.",
        ),
    ),
}

_HDR_STATES = {
    "DRAFT": Phrase("szkic", "draft"),
    "SUBMITTED": Phrase("przekazany do redakcji", "submitted"),
    "SUBSTANTIVE_EDITING": Phrase("redakcja merytoryczna", "substantive editing"),
    "LANGUAGE_PROOFREADING": Phrase("korekta językowa", "language proofreading"),
    "APPROVED": Phrase("zatwierdzony", "approved"),
    "PUBLISHED": Phrase("opublikowany", "published"),
    "WITHDRAWN": Phrase("wycofany z publikacji", "taken down"),
}
_SUMMARY_STATES = {
    "DRAFT": Phrase("szkic", "draft"),
    "SUBMITTED": Phrase("przekazane", "submitted"),
    "APPROVED": Phrase("zatwierdzone", "approved"),
    "PUBLISHED": Phrase("opublikowane", "published"),
}
_FORMS = {
    "GOOD_PRACTICE": Phrase("opis dobrej praktyki samorządowej", "good practice"),
    "REFLECTION_STUDY": Phrase("studium refleksji", "reflection study"),
    "MINI_REPORTAGE": Phrase("minireportaż z wywiadem", "mini-reportage with an interview"),
}
VALUES: Mapping[str, Mapping[str, Phrase]] = {
    "not-editable.state": _HDR_STATES,
    "not-editable.Summary.state": _SUMMARY_STATES,
    "wrong-state.state": _HDR_STATES,
    "wrong-state.needed": _HDR_STATES,
    "wrong-state.Summary.state": _SUMMARY_STATES,
    "wrong-state.Summary.needed": _SUMMARY_STATES,
    "hdr-not-published.state": _HDR_STATES,
    "authors-only-in-draft.state": _HDR_STATES,
    "editors-only-in-editing.state": _HDR_STATES,
    "form": _FORMS,
    "offered": _FORMS,
}
VARIANT_PARAMETERS: Mapping[str, str] = {"not-editable": "what", "wrong-state": "what"}

FIELD_RULES: Mapping[str, Phrase] = {
    "REQUIRED": Phrase("Uzupełnij to pole.", "Fill this in."),
    "MINIMUM_ROWS": Phrase(
        "Dodaj pozycje: potrzeba co najmniej {minimum}.", "Add entries: at least {minimum} needed."
    ),
    "MAXIMUM_ROWS": Phrase(
        "Usuń pozycje: może ich być najwyżej {maximum}.", "Remove entries: at most {maximum}."
    ),
    "TYPE": Phrase(
        "Wartość ma niewłaściwą postać; wymagana postać: {expected}.",
        "The value has the wrong form; expected: {expected}.",
    ),
    "TOO_LONG": Phrase(
        "Skróć tekst: dopuszczalna liczba znaków to {maximum}, a wpisano {actual}.",
        "Shorten the text: at most {maximum} characters, and there are {actual}.",
    ),
    "TOO_LARGE": Phrase(
        "Dokument jest zbyt duży: może mieć najwyżej 1 MB.", "The document is over 1 MB."
    ),
    "UNSTORABLE_TEXT": Phrase(
        "Tekst zawiera znaki, których nie można zapisać. Usuń je.",
        "The text has characters that cannot be stored. Remove them.",
    ),
    "BELOW_MINIMUM": Phrase(
        "Podaj liczbę nie mniejszą niż {minimum}.", "Give a number of at least {minimum}."
    ),
    "UNKNOWN_ELEMENT": Phrase(
        "Szablon nie zawiera elementu „{name}”. Usuń go.",
        "The template has no element “{name}”. Remove it.",
    ),
    "DUPLICATE_KEY": Phrase(
        "Oznaczenie „{key}” się powtarza. Zmień jedno z nich.",
        "The key “{key}” is repeated. Change one of them.",
    ),
    "UNKNOWN_REFERENCE": Phrase(
        "Pozycja odwołuje się do czegoś, czego nie ma w dokumencie. Wybierz istniejący element.",
        "It refers to something that is not in the document. Choose an entry that exists.",
    ),
    "PERIOD_ORDER": Phrase(
        "Koniec przypada przed początkiem. Popraw daty.",
        "The end is before the beginning. Correct the dates.",
    ),
    "INSIDE_PERIOD": Phrase(
        "Termin wykracza poza okres wdrażania HDR. Popraw termin albo okres.",
        "The date lies outside the implementation period. Correct the date or the period.",
    ),
    "OBJECTIVE_HAS_ACTION": Phrase(
        "Każdy cel ma co najmniej jedno działanie. Dodaj działanie do tego celu.",
        "Each objective has at least one action. Add an action to this objective.",
    ),
    "OBJECTIVE_HAS_INDICATOR": Phrase(
        "Każdy cel ma co najmniej jeden wskaźnik. Dodaj wskaźnik do tego celu.",
        "Each objective has at least one indicator. Add an indicator to this objective.",
    ),
    "PRIORITY_HAS_OBJECTIVE": Phrase(
        "Każdy priorytet ma co najmniej jeden cel. Dodaj cel do tego priorytetu.",
        "Each priority has at least one objective. Add an objective to this priority.",
    ),
}
