"""Texts of recruitment's refusals."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    # --- editions ---------------------------------------------------------------------------------
    "slug-taken": Text(
        pl=Words(
            "Ten adres jest już zajęty",
            "Adres „{slug}” jest na stałe przypisany do innej edycji lub innego naboru. "
            "Podaj inny adres.",
        ),
        en=Words(
            "This address is taken",
            "The address “{slug}” belongs to another edition or call for ever. Choose another one.",
        ),
    ),
    "slug-fixed": Text(
        pl=Words(
            "Adresu edycji nie można zmienić",
            "Edycja zachowuje adres, pod którym powstała. Pozostaw adres „{slug}” bez zmian.",
        ),
        en=Words(
            "An edition keeps its address",
            "The address of an edition never changes. Leave it as “{slug}”.",
        ),
    ),
    "duplicate-code": Text(
        pl=Words(
            "Kod się powtarza",
            "Każdy kod i numer może wystąpić na swojej liście tylko raz. "
            "Usuń lub zmień jedną z pozycji „{code}”.",
        ),
        en=Words(
            "A code is repeated",
            "Each code and number may stand only once in its list. "
            "Remove or change one of the entries “{code}”.",
        ),
    ),
    "period-order": Text(
        pl=Words(
            "Koniec okresu przypada przed jego początkiem",
            "Okres kończy się najwcześniej w dniu, w którym się zaczyna. Popraw datę początku "
            "({starts_on}) lub końca ({ends_on}).",
        ),
        en=Words(
            "The period ends before it begins",
            "A period ends on its first day at the earliest. Correct the first day ({starts_on}) "
            "or the last day ({ends_on}).",
        ),
    ),
    "team-size-order": Text(
        pl=Words(
            "Najmniejsza liczebność zespołu przekracza największą",
            "Najmniejsza dopuszczalna liczebność zespołu JST ({minimum}) nie może być większa niż "
            "największa ({maximum}). Popraw jedną z tych liczb.",
        ),
        en=Words(
            "The smallest team is bigger than the biggest",
            "The minimum size of a JST team ({minimum}) cannot be above the maximum ({maximum}). "
            "Correct one of the two numbers.",
        ),
    ),
    "role-label-missing": Text(
        pl=Words(
            "Brakuje nazwy roli ekspertów",
            "Edycja określa nazwy obu ról ekspertów. Podaj nazwę roli {role} po polsku "
            "i po angielsku.",
        ),
        en=Words(
            "The name of a role is missing",
            "An edition names both roles of experts. Give the name of the role {role} in Polish "
            "and English.",
        ),
    ),
    # --- register of JST --------------------------------------------------------------------------
    "register-file-invalid": Text(
        pl=Words(
            "Plik nie jest poprawnym rejestrem TERC",
            "Plik zawiera błędy, dlatego nie wczytano z niego żadnych danych. Liczba błędów: "
            "{problems}; najwyżej 20 z nich wymieniono poniżej. Pobierz plik ponownie z rejestru "
            "TERYT i nie zapisuj go w arkuszu kalkulacyjnym, który usuwa zera początkowe.",
        ),
        en=Words(
            "The file is not a sound TERC register",
            "The file has mistakes, so nothing was taken over from it. Mistakes: {problems}; at "
            "most 20 of them are listed below. Download the file from TERYT again and do not save "
            "it in a spreadsheet, which drops leading zeros.",
        ),
    ),
    "register-state-older": Text(
        pl=Words(
            "Plik zawiera starszy stan rejestru",
            "Wczytano już stan rejestru na dzień {imported_state_on}, a ten plik przedstawia stan "
            "na dzień {state_on}. Wczytaj plik o tej samej lub późniejszej dacie.",
        ),
        en=Words(
            "The file holds an older state of the register",
            "The register is known as of {imported_state_on}, and this file is as of {state_on}. "
            "Take a file of that day or a later one.",
        ),
    ),
    "jst-unknown": Text(
        pl=Words(
            "Nie ma JST o tym kodzie",
            "Rejestr nie zawiera jednostki o kodzie TERYT {jst_code}. Wybierz jednostkę z listy.",
        ),
        en=Words(
            "No JST has this code",
            "The register holds no unit with the TERYT code {jst_code}. Choose one from the list.",
        ),
    ),
    "jst-closed": Text(
        pl=Words(
            "Ta JST została zniesiona",
            "Jednostki o kodzie TERYT {jst_code} nie ma w rejestrze od {closed_on}. "
            "Wybierz jednostkę, która przejęła jej zadania.",
        ),
        en=Words(
            "This JST no longer exists",
            "The unit with the TERYT code {jst_code} has been gone from the register since "
            "{closed_on}. Choose the unit that took over its tasks.",
        ),
    ),
    # --- calls ------------------------------------------------------------------------------------
    "call-dates-order": Text(
        pl=Words(
            "Daty naboru są w niewłaściwej kolejności",
            "Nabór najpierw się otwiera ({opens_on}), potem zamyka ({closes_on}), a na końcu "
            "ogłasza się wyniki ({results_by}); te dni mogą być takie same. Popraw daty.",
        ),
        en=Words(
            "The dates of the call are in the wrong order",
            "A call opens ({opens_on}), then closes ({closes_on}), then has its results "
            "({results_by}); the days may be the same. Correct the dates.",
        ),
    ),
    "call-not-draft": Text(
        pl=Words(
            "Opublikować można tylko szkic naboru",
            "Ten nabór jest już {state}. Jeżeli potrzebny jest kolejny, przygotuj nowy nabór.",
        ),
        en=Words(
            "Only a draft of a call can be published",
            "This call is {state} already. If another one is needed, prepare a new call.",
        ),
    ),
    "call-not-published": Text(
        pl=Words(
            "Nabór nie jest opublikowany",
            "Ta zmiana jest możliwa tylko w opublikowanym naborze, a obecny stan tego naboru to: "
            "{state}. Szkic najpierw opublikuj; zamkniętego ani odwołanego naboru nie można już "
            "zmienić.",
        ),
        en=Words(
            "The call is not published",
            "This change is possible only in a published call, and this one is: {state}. Publish "
            "a draft first; a closed or cancelled call can no longer be changed.",
        ),
    ),
    "call-ended": Text(
        pl=Words(
            "Tego naboru nie można już odwołać",
            "Odwołać można szkic lub opublikowany nabór, a ten nabór jest {state}.",
        ),
        en=Words(
            "This call can no longer be called off",
            "A draft or a published call can be called off, and this one is {state}.",
        ),
    ),
    "deadline-not-later": Text(
        pl=Words(
            "Nowy termin nie jest późniejszy",
            "Termin przyjmowania zgłoszeń można tylko wydłużyć, a obecnie upływa on {closes_on}. "
            "Podaj późniejszy dzień.",
        ),
        en=Words(
            "The new deadline is not later",
            "A deadline can only be moved to a later day, and it is {closes_on} now. "
            "Give a later day.",
        ),
    ),
    "deadline-after-results": Text(
        pl=Words(
            "Termin przypada po dniu ogłoszenia wyników",
            "Wyniki zapowiedziano najpóźniej na {results_by}. Wybierz ten dzień lub wcześniejszy.",
        ),
        en=Words(
            "The deadline is after the day of the results",
            "The results were promised by {results_by}. Choose that day or an earlier one.",
        ),
    ),
    "call-not-open": Text(
        pl=Words(
            "Nabór nie przyjmuje zgłoszeń",
            "Zgłoszenia są przyjmowane od {opens_on} do {closes_on}, łącznie z tymi dniami, według "
            "czasu obowiązującego w Polsce. Sprawdź listę otwartych naborów.",
        ),
        en=Words(
            "The call takes no applications",
            "Applications are taken from {opens_on} to {closes_on}, both days included, Warsaw "
            "time. Look at the list of open calls.",
        ),
    ),
    "call-not-open.NOT_PUBLISHED": Text(
        pl=Words(
            "Nabór nie został jeszcze ogłoszony",
            "Zgłoszenia można składać dopiero po ogłoszeniu naboru. Sprawdź listę otwartych "
            "naborów.",
        ),
        en=Words(
            "The call is not public yet",
            "Applications are possible once the call is published. Look at the list of open calls.",
        ),
    ),
    "call-not-open.NOT_YET_OPEN": Text(
        pl=Words(
            "Nabór jeszcze się nie rozpoczął",
            "Zgłoszenia są przyjmowane od {opens_on} do {closes_on}, łącznie z tymi dniami. "
            "Złóż zgłoszenie w tym czasie.",
        ),
        en=Words(
            "The call has not opened yet",
            "Applications are taken from {opens_on} to {closes_on}, both days included. "
            "Apply within that time.",
        ),
    ),
    "call-not-open.DEADLINE_PASSED": Text(
        pl=Words(
            "Termin składania zgłoszeń minął",
            "Zgłoszenia były przyjmowane do {closes_on} włącznie, według czasu obowiązującego "
            "w Polsce. W uzasadnionych przypadkach zespół programu może przyjąć zgłoszenie po "
            "terminie: napisz na adres podany w ogłoszeniu o naborze.",
        ),
        en=Words(
            "The deadline has passed",
            "Applications were taken up to and including {closes_on}, Warsaw time. In justified "
            "cases the programme's staff can admit a late application: write to the contact named "
            "in the call.",
        ),
    ),
    "call-not-open.CLOSED": Text(
        pl=Words(
            "Nabór został zamknięty",
            "Nabór nie przyjmuje już zgłoszeń. W uzasadnionych przypadkach zespół programu może "
            "przyjąć zgłoszenie po terminie: napisz na adres podany w ogłoszeniu o naborze.",
        ),
        en=Words(
            "The call is closed",
            "The call takes no more applications. In justified cases the programme's staff can "
            "admit a late application: write to the contact named in the call.",
        ),
    ),
    "call-not-open.CANCELLED": Text(
        pl=Words(
            "Nabór został odwołany",
            "Odwołany nabór nie przyjmuje zgłoszeń. Powód podano w ogłoszeniu; inne nabory "
            "znajdziesz na liście naborów.",
        ),
        en=Words(
            "The call was called off",
            "A cancelled call takes no applications. The reason is stated in the call; other calls "
            "are in the list.",
        ),
    ),
    "call-still-open": Text(
        pl=Words(
            "Nabór jeszcze trwa",
            "Wyniki można opublikować po zakończeniu naboru, a zgłoszenia są przyjmowane do "
            "{closes_on} włącznie. Zaczekaj do następnego dnia albo zamknij nabór.",
        ),
        en=Words(
            "The call is still open",
            "Results follow after the call, which takes applications up to and including "
            "{closes_on}. Wait for the next day, or close the call.",
        ),
    ),
    "undecided-applications": Text(
        pl=Words(
            "Nie wszystkie zgłoszenia są rozstrzygnięte",
            "Wyniki publikuje się w całości. Liczba zgłoszeń bez decyzji: {count}. "
            "Podejmij brakujące decyzje i opublikuj wyniki ponownie.",
        ),
        en=Words(
            "Not every application is decided",
            "Results are published complete or not at all. Applications without a decision: "
            "{count}. Decide them, then publish the results again.",
        ),
    ),
    "reserve-rank-repeated": Text(
        pl=Words(
            "Miejsce na liście rezerwowej się powtarza",
            "Każde zgłoszenie na liście rezerwowej ma inne miejsce, a miejsce {rank} przypisano "
            "więcej niż raz. Zmień jedno z nich.",
        ),
        en=Words(
            "A place on the reserve list is given twice",
            "Each application on the reserve list has a place of its own, and place {rank} was "
            "given more than once. Change one of them.",
        ),
    ),
    "places-exceeded": Text(
        pl=Words(
            "Zakwalifikowano więcej zgłoszeń, niż jest miejsc",
            "Liczba miejsc w naborze: {places}, liczba zakwalifikowanych zgłoszeń: {qualified}. "
            "Przenieś część zgłoszeń na listę rezerwową.",
        ),
        en=Words(
            "More applications are qualified than there are places",
            "Places in the call: {places}; qualified applications: {qualified}. "
            "Move some of them to the reserve list.",
        ),
    ),
    "results-already-published": Text(
        pl=Words(
            "Wyniki są już opublikowane",
            "Wyniki naboru opublikowano {published_on}, a publikuje się je tylko raz. Osobę "
            "z listy rezerwowej można zakwalifikować, podając powód.",
        ),
        en=Words(
            "The results are published already",
            "The results were published on {published_on}, and that is done once. A candidate on "
            "the reserve list can still be qualified, with a reason.",
        ),
    ),
    # --- applications -----------------------------------------------------------------------------
    "privacy-notice-changed": Text(
        pl=Words(
            "Zmieniła się informacja o przetwarzaniu danych",
            "Obowiązuje informacja o przetwarzaniu danych osobowych w wersji {version}. Zapoznaj "
            "się z nią i potwierdź to ponownie. Wpisane dane pozostały w formularzu.",
        ),
        en=Words(
            "The privacy notice has changed",
            "The privacy notice in force is version {version}. Read it and confirm again. What was "
            "typed is still there.",
        ),
    ),
    "voivodeship-missing": Text(
        pl=Words(
            "Wybierz województwo",
            "W zgłoszeniu eksperta podaje się województwo, w którym chce on pracować. "
            "Wybierz je z listy.",
        ),
        en=Words(
            "Choose a voivodeship",
            "An expert says in which voivodeship they want to work. Choose one from the list.",
        ),
    ),
    "jst-missing": Text(
        pl=Words(
            "Wybierz JST",
            "Nabór jest skierowany do jednostek samorządu terytorialnego. Wskaż w rejestrze "
            "jednostkę, która składa zgłoszenie.",
        ),
        en=Words(
            "Choose the JST",
            "The call is for local governments. Choose from the register the one that applies.",
        ),
    ),
    "outside-edition": Text(
        pl=Words(
            "Nabór nie obejmuje tego województwa",
            "Województwo {voivodeship} nie bierze udziału w tej edycji. Wybierz jedno "
            "z województw wymienionych w ogłoszeniu o naborze.",
        ),
        en=Words(
            "The call is for other voivodeships",
            "The voivodeship {voivodeship} is not part of this edition. Choose one of those named "
            "in the call.",
        ),
    ),
    "one-open-application": Text(
        pl=Words(
            "Zgłoszenie zostało już złożone",
            "Każdy kandydat i każda JST mogą mieć w naborze jedno zgłoszenie, a poprzednie "
            "przyjęto {received_on}. Aby złożyć nowe, najpierw wycofaj tamto.",
        ),
        en=Words(
            "There is an application already",
            "Each candidate and each JST can have one application in a call, and one was received "
            "on {received_on}. To send a new one, withdraw that one first.",
        ),
    ),
    "application-withdrawn": Text(
        pl=Words(
            "Zgłoszenie zostało wycofane",
            "Wycofanego zgłoszenia nie można już rozpatrywać ani zmieniać. Dopóki nabór trwa, "
            "można złożyć nowe.",
        ),
        en=Words(
            "The application was withdrawn",
            "Nothing more happens to a withdrawn application. While the call is open a new one can "
            "be sent.",
        ),
    ),
    "withdraw-too-late": Text(
        pl=Words(
            "Wyniki naboru są już opublikowane",
            "Zgłoszenie można wycofać do dnia publikacji wyników. Jeżeli rezygnujesz z udziału, "
            "napisz na adres podany w ogłoszeniu o naborze.",
        ),
        en=Words(
            "The results are published already",
            "An application can be withdrawn until the results are published. To step back now, "
            "write to the contact named in the call.",
        ),
    ),
    "applicant-needed": Text(
        pl=Words(
            "Dane osobowe są jeszcze potrzebne",
            "Dopóki dane osobowe są niezbędne do zadania w interesie publicznym, nie można ich "
            "usunąć (art. 17 ust. 3 lit. b RODO). Najpierw zakończ to, do czego są potrzebne.",
        ),
        en=Words(
            "The personal data are still needed",
            "While the personal data are needed for a task in the public interest they cannot be "
            "erased (article 17(3)(b) GDPR). End first what they are needed for.",
        ),
    ),
    "applicant-needed.DECISION": Text(
        pl=Words(
            "Zgłoszenie czeka na decyzję",
            "Dopóki zgłoszenie jest rozpatrywane, dane osobowe są niezbędne do zadania w interesie "
            "publicznym (art. 17 ust. 3 lit. b RODO). Najpierw wycofaj zgłoszenie albo poczekaj na "
            "publikację wyników.",
        ),
        en=Words(
            "The application waits for a decision",
            "While an application is assessed, the personal data are needed for a task in the "
            "public interest (article 17(3)(b) GDPR). Withdraw the application first, or wait for "
            "the results.",
        ),
    ),
    "applicant-needed.TRAINING": Text(
        pl=Words(
            "Ta osoba ma miejsce na szkoleniu",
            "Do końca szkolenia dane osobowe są niezbędne do jego prowadzenia (art. 17 ust. 3 "
            "lit. b RODO). Usuń je po zakończeniu szkolenia.",
        ),
        en=Words(
            "The person has a place in a training",
            "Until the training ends, the personal data are needed to hold it (article 17(3)(b) "
            "GDPR). Erase them when the training is over.",
        ),
    ),
    "applicant-needed.ROSTER": Text(
        pl=Words(
            "Ta osoba jest w wykazie ekspertów",
            "Dopóki ekspert jest w wykazie, dane osobowe są niezbędne do współpracy z nim (art. 17 "
            "ust. 3 lit. b RODO). Najpierw skreśl eksperta z wykazu.",
        ),
        en=Words(
            "The person is on the roster of experts",
            "While an expert is on the roster, the personal data are needed to work with them "
            "(article 17(3)(b) GDPR). Take the expert off the roster first.",
        ),
    ),
    "applicant-erased": Text(
        pl=Words(
            "Dane osobowe tego zgłoszenia usunięto",
            "Nie wiadomo już, kto złożył to zgłoszenie, więc nie można prowadzić go dalej. "
            "Numer zgłoszenia, decyzja i statystyki pozostają.",
        ),
        en=Words(
            "The personal data of this application were erased",
            "Nobody knows any more who applied, so the application goes no further. Its number, "
            "its decision and the figures stay.",
        ),
    ),
    "not-checked": Text(
        pl=Words(
            "Brakuje oceny formalnej",
            "Decyzję poprzedza ocena formalna. Najpierw zapisz jej wynik.",
        ),
        en=Words(
            "The formal check is missing",
            "The formal check comes before the decision. Record it first.",
        ),
    ),
    "only-rejection-possible": Text(
        pl=Words(
            "Zgłoszenie nie przeszło oceny formalnej",
            "Takie zgłoszenie można tylko odrzucić. Odrzuć je albo zapisz ocenę formalną ponownie.",
        ),
        en=Words(
            "The application failed the formal check",
            "Such an application can only be rejected. Reject it, or record the check again.",
        ),
    ),
    "reserve-rank-missing": Text(
        pl=Words(
            "Podaj miejsce na liście rezerwowej",
            "Zgłoszenia na liście rezerwowej są uporządkowane. Podaj miejsce, licząc od 1.",
        ),
        en=Words(
            "Give the place on the reserve list",
            "The reserve list is ordered. Give the application's place, counted from 1.",
        ),
    ),
    "reserve-rank-not-allowed": Text(
        pl=Words(
            "Miejsce podaje się tylko na liście rezerwowej",
            "Przy decyzji „{decision}” pozostaw miejsce na liście rezerwowej puste.",
        ),
        en=Words(
            "Only the reserve list has places",
            "With the decision “{decision}” leave the place on the reserve list empty.",
        ),
    ),
    "not-on-reserve-list": Text(
        pl=Words(
            "Zgłoszenia nie ma na liście rezerwowej",
            "Po publikacji wyników zakwalifikować można tylko zgłoszenie z opublikowanej listy "
            "rezerwowej, a to zgłoszenie jest: {state}.",
        ),
        en=Words(
            "The application is not on the reserve list",
            "After publication only an application on the published reserve list can be "
            "qualified, and this one is: {state}.",
        ),
    ),
    # --- training and roster ----------------------------------------------------------------------
    "session-repeated": Text(
        pl=Words(
            "Oznaczenie zajęć się powtarza",
            "Każde zajęcia w szkoleniu mają własne oznaczenie. Zmień jedno z oznaczeń "
            "„{session_key}”.",
        ),
        en=Words(
            "The key of a session is repeated",
            "Each session of a training has a key of its own. Change one of the keys "
            "“{session_key}”.",
        ),
    ),
    "not-qualified": Text(
        pl=Words(
            "Kandydat nie został zakwalifikowany",
            "Szkolenie jest dla osób zakwalifikowanych do roli {role} w opublikowanych wynikach "
            "naboru. Stan tego zgłoszenia: {state}. Zaczekaj na publikację wyników albo wybierz "
            "inną osobę.",
        ),
        en=Words(
            "The candidate is not qualified",
            "The training is for people whom published results qualified for the role {role}. The "
            "state of this application is: {state}. Wait for the results, or choose somebody else.",
        ),
    ),
    "not-qualified.QUALIFIED": Text(
        pl=Words(
            "Kandydat został zakwalifikowany do innej roli",
            "Szkolenie jest dla osób zakwalifikowanych do roli {role}, a to zgłoszenie pochodzi "
            "z innego naboru. Wybierz szkolenie dla właściwej roli.",
        ),
        en=Words(
            "The candidate is qualified for another role",
            "The training is for people qualified for the role {role}, and this application comes "
            "from another call. Choose a training of the right role.",
        ),
    ),
    "already-enrolled": Text(
        pl=Words(
            "Kandydat jest już zapisany na to szkolenie",
            "Na jedno szkolenie kandydata zapisuje się raz. Nie trzeba nic więcej robić.",
        ),
        en=Words(
            "The candidate is enrolled already",
            "A candidate is enrolled in a training once. Nothing more needs to be done.",
        ),
    ),
    "training-full": Text(
        pl=Words(
            "Wszystkie miejsca na szkoleniu są zajęte",
            "Liczba miejsc na szkoleniu: {capacity}. Zaplanuj kolejne szkolenie.",
        ),
        en=Words(
            "The training is full",
            "Places in the training: {capacity}. Plan another training.",
        ),
    ),
    "training-completed": Text(
        pl=Words(
            "Szkolenie zostało zakończone",
            "Do zakończonego szkolenia nie można dopisać osób ani obecności. W razie potrzeby "
            "zaplanuj nowe szkolenie.",
        ),
        en=Words(
            "The training has ended",
            "Nobody and nothing can be added to a completed training. Plan a new one if needed.",
        ),
    ),
    "session-unknown": Text(
        pl=Words(
            "Szkolenie nie obejmuje tych zajęć",
            "W tym szkoleniu nie ma zajęć o oznaczeniu „{session_key}”. Wybierz zajęcia "
            "z programu szkolenia.",
        ),
        en=Words(
            "The training has no such session",
            "This training has no session “{session_key}”. Choose one of its sessions.",
        ),
    ),
    "not-enrolled": Text(
        pl=Words(
            "Ta osoba nie jest zapisana na szkolenie",
            "Obecność zapisuje się tylko zapisanym uczestnikom. Najpierw zapisz na szkolenie "
            "kandydata ze zgłoszenia {application_id}.",
        ),
        en=Words(
            "This person is not enrolled",
            "Attendance is recorded for enrolled candidates only. Enrol the candidate of "
            "application {application_id} first.",
        ),
    ),
    "attendance-missing": Text(
        pl=Words(
            "Brakuje obecności na niektórych zajęciach",
            "Szkolenie można zakończyć, gdy zapisano obecność na wszystkich zajęciach. Zapisz ją "
            "jeszcze dla: {session_keys}.",
        ),
        en=Words(
            "Attendance is not complete",
            "A training ends when attendance is recorded for every session. Record it for: "
            "{session_keys}.",
        ),
    ),
    "expert-left": Text(
        pl=Words(
            "Ekspert nie figuruje już w wykazie",
            "Eksperta skreślono z wykazu wcześniej. Nie trzeba nic więcej robić.",
        ),
        en=Words(
            "The expert has left already",
            "The expert was taken off the roster before. Nothing more needs to be done.",
        ),
    ),
}

_CALL_STATES = {
    "DRAFT": Phrase("szkicem", "a draft"),
    "PUBLISHED": Phrase("opublikowany", "published"),
    "CLOSED": Phrase("zamknięty", "closed"),
    "CANCELLED": Phrase("odwołany", "cancelled"),
}
_APPLICATION_STATES = {
    "RECEIVED": Phrase("przyjęte do rozpatrzenia", "received"),
    "CHECKED": Phrase("po ocenie formalnej", "formally checked"),
    "DECIDED": Phrase("przed publikacją wyników", "waiting for the publication of results"),
    "WITHDRAWN": Phrase("wycofane", "withdrawn"),
    "QUALIFIED": Phrase("zakwalifikowane", "qualified"),
    "RESERVE": Phrase("na liście rezerwowej", "on the reserve list"),
    "REJECTED": Phrase("niezakwalifikowane", "not qualified"),
}
VALUES: Mapping[str, Mapping[str, Phrase]] = {
    "call-not-draft.state": _CALL_STATES,
    "call-not-published.state": {**_CALL_STATES, "DRAFT": Phrase("szkic", "a draft")},
    "call-ended.state": _CALL_STATES,
    "not-on-reserve-list.state": _APPLICATION_STATES,
    "not-qualified.state": _APPLICATION_STATES,
    "decision": {
        "QUALIFIED": Phrase("zakwalifikowano", "qualified"),
        "RESERVE": Phrase("lista rezerwowa", "reserve list"),
        "REJECTED": Phrase("nie zakwalifikowano", "not qualified"),
    },
}
VARIANT_PARAMETERS: Mapping[str, str] = {
    "applicant-needed": "need",
    "call-not-open": "rule",
    "not-qualified": "state",
}
