"""Values that stand under the name of a secret: in JSON, in ``name=value`` text, headers, options and markup."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

import stringzilla

from driftlock.decode.redaction_spans import IS_MARK, MARKS, Span
from driftlock.decode.sensitive_keys import Ending

# What fills the place of an escape; never part of a name or a value.
PAD: Final = b"\0"
_SECRET: Final = MARKS["secrets"]
_QUOTED: Final = re.compile(rb'"([^"]{1,128}+)"\s*+(?::|=>)\s*+')
_PLAIN: Final = re.compile(
    rb"(?<![\w.\-])(?P<option>--)?(?P<name>[A-Za-z_][\w.\-]*+)"
    rb"(?:(?P<markup>>)|'?\s*+(?:=>|:=|=)\s*+|(?P<colon>\s*+:\s*+)|'\s*+:\s*+|(?(option) +|(?!)))"
)
_PAIR: Final = re.compile(
    rb'"([^"]{1,128}+)"\s*+,\s*+"(?:value|val|v)"\s*+:\s*+'
)  # "key":"password","value":…
_NAMES_OF_PAIRS: Final = frozenset((b"key", b"name", b"header", b"field", b"k"))
_STRING: Final = re.compile(rb'"([^"]*+)"?|\'([^\']*+)\'?')
_BARE: Final = re.compile(rb"[^\s\"',{}\[\]]+")
# A comma or semicolon ends a bare value only where another name follows it.
_REST: Final = rb"[^\s\"'&,;]++(?:[,;](?!\s*+[\w.\-]++\s*+[:=])[^\s\"'&,;]++)*+"
_WORD: Final = re.compile(_REST)
_SCHEME: Final = re.compile(rb"(?:bearer|basic|digest|token|negotiate|apikey)\s++(?=\S)", re.IGNORECASE)
_COOKIES: Final = re.compile(rb"[^\s\"';]++(?:;\s*+[^\s\"';=]++=[^\s\"';]*+)*+")
_SAYS_SOMETHING: Final = re.compile(rb"[^\W_]|[\x80-\xff]")  # and is no line to fill in
_MARKUP: Final = re.compile(rb"[^<]++")
_INSIDE: Final = re.compile(rb'"([^"]*+)"(\s*+:)?|([\[{])|([\]}])|([^\s\[\]{},:"]++)')
_LONGEST_NAME: Final = 128  # of a longer one the end is looked at
_LONGEST_WORD: Final = 32  # longer than any of these, and than any mark
_NOTHING: Final = frozenset(b"true false null none nil undefined True False None NULL".split())

_OPTION: Final = re.compile(rb"--([A-Za-z_][\w.\-]*+) ")
_TAKEN_OUT: Final = re.compile(rb'\s*+(\\*+)"(?:%b)\1"' % b"|".join(sorted(IS_MARK)))
# Read backwards and in small letters, so that only what a value may stand behind is looked at, and of that only what
# ends as a name of a secret does.
_NAME_BACKWARDS: Final = (
    rb"(?=\s*+(?:[\"\\]++[^a-z\"\\]{0,128}+(?=%(ending)s)([^\"]{1,128}+)"
    rb"|'?[\d_.-]{0,128}+(?=%(ending)s)([\w.\-]{1,128}+)))"
)
_BACKWARDS: Final = rb"[:=>]" + _NAME_BACKWARDS
_PAIR_BACKWARDS: Final = rb":\s*+[\"\\]++(?:eulav|lav|v)[\"\\]++\s*+," + _NAME_BACKWARDS
_VALUE: Final = re.compile(rb'"(?:value|val|v)[\\"]++\s*+:')
_SMALL: Final = bytes(range(256)).lower()
_LETTERS_ENOUGH: Final = 9  # of an ending, to let most other names go by

MarkOf = Callable[[bytes], bytes | None]
Named = Callable[[bytes], Iterator[tuple[int, bytes, bool]]]


def keyed_spans(text: bytes, mark_of: MarkOf, *, quoted: bool, plain: bool) -> Iterator[Span]:
    """
    Spans of the values in *text* that stand under a name with a mark.

    Args:
        text: Its strings hold no escapes: see :data:`PAD`.
        mark_of: What replaces a value under that name; None: the value stays.
        quoted: Whether to look at names in quotes.
        plain: Whether to look at names without.
    """
    if quoted:
        yield from _quoted_spans(text, mark_of)
    if plain:
        yield from _plain_spans(text, mark_of)


def names_in(endings: Iterable[Ending]) -> Named:
    """
    A search for what may be names of values that end in one of *endings*; some that it finds are none.

    Returns:
        Told a text: where the last letter of each is, the name without digits at its end, whether it is in quotes.

    >>> list(names_in(["key", "token"])(b'{"n":1,"API key 2": "x"} key=7 --token t'))
    [(27, b'key', False), (14, b'API key', True), (37, b'token', False)]
    """
    known = list(endings)
    if not known:
        return lambda text: iter(())
    ending = _ending(known)
    search = re.compile(_BACKWARDS % {b"ending": ending})

    @cache  # each of both takes longer than many a command; pairs are rare
    def pairs() -> re.Pattern[bytes]:
        return re.compile(_PAIR_BACKWARDS % {b"ending": ending})

    def found(text: bytes) -> Iterator[tuple[int, bytes, bool]]:
        length, backwards = len(text), text[::-1]
        small = stringzilla.translate(backwards, _SMALL)
        matches = [
            match
            for match in search.finditer(small)
            if _TAKEN_OUT.match(text, length - match.start()) is None
        ]
        if _VALUE.search(text) is not None:
            matches += pairs().finditer(small)
        for match in matches:
            group = match.lastindex or 0
            start, end = match.span(group)
            yield length - 1 - start, backwards[start:end][::-1].strip(), group == 1
        if stringzilla.find(text, b"--") >= 0:
            for option in _OPTION.finditer(text):
                yield option.end(1) - 1, option[1], False

    return found


def _ending(endings: Iterable[Ending]) -> bytes:
    """One form for all of *endings*, backwards, with anything but letters and digits between their letters."""
    branches = dict[str, list[str]]()
    for ending in endings:
        branches.setdefault(ending[-1], []).append(ending[:-1])
    return _branch(branches, _LETTERS_ENOUGH)


def _branch(branches: dict[str, list[str]], depth: int) -> bytes:
    forms = list[bytes]()
    for last, before in sorted(branches.items()):
        form = last.encode()
        if depth > 1 and all(before):
            deeper = dict[str, list[str]]()
            for one in before:
                deeper.setdefault(one[-1], []).append(one[:-1])
            form += rb"[^0-9a-z\"]*+" + _branch(deeper, depth - 1)
        forms.append(form)
    return b"(?:" + b"|".join(forms) + b")"


def _quoted_spans(text: bytes, mark_of: MarkOf) -> Iterator[Span]:
    opened = set[int]()
    for match in _QUOTED.finditer(text):
        name = match[1].rstrip(PAD)
        if (mark := mark_of(name)) is not None:
            yield from _json_value(text, match.end(), mark, opened)
        elif (
            name.lower() in _NAMES_OF_PAIRS
            and (pair := _PAIR.match(text, match.end())) is not None
            and (mark := mark_of(pair[1].rstrip(PAD))) is not None
        ):
            yield from _json_value(text, pair.end(), mark, opened)


def _plain_spans(text: bytes, mark_of: MarkOf) -> Iterator[Span]:
    ends = _Ends(text)
    for match in _PLAIN.finditer(text):
        name = match["name"][-_LONGEST_NAME:]
        # "Email: sent" is prose, and an address after it shows by itself.
        if (mark := mark_of(name)) is not None and (mark == _SECRET or not match["colon"]):
            yield from _plain_value(text, match, mark, ends)


def _json_value(text: bytes, at: int, mark: bytes, opened: set[int]) -> Iterator[Span]:
    if string := _STRING.match(text, at):
        yield from _string(string, mark)
    elif text[at : at + 1] in (b"{", b"["):
        if at not in opened:
            yield from _whole(text, at, mark, opened)
    elif (bare := _BARE.match(text, at)) and bare.group() not in _NOTHING:
        yield Span(bare.start(), bare.end(), b'"' + mark + b'"')


def _string(string: re.Match[bytes], mark: bytes) -> Iterator[Span]:
    which = 1 if string[1] is not None else 2
    if string[which] and string[which] not in IS_MARK:
        yield Span(*string.span(which), mark)


def _whole(text: bytes, at: int, mark: bytes, opened: set[int]) -> Iterator[Span]:
    """
    Every string and number of the object or list that begins at *at*; its names stay.

    Objects and lists in it are done with it: where they begin is added to *opened*.
    """
    depth = 0
    for token in _INSIDE.finditer(text, at):
        if token[3] is not None:
            opened.add(token.start())
        depth += (token[3] is not None) - (token[4] is not None)
        if token[1] and token[2] is None and token[1] not in IS_MARK:
            yield Span(*token.span(1), mark)
        elif token[5] is not None and token[5] not in _NOTHING:
            yield Span(token.start(), token.end(), b'"' + mark + b'"')
        if depth <= 0:
            return


class _Ends:
    """Where values end; of those that lie in one another, as in ``a=b=c``, the end is searched for once."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._known = dict[re.Pattern[bytes], tuple[int, int]]()

    def end(self, form: re.Pattern[bytes], at: int) -> int:
        """Where a value of *form* at *at* ends: what it is inside of ends there too. *at*: there is none."""
        start, end = self._known.get(form, (0, 0))
        if start <= at < end and form.match(self._text, at, at + 1) is not None:
            return end
        if (value := form.match(self._text, at)) is None:
            return at
        self._known[form] = value.span()
        return value.end()


def _plain_value(text: bytes, name: re.Match[bytes], mark: bytes, ends: _Ends) -> Iterator[Span]:
    at = name.end()
    if name["markup"]:
        # Both tags: a mark alone looks like the first.
        end = ends.end(_MARKUP, at)
        if not text.startswith(b"</" + name["name"] + b">", end):
            return
    elif string := _STRING.match(text, at):
        yield from _string(string, mark)
        return
    elif name["name"].lower().endswith((b"cookie", b"cookies")):
        end = ends.end(_COOKIES, at)
    else:
        scheme = _SCHEME.match(text, at)
        begin = scheme.end() if scheme else at
        end = ends.end(_WORD, begin)
        if end == begin:
            end = ends.end(_WORD, at)
    value = text[at : min(end, at + _LONGEST_WORD)]
    if value and value not in _NOTHING and value not in IS_MARK and _SAYS_SOMETHING.search(text, at, end):
        yield Span(at, end, mark)
