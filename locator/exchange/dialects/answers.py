"""Terms, costs and papers of others → kinds of help, answers on the word of the source, ways of paying.

Only what is said in a word of ours, or in one of an open vocabulary that means the same, is an answer or a kind
of help; all else is named in a remark. Nothing is a no or a yes because it is likely.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from locator.exchange.dialects.making import Document, Making
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.words import folded
from locator.exchange.open_referral.services import OPTIONS
from locator.exchange.open_referral.terms import Term, terms
from locator.models.questions import BY_KEY

# Of Open Eligibility (CC BY-SA), what stands for one of our kinds alone. AIRS is licensed: none of it here.
OPEN_ELIGIBILITY = {
    "help hotlines": "helpline",
    "counseling": "counselling",
    "legal": "legal",
    "advocacy & legal aid": "legal",
    "temporary shelter": "housing",
    "help find housing": "housing",
    "emergency food": "supplies",
    "sexual and reproductive health": "health",
    "std/sti treatment & prevention": "health",
}
FREE = {"free", "free of charge", "no charge", "no fee", "no cost", "free service", "free to use"}
_OPTIONS = {folded(words): code for code, words in OPTIONS.items()} | {code: code for code in OPTIONS}
TERM_LISTS = ("attributes", "service_taxonomies", "taxonomy_terms")


class Answers:
    """What one service says of itself in terms."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self.types: list[str] = []
        self.facts: dict[tuple[str, str], Document] = {}
        self.unknown: dict[str, list[str]] = {}
        self.confidential = False

    def terms_of(self, part: Part, location: str = "") -> None:
        """Take the terms that hang on a service, or on its place."""
        for table in TERM_LISTS:
            for one in part.parts(table):
                self._term(one, location)

    def _term(self, part: Part, location: str) -> None:
        row = part.row
        term = next(
            (row[k] for k in ("taxonomy_term", "taxonomy_detail", "taxonomy") if isinstance(row.get(k), dict)), row
        )
        part.take_all()
        found = ours(term) or ours({"id": row.get("taxonomy_term_id")})
        if found is None:
            self._of_others(part, term)
        elif found.taxonomy == "service-type":
            self._kind(found.code)
        elif found.taxonomy == "disclosure":
            self.confidential = True
        else:
            self._answer(part, found, str(row.get("label") or ""), location)

    def _of_others(self, part: Part, term: Document) -> None:
        name = next((str(term[k]) for k in ("name", "code", "id", "term_uri", "detail") if term.get(k)), "")
        vocabulary = folded(_vocabulary(term))
        code = OPEN_ELIGIBILITY.get(folded(name)) if "open eligibility" in vocabulary else None
        if code:
            self._kind(code)
            part.guessed(part.path, f"“{name[:60]}” of Open Eligibility is taken for one of our kinds of help.")
        else:
            self.unknown.setdefault(part.path, []).append(name or "(without a name)")

    def _kind(self, code: str) -> None:
        if code not in self.types:
            self.types.append(code)

    def _answer(self, part: Part, term: Term, limits: str, location: str) -> None:
        of_place = BY_KEY[term.key].of_place
        if of_place and not location:
            part.dropped(part.path, f"“{term.name}” is about a place, and is not said of one.")
            return
        where = location if of_place else ""
        fact = {"question": term.key, "answer": term.answer, **self.making.basis}
        fact |= {"limits": limits.strip()[:500]} if limits.strip() and limits.isprintable() else {}
        fact |= {"location": where} if where else {}
        self._fact(part, fact)

    def _fact(self, part: Part, fact: Document) -> None:
        before = self.facts.setdefault((fact["question"], fact.get("location", "")), fact)
        if before["answer"] != fact["answer"]:
            before["answer"] = ""  # both yes and no: neither
            part.dropped(part.path, f"“{fact['question']}” is answered with yes and with no; neither is taken.")

    def is_free(self, part: Part) -> None:
        self._fact(part, {"question": "free", "answer": "yes", **self.making.basis})

    def report(self, part: Part) -> None:
        for path, names in self.unknown.items():
            told = ", ".join(dict.fromkeys(name[:60] for name in names[:12]))
            part.dropped(path, f"These terms mean nothing here: {told}{' …' if len(names) > 12 else ''}.")

    def rows(self) -> list[Document]:
        return [fact for _key, fact in sorted(self.facts.items()) if fact["answer"]]


def _vocabulary(term: Document) -> str:
    detail = term.get("taxonomy_detail")
    said = [term.get("vocabulary"), term.get("taxonomy"), detail.get("name") if isinstance(detail, dict) else ""]
    return " ".join(str(one) for one in said if isinstance(one, str))


def ours(term: Document) -> Term | None:
    """Return the term of ours that a term is, by its id or its URI."""
    row_id, uri = term.get("id"), term.get("term_uri")
    found = terms().get(row_id) if isinstance(row_id, str) else None
    if found is None and isinstance(uri, str) and uri.startswith("urn:brolly:"):
        found = next((one for one in terms().values() if uri == f"urn:brolly:{one.taxonomy}:{one.code}"), None)
    return found


class Costs:
    """Ways of paying; one of each kind, what is beyond that in words."""

    def __init__(self, making: Making, answers: Answers) -> None:
        self.making, self.answers = making, answers
        self.rows: list[Document] = []
        self.words: list[str] = []

    def take(self, part: Part) -> None:
        option, beside = part.text("option", 200), part.text("amount_description", 200)
        amount, currency = _amount(part.get("amount")), str(part.get("currency") or "").strip().upper()
        if (folded(option) in FREE or (not option and folded(beside) in FREE)) and not amount:
            self.answers.is_free(part)
            self._taken(part, "amount")
            return
        code = _OPTIONS.get(folded(option)) or ("fixed" if amount else "")
        if not code or any(row["option"] == code for row in self.rows):
            said = " ".join(
                filter(None, [option, str(amount) if amount else "", currency if amount else "", beside])
            )
            if said:
                self.words.append(said)
                part.guessed(part.path, "It is said in words, with the fees.")
            self._taken(part, *(("amount", "currency") if amount else ()))
            return
        row: Document = {"option": code}
        if amount is not None and amount > 0:
            row["amount"] = str(amount)
        if row.get("amount") and len(currency) == 3 and currency.isascii() and currency.isalpha():
            row["currency"] = currency
        words = beside if folded(option) in _OPTIONS else ". ".join(filter(None, [option, beside]))
        if words:
            row["amount_description"] = words[:200]
        if folded(option) not in _OPTIONS:
            part.guessed(part.path, "It is taken for a fixed price.")
        self.rows.append(row)
        self._taken(part, *(name for name in ("amount", "currency") if name in row))

    def _taken(self, part: Part, *names: str) -> None:
        for name in ("option", "amount_description", *names):
            part.take(name)

    def basis(self) -> list[Document]:
        return [{"option": row["option"], **self.making.basis} for row in self.rows]


def _amount(said: Any) -> Decimal | None:
    """Return a sum of money; None for what is none."""
    if said is None or isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return None
    try:
        found = Decimal(str(said).strip().lstrip("£$€").replace(",", ""))
    except InvalidOperation:
        return None
    if not found.is_finite() or not 0 <= found < 10**8:
        return None
    return found.quantize(Decimal("0.01"))
