"""A small TERC file, written by hand in the form of the official one, with its traps."""

HEADER = "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA"
ROWS = (
    "02;;;;DOLNOŚLĄSKIE;województwo",
    "02;01;;;bolesławiecki;powiat",
    "02;01;01;1;Bolesławiec;gmina miejska",
    "02;01;02;2;Bolesławiec;gmina wiejska",
    "02;01;04;3;Nowogrodziec;gmina miejsko-wiejska",
    "02;01;04;4;Nowogrodziec;miasto",
    "02;01;04;5;Nowogrodziec;obszar wiejski",
    "02;64;;;Wrocław;miasto na prawach powiatu",
    "02;64;01;1;Wrocław;gmina miejska",
    "02;64;02;9;Wrocław-Fabryczna;delegatura",
    "14;;;;MAZOWIECKIE;województwo",
    "14;65;;;Warszawa;miasto stołeczne, na prawach powiatu",
    "14;65;01;1;Warszawa;gmina miejska, miasto stołeczne",
    "14;65;02;8;Bemowo;dzielnica",
)


def terc(*rows, state_on="2020-01-01"):
    """The file as it is published: BOM, CRLF, an empty last line."""
    return "\r\n".join(["\ufeff" + HEADER, *(f"{row};{state_on}" for row in rows or ROWS), ""])
