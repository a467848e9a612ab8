"""Every text of our own that can reach a page or a print: templates, and strings in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_TAGS = re.compile(r"\{#.*?#\}|\{%.*?%\}|<script.*?</script>|<[^>]*>", re.DOTALL)
_VALUES = re.compile(r"\{\{.*?\}\}")
# In Typst a length may be a share: `width: 100%`.
_LENGTHS = re.compile(r"\d+%|//[^\n]*")


def templates() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = _TAGS.sub(" ", path.read_text(encoding="utf-8"))
        yield path, _VALUES.sub("something", text)
    for path in sorted((ROOT / "templates").rglob("*.typ")):
        yield path, _LENGTHS.sub("", path.read_text(encoding="utf-8"))


def strings() -> Iterator[tuple[Path, int, str]]:
    for folder in ("audit", "cases"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield from ((path, line, text) for line, text in _strings(tree))


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    apart = {id(one) for one in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from _named(node)
            apart |= {id(one) for one in (*node.keys, *node.values)}
        elif isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in apart:
            apart |= {id(one) for one in ast.walk(node)}
            if text := _text(node):
                yield node.lineno, text


def _named(node: ast.Dict) -> Iterator[tuple[int, str]]:
    """Yield each text of a dict after its name, as a page prints it: H1: the suspect ..."""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None and (text := _text(value)):
            yield value.lineno, f"{_text(key)}: {text}"


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(one) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return "something"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
