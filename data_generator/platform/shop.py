"""The shop: sessions of customers and staff, each request leaving logs, spans and measured durations."""

from collections.abc import Collection
from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.people import Person
from data_generator.platform import routes
from data_generator.platform.meter import Meter
from data_generator.platform.places import HOME, OFFICE, TRAVEL, Place, address
from data_generator.platform.routes import FAILURES, GATEWAY, OWN_MS, PAYMENTS, SERVICES, USERS, Route, Step
from data_generator.platform.sessions import CALM, Conditions, Session
from data_generator.rhythm import SECOND_US
from data_generator.scenarios.event import Event, Record, Signal
from data_generator.sources.support import SupportDesk

AGENTS: Final = Weighted(
    {"shop-app/7.2 (ios)": 34, "shop-app/7.2 (android)": 30, "firefox": 14, "chrome": 22}
)
TIMEOUT_MS: Final = 3_000
_SLOW_MS: Final = 1_000  # from here on the services log a warning
_NETWORKS: Final = Weighted({"visa": 5, "mastercard": 4, "girocard": 3})
AMOUNT: Final = Quantiles((0, 4), (0.5, 38), (0.9, 140), (0.99, 610), (1, 2_400))
_SESSIONS: Final = 40  # open at a time; the oldest falls asleep when another begins


class Shop:
    """Requests of many sessions at once, deploys, upkeep, scrapes, and talks with the assistant."""

    def __init__(
        self,
        dice: Dice,
        customers: tuple[Person, ...],
        *,
        wanted: Collection[Signal],
        meter: Meter | None = None,
        talks: float = 0.02,  # of the arrivals
    ) -> None:
        self.dice = dice
        self.customers = customers
        self._logs, self._spans = "logs" in wanted, "traces" in wanted
        self._meter = meter
        self._desk = SupportDesk(dice, customers)
        self._talks = talks if "llm" in wanted else 0.0
        self._release = dict.fromkeys(SERVICES, 40)
        self._pods = {service: self._replicas(service) for service in SERVICES}
        self._homes = tuple(dice.draw(HOME) for _ in customers)
        self.walked = 0  # ids that somebody has walked through
        self.sessions = [self.session() for _ in range(_SESSIONS)]

    def arrival(self, at_us: int, under: Conditions = CALM) -> list[Event]:
        dice = self.dice
        if self._talks and dice.chance(self._talks):
            talk = self._desk.arrival(at_us)
            return [Event(said.at_us, "llm", {**said.record, "service": routes.ASSISTANT}) for said in talk]
        if dice.chance(1 / 90):
            return self._deploy(at_us) if dice.chance(0.08) else self._upkeep(at_us)
        if dice.chance(0.03):  # the back office
            return self.request(at_us, self.staff(), dice.draw(routes.OFFICE_WORK), under)
        if dice.chance(0.09):
            session = self.session()
            self.sessions[dice.below(_SESSIONS)] = session
            return self.request(at_us, session, session.last, under)
        place = dice.below(_SESSIONS)
        session = self.sessions[place]
        route = dice.draw(routes.NEXT[session.last])
        session.last = route
        if route is routes.SIGN_OUT:
            self.sessions[place] = self.session()
        return self.request(at_us, session, route, under)

    def session(self, place: Place | None = None) -> Session:
        """A customer who signs in, or registers, at home or on a journey unless a place is given."""
        dice = self.dice
        number = dice.below(len(self.customers))
        if place is None:
            place = dice.draw(TRAVEL) if dice.chance(0.02) else self._homes[number]
        return Session(
            user=self.customers[number],
            number=1_000 + 37 * number,
            role="customer",
            place=place,
            client_ip=address(dice, place),
            agent=dice.draw(AGENTS),
            id=dice.hexadecimal(12),
            last=routes.REGISTER if dice.chance(0.06) else routes.SIGN_IN,
        )

    def staff(self) -> Session:
        """Somebody of the back office."""
        session = self.session(OFFICE)
        session.role, session.agent, session.number = "staff", "backoffice/3.1", 10 + session.number % 7
        return session

    def request(
        self, at_us: int, session: Session, route: Route, under: Conditions = CALM, path: str = ""
    ) -> list[Event]:
        """One request: logs and spans of every service that it passes, the gateway's last."""
        if self._meter is None:
            events: list[Event] = []
        else:
            events = self._meter.due(at_us)
        dice = self.dice
        trace = dice.hexadecimal(32)
        span = dice.hexadecimal(16)
        path = path or route.path.replace("{id}", f"{dice.between(1_000, 9_999)}")
        took_ms, status = self._own_ms(GATEWAY, under) + session.place.away_ms, route.status
        for step in route.calls:
            step_ms, failed = self._call(
                events, at_us + took_ms * 1_000, session, route, path, step, GATEWAY, trace, span, under
            )
            took_ms += step_ms
            if failed:
                status = failed
                break
        record = {
            "level": "ERROR" if status >= 500 else "WARN" if status >= 400 else "INFO",
            "service": GATEWAY,
            "operation": route.operation,
            "path": path,
            "status": status,
            "outcome": _outcome(status),
            "duration_ms": took_ms,
            "client_ip": session.client_ip,
            "country": session.place.country,
            "city": session.place.city,
            "network": session.place.network,
            "user": session.user.login,
            "role": session.role,
            "session": session.id,
            "agent": session.agent,
            "trace_id": trace,
            "message": "request served" if status < 400 else "request refused",
        }
        self._sent(events, at_us, GATEWAY, took_ms, status, route, span, "", record, under)
        return events

    def _call(
        self,
        events: list[Event],
        at_us: int,
        session: Session,
        route: Route,
        path: str,
        step: Step,
        caller: str,
        trace: str,
        parent: str,
        under: Conditions,
    ) -> tuple[int, int]:
        """A call with a second try where the first times out; returns milliseconds and a failure's status."""
        dice, service = self.dice, step.service
        total_ms, status, tries = 0, 0, 0
        message = step.action
        attempts = under.attempts if service in under.fails else 2
        while tries < attempts:
            tries += 1
            span = dice.hexadecimal(16)
            took_ms, status, message = self._own_ms(service, under), 0, step.action
            draw = dice.uniform()
            if service in under.fails:
                message, status = under.fails[service]
            elif draw < 0.006 or took_ms >= TIMEOUT_MS:
                took_ms, status, message = TIMEOUT_MS, 504, "no answer within 3 s"
            elif draw < 0.028:
                message, status = dice.pick(FAILURES[service])
            if status == 0:
                for call in step.calls:
                    inner_ms, status = self._call(
                        events,
                        at_us + (total_ms + took_ms) * 1_000,
                        session,
                        route,
                        path,
                        call,
                        service,
                        trace,
                        span,
                        under,
                    )
                    took_ms += inner_ms
                    if status:
                        message = f"{step.action} stopped: {call.service} answered {status}"
                        break
            record: Record = {
                "level": "ERROR" if status >= 500 else "WARN" if status or took_ms >= _SLOW_MS else "INFO",
                "service": service,
                "caller": caller,
                "operation": route.operation,
                "path": path,
                "status": status or 200,
                "outcome": _outcome(status),
                "duration_ms": took_ms,
                "pod": self._pods[service][dice.below(2)],
                "trace_id": trace,
                "message": message,
            }
            if tries > 1:
                record["attempt"] = tries
            if service == USERS and not status:
                record["user"] = _personal(session.user)
            elif service == PAYMENTS:
                record |= {
                    "amount": round(dice.along(AMOUNT), 2),
                    "currency": "EUR",
                    "card": f"{dice.draw(_NETWORKS)} *{dice.between(0, 9_999):04d}",
                }
            self._sent(
                events,
                at_us + total_ms * 1_000,
                service,
                took_ms,
                status or 200,
                route,
                span,
                parent,
                record,
                under,
                step.action,
            )
            total_ms += took_ms + 20 * tries  # waits a little before it tries again
            if status != 504 and service not in under.fails:
                break
        return total_ms, status

    def _sent(
        self,
        events: list[Event],
        at_us: int,
        service: str,
        took_ms: int,
        status: int,
        route: Route,
        span: str,
        parent: str,
        record: Record,
        under: Conditions,
        action: str = "",
    ) -> None:
        """A service has done its part: its log record, its span, its measured duration."""
        changed = service in under.affected
        end_us = at_us + took_ms * 1_000
        if self._logs:
            events.append(Event(end_us, "logs", record, changed))
        if self._spans:
            attributes = {
                "http.request.method": route.operation,
                "http.route": route.path,
                "http.response.status_code": status,
            }
            if service == GATEWAY:
                attributes |= {"client.geo.country": record["country"], "client.network": record["network"]}
            else:
                attributes |= {"peer.service": record["caller"], "code.function": action}
            detail = {
                "service": service,
                "name": f"{route.operation} {route.path}" if service == GATEWAY else action,
                "trace_id": record["trace_id"],
                "span_id": span,
                "parent_span_id": parent,
                "kind": "server",
                "duration_us": took_ms * 1_000 + self.dice.below(1_000),
                "attributes": attributes,
                "error": record["message"] if status >= 500 else "",
            }
            events.append(Event(end_us, "traces", detail, changed))
        if self._meter is not None:
            self._meter.count(service, took_ms, status >= 500, changed, under.moves)

    def _replicas(self, service: str) -> tuple[str, str]:
        name = service.split()[0].lower()
        return f"{name}-{self.dice.hexadecimal(5)}", f"{name}-{self.dice.hexadecimal(5)}"

    def _own_ms(self, service: str, under: Conditions) -> int:
        return int(self.dice.along(under.slow.get(service, OWN_MS[service])))

    def _deploy(self, at_us: int) -> list[Event]:
        dice = self.dice
        service = dice.pick(SERVICES[1:])
        self._release[service] += 1
        self._pods[service] = self._replicas(service)
        version = f"2.{self._release[service]}.0"
        return [
            Event(
                at_us + (2 * nth + late) * 7 * SECOND_US,
                "logs",
                {"level": "INFO", "service": service, "pod": pod, "version": version, "message": message},
            )
            for nth, pod in enumerate(self._pods[service])
            for late, message in enumerate(("release starts", "release is ready"))
        ]

    def _upkeep(self, at_us: int) -> list[Event]:
        dice = self.dice
        service, level, message = dice.pick(routes.UPKEEP)
        record = {
            "level": level,
            "service": service,
            "pod": dice.pick(self._pods[service]),
            "message": message.replace("{n}", f"{dice.between(12, 900)}"),
        }
        return [Event(at_us, "logs", record)]


def _outcome(status: int) -> str:
    return "timeout" if status == 504 else "error" if status >= 400 else "success"


def _personal(person: Person) -> Record:
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "address": f"{person.street}, {person.city}",
    }
