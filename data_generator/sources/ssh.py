"""A bastion host: sshd's syslog lines of ordinary sessions."""

from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.people import Person
from data_generator.rhythm import SECOND_US
from data_generator.timeline import Emission

HOST: Final = "bastion-1"

_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ACCOUNTS: Final = ("backup", "deploy", "git")
_COMMANDS: Final = (
    "/usr/bin/systemctl restart nginx",
    "/usr/bin/journalctl -u shop",
    "/usr/bin/apt-get update",
    "/usr/bin/tail /var/log/auth.log",
)
_ARRIVALS: Final = Weighted(
    {"session": 62, "account": 20, "cron": 8, "stray": 7, "mistyped": 5, "reload": 0.8}
)
_SESSION_S: Final = Quantiles((0, 4), (0.4, 60), (0.8, 1_500), (0.97, 9_000), (1, 36_000))


class Bastion:
    """Logins of a small staff and of three service accounts, with the strays every host sees."""

    def __init__(self, dice: Dice, staff: tuple[Person, ...]) -> None:
        self.dice = dice
        self._keys = {
            login: "".join(dice.pick(_BASE64) for _ in range(43))
            for login in (*(person.login for person in staff), *_ACCOUNTS)
        }
        self._staff = tuple(person.login for person in staff)
        self._pid = 2_204
        self._session = 310

    def arrival(self, at_us: int) -> list[Emission]:
        dice = self.dice
        match dice.draw(_ARRIVALS):
            case "account":
                return self._session_of(at_us, dice.pick(_ACCOUNTS), interactive=False)
            case "cron":
                return self._cron(at_us)
            case "stray":
                return self._stray(at_us)
            case "mistyped":
                return self._mistyped(at_us)
            case "reload":
                return self._reload(at_us)
        return self._session_of(at_us, dice.pick(self._staff), interactive=True)

    def address(self) -> str:
        """An address from the ranges reserved for documentation."""
        return f"{self.dice.pick(('192.0.2', '198.51.100', '203.0.113'))}.{self.dice.between(1, 254)}"

    def port(self) -> int:
        """A client's port."""
        return self.dice.between(32_768, 60_999)

    def process(self) -> str:
        """The name and fresh process number of an sshd child."""
        self._pid = 2_000 + (self._pid - 2_000 + self.dice.between(1, 9)) % 30_000
        return f"sshd[{self._pid}]"

    def line(self, at_us: int, program: str, message: str) -> Emission:
        """One syslog line."""
        return Emission(at_us, {"host": HOST, "program": program, "message": message})

    def _session_of(self, at_us: int, login: str, *, interactive: bool) -> list[Emission]:
        where, sshd = f"{self.address()} port {self.port()}", self.process()
        accepted = f"Accepted publickey for {login} from {where} ssh2: RSA SHA256:{self._keys[login]}"
        return [
            self.line(at_us, sshd, accepted),
            *self._opened(at_us, sshd, login, where, interactive=interactive),
        ]

    def _opened(self, at_us: int, sshd: str, login: str, where: str, *, interactive: bool) -> list[Emission]:
        dice = self.dice
        self._session += 1
        uid = 1_000 + [*self._keys].index(login)
        lines = [
            self.line(
                at_us, sshd, f"pam_unix(sshd:session): session opened for user {login}(uid={uid}) by (uid=0)"
            ),
            self.line(at_us, "systemd-logind[612]", f"New session {self._session} of user {login}."),
        ]
        end_us = at_us + int((dice.along(_SESSION_S) if interactive else dice.between(2, 30)) * SECOND_US)
        if interactive and dice.chance(0.3):
            command = (
                f"TTY=pts/{dice.below(4)} ; PWD=/home/{login} ; USER=root ; COMMAND={dice.pick(_COMMANDS)}"
            )
            lines.append(self.line((at_us + end_us) // 2, "sudo", f"{login} : {command}"))
        if dice.chance(0.9):
            lines += [
                self.line(end_us, sshd, f"Received disconnect from {where}:11: disconnected by user"),
                self.line(end_us, sshd, f"Disconnected from user {login} {where}"),
            ]
        lines += [
            self.line(end_us, sshd, f"pam_unix(sshd:session): session closed for user {login}"),
            self.line(end_us, "systemd-logind[612]", f"Removed session {self._session}."),
        ]
        return lines

    def _mistyped(self, at_us: int) -> list[Emission]:
        """A known user's password, wrong once and right the second time, or given up."""
        login, where, sshd = (
            self.dice.pick(self._staff),
            f"{self.address()} port {self.port()}",
            self.process(),
        )
        lines = [self.line(at_us, sshd, f"Failed password for {login} from {where} ssh2")]
        later_us = at_us + self.dice.between(3, 15) * SECOND_US
        if self.dice.chance(0.3):
            gave_up = f"Connection closed by authenticating user {login} {where} [preauth]"
            return [*lines, self.line(later_us, sshd, gave_up)]
        lines.append(self.line(later_us, sshd, f"Accepted password for {login} from {where} ssh2"))
        return lines + self._opened(later_us, sshd, login, where, interactive=True)

    def _stray(self, at_us: int) -> list[Emission]:
        where = f"{self.address()} port {self.port()}"
        stray = self.dice.pick(
            (f"Connection closed by {where} [preauth]", f"Connection reset by {where} [preauth]")
        )
        return [self.line(at_us, self.process(), stray)]

    def _cron(self, at_us: int) -> list[Emission]:
        cron = self.process().replace("sshd", "CRON")
        session = "pam_unix(cron:session): session"
        return [
            self.line(at_us, cron, f"{session} opened for user root(uid=0) by (uid=0)"),
            self.line(at_us + SECOND_US, cron, f"{session} closed for user root"),
        ]

    def _reload(self, at_us: int) -> list[Emission]:
        return [
            self.line(at_us, "sshd[871]", "Received SIGHUP; restarting."),
            self.line(at_us + SECOND_US, "sshd[871]", "Server listening on 0.0.0.0 port 22."),
        ]
