"""The marks JSON text is followed by: quotes, brackets, commas."""

import re

# Everything up to the next bracket, whole strings included: one step for most of an object. A quote that
# stops it begins a string that does not end here.
UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+")*+', re.DOTALL)
UP_TO_EDGE = re.compile(rb'(?:[^"{}\[\],]++|"(?:[^"\\\n]++|\\.)*+")*+', re.DOTALL)
KEY_OR_BRACKET = re.compile(rb'"[^"\\\n]*+"|["{}\[\]]')
STRING_STOP = re.compile(rb'["\\\n]')
NOT_BLANK = re.compile(rb"[^ \t\r\n]")
BLANK = b" \t\r\n"

QUOTE, BACKSLASH, NEWLINE, COMMA = b'"\\\n,'
OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET = b"{}[]"
PARTNER = {CLOSE_BRACE: OPEN_BRACE, CLOSE_BRACKET: OPEN_BRACKET}
