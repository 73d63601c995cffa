"""``driftlock users``: people, on the command line; the first one is made here."""

from typing import TYPE_CHECKING

import click

from driftlock.cli.failure import Failure
from driftlock.cli.people import ADDRESS, logged, opened, password, print_link

if TYPE_CHECKING:
    from driftlock.bootstrap import App
    from driftlock.services.accounts_rows import Member

ROLES = ("viewer", "analyst", "operator", "auditor", "admin", "owner")
_UNNAMED = "Demo"  # as it is made with the database
_TENANT = click.option("--tenant", default="demo", show_default=True, help="Whose member it is about.")
_WHERE = click.option(
    "--address",
    default=ADDRESS,
    show_default=True,
    help="Where people reach this server; links begin with it.",
)


@click.group("users")
def command() -> None:
    """Make, list and disable accounts; change roles; print links for new passwords."""


@command.command("add")
@click.argument("email")
@click.option("--owner", is_flag=True, help="The same as --role owner.")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@_TENANT
@click.option("--name", help="For people to read; without it, the part of the address before the @.")
@click.option(
    "--tenant-name",
    help="What the tenant is called from its first account on; asked for, else the domain of the address.",
)
@click.option("--link", is_flag=True, help="Print a link with which the person sets the password.")
@_WHERE
def add(
    email: str,
    owner: bool,
    role: str,
    tenant: str,
    name: str | None,
    tenant_name: str | None,
    link: bool,
    address: str,
) -> None:
    """
    Make an account, or with --link an invitation.

    The password is asked for, or read from standard input. As soon as there is
    an account, everybody has to sign in.
    """
    wanted = "owner" if owner else role
    with opened() as app:
        from driftlock.services.accounts_rows import SYSTEM
        from driftlock.services.tenants import clean_name

        if tenant == "demo":
            app.tenants.ensure(tenant, _UNNAMED, by=SYSTEM)
        # Until there is an account it is anybody's, and holds the demonstration.
        unnamed = tenant == "demo" and app.tenants.get(tenant).name == _UNNAMED and not app.accounts.any()
        if tenant_name is not None and not unnamed:
            raise Failure(
                f"Tenant {tenant} has a name: {app.tenants.get(tenant).name}. Its settings change it."
            )
        app.tenants.get(tenant)
        called = clean_name(tenant_name or _asked_name(email)) if unnamed else ""
        if link:
            with logged(tenant, "member.invite", "user"):
                made = app.accounts.invite(tenant, email=email, role=wanted, by=SYSTEM)
        else:
            app.accounts.first(
                tenant, email=email, name=name or email.partition("@")[0], password=password(), role=wanted
            )
        if unnamed:
            with logged(tenant, "tenant.rename", "tenant", tenant):
                app.tenants.rename(tenant, called, by=SYSTEM)
        if link:
            print_link(made, address)
        else:
            click.echo(f"There is an account now, with the role {wanted} in tenant {tenant}.")


@command.command("list")
@_TENANT
def show(tenant: str) -> None:
    """Show the members of a tenant and its open invitations."""
    with opened() as app:
        app.tenants.get(tenant)
        for member in app.accounts.members(tenant):
            seen = f"seen {member.seen_at:%Y-%m-%d %H:%M}" if member.seen_at else "never seen"
            click.echo(f"{member.email}  {member.role}  {member.state}  {seen}  {member.user_id}")
        for invited in app.accounts.invitations(tenant):
            click.echo(f"{invited.email}  {invited.role}  invited until {invited.expires_at:%Y-%m-%d}")


@command.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@_TENANT
def change_role(email: str, role: str, tenant: str) -> None:
    """Give a member another role."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        member = _member(app, tenant, email)
        with logged(tenant, "member.role", "user", member.user_id):
            app.accounts.change_role(tenant, member.user_id, role, by=SYSTEM)  # type: ignore[arg-type]
        click.echo(f"Now {role} in tenant {tenant}.")


@command.command("disable")
@click.argument("email")
@_TENANT
@click.option("--enable", is_flag=True, help="Let the person in again.")
def disable(email: str, tenant: str, enable: bool) -> None:
    """Let a person in nowhere any more; what is open ends at the next click."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        member = _member(app, tenant, email)
        with logged(tenant, "member.enable" if enable else "member.disable", "user", member.user_id):
            if enable:
                app.accounts.enable_member(tenant, member.user_id, by=SYSTEM)
            else:
                app.accounts.disable_member(tenant, member.user_id, by=SYSTEM)
        click.echo("May sign in again." if enable else "May not sign in any more.")


@command.command("reset")
@click.argument("email")
@_TENANT
@_WHERE
def reset(email: str, tenant: str, address: str) -> None:
    """Print a link with which a member sets a new password, valid for a day."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        member = _member(app, tenant, email)
        with logged(tenant, "member.reset_link", "user", member.user_id):
            print_link(app.accounts.reset_link(tenant, member.user_id, by=SYSTEM), address)


@command.command("forget")
@click.argument("email")
@_TENANT
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(email: str, tenant: str, yes: bool) -> None:
    """Delete a person's address, name, password, sessions and memberships; the id stays in histories."""
    from driftlock.services.accounts_rows import SYSTEM

    with opened() as app:
        member = _member(app, tenant, email)
        if not yes and not click.confirm("Delete this person's data for good?", err=True):
            raise Failure("Nothing was deleted.")
        with logged(tenant, "member.forget", "user", member.user_id):
            rows = app.accounts.forget_member(tenant, member.user_id, by=SYSTEM)
        click.echo(f"{rows} rows were deleted or emptied. Histories keep the id {member.user_id}.")


def _asked_name(email: str) -> str:
    """What the people of the tenant call it; where nobody can be asked, the domain of the first one's address."""
    domain = email.strip().lower().partition("@")[2][:80] or _UNNAMED
    if not click.get_text_stream("stdin").isatty():
        return domain
    given: str = click.prompt("Name of the tenant", default=domain, err=True)
    return given


def _member(app: "App", tenant: str, email: str) -> "Member":
    app.tenants.get(tenant)
    return app.accounts.named(tenant, email)
