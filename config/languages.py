"""The languages of the pages: each with its own name, its direction, and who of the community has read it.

A catalogue that nobody has reviewed says so on every page, and shows what safety depends on in English too
(SAFETY R66). To record a review, fill `reviewed_by` and `reviewed_on`; nothing else changes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language the pages can be read in."""

    code: str  # Django's code, and the beginning of its addresses
    name: str  # by itself, in its own script
    script: str = "latin"
    right_to_left: bool = False
    reviewed_by: str = ""  # a sex-worker-led group or a named native speaker
    reviewed_on: str = ""  # 2026-05-03

    @property
    def direction(self) -> str:
        return "rtl" if self.right_to_left else "ltr"

    @property
    def tag(self) -> str:
        """Return the BCP 47 tag that `lang` takes: zh-Hans."""
        first, *rest = self.code.split("-")
        return "-".join([first, *(part.title() for part in rest)])

    @property
    def reviewed(self) -> bool:
        return self.code == ORIGINAL or bool(self.reviewed_by and self.reviewed_on)


ORIGINAL = "en"  # what the program's words are written in

LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("en", "English"),
        Language("es", "Español"),
        Language("pt", "Português"),
        Language("fr", "Français"),
        Language("de", "Deutsch"),
        Language("ro", "Română"),
        Language("pl", "Polski"),
        Language("ru", "Русский", "cyrillic"),
        Language("uk", "Українська", "cyrillic"),
        Language("tr", "Türkçe"),
        Language("ar", "العربية", "arabic", right_to_left=True),
        Language("th", "ไทย", "thai"),
        Language("zh-hans", "简体中文", "han"),
    )
}
