"""Texts of the gateway's own refusals."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    # --- who calls --------------------------------------------------------------------------------
    "not-signed-in": Text(
        pl=Words(
            "Wymagane jest zalogowanie",
            "Ta część serwisu jest dostępna po zalogowaniu. Zaloguj się, a program komputerowy "
            "niech dołączy ważny token.",
        ),
        en=Words(
            "Signing in is needed",
            "This part needs an account. Sign in; a program sends a valid token.",
        ),
    ),
    "token-invalid": Text(
        pl=Words(
            "Token jest nieważny",
            "Token jest nieznany, został wycofany albo wygasł. Pobierz nowy token.",
        ),
        en=Words(
            "The token is not valid",
            "The token is unknown, was withdrawn or has expired. Get a new one.",
        ),
    ),
    "wrong-credentials": Text(
        pl=Words(
            "Nieprawidłowy adres e-mail lub hasło",
            "Nie ma aktywnego konta o takim adresie i haśle. Sprawdź oba pola i spróbuj ponownie. "
            "Jeżeli nie pamiętasz hasła, poproś zespół programu o nadanie nowego.",
        ),
        en=Words(
            "Wrong e-mail address or password",
            "No active account has this address and password. Check both and try again. If the "
            "password is forgotten, ask the programme's staff for a new one.",
        ),
    ),
    "too-many-attempts": Text(
        pl=Words(
            "Zbyt wiele nieudanych prób logowania",
            "Po nieudanych próbach logowania (limit: {limit}) dostęp jest na pewien czas "
            "wstrzymany. Spróbuj ponownie za {wait_minutes} min.",
        ),
        en=Words(
            "Too many failed attempts",
            "After {limit} failed attempts signing in is held up for a while. Try again in "
            "{wait_minutes} min.",
        ),
    ),
    "not-allowed": Text(
        pl=Words(
            "Brak uprawnień",
            "To konto nie ma roli, która na to pozwala. Jeżeli jest ona potrzebna, zwróć się do "
            "zespołu programu.",
        ),
        en=Words(
            "Not allowed",
            "This account's roles do not allow this. If you need it, ask the programme's staff.",
        ),
    ),
    "out-of-scope": Text(
        pl=Words(
            "To leży poza zakresem tego konta",
            "Rola konta na to pozwala, ale dla innych jednostek, teamów lub województw. Wybierz "
            "własne albo zwróć się do zespołu programu o rozszerzenie zakresu.",
        ),
        en=Words(
            "Outside this account's scope",
            "The account's role allows this for other units, teams or voivodeships. Choose your "
            "own, or ask the programme's staff to widen the scope.",
        ),
    ),
    "csrf-failed": Text(
        pl=Words(
            "Formularz utracił ważność",
            "Formularz był otwarty zbyt długo albo został wysłany z innego miejsca. Wróć do "
            "poprzedniej strony, odśwież ją i wyślij formularz ponownie.",
        ),
        en=Words(
            "The form is no longer valid",
            "The form was open for too long, or was sent from elsewhere. Go back, reload the page "
            "and send the form again.",
        ),
    ),
    "late-admission-not-allowed": Text(
        pl=Words(
            "Zgłoszenie po terminie przyjmuje zespół programu",
            "Powód przyjęcia po terminie podaje wyłącznie zespół programu. Pomiń to pole.",
        ),
        en=Words(
            "Only staff admit a late application",
            "The reason for a late admission is given by programme staff only. Leave it out.",
        ),
    ),
    "effective-at-not-allowed": Text(
        pl=Words(
            "Datę skutku podaje wyłącznie zespół programu",
            "Nagłówek X-Effective-At służy zespołowi programu do przejęcia danych z przeszłości. "
            "Pomiń ten nagłówek.",
        ),
        en=Words(
            "Only staff name the moment of effect",
            "The header X-Effective-At is for programme staff who take over the past. Leave it "
            "out.",
        ),
    ),
    "access-key-missing": Text(
        pl=Words(
            "Potrzebny jest klucz zgłoszenia",
            "Zgłoszenie otwiera klucz podany w potwierdzeniu jego przyjęcia. Użyj odnośnika "
            "z potwierdzenia albo dołącz klucz do żądania.",
        ),
        en=Words(
            "The application's key is needed",
            "An application is opened by the key given in its receipt. Use the link of the "
            "receipt, or send the key.",
        ),
    ),
    # --- accounts ---------------------------------------------------------------------------------
    "email-taken": Text(
        pl=Words(
            "Ten adres e-mail ma już konto",
            "Jeden adres należy do jednego konta. Podaj inny adres albo zmień istniejące konto.",
        ),
        en=Words(
            "This address has an account",
            "An e-mail address belongs to one account. Give another, or change that account.",
        ),
    ),
    "password-too-weak": Text(
        pl=Words(
            "Hasło jest zbyt łatwe do odgadnięcia",
            "Hasło ma co najmniej {minimum} znaków i nie należy do najczęściej używanych. Podaj "
            "dłuższe hasło, na przykład złożone z kilku słów.",
        ),
        en=Words(
            "The password is easily guessed",
            "A password has at least {minimum} characters and is none of the most common ones. "
            "Choose a longer one, for example of several words.",
        ),
    ),
    "own-account": Text(
        pl=Words(
            "Nie można odebrać dostępu własnemu kontu",
            "Zmianę dostępu tego konta może wprowadzić inna uprawniona osoba. Poproś ją o to.",
        ),
        en=Words(
            "Nobody locks themselves out",
            "Access of your own account is changed by somebody else. Ask another operator.",
        ),
    ),
    # --- whose turn it is -------------------------------------------------------------------------
    "authors-only-in-draft": Text(
        pl=Words(
            "Dokument jest teraz u redakcji",
            "Autorzy piszą szkic, a obecny stan dokumentu to: {state}. Zachowaj wpisany tekst "
            "i poproś redakcję o zwrot dokumentu.",
        ),
        en=Words(
            "It is the editors' turn",
            "Authors write in a draft, and this document is: {state}. Keep what was typed and ask "
            "the editors to return the document.",
        ),
    ),
    "editors-only-in-editing": Text(
        pl=Words(
            "Dokument piszą jeszcze autorzy",
            "Redakcja zmienia dokument po jego przekazaniu, a obecny stan to: {state}. Zaczekaj, "
            "aż autorzy przekażą dokument.",
        ),
        en=Words(
            "It is the authors' turn",
            "Editors change a document that was handed in, and this one is: {state}. Wait until "
            "its authors hand it in.",
        ),
    ),
    # --- the request ------------------------------------------------------------------------------
    "malformed-body": Text(
        pl=Words(
            "Treść żądania nie jest poprawnym zapisem JSON",
            "Pierwszy błąd: wiersz {line}, kolumna {column}. Popraw zapis i wyślij ponownie.",
        ),
        en=Words(
            "The body is no sound JSON",
            "The first mistake is in line {line}, column {column}. Correct it and send again.",
        ),
    ),
    "header-invalid": Text(
        pl=Words(
            "Nieprawidłowy nagłówek żądania",
            "Nagłówka {header} nie można tu odczytać lub zastosować. Popraw go albo pomiń.",
        ),
        en=Words(
            "A header is not valid",
            "The header {header} cannot be read or used here. Correct it, or leave it out.",
        ),
    ),
    "not-utf8": Text(
        pl=Words(
            "Plik nie jest zapisany w kodowaniu UTF-8",
            "Pliki tekstowe są odczytywane w kodowaniu UTF-8. Zapisz plik w tym kodowaniu i wyślij "
            "ponownie.",
        ),
        en=Words(
            "The file is not UTF-8",
            "Text files are read as UTF-8. Save the file as UTF-8 and send it again.",
        ),
    ),
    "bad-request": Text(
        pl=Words(
            "Żądania nie można zrozumieć",
            "Żądanie ma nieprawidłową postać. Wróć do poprzedniej strony i spróbuj ponownie.",
        ),
        en=Words(
            "The request cannot be understood",
            "The request is not in a valid form. Go back and try again.",
        ),
    ),
    "page-not-found": Text(
        pl=Words(
            "Nie ma takiej strony",
            "Pod tym adresem nic nie ma. Sprawdź adres albo zacznij od strony głównej.",
        ),
        en=Words(
            "There is no such page",
            "There is nothing at this address. Check it, or start from the first page.",
        ),
    ),
    "method-not-allowed": Text(
        pl=Words(
            "Ten adres nie przyjmuje takiego żądania",
            "Adres nie obsługuje metody {method}. Obsługiwane metody: {allowed}.",
        ),
        en=Words(
            "This address does not take such a request",
            "The address does not take the method {method}. It takes: {allowed}.",
        ),
    ),
    "not-acceptable": Text(
        pl=Words(
            "Odpowiedź nie istnieje w żądanej postaci",
            "Zmień nagłówek Accept na jedną z postaci wymienionych w opisie interfejsu API.",
        ),
        en=Words(
            "There is no answer in this form",
            "Change the header Accept to one of the forms named in the API's description.",
        ),
    ),
    "body-too-large": Text(
        pl=Words(
            "Przesłane dane są zbyt duże",
            "Jedno żądanie może mieć najwyżej {limit_mb} MB. Prześlij mniejszy plik lub krótszy "
            "tekst.",
        ),
        en=Words(
            "Too much was sent",
            "A request may have {limit_mb} MB. Send a smaller file or a shorter text.",
        ),
    ),
    "unsupported-media-type": Text(
        pl=Words(
            "Nieobsługiwany rodzaj treści",
            "Treść żądania wysyła się jako {expected}. Ustaw nagłówek Content-Type i wyślij "
            "ponownie.",
        ),
        en=Words(
            "This kind of content is not taken",
            "The body is sent as {expected}. Set the header Content-Type and send again.",
        ),
    ),
    # --- our own faults ---------------------------------------------------------------------------
    "internal": Text(
        pl=Words(
            "Wystąpił błąd po naszej stronie",
            "Nie udało się wykonać tej operacji. Spróbuj ponownie za chwilę; jeżeli błąd się "
            "powtórzy, przekaż zespołowi programu numer zgłoszenia błędu widoczny na tej stronie.",
        ),
        en=Words(
            "Something broke on our side",
            "This could not be done. Try again in a moment; if it happens again, tell the "
            "programme's staff the number given with this message.",
        ),
    ),
    "service-unavailable": Text(
        pl=Words(
            "Usługa chwilowo nie odpowiada",
            "Nie wiadomo, czy operacja ({service}) została wykonana. Spróbuj ponownie za chwilę; "
            "powtórzenie z tym samym kluczem Idempotency-Key nie wywoła podwójnego skutku.",
        ),
        en=Words(
            "The service does not answer at the moment",
            "It is not known whether this was carried out ({service}). Try again in a moment; with "
            "the same Idempotency-Key it has no second effect.",
        ),
    ),
}

VALUES: Mapping[str, Mapping[str, Phrase]] = {
    "service": {
        "recruitment": Phrase("nabory i szkolenia", "recruitment"),
        "advisory": Phrase("doradztwo", "advisory"),
        "hdr": Phrase("harmonogramy działań rozwojowych", "HDR"),
        "monitoring": Phrase("monitoring", "monitoring"),
        "gateway": Phrase("portal", "website"),
    },
}
