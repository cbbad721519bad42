"""How many text messages a text takes: 3GPP TS 23.038 (alphabet) and TS 23.040 (parts of a long one)."""

# TS 23.038, 6.2.1: the basic table but for the escape; 6.2.1.1: what takes an escape and a second septet.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
SEPTETS, SEPTETS_OF_PART = 160, 153  # alone; beside the seven that say which part it is
UNITS, UNITS_OF_PART = 70, 67  # of UCS-2


def segments(text: str) -> int:
    """Return how many messages a phone company makes of a text: in its own alphabet, else in UCS-2.

    A letter of two septets or two units is never parted.
    """
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        sizes = [2 if letter in EXTENDED else 1 for letter in text]
        return _parts(sizes, SEPTETS, SEPTETS_OF_PART)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], UNITS, UNITS_OF_PART)


def _parts(sizes: list[int], alone: int, of_part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > of_part:
            parts, used = parts + 1, 0
        used += size
    return parts
