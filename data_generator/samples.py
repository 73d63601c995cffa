"""The catalogue of samples: each id, once published, keeps its meaning for ever."""

from datetime import datetime
from typing import Any, Final

from data_generator import wire
from data_generator.faults.metrics import AGENT_UPGRADE, CRASH_LOOP
from data_generator.faults.services import EXPIRED_CERTIFICATE, RECORD_HARVEST, RENAMED_FIELDS
from data_generator.faults.spans import LEGACY_FALLBACK, RETRY_STORM
from data_generator.faults.ssh import KEY_EXCHANGE_STALL, PASSWORD_GUESSING
from data_generator.faults.support import PERSONA_PRESSURE, PROMPT_INJECTION
from data_generator.faults.web import PATH_SCAN, UPSTREAM_OUTAGE
from data_generator.people import cast
from data_generator.recipe import START_AT, LabelledStream, Recipe, Sample
from data_generator.rhythm import Rhythm
from data_generator.sources.jobs import JobWorker
from data_generator.sources.metrics import Scrapes
from data_generator.sources.services import Shop
from data_generator.sources.spans import Checkout
from data_generator.sources.ssh import Bastion
from data_generator.sources.support import SupportDesk
from data_generator.sources.web import WebShop
from data_generator.timeline import Scheduled

_SCRAPES: Final = Rhythm(gap_s=600, regular=True)


class UnknownSample(LookupError):
    """No sample has this id."""

    def __init__(self, sample_id: str) -> None:
        super().__init__(f"no sample is called {sample_id!r}; there are {', '.join(SAMPLES)}")
        self.sample_id = sample_id


def generate(
    sample_id: str, *, seed: int | None = None, events: int | None = None, start_at: datetime = START_AT
) -> LabelledStream:
    """
    The sample's first *events* events; the same arguments give the same bytes.

    Faults stand at fixed event positions: a longer stream begins with the shorter one and
    continues with ordinary traffic.

    Args:
        sample_id: A key of ``SAMPLES``.
        seed: 0 or more; the sample's own if None.
        events: 1 or more; the sample's own number if None.
        start_at: Aware time at which the stream begins.

    Raises:
        UnknownSample: No sample has this id.
        ValueError: *seed* or *events* is too small, or *start_at* names no zone.

    >>> stream = generate("web-logs", events=100)
    >>> stream.data.count(b"\\n"), stream.truth
    (100, ())
    """
    if sample_id not in _RECIPES:
        raise UnknownSample(sample_id)
    recipe = _RECIPES[sample_id]
    return recipe.generate(
        seed=recipe.sample.seed if seed is None else seed,
        events=recipe.sample.events if events is None else events,
        start_at=start_at,
    )


_RECIPES: Final[dict[str, Recipe[Any]]] = {
    recipe.sample.id: recipe
    for recipe in (
        Recipe(
            sample=Sample(
                id="web-logs",
                title="Web shop access log",
                kind="logs",
                format="text",
                story="Nearly two days of visits to a web shop behind a reverse proxy, with its error lines.",
                hidden="A scan for paths the shop never had, and later an upstream that refuses connections.",
            ),
            source=lambda dice, _: WebShop(dice),
            rhythm=Rhythm(gap_s=46),
            schedule=(Scheduled(PATH_SCAN, 2_400, 180), Scheduled(UPSTREAM_OUTAGE, 4_900, 150)),
            encode=wire.access_log,
        ),
        Recipe(
            sample=Sample(
                id="ssh-logs",
                title="Bastion host logins",
                kind="logs",
                format="syslog",
                story="A day and a half of logins to a bastion host by a small staff and three services.",
                hidden="A burst of password guessing with unknown user names, and later connections that "
                "stall before anyone signs in.",
                events=5_000,
            ),
            source=lambda dice, seed: Bastion(dice, cast(seed, 18)),
            rhythm=Rhythm(gap_s=180),
            schedule=(Scheduled(PASSWORD_GUESSING, 2_100, 220), Scheduled(KEY_EXCHANGE_STALL, 3_700, 120)),
            encode=wire.syslog,
        ),
        Recipe(
            sample=Sample(
                id="app-json",
                title="Microservice logs",
                kind="logs",
                format="ndjson",
                story="Structured logs of a shop's six services, correlated by request, with "
                "customers' personal data.",
                hidden="An expired certificate stops payments, one account harvests user records, and a "
                "trial release renames the fields it logs.",
                events=8_000,
            ),
            source=lambda dice, seed: Shop(dice, cast(seed, 40)),
            rhythm=Rhythm(gap_s=50),
            schedule=(
                Scheduled(EXPIRED_CERTIFICATE, 2_200, 200),
                Scheduled(RECORD_HARVEST, 4_400, 180),
                Scheduled(RENAMED_FIELDS, 6_500, 160),
            ),
            encode=wire.ndjson,
        ),
        Recipe(
            sample=Sample(
                id="service-metrics",
                title="Service metrics",
                kind="metrics",
                format="ndjson",
                story="Seven measures of four services, scraped every ten minutes for a day and a half.",
                hidden="Two services of one node are killed and restarted in a loop, and later three "
                "services report under other names and units.",
            ),
            source=lambda dice, _: Scrapes(dice, _SCRAPES),
            rhythm=_SCRAPES,
            schedule=(Scheduled(CRASH_LOOP, 2_350, 170), Scheduled(AGENT_UPGRADE, 4_480, 140)),
            encode=wire.ndjson,
        ),
        Recipe(
            sample=Sample(
                id="checkout-traces",
                title="Checkout traces",
                kind="traces",
                format="otlp_json",
                story="Spans of a shop's cart and checkout across six services, as a collector writes them.",
                hidden="Card authorizations are retried in a storm until they give up, and later stock is "
                "read item by item from a legacy file.",
            ),
            source=lambda dice, _: Checkout(dice),
            rhythm=Rhythm(gap_s=140),
            schedule=(Scheduled(RETRY_STORM, 2_500, 200), Scheduled(LEGACY_FALLBACK, 4_500, 160)),
            encode=wire.otlp_traces,
        ),
        Recipe(
            sample=Sample(
                id="support-llm",
                title="Support assistant",
                kind="llm",
                format="ndjson",
                story="Prompts of a shop's customers and the answers of its support assistant.",
                hidden="Prompts that make the assistant leak its instructions, and later prompts that press "
                "it into roles and are refused.",
                events=4_000,
            ),
            source=lambda dice, seed: SupportDesk(dice, cast(seed, 60)),
            rhythm=Rhythm(gap_s=50),
            schedule=(Scheduled(PROMPT_INJECTION, 1_800, 120), Scheduled(PERSONA_PRESSURE, 3_000, 110)),
            encode=wire.ndjson,
        ),
        Recipe(
            sample=Sample(
                id="quiet-logs",
                title="Background jobs",
                kind="logs",
                format="text",
                story="The text log of a job worker with retries, slow jobs, upkeep and deploys.",
                hidden="Nothing: a detector should stay quiet.",
            ),
            source=lambda dice, _: JobWorker(dice),
            rhythm=Rhythm(gap_s=55),
            schedule=(),
            encode=wire.application_text,
        ),
    )
}

SAMPLES: Final = {sample_id: recipe.sample for sample_id, recipe in _RECIPES.items()}
