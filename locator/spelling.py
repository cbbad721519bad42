"""The words that published listings hold, so that a misspelt one still finds them."""

from collections import Counter
from collections.abc import Iterable

from locator.models import SearchToken, TokenVariant
from locator.text import edits, variants

SHORTEST_MISSPELT = 5  # letters; shorter words have too many neighbours


def count_tokens(texts: Iterable[str], step: int) -> None:
    """Count the tokens of texts that were published (`step` 1) or taken back (-1).

    A token nobody uses any more is deleted: a word of a withdrawn listing leaves no trace here.
    """
    counts = Counter(token for text in texts for token in text.split())
    known = {row.token: row for row in SearchToken.objects.filter(token__in=counts)}
    gone: list[SearchToken] = []
    kept: list[SearchToken] = []
    for token, row in known.items():
        row.uses += step * counts[token]
        (kept if row.uses > 0 else gone).append(row)
    SearchToken.objects.filter(id__in=[row.id for row in gone]).delete()
    SearchToken.objects.bulk_update(kept, ["uses"], batch_size=500)
    if step > 0:
        store_tokens({token: uses for token, uses in counts.items() if token not in known})


def store_tokens(uses: dict[str, int]) -> None:
    """Store tokens that are new, with the variants they can be met by."""
    rows = SearchToken.objects.bulk_create(
        [SearchToken(token=token, uses=count) for token, count in sorted(uses.items())], batch_size=500
    )
    TokenVariant.objects.bulk_create(
        [
            TokenVariant(token=row, variant=variant)
            for row in rows
            if len(row.token) >= SHORTEST_MISSPELT - 1
            for variant in sorted(variants(row.token))
        ],
        batch_size=2000,
    )


def recount(texts: Iterable[str]) -> int:
    """Make the counts what the texts say; return how many tokens were counted wrongly."""
    counts = Counter(token for text in texts for token in text.split())
    stored = dict(SearchToken.objects.values_list("token", "uses"))
    wrong = {token for token in counts.keys() | stored.keys() if counts.get(token) != stored.get(token)}
    for token in wrong:
        SearchToken.objects.filter(token=token).delete()
    store_tokens({token: counts[token] for token in wrong if token in counts})
    return len(wrong)


def with_neighbours(words: list[str]) -> list[list[str]]:
    """Return, for each word, itself and the published words one edit away: any of them will do."""
    long = {word: variants(word) for word in words if len(word) >= SHORTEST_MISSPELT}
    wanted = set().union(*long.values()) if long else set()
    near = TokenVariant.objects.filter(variant__in=wanted).values_list("token__token", flat=True).distinct()
    published = sorted(near) if wanted else []
    return [
        [word, *(other for other in published if word in long and other != word and edits(word, other) == 1)]
        for word in words
    ]
