"""The questions a visitor has before going, in the order a page answers them.

To add one: add it here with a bit nobody uses, answer it in `fixtures/demo/`, and note it in CHANGELOG.md.
Filters, facets, pages, the API and its document follow from this table (CONTRIBUTING.md shows it).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


@dataclass(frozen=True)
class Question:
    """One question; `yes` and `no` are clauses that follow "They told us on 3 May: "."""

    key: str
    bit: int  # its position in Listing.yes_bits; never reused, never changed
    group: str
    label: Words  # on a filter and on a results row
    ask: Words  # in the visitor's words
    yes: Words
    no: Words
    of_place: bool = False  # a fact about the place, not the service
    only_own_word: bool = False  # shown only if the organization itself chose to say it


GROUPS: dict[str, Words] = {
    "identity": _("Will they ask who I am?"),
    "cost": _("What does it cost?"),
    "access": _("Do I need a referral or an appointment?"),
    "telling": _("Whom do they tell?"),
    "record": _("Will my work be in my health record?"),
    "judging": _("Will they judge me, or want me to stop?"),
    "peers": _("Is it run by sex workers?"),
    "knowing": _("Do they understand the work?"),
    "welcome": _("Am I welcome?"),
    "getting_in": _("Can I get in, can we talk?"),
}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "id_free", 0, "identity",
        label=_("No ID asked"), ask=_("Will they ask for ID?"),
        yes=pgettext_lazy("safety", "they do not ask for ID"),
        no=pgettext_lazy("safety", "they ask for ID"),
    ),
    Question(
        "registration_free", 1, "identity",
        label=_("No registration"), ask=_("Do I have to register?"),
        yes=pgettext_lazy("safety", "you do not have to register"),
        no=pgettext_lazy("safety", "you have to register"),
    ),
    Question(
        "anonymous", 2, "identity",
        label=_("You can stay anonymous"), ask=_("Do I have to give my name?"),
        yes=pgettext_lazy("safety", "you do not have to give your name"),
        no=pgettext_lazy("safety", "they ask for your name"),
    ),
    Question(
        "free", 3, "cost",
        label=_("Free of charge"), ask=_("Is it free?"),
        yes=_("it is free of charge"), no=_("it is not free of charge"),
    ),
    Question(
        "no_insurance_needed", 4, "cost",
        label=_("No insurance needed"), ask=_("Do I need insurance?"),
        yes=_("you do not need insurance"), no=_("you need insurance"),
    ),
    Question(
        "self_referral", 5, "access",
        label=_("No referral needed"), ask=_("Does somebody have to refer me?"),
        yes=_("you can come without a referral"), no=_("somebody has to refer you"),
    ),
    Question(
        "walk_in", 6, "access",
        label=_("No appointment needed"), ask=_("Do I need an appointment?"),
        yes=_("you can come without an appointment"), no=_("you need an appointment"),
    ),
    Question(
        "no_police_sharing", 7, "telling",
        label=_("Does not tell the police"), ask=_("Do they talk to the police?"),
        yes=pgettext_lazy("safety", "they do not tell the police about you"),
        no=pgettext_lazy("safety", "they may tell the police about you"),
    ),
    Question(
        "no_immigration_sharing", 8, "telling",
        label=_("Does not tell immigration"), ask=_("Do they talk to immigration?"),
        yes=pgettext_lazy("safety", "they do not tell immigration about you"),
        no=pgettext_lazy("safety", "they may tell immigration about you"),
    ),
    Question(
        "no_social_services_sharing", 9, "telling",
        label=_("Does not tell social services"), ask=_("Do they talk to social services?"),
        yes=pgettext_lazy("safety", "they do not tell social services about you"),
        no=pgettext_lazy("safety", "they may tell social services about you"),
    ),
    Question(
        "not_recorded", 10, "record",
        label=_("Work not in health record"), ask=_("Do they write my work in my health record?"),
        yes=pgettext_lazy("safety", "they do not write your work in a health record"),
        no=pgettext_lazy("safety", "they may write your work in a health record"),
    ),
    Question(
        "no_condition_to_stop", 11, "judging",
        label=_("You do not have to stop"), ask=_("Do I have to stop the work to get help?"),
        yes=_("help does not depend on stopping the work"), no=_("help depends on stopping the work"),
    ),
    Question(
        "non_judgmental", 12, "judging",
        label=_("Does not judge"), ask=_("Will they judge me?"),
        yes=_("they do not judge you for the work"), no=_("they do not promise not to judge the work"),
    ),
    Question(
        "peer_led", 13, "peers",
        label=_("Run by sex workers"), ask=_("Is it run by sex workers?"),
        yes=_("it is run by sex workers"), no=_("it is not run by sex workers"),
        only_own_word=True,
    ),
    Question(
        "peers_on_staff", 14, "peers",
        label=_("Peers on the team"), ask=_("Will I meet other sex workers in the team?"),
        yes=_("sex workers are part of the team"), no=_("no sex workers are part of the team"),
    ),
    Question(
        "sex_work_trained", 15, "knowing",
        label=_("Trained about sex work"), ask=_("Have they learned about sex work?"),
        yes=_("the team is trained about sex work"), no=_("the team is not trained about sex work"),
    ),
    Question(
        "trauma_informed", 16, "knowing",
        label=_("Careful about trauma"), ask=_("Do they know how to be careful about trauma?"),
        yes=_("they work in a way that is careful about trauma"),
        no=_("they have no special training about trauma"),
    ),
    Question(
        "trans_welcome", 17, "welcome",
        label=_("Trans people welcome"), ask=_("Are trans people welcome?"),
        yes=_("trans people are welcome"), no=_("they are not set up for trans people"),
    ),
    Question(
        "men_welcome", 18, "welcome",
        label=_("Men welcome"), ask=_("Are men welcome?"),
        yes=_("men are welcome"), no=_("they are not open to men"),
    ),
    Question(
        "any_migration_status", 19, "welcome",
        label=_("With or without papers"), ask=_("Can I come without papers?"),
        yes=_("you can come with or without papers"), no=_("they ask about papers"),
    ),
    Question(
        "drug_use_accepted", 20, "welcome",
        label=_("People who use drugs welcome"), ask=_("Can I come if I use drugs?"),
        yes=_("people who use drugs are welcome"), no=_("you cannot come after using drugs"),
    ),
    Question(
        "children_welcome", 21, "welcome",
        label=_("Children welcome"), ask=_("Can I bring my child?"),
        yes=_("you can bring children"), no=_("you cannot bring children"),
    ),
    Question(
        "racialised_led_or_focused", 22, "welcome",
        label=_("By or for racialised people"), ask=_("Is it by or for racialised people?"),
        yes=_("it is led by or made for racialised people"),
        no=_("it is not specially for racialised people"),
    ),
    Question(
        "step_free", 23, "getting_in",
        label=_("Step-free"), ask=_("Can I get in without steps?"),
        yes=_("you can get in without steps"), no=_("there are steps"),
        of_place=True,
    ),
    Question(
        "interpreter", 24, "getting_in",
        label=_("Interpreter"), ask=_("Can they get an interpreter?"),
        yes=_("they can get an interpreter"), no=_("they cannot get an interpreter"),
    ),
)  # fmt: skip

BY_KEY: dict[str, Question] = {question.key: question for question in QUESTIONS}


@dataclass(frozen=True)
class Cost:
    """A way of paying that can be searched for; the bit stands beside the questions' bits."""

    key: str
    bit: int
    label: Words


COSTS: tuple[Cost, ...] = (
    Cost("free", BY_KEY["free"].bit, _("Free of charge")),
    Cost("low_cost", 48, _("Low cost")),
    Cost("sliding_scale", 49, _("Sliding scale: you pay what your income allows")),
    Cost("donation", 50, _("Donation, if you can")),
)


def mask(items: Iterable[Any]) -> int:
    """Return the bits of questions, costs, types or channels, set together."""
    found = 0
    for item in items:
        found |= 1 << item.bit
    return found
