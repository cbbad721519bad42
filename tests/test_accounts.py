"""Who gets in, how, and for how long (SAFETY R47-R50)."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from locator import membership, sealing
from locator.models import Invitation, Membership, Moderator, Organization
from locator.portal import posting, second_step, throttling
from locator.portal.middleware import HALF_WAY, OPEN
from locator.rules import Refused
from tests.accounts import PASSWORD, a_person, signed_in
from tests.routes import of_team, patterns
from tests.test_commands import said
from tests.test_web import text

pytestmark = pytest.mark.django_db
LOGIN = "/team/account/login/"
FORGOTTEN = "/team/account/forgotten/"
NOON = datetime(2026, 11, 26, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_has_tried() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def group(db: None) -> Organization:
    return Organization.objects.create(name="Example group")


@pytest.fixture
def paula(group: Organization) -> Any:
    return a_person("Paula", of=group, role="manager")


def sign_in(browser: Client, email: str = "paula@example.org", password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(LOGIN, {"login": email, "password": password}, **more)


def code_of(user: Any) -> str:
    row = Authenticator.objects.get(user=user, type="totp")
    secret = decrypt(row.data["secret"])
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def names() -> dict[str, str]:
    """Return the name of every route of the portal."""
    found = {}
    for route in patterns():
        if route.startswith("team/"):
            path = of_team()[route][0].path
            found[route] = str(get_resolver().resolve(path).url_name)
    return found


# R47: a second step before anything


def test_r47_only_the_pages_that_are_named_open_without_signing_in(client: Client) -> None:
    for route, name in names().items():
        page = of_team()[route][0].send(client)
        shut = page.status_code == 302 and page.headers["Location"].startswith(LOGIN)
        assert shut or name in OPEN, route


def test_r47_only_the_pages_that_are_named_open_with_a_password_alone(paula: Any) -> None:
    browser = signed_in(paula)
    Authenticator.objects.all().delete()
    browser = signed_in(paula)
    for route, name in names().items():
        for ask in of_team()[route]:
            if name not in OPEN:
                page = ask.send(browser)
                shut = page.status_code == 302 and page.headers["Location"] == "/team/second-step/"
                assert shut != (name in HALF_WAY), f"{route} {ask.method}"


def test_r47_no_page_breaks(paula: Any) -> None:
    browser = signed_in(paula)
    for route, asks in of_team().items():
        if not names()[route].endswith("logout"):
            assert asks[0].send(browser).status_code < 500, route


def test_r47_a_password_and_a_code_let_in(paula: Any) -> None:
    browser = Client()
    assert sign_in(browser).headers["Location"] == "/team/account/authenticate/"
    assert browser.get("/team/").status_code == 302
    assert browser.post("/team/account/authenticate/", {"code": code_of(paula)}).status_code == 302
    assert "My services" in text(browser.get("/team/"))


@time_machine.travel(NOON, tick=False)
def test_r47_a_code_is_good_once_whichever_worker_sees_it(paula: Any) -> None:
    code = code_of(paula)
    for _first_then_another_worker in range(2):
        browser = Client()
        sign_in(browser)
        page = browser.post("/team/account/authenticate/", {"code": code})
        cache.clear()  # what one worker remembers, another does not know
    assert page.status_code == 200
    assert browser.get("/team/").status_code == 302


def test_r47_an_older_code_is_not_good_after_a_newer_one(paula: Any) -> None:
    row = Authenticator.objects.get(user=paula, type="totp")
    secret = decrypt(row.data["secret"])
    step = int(time.time()) // 30
    newer, older = (totp.format_hotp_value(totp.hotp_value(secret, n)) for n in (step, step - 1))
    assert second_step._take(row.pk, newer)
    assert not second_step._take(row.pk, older)


def test_r47_a_recovery_code_is_good_once(paula: Any) -> None:
    code = Authenticator.objects.get(user=paula, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (302, 200):
        browser = Client()
        sign_in(browser)
        assert browser.post("/team/account/authenticate/", {"code": code}).status_code == expected


def test_the_last_second_step_stays(paula: Any) -> None:
    browser = signed_in(paula)
    browser.post("/team/account/again/", {"password": PASSWORD})
    browser.post("/team/account/totp/deactivate/")
    assert Authenticator.objects.filter(user=paula, type="totp").exists()


def test_r47_the_last_passkey_stays_too(paula: Any) -> None:
    Authenticator.objects.filter(user=paula).delete()
    key = Authenticator.objects.create(user=paula, type="webauthn", data={"name": "key"})
    browser = signed_in(paula)
    page = browser.post(f"/team/account/webauthn/keys/{key.pk}/remove/", follow=True)
    assert "Add another second step first." in text(page)
    assert Authenticator.objects.filter(pk=key.pk).exists()


@time_machine.travel(NOON, tick=False)
def test_r47_the_code_an_app_was_set_up_with_lets_nobody_in(paula: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act, **_how: act())  # a test never commits
    Authenticator.objects.filter(user=paula).delete()
    browser = signed_in(paula)
    browser.get("/team/account/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    browser.post("/team/account/totp/activate/", {"code": code})
    thief = Client()
    sign_in(thief)
    assert thief.post("/team/account/authenticate/", {"code": code}).status_code == 200
    assert thief.get("/team/").status_code == 302


def test_no_page_of_the_portal_hides_another() -> None:
    asked = [of_team()[route][0].path for route in names()]
    assert len(asked) == len(set(asked))


def test_r50_wrong_codes_slow_down_too_from_wherever(paula: Any) -> None:
    for n in range(3):
        browser = Client(REMOTE_ADDR=f"203.0.{n}.7")
        sign_in(browser)
        browser.post("/team/account/authenticate/", {"code": "000000"})
    page = browser.post("/team/account/authenticate/", {"code": code_of(paula)})
    assert "Please wait" in text(page)


# R48: passwords, and nothing given away


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "fourteen-lette",
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "ababababababababab",
    ],
)
def test_r48_a_weak_password_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize("password", ["kettle-orbit-lantern-moss", "ящик лампа окно дождь", "fünfzehn zeichen!"])
def test_r48_four_words_are_good(password: str) -> None:
    assert not is_refused(password)


def is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


def test_r48_a_wrong_password_and_an_unknown_address_look_the_same(paula: Any) -> None:
    known, unknown = (
        sign_in(Client(), email, "not-the-password-at-all")
        for email in ("paula@example.org", "nobody@example.org")
    )
    assert known.status_code == unknown.status_code == 200
    assert text(known) == text(unknown)
    assert known.headers["Content-Length"] == unknown.headers["Content-Length"]


def test_r48_a_forgotten_password_tells_nobody_who_has_an_account(paula: Any) -> None:
    pages = []
    for email in ("paula@example.org", "nobody@example.org"):
        browser = Client()
        sent = browser.post("/team/account/forgotten/", {"email": email})
        pages.append(
            (
                sent.status_code,
                sent.headers["Location"],
                text(browser.get(sent.headers["Location"])).replace(email, ""),
            )
        )
    assert pages[0] == pages[1]
    posting.wait()
    assert [told.to for told in mail.outbox] == [["paula@example.org"]]


def ask_for_a_code(browser: Client, email: str) -> str:
    """Ask for a new password; return the code that came by mail, if one did."""
    browser.post(FORGOTTEN, {"email": email})
    posting.wait()
    return next(iter(re.findall(r"^\S{4}-\S{4}$", str(mail.outbox[-1].body), re.M)), "") if mail.outbox else ""


def test_r48_a_code_from_the_mailbox_opens_a_new_password(paula: Any) -> None:
    browser, new = Client(), "another-kettle-orbit-lantern"
    code = ask_for_a_code(browser, "paula@example.org")
    sent = browser.post(f"{FORGOTTEN}code/", {"code": code})
    browser.post(sent.headers["Location"], {"password1": new, "password2": new})
    assert sign_in(Client(), password=new).headers["Location"] == "/team/account/authenticate/"


@pytest.mark.parametrize("email", ["paula@example.org", "nobody@example.org"])
def test_r31_what_a_forgotten_password_leaves_in_the_session_cannot_be_read(paula: Any, email: str) -> None:
    browser = Client()
    code = ask_for_a_code(browser, email)
    browser.post(f"{FORGOTTEN}code/", {"code": "wrong-code"})
    assert email in text(browser.get(f"{FORGOTTEN}code/"))
    held = repr(dict(browser.session.items()))
    assert "forgotten_password" in held
    assert [word for word in (email, "user_id", code or "no code") if word in held] == []


def test_r31_a_forgotten_password_begins_anew_where_the_server_has(
    paula: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    code = ask_for_a_code(browser, "paula@example.org")
    monkeypatch.setattr(sealing, "KEYRING", sealing.Keyring(bytes(64), 0))
    assert browser.post(f"{FORGOTTEN}code/", {"code": code}).headers["Location"] == LOGIN


def test_r48_no_field_stands_in_the_way_of_a_password_manager(group: Organization) -> None:
    invited = membership.invite("nia@example.org", role="editor", by="Mo", organization=group)
    for path in (LOGIN, f"/team/join/{invited.token}/"):
        page = Client().get(path).content.decode()
        assert 'autocomplete="off"' not in page.split('type="password"')[1].split(">")[0]
        assert "onpaste" not in page


def test_a_mail_about_an_account_names_no_network_and_no_service(paula: Any) -> None:
    browser = signed_in(paula)
    browser.post("/team/account/again/", {"password": PASSWORD})
    new = "another-kettle-orbit-lantern"
    browser.post("/team/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    posting.wait()
    told = mail.outbox[-1]
    assert "password" in told.body
    assert "127.0.0.1" not in told.body
    assert "Example group" not in f"{told.subject} {told.body}"


# R49: sessions


def test_r49_a_session_is_another_after_signing_in(paula: Any) -> None:
    browser = Client()
    browser.get(LOGIN)
    before = browser.cookies["session"].value
    sign_in(browser)
    browser.post("/team/account/authenticate/", {"code": code_of(paula)})
    assert browser.cookies["session"].value != before


def test_r49_a_changed_password_ends_the_other_sessions(paula: Any) -> None:
    here, there = signed_in(paula), signed_in(paula)
    here.post("/team/account/again/", {"password": PASSWORD})
    new = "another-kettle-orbit-lantern"
    here.post("/team/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert there.get("/team/").status_code == 302
    assert here.get("/team/").status_code == 200


@pytest.mark.parametrize("change", ["gone", "new", "renewed"])
def test_r49_a_changed_second_step_ends_every_session_that_did_not_change_it(
    paula: Any, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act, **_how: act())  # a test never commits
    there = signed_in(paula)
    if change == "gone":
        Authenticator.objects.filter(user=paula, type="recovery_codes").delete()
    elif change == "new":
        Authenticator.objects.create(user=paula, type="webauthn", data={"name": "key"})
    else:
        here = signed_in(paula)
        here.post("/team/account/again/", {"password": PASSWORD})
        here.post("/team/account/recovery-codes/generate/")
        assert here.get("/team/").status_code == 200
    assert there.get("/team/").status_code == 302


def test_r49_signing_out_everywhere_else(paula: Any) -> None:
    here, there = signed_in(paula), signed_in(paula)
    here.post("/team/you/everywhere/")
    assert there.get("/team/").status_code == 302
    assert here.get("/team/").status_code == 200


def test_r49_half_an_hour_without_a_request_ends_it(paula: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = signed_in(paula)
        clock.shift(timedelta(minutes=29))
        assert browser.get("/team/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert browser.get("/team/").status_code == 302


def test_r49_twelve_hours_end_it_however_busy(paula: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = signed_in(paula)
        for _half_hour in range(23):
            clock.shift(timedelta(minutes=29))
            assert browser.get("/team/").status_code == 200
        clock.shift(timedelta(minutes=29) * 2)
        assert browser.get("/team/").status_code == 302


def test_r49_a_session_that_began_in_the_future_is_over(paula: Any) -> None:
    """A clock that was ahead for a while lets nobody stay for longer."""
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        browser = signed_in(paula)
    with time_machine.travel(NOON, tick=False):
        assert browser.get("/team/").status_code == 302


def test_r49_nothing_public_has_a_session_even_for_somebody_who_is_signed_in(paula: Any) -> None:
    browser = signed_in(paula)
    for path in ("/", "/find/", "/add/", "/about/", "/api/v1/terms/", "/nowhere/", "/ar/"):
        page = browser.get(path)
        assert not page.cookies
        assert not hasattr(page.wsgi_request, "session")
        assert "Paula" not in page.content.decode()


# R50: slower, never shut


def test_r50_the_wait_grows_and_ends(paula: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        for _try in range(3):
            sign_in(browser, password="wrong-wrong-wrong")
        assert "Please wait a second" in text(sign_in(browser))
        clock.shift(timedelta(seconds=2))
        sign_in(browser, password="wrong-wrong-wrong")
        assert "Please wait 2 seconds" in text(sign_in(browser))
        clock.shift(timedelta(seconds=3))
        assert sign_in(browser).status_code == 302


def test_r50_it_is_a_minute_at_most(paula: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _try in range(12):
            sign_in(Client(), password="wrong-wrong-wrong")
            clock.shift(timedelta(seconds=61))
        assert sign_in(Client()).status_code == 302


def test_r50_a_stranger_elsewhere_keeps_nobody_out(paula: Any) -> None:
    for _try in range(20):
        sign_in(Client(), password="wrong-wrong-wrong", REMOTE_ADDR="203.0.113.7")
    assert "Please wait" in text(sign_in(Client(), REMOTE_ADDR="203.0.113.8"))
    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 302


def test_r50_nor_does_one_on_the_same_network_a_browser_that_is_known(paula: Any) -> None:
    known = Client()
    sign_in(known)
    known.post("/team/account/authenticate/", {"code": code_of(paula)})
    known.post("/team/account/logout/")
    for _try in range(20):
        sign_in(Client(), password="wrong-wrong-wrong")
    assert "Please wait" in text(sign_in(Client()))
    assert sign_in(known).status_code == 302


def test_r30_an_address_from_a_header_counts_only_from_our_own_proxy(rf: Any) -> None:
    def network(remote: str, forwarded: str) -> str:
        return throttling.network_of(rf.get("/team/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded))

    assert network("127.0.0.1", "203.0.113.7") == network("127.0.0.1", "203.0.113.9")
    assert network("127.0.0.1", "203.0.113.7") != network("127.0.0.1", "198.51.100.7")
    assert network("203.0.113.7", "198.51.100.7") == network("203.0.113.7", "192.0.2.1")
    assert network("127.0.0.1", "192.0.2.1, 203.0.113.7") == network("127.0.0.1", "203.0.113.7")


def test_r30_a_network_has_another_key_each_day(rf: Any) -> None:
    request = rf.get("/team/", REMOTE_ADDR="203.0.113.7")
    with time_machine.travel(NOON, tick=False) as clock:
        today = throttling.network_of(request)
        clock.shift(timedelta(days=1))
        assert throttling.network_of(request) != today


def test_r50_no_network_address_is_stored(paula: Any) -> None:
    browser = Client(REMOTE_ADDR="203.0.113.77")
    sign_in(browser, password="wrong-wrong-wrong")
    sign_in(browser)
    browser.post("/team/account/authenticate/", {"code": code_of(paula)})
    browser.get("/team/")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert not [row for row in cursor.fetchall() if "203.0.113" in str(row)], table
    assert "203.0.113" not in str(getattr(cache, "_cache", ""))


# Invitations


@pytest.fixture
def invited(group: Organization) -> membership.Invited:
    return membership.invite("nia@example.org", role="editor", by="Mo", organization=group)


def take(invited: membership.Invited, name: str = "Nia", password: str = PASSWORD) -> Any:
    return Client().post(f"/team/join/{invited.token}/", {"name": name, "password": password})


def test_an_invitation_makes_an_account_that_has_to_choose_a_second_step(invited: membership.Invited) -> None:
    browser = Client()
    browser.post(f"/team/join/{invited.token}/", {"name": "Nia", "password": PASSWORD})
    assert browser.get("/team/").headers["Location"] == "/team/second-step/"
    assert Membership.objects.get().user.email == "nia@example.org"


def test_it_works_once(invited: membership.Invited) -> None:
    take(invited)
    assert take(invited, "Somebody").status_code == 410
    assert get_user_model().objects.count() == 1


def test_it_is_over_after_seven_days(invited: membership.Invited) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, minutes=1)):
        assert take(invited).status_code == 410


def test_nobody_can_make_one_up(invited: membership.Invited) -> None:
    assert Client().get(f"/team/join/{invited.invitation.id.hex}/").status_code == 410
    assert Client().get(f"/team/join/{invited.token[:-2]}xx/").status_code == 410


@pytest.mark.parametrize("password", ["short", "passwordpassword", "nia-likes-lanterns-and-moss"])
def test_a_password_that_is_easy_to_guess_is_refused_and_the_invitation_stays(
    invited: membership.Invited, password: str
) -> None:
    assert take(invited, password=password).status_code == 400
    assert Invitation.objects.exists()


def test_two_people_have_no_name_in_common(paula: Any, invited: membership.Invited) -> None:
    page = take(invited, "PAULA")
    assert "Somebody here has this name" in text(page)
    assert take(invited, "Nia").status_code == 302


def test_somebody_with_an_account_joins_a_second_organization(paula: Any) -> None:
    others = Organization.objects.create(name="Others")
    invited = membership.invite("paula@example.org", role="editor", by="Mo", organization=others)
    assert "Sign in" in text(take(invited, "Paula Two"))
    signed_in(paula).post(f"/team/join/{invited.token}/")
    assert paula.memberships.count() == 2


def test_an_invitation_for_somebody_else_is_not_taken(paula: Any, invited: membership.Invited) -> None:
    assert signed_in(paula).post(f"/team/join/{invited.token}/").status_code == 403
    assert paula.memberships.count() == 1


def test_a_manager_invites_by_mail_and_no_name_of_an_organization_is_in_it(
    paula: Any, group: Organization
) -> None:
    said = {"organization": str(group.id), "email": "nia@example.org", "role": "editor"}
    page = signed_in(paula).post("/team/people/", said)
    assert "We sent a mail" in text(page)
    (told,) = mail.outbox
    assert "/team/join/" in told.body
    assert "Example group" not in f"{told.subject} {told.body}"


def test_an_editor_invites_nobody(group: Organization) -> None:
    petra = signed_in(a_person("Petra", of=group))
    said = {"organization": str(group.id), "email": "nia@example.org", "role": "editor"}
    assert petra.post("/team/people/", said).status_code == 404
    assert not Invitation.objects.exists()


def test_a_colleague_who_is_removed_is_out_at_once(paula: Any, group: Organization) -> None:
    petra = a_person("Petra", of=group)
    browser = signed_in(petra)
    signed_in(paula).post(f"/team/people/{petra.memberships.get().pk}/remove/")
    assert "You edit for no organization" in text(browser.get("/team/"))


def test_whom_a_removed_colleague_invited_does_not_come_in(paula: Any, group: Organization) -> None:
    petra = a_person("Petra", of=group, role="manager")
    membership.invite("eve@example.org", role="editor", by="Petra", account=petra.pk, organization=group)
    signed_in(paula).post(f"/team/people/{petra.memberships.get().pk}/remove/")
    assert not Invitation.objects.exists()


def test_there_is_always_a_manager(paula: Any, group: Organization) -> None:
    own = paula.memberships.get().pk
    browser = signed_in(paula)
    assert "There has to be one manager" in text(browser.post(f"/team/people/{own}/remove/", follow=True))
    assert "There has to be one manager" in text(
        browser.post(f"/team/people/{own}/role/", {"role": "editor"}, follow=True)
    )
    petra = a_person("Petra", of=group)
    browser.post(f"/team/people/{petra.memberships.get().pk}/role/", {"role": "manager"})
    browser.post(f"/team/people/{own}/remove/")
    assert not paula.memberships.exists()


def test_r21_another_organizations_people_are_not_there(paula: Any) -> None:
    others = Organization.objects.create(name="Others")
    sid = a_person("Sid", of=others, role="manager")
    theirs = sid.memberships.get().pk
    invited = membership.invite("zoe@example.org", role="editor", by="Sid", organization=others)
    browser = signed_in(paula)
    assert "Sid" not in text(browser.get("/team/people/"))
    for path in (
        f"people/{theirs}/remove/",
        f"people/{theirs}/role/",
        f"people/invited/{invited.invitation.id}/take-back/",
    ):
        assert browser.post(f"/team/{path}", {"role": "editor"}).status_code == 404
    assert sid.memberships.get().role == "manager"


# The operator's command


def test_the_first_moderator_is_invited_by_a_command() -> None:
    words = said("invite", "mo@example.org", "--moderator", "--by", "Olu", "--site", "https://support.example.org")
    link = words.split()[0]
    assert link.startswith("https://support.example.org/team/join/")
    Client().post(link.removeprefix("https://support.example.org"), {"name": "Mo", "password": PASSWORD})
    assert Moderator.objects.get().user.first_name == "Mo"


def test_a_moderator_makes_no_moderators(group: Organization) -> None:
    mo = signed_in(a_person("Mo", moderator=True))
    mo.post(f"/team/organizations/{group.id}/invite/", {"email": "eve@example.org", "role": "moderator"})
    assert Invitation.objects.get().role == "manager"


def test_a_command_for_an_organization_that_is_not_there_says_so() -> None:
    with pytest.raises(CommandError, match="no organization “Nobody”"):
        call_command("invite", "nia@example.org", "--organization", "Nobody", "--by", "Olu")


def test_an_unknown_role_is_refused(group: Organization) -> None:
    with pytest.raises(Refused):
        membership.invite("nia@example.org", role="owner", by="Mo", organization=group)
