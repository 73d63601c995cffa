"""Faults of the bastion host."""

from dataclasses import replace
from typing import Final

from data_generator.rhythm import SECOND_US
from data_generator.sources.ssh import HOST, Bastion
from data_generator.timeline import Emission, Fault

_GUESSED: Final = (
    "admin", "administrator", "ansible", "centos", "demo", "elastic", "ftpuser", "guest", "hadoop", "jenkins",
    "kafka", "mysql", "nagios", "odoo", "oracle", "pi", "postgres", "redis", "steam", "support", "teamspeak",
    "test", "tomcat", "ubnt", "ubuntu", "user", "vagrant", "webmaster", "www", "zabbix",
)  # fmt: skip
_GUESSERS: Final = ("203.0.113.9", "203.0.113.41", "198.51.100.77")


def _guess(bastion: Bastion, at_us: int) -> list[Emission]:
    dice = bastion.dice
    login, address, port, sshd = dice.pick(_GUESSED), dice.pick(_GUESSERS), bastion.port(), bastion.process()
    where = f"{address} port {port}"
    messages = [
        f"Invalid user {login} from {where}",
        "pam_unix(sshd:auth): check pass; user unknown",
        f"Failed password for invalid user {login} from {where} ssh2",
        f"Connection closed by invalid user {login} {where} [preauth]",
    ]
    if dice.chance(0.15):
        messages[3] = (
            f"error: maximum authentication attempts exceeded for invalid user {login} "
            f"from {where} ssh2 [preauth]"
        )
    return _changed(bastion, at_us, sshd, messages)


def _stall(bastion: Bastion, at_us: int) -> list[Emission]:
    dice = bastion.dice
    address, sshd = bastion.address(), bastion.process()
    messages = [
        f"Unable to negotiate with {address} port {bastion.port()}: no matching key exchange method found. "
        f"Their offer: {dice.pick(('diffie-hellman-group1-sha1', 'diffie-hellman-group14-sha1'))} [preauth]",
        f"ssh_dispatch_run_fatal: Connection from {address} port {bastion.port()}: "
        "message authentication code incorrect",
        f"fatal: Timeout before authentication for {address} port {bastion.port()}",
    ]
    return _changed(bastion, at_us, sshd, messages[: dice.between(1, 3)])


def _changed(bastion: Bastion, at_us: int, sshd: str, messages: list[str]) -> list[Emission]:
    return [
        replace(bastion.line(at_us + i * SECOND_US // 2, sshd, message), changed=True)
        for i, message in enumerate(messages)
    ]


PASSWORD_GUESSING: Final[Fault[Bastion]] = Fault(
    kind="password_guessing",
    affected=(HOST,),
    changed="Three addresses try the passwords of thirty user names that this host does not know.",
    strike=_guess,
    share=0.9,
    speed=60,
)

KEY_EXCHANGE_STALL: Final[Fault[Bastion]] = Fault(
    kind="key_exchange_stall",
    affected=(HOST,),
    changed="Connections end before anyone signs in: no common key exchange, broken codes, timeouts.",
    strike=_stall,
    share=0.9,
    speed=20,
)
