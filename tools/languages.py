"""Make locator/data/languages.csv: the languages a service can say it works in. Run `make languages`.

Names come from the Unicode CLDR (Babel carries it). What the CLDR has no own name for, sign languages above
all, is named here.
"""

import csv
import sys
from pathlib import Path

from babel import Locale
from babel.localedata import exists

TABLE = Path(__file__).resolve().parent.parent / "locator" / "data" / "languages.csv"
# ISO 639-1 where there is one, else 639-3.
SPOKEN = (
    "af ak am ar as ay az ba be bg bm bn bo bs ca ceb ckb cs cv cy da de dv dz ee el en eo es et eu fa ff fi fil "
    "fj fo fr fy ga gd gl gn gu ha haw he hi hmn hr ht hu hy id ig ilo is it ja jv ka kg ki kk km kn ko kok kri "
    "ks ku ky lb lg ln lo lt lv mai mg mi mk ml mn mr ms mt my nb nd ne nl nn nso ny oc om or pa pap pcm pl "
    "ps pt qu rn ro rom ru rw sa sc sd sg shi si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to "
    "tpi tr ts tt tw tzm ug uk ur uz ve vi wo xh yi yo yue zh zu"
).split()
OWN_NAMES = {
    "ay": "Aymar aru", "ba": "Башҡортса", "cv": "Чӑвашла", "dv": "ދިވެހި", "fj": "Vosa Vakaviti", "hmn": "Hmoob",
    "ht": "Kreyòl ayisyen", "ilo": "Ilokano", "kg": "Kikongo", "kri": "Krio", "mai": "मैथिली", "nd": "isiNdebele",
    "nso": "Sesotho sa Leboa", "ny": "Chichewa", "pap": "Papiamentu", "rom": "Romani čhib", "sa": "संस्कृतम्",
    "sg": "Sängö", "sm": "Gagana Samoa", "ss": "siSwati", "tl": "Tagalog", "tpi": "Tok Pisin", "ts": "Xitsonga",
    "tw": "Twi", "ve": "Tshivenḓa", "ku": "Kurdî", "yue": "粵語", "zh": "中文", "ckb": "کوردیی ناوەندی",
    "st": "Sesotho", "tn": "Setswana", "ak": "Akan", "qu": "Runasimi", "aa": "Qafar", "uz": "Oʻzbekcha",
    "az": "Azərbaycanca", "gn": "Avañe’ẽ", "id": "Bahasa Indonesia", "ka": "ქართული",
    "ms": "Bahasa Melayu", "yo": "Yorùbá", "zu": "isiZulu", "pcm": "Naijíriá Píjin",
    "to": "Lea fakatonga", "tzm": "Tamaziɣt",
}  # fmt: skip
ENGLISH_NAMES = {
    "bn": "Bengali",
    "zh": "Chinese (Mandarin)",
    "rom": "Romani",
    "ku": "Kurdish",
    "ckb": "Kurdish (Sorani)",
}
# English name, own name: what the language's community writes, else its English name.
SIGNED = {
    "ase": ("American Sign Language", "ASL"),
    "asf": ("Auslan (Australian Sign Language)", "Auslan"),
    "bfi": ("British Sign Language", "BSL"),
    "bzs": ("Brazilian Sign Language", "Libras"),
    "csc": ("Catalan Sign Language", "LSC"),
    "cse": ("Czech Sign Language", "Český znakový jazyk"),
    "csl": ("Chinese Sign Language", "中国手语"),
    "dse": ("Dutch Sign Language", "NGT"),
    "dsl": ("Danish Sign Language", "Dansk tegnsprog"),
    "eso": ("Estonian Sign Language", "Eesti viipekeel"),
    "fcs": ("Quebec Sign Language", "LSQ"),
    "fse": ("Finnish Sign Language", "Suomalainen viittomakieli"),
    "fsl": ("French Sign Language", "LSF"),
    "gsg": ("German Sign Language", "DGS"),
    "gss": ("Greek Sign Language", "Ελληνική νοηματική γλώσσα"),
    "hsh": ("Hungarian Sign Language", "Magyar jelnyelv"),
    "icl": ("Icelandic Sign Language", "Íslenskt táknmál"),
    "ins": ("Indian Sign Language", "Indian Sign Language (ISL)"),
    "ise": ("Italian Sign Language", "LIS"),
    "isg": ("Irish Sign Language", "Irish Sign Language (ISL)"),
    "jsl": ("Japanese Sign Language", "日本手話"),
    "kvk": ("Korean Sign Language", "한국 수어"),
    "lsl": ("Latvian Sign Language", "Latviešu zīmju valoda"),
    "lls": ("Lithuanian Sign Language", "Lietuvių gestų kalba"),
    "mfs": ("Mexican Sign Language", "LSM"),
    "nsl": ("Norwegian Sign Language", "Norsk tegnspråk"),
    "nzs": ("New Zealand Sign Language", "NZSL"),
    "pso": ("Polish Sign Language", "Polski język migowy"),
    "psr": ("Portuguese Sign Language", "LGP"),
    "rms": ("Romanian Sign Language", "Limba semnelor române"),
    "rsl": ("Russian Sign Language", "Русский жестовый язык"),
    "sfb": ("French Belgian Sign Language", "LSFB"),
    "sfs": ("South African Sign Language", "SASL"),
    "sgg": ("Swiss-German Sign Language", "DSGS"),
    "ssp": ("Spanish Sign Language", "LSE"),
    "ssr": ("Swiss-French Sign Language", "LSF-SR"),
    "swl": ("Swedish Sign Language", "Svenskt teckenspråk"),
    "tsm": ("Turkish Sign Language", "Türk İşaret Dili"),
    "tsq": ("Thai Sign Language", "ภาษามือไทย"),
    "ukl": ("Ukrainian Sign Language", "Українська жестова мова"),
    "vgt": ("Flemish Sign Language", "VGT"),
    "asq": ("Austrian Sign Language", "ÖGS"),
    "bqn": ("Bulgarian Sign Language", "Български жестов език"),
}
SMALL_LETTERS = {"ka", "nd", "ss", "xh", "zu"}  # whose names do not begin with a capital
RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}


def rows() -> list[tuple[str, str, str, str, str]]:
    """Return code, English name, own name, direction and kind of each language, by English name."""
    english, found = Locale("en"), []
    for code in SPOKEN:
        own = Locale.parse(code) if exists(code) else None
        name = ENGLISH_NAMES.get(code) or english.languages.get(code, "")
        own_name = OWN_NAMES.get(code) or (own.languages.get(code, "") if own else "")
        if not (name and own_name):
            raise SystemExit(
                f"{code}: say in OWN_NAMES or ENGLISH_NAMES what it is called ({name!r}, {own_name!r})."
            )
        if code not in SMALL_LETTERS:
            own_name = own_name[:1].upper() + own_name[1:]
        direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
        found.append((code, name, own_name, direction, "spoken"))
    found += [(code, name, own_name, "ltr", "signed") for code, (name, own_name) in SIGNED.items()]
    return sorted(found, key=lambda row: row[1])


def table() -> str:
    lines = [("code", "name", "own_name", "direction", "kind"), *rows()]
    return "".join(",".join(_cell(cell) for cell in line) + "\n" for line in lines)


def _cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{len(list(csv.DictReader(TABLE.open(encoding='utf-8'))))} languages\n")
