"""Tables in Markdown, and places in a document that a command fills."""

import re
from collections.abc import Callable, Mapping, Sequence

_PLACE = re.compile(r"(<!-- made: ([a-z0-9_-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


class UnknownPlace(LookupError):
    """A document asks for a table that nobody makes."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """
    A table without a newline at its end.

    >>> print(table(["log", "share"], [["Apache", "0.01"]]))
    | log | share |
    |---|---|
    | Apache | 0.01 |
    """
    lines = [head, *rows]
    written = ["| " + " | ".join(cells) + " |" for cells in lines]
    return "\n".join([written[0], "|" + "---|" * len(head), *written[1:]])


def places(text: str) -> list[str]:
    """
    Names of the places a document has.

    >>> places("<!-- made: null -->\\nold\\n<!-- end -->\\n")
    ['null']
    """
    return [found[2] for found in _PLACE.finditer(text)]


def filled(text: str, makers: Mapping[str, Callable[[], str]]) -> str:
    """
    *text* with every place filled anew; what stands between places is left alone.

    Raises:
        UnknownPlace: A place has a name that *makers* does not know.

    >>> print(filled("<!-- made: a -->\\nold\\n<!-- end -->", {"a": lambda: "new"}))
    <!-- made: a -->
    new
    <!-- end -->
    """

    def fill(found: re.Match[str]) -> str:
        if found[2] not in makers:
            raise UnknownPlace(f"no table is called {found[2]!r}; there are {', '.join(sorted(makers))}")
        return f"{found[1]}{makers[found[2]]()}\n{found[4]}"

    return _PLACE.sub(fill, text)
