"""Just enough of Swift's grammar to look at code without being fooled by comments and literals."""

import re

_STRING = re.compile(r'(#*)("""|")')
# Runs in which nothing starts or ends.
_PLAIN_CODE = re.compile(r'[^"#/()]+')
_PLAIN_TEXT = re.compile(r'[^"\\\n]+')
_IMPORT = re.compile(
    r"(?:^|;)[ \t]*((?:(?:@\w+(?:\([^)]*\))?|public|package|internal|fileprivate|private|open)\s+)*)"
    r"import\s+(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?(\w+)",
    re.MULTILINE,
)


def imports(text):
    """(line, module, words before `import`) of each import."""
    code = code_only(text)
    return [
        (code.count("\n", 0, found.start(2)) + 1, found.group(2), found.group(1).split())
        for found in _IMPORT.finditer(code)
    ]


def code_only(text):
    """The text with comments and the contents of string literals blanked, every line where it was.

    Code in an interpolation is kept. Regex literals are not known: a quote in one hides the rest of its line.
    """
    out = []
    frames = [None]  # innermost last: None or [open parentheses] is code, (closing, escape) is a string
    i = 0
    while i < len(text):
        if isinstance(frames[-1], tuple):
            width, kept = _in_string(text, i, frames)
        else:
            width, kept = _in_code(text, i, frames)
        piece = text[i : i + width]
        out.append(piece if kept else re.sub(r"[^\n]", " ", piece))
        i += width
    return "".join(out)


def _in_string(text, i, frames):
    plain = _PLAIN_TEXT.match(text, i)
    if plain:
        return len(plain.group()), False
    closing, escape = frames[-1]
    if text.startswith(closing, i) or (text[i] == "\n" and not closing.startswith('"""')):
        frames.pop()  # the end, or an unterminated literal: recover at the end of its line
        return (1 if text[i] == "\n" else len(closing)), False
    if text.startswith(escape + "(", i):
        frames.append([1])
        return len(escape) + 1, False
    return (len(escape) + 1 if text.startswith(escape, i) else 1), False


def _in_code(text, i, frames):
    plain = _PLAIN_CODE.match(text, i)
    if plain:
        return len(plain.group()), True
    if text.startswith("//", i):
        end = text.find("\n", i)
        return (len(text) if end < 0 else end) - i, False
    if text.startswith("/*", i):
        return _comment_width(text, i), False
    string = _STRING.match(text, i)
    if string:
        hashes, quotes = string.groups()
        frames.append((quotes + hashes, "\\" + hashes))
        return len(string.group()), False
    if frames[-1] is not None and text[i] in "()":
        frames[-1][0] += 1 if text[i] == "(" else -1
        if frames[-1][0] == 0:
            frames.pop()
            return 1, False
    return 1, True


def _comment_width(text, start):
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text) - start
