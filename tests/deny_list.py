"""Words that nothing which stays behind on a phone may hold (SAFETY R7): addresses, titles, icons, file names.

A star stands for any ending. They are matched without regard to case, and as whole words, so that Essex and
Middlesex pass; scripts that do not part words, and Arabic, whose articles grow on to them, match anywhere.
"""

import re
from urllib.parse import unquote

WORDS: dict[str, str] = {
    "en": (
        "sex sexes sexy sexual* sexwork* worker workers escort* prostitut* whore* hooker* brothel* stripper* "
        "porn* hiv aids sti std condom* abuse* abusive rape* rapist* violence drug drugs police policing migra* "
        "immigra* trafficking trafficked refuge"
    ),
    "es": "sexo sexos sexu* puta* puto* prostitu* vih sida abuso* droga* policía* migra* violencia violaci*",
    "pt": "sexo sexos sexu* puta* prostitu* vih abuso* droga* polícia* imigra* violência trabalhador*",
    "fr": "sexe sexes sexu* pute putes putain* prostitu* vih sida abus drogue* police migra* immigr* travailleu*",
    "de": "sex sexarbeit* sexuell* hure* nutte* prostitu* missbrauch* droge* polizei* migra* gewalt* vergewalt*",
    "ro": "sex sexu* prostitu* curvă curve hiv abuz* drog* poliți* poliţi* migra* imigra* violen*",
    "pl": "seks* prostytu* kurw* dziwk* przemoc* narkoty* policj* migra* imigra* nadużyc* gwałt*",
    "ru": "секс* проститу* шлюх* интим* вич спид насили* наркот* полици* мигра* иммигра* изнасил*",
    "uk": "секс* проститу* повія повії повій шлюх* віл снід насил* наркот* поліці* мігра* іммігра* зґвалт*",
    "tr": "seks* cinsel* fahişe* fuhuş* orospu* eskort* uyuşturucu* polis göçmen* taciz* tecavüz* şiddet*",
    "ar": "جنس دعارة عاهر بغاء إيدز الإيدز مخدرات شرطة مهاجر هجرة اغتصاب اعتداء عنف",
    "th": "เซ็กซ์ เพศ โสเภณี ขายบริการ เอชไอวี เอดส์ ยาเสพติด ตำรวจ ผู้อพยพ ความรุนแรง ล่วงละเมิด ข่มขืน",
    "zh": "性工作 性服务 性行为 性病 性侵 性暴力 妓 卖淫 艾滋 毒品 吸毒 警察 移民 虐待 暴力 强奸",
}
ANYWHERE = {"ar", "th", "zh"}
LETTER = r"[^\W_]"  # digits too: an address may hold letters that happen to stand between them


def _pattern(language: str, word: str) -> str:
    stem = re.escape(word.rstrip("*").casefold())
    if language in ANYWHERE:
        return stem
    return rf"(?<!{LETTER}){stem}" + (rf"{LETTER}*" if word.endswith("*") else "") + rf"(?!{LETTER})"


DENIED = re.compile(
    "|".join(sorted({_pattern(language, word) for language, words in WORDS.items() for word in words.split()}))
)


def denied_in(text: str) -> list[str]:
    """Return the words of a title, an address or a file name that give away what these pages are for."""
    folded = unquote(text).casefold().replace("\u0307", "")  # what a Turkish capital İ leaves behind
    return sorted(set(DENIED.findall(folded)))
