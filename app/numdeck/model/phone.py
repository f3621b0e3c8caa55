"""Phone numbers as people read them, and the region of the world that a number or a country belongs to."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final


@lru_cache(maxsize=4096)
def group_number(raw: str) -> str:
    """Group the digits of an international number as its country does: `+447700900123` → `+44 7700 900123`.

    Any other text is returned unchanged.
    """
    import phonenumbers

    if not raw.startswith("+"):
        return raw
    try:
        number = phonenumbers.parse(raw)
    except phonenumbers.NumberParseException:
        return raw
    if not phonenumbers.is_possible_number(number):
        return raw
    grouped = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    # Some impossible numbers lose a zero on the way; a wrong number is worse than one that is not grouped.
    return grouped if _digits(grouped) == _digits(raw) else raw


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


@lru_cache(maxsize=4096)
def number_region(raw: str) -> str | None:
    """Return the ISO code of the region that a number belongs to, such as `GB`; None if the number does not say."""
    import phonenumbers

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(raw))
    except phonenumbers.NumberParseException:
        return None
    return str(region) if region else None


@lru_cache(maxsize=4096)
def calling_code(raw: str) -> int | None:
    """Return the country calling code that a number begins with, such as 44; None if there is none."""
    import phonenumbers

    try:
        return phonenumbers.parse(raw).country_code
    except phonenumbers.NumberParseException:
        return None


def region_calling_code(region: str) -> int | None:
    """Return the calling code of a region, given by its ISO code; several regions may share one."""
    import phonenumbers

    return phonenumbers.country_code_for_region(region) or None


def main_region(code: int) -> str | None:
    """Return the main region of a calling code: 44 → `GB`."""
    import phonenumbers

    region = str(phonenumbers.region_code_for_country_code(code))
    return region if region.isalpha() and region != "ZZ" else None


def dialable(raw: str) -> str:
    """Return the number without spaces, as forms accept it."""
    return "".join(raw.split())


_NAMES: Final = """
AC Ascension Island; AD Andorra; AE United Arab Emirates / UAE; AF Afghanistan; AG Antigua and Barbuda; AI Anguilla;
AL Albania; AM Armenia; AO Angola; AR Argentina; AS American Samoa; AT Austria; AU Australia; AW Aruba; AX Åland
Islands; AZ Azerbaijan; BA Bosnia and Herzegovina / Bosnia; BB Barbados; BD Bangladesh; BE Belgium; BF Burkina Faso;
BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL Saint Barthélemy; BM Bermuda; BN Brunei / Brunei Darussalam; BO
Bolivia / Plurinational State of Bolivia; BQ Bonaire, Sint Eustatius and Saba; BR Brazil; BS Bahamas; BT Bhutan; BW
Botswana; BY Belarus; BZ Belize; CA Canada; CC Cocos Islands / Cocos Keeling Islands; CD DR Congo / DRC / Congo DR /
Congo Kinshasa / Democratic Republic of the Congo / Congo Democratic Republic; CF Central African Republic; CG
Republic of the Congo / Congo Brazzaville / Congo Republic; CH Switzerland; CI Côte d'Ivoire / Ivory Coast / Cote
Divoire; CK Cook Islands; CL Chile; CM Cameroon; CN China; CO Colombia; CR Costa Rica; CU Cuba; CV Cape Verde / Cabo
Verde; CW Curaçao; CX Christmas Island; CY Cyprus; CZ Czech Republic / Czechia; DE Germany; DJ Djibouti; DK Denmark;
DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia; EG Egypt; EH Western Sahara; ER Eritrea; ES
Spain; ET Ethiopia; FI Finland; FJ Fiji; FK Falkland Islands; FM Micronesia / Federated States of Micronesia; FO Faroe
Islands; FR France; GA Gabon; GB United Kingdom / Great Britain / UK / England / Britain; GD Grenada; GE Georgia; GF
French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland; GM Gambia; GN Guinea; GP Guadeloupe; GQ Equatorial
Guinea; GR Greece; GT Guatemala; GU Guam; GW Guinea-Bissau; GY Guyana; HK Hong Kong / Hong Kong SAR; HN Honduras; HR
Croatia; HT Haiti; HU Hungary; ID Indonesia; IE Ireland; IL Israel; IM Isle of Man; IN India; IO British Indian Ocean
Territory; IQ Iraq; IR Iran / Islamic Republic of Iran; IS Iceland; IT Italy; JE Jersey; JM Jamaica; JO Jordan; JP
Japan; KE Kenya; KG Kyrgyzstan / Kyrgyz Republic; KH Cambodia; KI Kiribati; KM Comoros; KN Saint Kitts and Nevis; KP
North Korea / Korea North; KR South Korea / Republic of Korea / Korea South; KW Kuwait; KY Cayman Islands; KZ
Kazakhstan; LA Laos / Lao / Lao PDR; LB Lebanon; LC Saint Lucia; LI Liechtenstein; LK Sri Lanka; LR Liberia; LS
Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY Libya; MA Morocco; MC Monaco; MD Moldova / Republic of Moldova; ME
Montenegro; MG Madagascar; MH Marshall Islands; MK Macedonia / North Macedonia / FYROM; ML Mali; MM
Myanmar / Burma; MN Mongolia; MO Macao / Macau; MP Northern Mariana Islands; MQ Martinique; MR Mauritania; MS
Montserrat; MT Malta; MU Mauritius; MV Maldives; MW Malawi; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia; NC New
Caledonia; NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua; NL Netherlands / Holland; NO Norway; NP Nepal; NR
Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru; PF French Polynesia; PG Papua New Guinea; PH Philippines;
PK Pakistan; PL Poland; PM Saint Pierre and Miquelon; PR Puerto Rico; PS Palestine / Palestinian Territories / State
of Palestine; PT Portugal; PW Palau; PY Paraguay; QA Qatar; RE Reunion; RO Romania; RS Serbia; RU Russia / Russian
Federation; RW Rwanda; SA Saudi Arabia; SB Solomon Islands; SC Seychelles; SD Sudan; SE Sweden; SG Singapore; SH Saint
Helena; SI Slovenia; SJ Svalbard and Jan Mayen; SK Slovakia / Slovak Republic; SL Sierra Leone; SM San Marino; SN
Senegal; SO Somalia; SR Suriname; SS South Sudan; ST Sao Tome and Principe; SV El Salvador; SX Sint Maarten; SY Syria
/ Syrian Arab Republic; SZ Swaziland / Eswatini; TA Tristan da Cunha; TC Turks and Caicos Islands; TD Chad; TG Togo;
TH Thailand; TJ Tajikistan; TK Tokelau; TL Timor-Leste / East Timor; TM Turkmenistan; TN Tunisia; TO Tonga; TR Turkey
/ Turkiye; TT Trinidad and Tobago / Trinidad; TV Tuvalu; TW Taiwan; TZ Tanzania / United Republic of Tanzania; UA
Ukraine; UG Uganda; US United States / United States of America / USA / US; UY Uruguay; UZ Uzbekistan; VA Vatican /
Vatican City / Holy See; VC Saint Vincent and the Grenadines; VE Venezuela / Bolivarian Republic of Venezuela; VG
British Virgin Islands; VI U.S. Virgin Islands; VN Vietnam / Viet Nam; VU Vanuatu; WF Wallis and Futuna; WS Samoa; XK
Kosovo; YE Yemen; YT Mayotte; ZA South Africa; ZM Zambia; ZW Zimbabwe
"""
"""ISO 3166 codes of the regions that have telephone numbers, each with its English names, the usual ones too.

A name that may mean two countries ("Congo", "Korea") is left out.
"""

_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_WORD = re.compile(r"[a-z]+")
_FILLERS: Final = frozenset({"the", "and", "virtual"})


def country_region(name: str) -> str | None:
    """Return the ISO code of the region that a country's English name means: `USA` → `US`.

    None for a name that is not known, or that may mean two regions.
    """
    return _regions().get(_fold(name))


@cache
def _regions() -> dict[str, str]:
    regions: dict[str, str] = {}
    for item in _NAMES.replace("\n", " ").split(";"):
        region, _, names = item.strip().partition(" ")
        regions |= {_fold(name): region for name in names.split("/")}
    return regions


def _fold(name: str) -> str:
    """Reduce a name to what its spellings share: no accents, brackets, punctuation or filler words."""
    plain = unicodedata.normalize("NFKD", _IN_BRACKETS.sub(" ", name)).replace("'", "").replace("\u2019", "").casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(word for word in _WORD.findall(letters) if word not in _FILLERS)
