"""What no list of common passwords holds, because it repeats itself."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST = 6  # different letters


class NotRepeated:
    """Refuse a password that is one piece again and again, or made of very few letters."""

    def validate(self, password: str, user: object = None) -> None:
        again = (password + password).find(password, 1) < len(password)
        if again or len(set(password.casefold())) < FEWEST:
            raise ValidationError(
                _("This repeats itself. Four or five words that do not belong together are good.")
            )

    def get_help_text(self) -> str:
        return _("Four or five words that do not belong together are good.")
