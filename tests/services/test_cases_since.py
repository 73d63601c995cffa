"""Cases made of what was flagged since the last look are those of grouping everything."""

from datetime import timedelta
from random import Random

import sqlalchemy as sa

from driftlock.services.cases import Cases
from driftlock.storage.connect import writing
from driftlock.storage.schema import anomalies
from driftlock.storage.schema_proof import case_anomalies
from driftlock.storage.store import SqlStore
from tests.made_desk import NOW, NOW_US, MadeDesk, plan

TENANT = "demo"
MINUTE_US = 60_000_000


class SetClock:
    """Tells the time it was given."""

    time = NOW

    def now(self):
        return self.time


def kept(store):
    """Everything grouping leaves behind but the moments at which it did."""
    found = {}
    for case in store.cases.cases(TENANT, (), None, 1_000):
        told = [(entry["what"], entry["anomalies"], entry["from"], entry["to"]) for entry in case.timeline]
        found[case.id] = (case.title, case.severity, case.first_us, case.last_us, told)
    return found, dict(sorted(store.cases.members(TENANT, ALL_IDS).items()))


ALL_IDS = [f"{kind}{at}stream{number}demo" for kind in "ws" for at in range(400) for number in range(9)]


def test_grouping_what_came_since_gives_the_cases_of_grouping_everything(tmp_path):
    """
    Seed 23: twenty rounds of new flags, late ones, new streams, alerts and deletions; beside one that remembers nothing.
    """
    random, clock = Random(23), SetClock()
    stores = [SqlStore(f"sqlite:///{tmp_path}/{name}.db") for name in ("since", "whole")]
    desks = [MadeDesk(tenant=TENANT) for _ in stores]
    since = Cases(stores[0], clock)
    extended = 0
    for number in range(20):
        for store, desk in zip(stores, desks, strict=True):
            if number in (0, 1, 5, 12):
                desk.add_stream(store, name=f"s{len(desk.streams)}")
            if number in (7, 14):
                stream = desk.add_stream(store, name=f"s{len(desk.streams)}", series=True)
                store.streams.configure(TENANT, stream.id, plan())
                seen = [NOW_US + (number * 600 + at) * MINUTE_US for at in (0, 11, 12)]
                desk.add_alerts(store, stream, [(us, us + 1, us, 1.0, "aa") for us in seen])
        fed = [place for place, stream in enumerate(desks[0].streams) if not stream.series]
        for place in random.sample(fed, random.randint(1, len(fed))):
            first = number * 600 - random.choice([0, 0, 0, 1_500])  # some come late
            minutes = sorted(first + random.randint(0, 60) for _ in range(random.randint(6, 30)))
            share = random.random()
            for store, desk in zip(stores, desks, strict=True):
                stream = desk.streams[place]
                at = range(len(stream.windows), len(stream.windows) + len(minutes))
                chosen = {one for one in at if one % 5 < 5 * share}
                seen = [NOW_US + minute * MINUTE_US for minute in minutes]
                desk.add_windows(store, stream, seen, flagged=chosen)
        if number in (9, 15):  # what is oldest goes, in one stream or another
            gone = anomalies.c.stream_id == desks[0].streams[number % 2].id
            for store in stores:
                with writing(store.engine, TENANT) as connection:
                    old = sa.select(anomalies.c.id).where(gone).order_by(anomalies.c.window).limit(4)
                    ids = connection.scalars(old).all()
                    for table, column in ((case_anomalies, "anomaly_id"), (anomalies, "id")):
                        connection.execute(sa.delete(table).where(table.c[column].in_(ids)))
        clock.time += timedelta(minutes=1)
        since.group(TENANT)
        Cases(stores[1], clock).group(TENANT)
        assert kept(stores[0]) == kept(stores[1]), number
        extended += sum(len(told) > 1 for *_, told in kept(stores[0])[0].values())
    assert len(kept(stores[0])[0]) > 5
    assert extended > 5
    for store in stores:
        store.close()


def test_only_what_came_since_is_read(tmp_path):
    """And of the groups only those that are not as they were."""
    store, desk = SqlStore(f"sqlite:///{tmp_path}/driftlock.db"), MadeDesk(tenant=TENANT)
    cases = Cases(store, SetClock())
    for name in ("db", "api"):
        stream = desk.add_stream(store, name=name)
        seen = [NOW_US + at * MINUTE_US for at in range(200)]
        desk.add_windows(store, stream, seen, flagged=set(range(0, 200, 20)))
    assert cases.group(TENANT) == 10
    asked = []
    table = store.cases
    read = table.flagged
    table.flagged = lambda tenant, ranges: asked.append(ranges) or read(tenant, ranges)
    assert cases.group(TENANT) == 0
    desk.add_windows(store, stream, [NOW_US + 181 * MINUTE_US], flagged={200})
    assert cases.group(TENANT) == 1
    assert asked == [{stream.id: (180, 200)}]
    store.close()
