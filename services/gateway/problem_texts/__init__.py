"""Texts of every problem, by code; one module for each service.

A key ``code.VALUE`` is the text for one value of the parameter named in ``VARIANT_PARAMETERS``.
``VALUES`` names codes in sentences: by parameter, or by ``code.parameter`` where it depends.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.labels import VOIVODESHIPS
from services.gateway.problem_texts import advisory, gateway, hdr, kernel, monitoring, recruitment
from services.gateway.problem_texts.text import Phrase, Text, Words

FALLBACK = Text(
    pl=Words(
        "Operacja nie jest możliwa",
        "Żądanie jest sprzeczne z regułami programu. Odśwież dane i spróbuj ponownie, "
        "a jeżeli problem się powtórzy, skontaktuj się z zespołem programu.",
    ),
    en=Words(
        "This cannot be done",
        "The request breaks a rule of the programme. Reload and try again; if it happens again, "
        "contact the programme's staff.",
    ),
)
FIELD_FALLBACK = Phrase("Nieprawidłowa wartość.", "This value is not valid.")

TEXTS: Mapping[str, Text] = {
    **kernel.TEXTS,
    **gateway.TEXTS,
    **recruitment.TEXTS,
    **advisory.TEXTS,
    **hdr.TEXTS,
    **monitoring.TEXTS,
}
VARIANT_PARAMETERS: Mapping[str, str] = {
    **recruitment.VARIANT_PARAMETERS,
    **advisory.VARIANT_PARAMETERS,
    **hdr.VARIANT_PARAMETERS,
}
FIELD_RULES: Mapping[str, Phrase] = {
    **kernel.FIELD_RULES,
    **hdr.FIELD_RULES,
    **monitoring.FIELD_RULES,
}
_REGIONS = {code: Phrase(name, name) for code, name in VOIVODESHIPS.items()}
_STAGES = {
    "AREA_CHOICE": Phrase("wybór obszaru wsparcia", "choice of the area"),
    "DIAGNOSIS": Phrase("diagnoza i wybór priorytetów", "diagnosis and priorities"),
    "HDR": Phrase("opracowanie HDR", "writing the HDR"),
    "DIRECTIONS": Phrase("wyznaczenie kierunków wdrożenia", "directions of implementation"),
    "IMPLEMENTATION": Phrase("wsparcie we wdrażaniu HDR", "implementation support"),
    "IMPLEMENTATION_SUPPORT": Phrase("wsparcie we wdrażaniu HDR", "implementation support"),
}
VALUES: Mapping[str, Mapping[str, Phrase]] = {
    **kernel.VALUES,
    **gateway.VALUES,
    **recruitment.VALUES,
    **hdr.VALUES,
    "problem": kernel.TERC_PROBLEMS,
    "voivodeship": _REGIONS,
    "expert_voivodeship": _REGIONS,
    "jst_voivodeship": _REGIONS,
    "stage": _STAGES,
    "current": _STAGES,
    "needed": _STAGES,
}

__all__ = [
    "FALLBACK",
    "FIELD_FALLBACK",
    "FIELD_RULES",
    "TEXTS",
    "VALUES",
    "VARIANT_PARAMETERS",
    "Words",
]
