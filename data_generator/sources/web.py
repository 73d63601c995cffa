"""A web shop behind a reverse proxy: access lines with error lines in between."""

from typing import Final

from data_generator.dice import Dice, Quantiles, Weighted
from data_generator.rhythm import SECOND_US
from data_generator.timeline import Emission

SITE: Final = "https://shop.example.com"

_CATEGORIES: Final = ("garden", "kitchen", "lamps", "outdoor", "paper", "sale", "textiles", "toys")
_PRODUCTS: Final = tuple(
    f"{colour}-{thing}"
    for thing in ("blanket", "bowl", "chair", "desk-lamp", "kettle", "notebook", "tent", "vase")
    for colour in ("blue", "green", "oak", "white")
)
_SEARCHES: Final = ("bowl", "camping", "desk", "gift", "green", "lamp", "oak", "tea", "vase", "wool")
_ASSETS: Final = ("app.{}.js", "vendor.{}.js", "theme.{}.css", "icons.{}.woff2")
_AGENTS: Final = Weighted(
    {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/132.0.0.0 Safari/537.36": 34,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1": 26,
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Mobile Safari/537.36": 18,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.1 Safari/605.1.15": 12,
        "Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0": 10,
    }
)
_CRAWLER: Final = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
_VISITS: Final = Weighted(
    {
        "home": 14,
        "category": 20,
        "product": 30,
        "search": 12,
        "cart": 8,
        "checkout": 4,
        "crawler": 7,
        "probe": 5,
    }
)
_PAGE_BYTES: Final = Quantiles((0, 2_100), (0.5, 14_200), (0.9, 31_000), (0.99, 64_000), (1, 98_000))
_ASSET_BYTES: Final = Quantiles((0, 9_800), (0.5, 48_000), (0.95, 184_000), (1, 412_000))
_LATENCY_US: Final = Quantiles((0, 20_000), (0.5, 90_000), (0.9, 600_000), (0.99, 2_500_000), (1, 9_000_000))


class WebShop:
    """Visits to the shop: a page, often its assets, sometimes a slow upstream or a reload after a deploy."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self._build = dice.hexadecimal(8)
        self._connection = 18_204

    def arrival(self, at_us: int) -> list[Emission]:
        dice = self.dice
        if dice.chance(1 / 220):
            return self._deploy(at_us)
        visit = dice.draw(_VISITS)
        client = self.client()
        if visit == "probe":
            return [self.access(at_us, "10.0.0.5", "GET /health", 200, 2, "-", "kube-probe/1.31")]
        if visit == "crawler":
            path = "/robots.txt" if dice.chance(0.2) else f"/product/{dice.pick(_PRODUCTS)}"
            return [self.access(at_us, client, f"GET {path}", 200, self._page_bytes(), "-", _CRAWLER)]
        return self._browse(at_us, visit, client)

    def client(self) -> str:
        """An address from the ranges reserved for documentation."""
        return f"{self.dice.pick(('192.0.2', '198.51.100', '203.0.113'))}.{self.dice.between(1, 254)}"

    def page(self) -> str:
        """A page of the shop as a request line without its protocol."""
        return self._request(self.dice.draw(_VISITS))

    def agent(self) -> str:
        """The name of an ordinary browser."""
        return self.dice.draw(_AGENTS)

    def access(
        self, at_us: int, client: str, request: str, status: int, size: int, referer: str, agent: str
    ) -> Emission:
        """One access line; *size* in bytes."""
        record = {
            "client": client,
            "request": f"{request} HTTP/1.1",
            "status": status,
            "size": size,
            "referer": referer,
            "agent": agent,
        }
        return Emission(at_us, record)

    def error(
        self, at_us: int, client: str, request: str, complaint: str, *, severity: str = "error"
    ) -> Emission:
        """One error line about a request."""
        self._connection += self.dice.between(1, 7)
        message = (
            f"*{self._connection} {complaint}, client: {client}, server: shop.example.com, "
            f'request: "{request} HTTP/1.1", host: "shop.example.com"'
        )
        return Emission(
            at_us, {"severity": severity, "worker": self.dice.pick((29, 30, 31, 32)), "message": message}
        )

    def _browse(self, at_us: int, visit: str, client: str) -> list[Emission]:
        dice = self.dice
        request, agent = self._request(visit), self.agent()
        referer = f"{SITE}/{dice.pick(('', 'cart', 'sale'))}" if dice.chance(0.6) else "-"
        at_us += int(dice.along(_LATENCY_US))
        if dice.chance(0.012):
            complaint = (
                "upstream timed out (110: Connection timed out) while reading response header from upstream"
            )
            return [
                self.error(at_us, client, request, complaint),
                self.access(at_us, client, request, 504, 167, referer, agent),
                self.access(at_us + 4 * SECOND_US, client, request, 200, self._page_bytes(), referer, agent),
            ]
        status = (
            304 if dice.chance(0.08) else 404 if dice.chance(0.02) else 302 if visit == "checkout" else 200
        )
        size = self._page_bytes() if status == 200 else 0 if status == 304 else 153
        visits = [self.access(at_us, client, request, status, size, referer, agent)]
        if dice.chance(0.02):
            complaint = "an upstream response is buffered to a temporary file while reading upstream"
            visits.append(self.error(at_us, client, request, complaint, severity="warn"))
        if dice.chance(0.3):
            page = f"{SITE}{request.split(' ')[1]}"
            for asset in _ASSETS[: dice.between(1, 4)]:
                at_us += dice.between(20_000, 180_000)
                path = f"GET /assets/{asset.format(self._build)}"
                visits.append(
                    self.access(at_us, client, path, 200, int(dice.along(_ASSET_BYTES)), page, agent)
                )
        return visits

    def _request(self, visit: str) -> str:
        dice = self.dice
        match visit:
            case "category":
                return f"GET /category/{dice.pick(_CATEGORIES)}?page={dice.between(1, 9)}"
            case "product":
                return f"GET /product/{dice.pick(_PRODUCTS)}"
            case "search":
                return f"GET /search?q={dice.pick(_SEARCHES)}"
            case "cart":
                return dice.pick(("GET /cart", "POST /cart/items", "DELETE /cart/items"))
            case "checkout":
                return "POST /checkout"
        return "GET /"

    def _deploy(self, at_us: int) -> list[Emission]:
        """A release: the proxy reloads and the assets get another hash."""
        self._build = self.dice.hexadecimal(8)
        steps = ("signal 1 (SIGHUP) received, reconfiguring", "reconfiguring")
        return [
            Emission(at_us + i * 40_000, {"severity": "notice", "worker": 1, "message": step})
            for i, step in enumerate(steps)
        ]

    def _page_bytes(self) -> int:
        return int(self.dice.along(_PAGE_BYTES))
