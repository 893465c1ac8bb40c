"""Prototxt into words, numbers, strings and marks."""

from __future__ import annotations

import re

from ..errors import CaffeFileError
from ..source import TextSource

BLANK = re.compile(r"(?:[ \t\r\n\f\v\ufeff]++|#[^\r\n]*+)*+")
TOKEN = re.compile(
    r"(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+[fF]?)"
    r"|(?P<string>\"[^\"\\\r\n]*+(?:\\[^\r\n][^\"\\\r\n]*+)*+\"|'[^'\\\r\n]*+(?:\\[^\r\n][^'\\\r\n]*+)*+')"
    r"|(?P<mark>[:{}<>\[\],;\-])"
)
END = "end"
LONGEST_WORD = 500


class Scanner:
    """The current token (`kind`, `text`, `offset`), and the end of the one before."""

    def __init__(self, source: TextSource) -> None:
        self.source = source
        self.kind = self.text = ""
        self.offset = self.end = self.previous_end = 0
        self.advance()

    def advance(self) -> None:
        """Go to the next token."""
        text = self.source.text
        self.previous_end = at = self.end
        if blank := BLANK.match(text, at):
            at = blank.end()
        self.offset = at
        if at == len(text):
            self.kind, self.text, self.end = END, "", at
            return
        found = TOKEN.match(text, at)
        if found is None:
            raise self._no_token()
        self.kind, self.text, self.end = found.lastgroup or "", found[0], found.end()
        if self.kind == "word" and len(self.text) > LONGEST_WORD:
            raise self.source.fail(at, f"a name of {len(self.text)} letters is no name of a field")
        if self.kind == "number" and text[self.end : self.end + 1].isalnum():
            raise self.source.fail(at, f"a number cannot go on with {text[self.end]!r}; put a space between")

    def accept(self, mark: str) -> bool:
        """Go past a mark, if it is the current token."""
        if self.kind != "mark" or self.text != mark:
            return False
        self.advance()
        return True

    def at_mark(self, marks: str) -> bool:
        """Whether the current token is one of these marks."""
        return self.kind == "mark" and self.text in marks

    def expected(self, what: str) -> CaffeFileError:
        """The error to raise when something else stands here."""
        return self.source.fail(self.offset, f"expected {what}, found {self._found()}")

    def _found(self) -> str:
        if self.kind == END:
            return "the end of the file"
        return self.text[:40] if self.kind == "string" else repr(self.text[:40])

    def _no_token(self) -> CaffeFileError:
        text, at = self.source.text, self.offset
        if text[at] == "$":
            name = (re.match(r"\$[{(]?\w*[)}]?", text[at:]) or [text[at]])[0]
            return self.source.fail(
                at, f"{name} is a variable of a template; replace each by its number (for example with sed) first"
            )
        if text[at] in "\"'":
            return self.source.fail(at, f"this string is not closed on its line; add {text[at]}")
        if text[at] == "/":
            return self.source.fail(at, "a comment begins with #")
        return self.source.fail(at, f"{text[at]!r} has no meaning in a prototxt")
