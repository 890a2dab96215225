"""Server-sent events read from pieces of bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html

Only `data` fields matter to a chat stream; comments, `event`, `id` and `retry` are passed over.
"""

from __future__ import annotations


class EventReader:
    """Feed it what the network gives, however it is cut; it gives the data of each event that is whole."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        """The beginning of a line whose end has not come."""
        self._data: list[bytes] = []
        self._after_return = False
        self._begun = False

    def feed(self, piece: bytes) -> list[bytes]:
        piece = self._plain(piece)
        if b"\n" not in piece:
            if piece:
                self._rest.append(piece)
            return []
        if self._rest:
            self._rest.append(piece)
            piece = b"".join(self._rest)
        *lines, rest = piece.split(b"\n")
        self._rest = [rest] if rest else []
        events = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line and self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
        return events

    def end(self) -> list[bytes]:
        """What a server left unfinished: its last event without the empty line behind it."""
        return self.feed(b"\n\n")

    def _plain(self, piece: bytes) -> bytes:
        """Without a byte order mark, and with every line end as a newline; a pair of them may be cut in the middle."""
        if not self._begun and piece:
            self._begun = True
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        if self._after_return and piece:
            piece = piece.removeprefix(b"\n")
            self._after_return = False
        if b"\r" in piece:
            self._after_return = piece.endswith(b"\r")
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return piece
