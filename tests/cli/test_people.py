"""`driftlock users`, `tenants`, `keys`: the first admin, and what is printed and what is not."""

import re

import pytest
from click.testing import CliRunner

from driftlock.cli.commands import main
from driftlock.services import accounts_passwords
from tests.services.people import ROAD


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_passwords, "COST", 4)
    monkeypatch.setenv("DRIFTLOCK_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "API_KEY", "SIGN_IN"):
        monkeypatch.delenv(f"DRIFTLOCK_{name}", raising=False)


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    ended = CliRunner().invoke(main, list(arguments), input=typed)
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_first_owner_is_made_with_a_password_from_standard_input():
    code, said, _ = run("users", "add", "--owner", "Ann@example.com", typed=f"{ROAD}\n")
    assert code == 0
    assert ROAD not in said
    assert "ann@example.com  owner  active" in run("users", "list")[1]


def test_the_first_account_names_the_tenant():
    """It is nobody's demonstration any more: called as was said, else as the domain of the address."""
    run("users", "add", "--owner", "ann@example.com", "--tenant-name", "Shop servers", "--link")
    assert "Shop servers" in run("tenants", "list")[1]
    code, _, said = run("users", "add", "bob@example.com", "--tenant-name", "Another", "--link")
    assert (code, "has a name: Shop servers" in said) == (2, True)


def test_where_nobody_can_be_asked_the_tenant_is_called_as_the_domain_of_the_address():
    assert run("users", "add", "--owner", "ann@example.com", typed="admin\n")[0] == 2
    assert "example.com" not in run("tenants", "list")[1]
    run("users", "add", "--owner", "ann@example.com", typed=f"{ROAD}\n")
    assert "example.com" in run("tenants", "list")[1]


def test_without_a_password_nobody_is_made():
    code, _, said = run("users", "add", "--owner", "ann@example.com")
    assert code == 2
    assert "--link" in said
    assert run("users", "list")[1] == ""


def test_a_poor_password_is_refused_with_the_rule():
    code, _, said = run("users", "add", "--owner", "ann@example.com", typed="admin\n")
    assert (code, "at least 12" in said) == (2, True)


def test_a_link_is_printed_instead():
    code, said, told = run(
        "users", "add", "--owner", "ann@example.com", "--link", "--address", "https://d.example/"
    )
    assert code == 0
    assert re.fullmatch(r"https://d\.example/auth/accept\?token=[\w-]{43}\n", said)
    assert "works once" in told


def test_the_last_owner_cannot_be_lowered_or_disabled():
    run("users", "add", "--owner", "ann@example.com", typed=f"{ROAD}\n")
    for command in (("role", "ann@example.com", "viewer"), ("disable", "ann@example.com")):
        code, _, said = run("users", *command)
        assert (code, "needs an owner" in said) == (2, True)


def test_a_key_is_printed_once_and_listed_without_its_secret():
    run("tenants", "add", "acme", "--name", "Acme")
    code, key, _ = run("keys", "new", "web", "--stream", "web", "--tenant", "acme")
    assert code == 0
    listed = run("keys", "list", "--tenant", "acme")[1]
    assert "stream of stream web" in listed
    assert key.strip().partition(".")[2] not in listed
    key_id = listed.split()[0]
    assert run("keys", "revoke", key_id)[0] == 2  # of another tenant: not there
    assert run("keys", "revoke", key_id, "--tenant", "acme")[0] == 0
    assert "revoked" in run("keys", "list", "--tenant", "acme")[1]


def test_what_the_command_line_does_stands_in_the_audit_log():
    run("tenants", "add", "acme")
    run("users", "add", "--owner", "ann@example.com", "--tenant", "acme", typed=f"{ROAD}\n")
    run("users", "add", "bob@example.com", "--tenant", "acme", "--link")
    run("keys", "new", "web", "--tenant", "acme")
    said = run("audit", "export", "--tenant", "acme")[1]
    actions = re.findall(r'"action": ?"([^"]+)"', said)
    assert actions == ["tenant.add", "member.arrive", "member.invite", "key.make"]
    assert "bob@example.com" not in said


def test_an_unknown_tenant_is_said():
    code, _, said = run("users", "list", "--tenant", "nobody")
    assert (code, "There is no tenant" in said) == (2, True)
