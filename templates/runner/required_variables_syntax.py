"""Small functions about Python's syntax tree."""

import ast


def text_of(node):
    if type(node).__name__ == "Index":
        node = node.value
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def index_of(node):
    """The expression in the brackets, which Python 3.8 wraps in an Index."""
    return node.slice.value if type(node.slice).__name__ == "Index" else node.slice


def ends_with(expression, *names):
    return (isinstance(expression, ast.Name) and expression.id in names) or (
        isinstance(expression, ast.Attribute) and expression.attr in names
    )
