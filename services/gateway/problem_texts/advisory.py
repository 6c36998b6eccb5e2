"""Texts of advisory's refusals."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.problem_texts.text import Phrase, Text, Words

TEXTS: Mapping[str, Text] = {
    # --- teams ------------------------------------------------------------------------------------
    "region-not-in-edition": Text(
        pl=Words(
            "Edycja nie obejmuje tego województwa",
            "Team doradczy działa w jednym z województw swojej edycji, a województwo {voivodeship} "
            "do niej nie należy. Wybierz inne województwo albo zmień ustawienia edycji.",
        ),
        en=Words(
            "The edition does not cover this voivodeship",
            "A team works in a voivodeship of its edition, and {voivodeship} is not one of them. "
            "Choose another one, or reconfigure the edition.",
        ),
    ),
    "not-in-roster": Text(
        pl=Words(
            "Tej osoby nie ma w wykazie ekspertów",
            "Do teamu doradczego należą wyłącznie eksperci z wykazu, a wpis do wykazu następuje po "
            "ukończeniu szkolenia. Wybierz osobę z wykazu.",
        ),
        en=Words(
            "This person is not on the roster",
            "A team has only experts of the roster, and one enters it by completing a training. "
            "Choose somebody from the roster.",
        ),
    ),
    "expert-left-roster": Text(
        pl=Words(
            "Ekspert został skreślony z wykazu",
            "Osoba skreślona z wykazu nie może wejść w skład teamu doradczego. Wybierz eksperta, "
            "który nadal jest w wykazie.",
        ),
        en=Words(
            "The expert has left the roster",
            "Who left the roster cannot take a place in a team. Choose an expert who is still "
            "available.",
        ),
    ),
    "team-composition": Text(
        pl=Words(
            "Ekspert ma inną rolę",
            "Team doradczy tworzą dokładnie jeden ekspert ROS i jeden ekspert PRO. Na to miejsce "
            "potrzebny jest ekspert {role}, a wybrana osoba jest ekspertem {expert_role}. Wybierz "
            "inną osobę.",
        ),
        en=Words(
            "The expert has another role",
            "A team is exactly one ROS and one PRO expert. This place needs a {role} expert, and "
            "the chosen person is a {expert_role} expert. Choose somebody else.",
        ),
    ),
    "expert-outside-region": Text(
        pl=Words(
            "Ekspert pracuje w innym województwie",
            "Oboje członkowie teamu pracują w jego województwie ({voivodeship}), a wybrany ekspert "
            "pracuje w innym ({expert_voivodeship}). Wybierz eksperta z właściwego województwa.",
        ),
        en=Words(
            "The expert works in another voivodeship",
            "Both members of a team work in its voivodeship ({voivodeship}), and this expert works "
            "in {expert_voivodeship}. Choose an expert of the team's voivodeship.",
        ),
    ),
    "conflict-of-interest": Text(
        pl=Words(
            "Konflikt interesów",
            "Członek teamu doradczego nie może być pracownikiem JST, której team doradza. Ekspert "
            "pracuje w jednostce {jst_name} (kod TERYT {jst_code}). Wybierz inny team albo innego "
            "eksperta.",
        ),
        en=Words(
            "Conflict of interest",
            "No member of a team works for a JST that the team advises. The expert works for "
            "{jst_name} (TERYT code {jst_code}). Choose another team, or another expert.",
        ),
    ),
    "team-dissolved": Text(
        pl=Words(
            "Team doradczy został rozwiązany",
            "Rozwiązanego teamu nie można zmienić ani przydzielić do JST. Wybierz inny team albo "
            "utwórz nowy.",
        ),
        en=Words(
            "The team was dissolved",
            "A dissolved team cannot be changed and cannot be given a JST. Choose another team, or "
            "form a new one.",
        ),
    ),
    "team-still-advising": Text(
        pl=Words(
            "Team doradczy prowadzi otwarte cykle",
            "Teamu nie można rozwiązać, dopóki doradza JST. Liczba otwartych cykli doradczych: "
            "{cycles}. Najpierw przydziel do nich inny team albo zaczekaj na ich zakończenie.",
        ),
        en=Words(
            "The team still advises",
            "A team that advises an open cycle cannot be dissolved. Open cycles: {cycles}. Assign "
            "another team to them first, or wait until they are completed.",
        ),
    ),
    # --- assigning a team ---------------------------------------------------------------------
    "team-of-other-edition": Text(
        pl=Words(
            "Team doradczy należy do innej edycji",
            "JST doradza team z tej samej edycji programu. Wybierz team z edycji, w której JST "
            "bierze udział.",
        ),
        en=Words(
            "The team is of another edition",
            "A JST is advised by a team of its own edition. Choose a team of that edition.",
        ),
    ),
    "team-outside-region": Text(
        pl=Words(
            "Team doradczy działa w innym województwie",
            "Team doradza JST ze swojego województwa ({voivodeship}), a ta jednostka leży w innym "
            "({jst_voivodeship}). Wybierz team z województwa tej jednostki.",
        ),
        en=Words(
            "The team works in another voivodeship",
            "A team advises JST of its own voivodeship ({voivodeship}), and this one lies in "
            "{jst_voivodeship}. Choose a team of that voivodeship.",
        ),
    ),
    "replacement-reason-missing": Text(
        pl=Words(
            "Podaj powód zmiany teamu",
            "Do tej JST przydzielono już team doradczy. Zmiana wymaga podania powodu, który "
            "zostanie zapisany w historii cyklu.",
        ),
        en=Words(
            "Give the reason for the replacement",
            "The JST has a team already. Another one in its place needs a reason, which is kept in "
            "the history of the cycle.",
        ),
    ),
    "cycle-completed": Text(
        pl=Words(
            "Cykl doradczy został zakończony",
            "Do zakończonego cyklu nie przydziela się już teamu doradczego.",
        ),
        en=Words(
            "The cycle is completed",
            "The advice is over: a completed cycle gets no other team.",
        ),
    ),
    # --- stages -----------------------------------------------------------------------------------
    "stage-not-reached": Text(
        pl=Words(
            "Ten etap jeszcze się nie rozpoczął",
            "Etapy cyklu doradczego realizuje się po kolei. Obecny etap to „{current}”, a ta "
            "czynność należy do etapu „{needed}”. Najpierw zakończ obecny etap.",
        ),
        en=Words(
            "This stage has not been reached",
            "The stages of a cycle follow one another. The present stage is “{current}”, and this "
            "belongs to “{needed}”. Complete the present stage first.",
        ),
    ),
    "stage-already-completed": Text(
        pl=Words(
            "Ten etap jest już zakończony",
            "Etap „{stage}” zakończono wcześniej i nie kończy się go ponownie. Przejdź do "
            "następnego etapu.",
        ),
        en=Words(
            "This stage is completed already",
            "The stage “{stage}” was completed before. Go on with the next one.",
        ),
    ),
    "unknown-stage": Text(
        pl=Words(
            "Cykl nie ma takiego etapu",
            "Etapu „{stage}” nie ma wśród etapów tego cyklu doradczego. Wybierz jeden z nich.",
        ),
        en=Words(
            "The cycle has no such stage",
            "“{stage}” is none of the stages of this cycle. Choose one of them.",
        ),
    ),
    "stage-has-own-command": Text(
        pl=Words(
            "Ten etap kończy się inaczej",
            "Etap „{stage}” kończy się wraz z wykonaniem przypisanej mu czynności, a nie przez "
            "osobne potwierdzenie. Wykonaj tę czynność.",
        ),
        en=Words(
            "This stage is completed in another way",
            "The stage “{stage}” is completed by its own work, not by saying so. Do that work.",
        ),
    ),
    "stage-has-own-command.AREA_CHOICE": Text(
        pl=Words(
            "Ten etap kończy wybór obszaru wsparcia",
            "Aby zakończyć etap „{stage}”, wybierz obszar wsparcia.",
        ),
        en=Words(
            "Choosing the area completes this stage",
            "To complete the stage “{stage}”, choose the support area.",
        ),
    ),
    "stage-has-own-command.DIAGNOSIS": Text(
        pl=Words(
            "Ten etap kończy zamknięcie diagnozy",
            "Aby zakończyć etap „{stage}”, zapisz i zamknij diagnozę.",
        ),
        en=Words(
            "Closing the diagnosis completes this stage",
            "To complete the stage “{stage}”, record and close the diagnosis.",
        ),
    ),
    "stage-has-own-command.HDR": Text(
        pl=Words(
            "Ten etap kończy przekazanie HDR do redakcji",
            "Aby zakończyć etap „{stage}”, przekaż kompletny harmonogram działań rozwojowych do "
            "redakcji.",
        ),
        en=Words(
            "Submitting the HDR completes this stage",
            "To complete the stage “{stage}”, submit the complete HDR.",
        ),
    ),
    "stage-has-own-command.DIRECTIONS": Text(
        pl=Words(
            "Ten etap kończy ustalenie kierunków wdrożenia",
            "Aby zakończyć etap „{stage}”, zapisz kierunki wdrożenia i narzędzia zarządcze.",
        ),
        en=Words(
            "Setting the directions completes this stage",
            "To complete the stage “{stage}”, set the directions of implementation with their "
            "tools.",
        ),
    ),
    "unknown-area": Text(
        pl=Words(
            "Edycja nie obejmuje tego obszaru",
            "Obszaru „{area_code}” nie ma wśród obszarów wsparcia tej edycji. Wybierz jeden "
            "z nich.",
        ),
        en=Words(
            "The edition has no such area",
            "“{area_code}” is none of the support areas of this edition. Choose one of them.",
        ),
    ),
    "area-settled": Text(
        pl=Words(
            "Obszaru wsparcia nie można już zmienić",
            "Obszar jest ostateczny od zamknięcia diagnozy, a HDR powstaje dla obszaru, którego "
            "ona dotyczyła.",
        ),
        en=Words(
            "The area can no longer change",
            "The support area is settled once the diagnosis is closed; the HDR is written for that "
            "area.",
        ),
    ),
    "diagnosis-closed": Text(
        pl=Words(
            "Diagnoza jest już zamknięta",
            "Zamkniętej diagnozy nie można zmienić ani zamknąć ponownie. Późniejsze ustalenia "
            "zapisz w HDR.",
        ),
        en=Words(
            "The diagnosis is closed",
            "A closed diagnosis cannot be changed or closed again. What was found out later "
            "belongs in the HDR.",
        ),
    ),
    "diagnosis-missing": Text(
        pl=Words(
            "Brakuje diagnozy",
            "Przed zamknięciem diagnozę trzeba zapisać. Zapisz diagnozę i priorytety rozwojowe.",
        ),
        en=Words(
            "There is no diagnosis yet",
            "A diagnosis is recorded before it is closed. Record the diagnosis and the priorities "
            "first.",
        ),
    ),
    "area-missing": Text(
        pl=Words(
            "Brakuje obszaru wsparcia",
            "Diagnozę zamyka się po wyborze obszaru wsparcia. Najpierw wybierz obszar.",
        ),
        en=Words(
            "No support area is chosen",
            "The area is chosen before the diagnosis is closed. Choose the area first.",
        ),
    ),
    "team-missing": Text(
        pl=Words(
            "JST nie ma teamu doradczego",
            "Ta czynność jest możliwa po przydzieleniu teamu doradczego. Najpierw przydziel team.",
        ),
        en=Words(
            "No team is assigned",
            "This is possible once the JST has an advisory team. Assign a team first.",
        ),
    ),
    "directions-settled": Text(
        pl=Words(
            "Kierunki wdrożenia są już ustalone",
            "Kierunki wdrożenia ustala się raz; należą one do zakończonego etapu. Nie trzeba nic "
            "więcej robić.",
        ),
        en=Words(
            "The directions are settled",
            "The directions of implementation are set once; they belong to a completed stage. "
            "Nothing more needs to be done.",
        ),
    ),
    # --- activities -------------------------------------------------------------------------------
    "activity-in-future": Text(
        pl=Words(
            "Data wsparcia jest z przyszłości",
            "Wsparcie zapisuje się w dniu, w którym go udzielono, lub później, a podano "
            "{held_on}. Popraw datę albo wróć do tego wpisu po spotkaniu.",
        ),
        en=Words(
            "The day lies in the future",
            "Support is logged on the day it was given or later, and the day given is {held_on}. "
            "Correct it, or come back afterwards.",
        ),
    ),
    "activity-before-edition": Text(
        pl=Words(
            "Data wsparcia przypada przed początkiem edycji",
            "Edycja trwa od {starts_on}, a podano {held_on}. Popraw datę.",
        ),
        en=Words(
            "The day is before the edition",
            "The edition began on {starts_on}, and the day given is {held_on}. Correct the day.",
        ),
    ),
}

VALUES: Mapping[str, Mapping[str, Phrase]] = {}
VARIANT_PARAMETERS: Mapping[str, str] = {"stage-has-own-command": "stage"}
