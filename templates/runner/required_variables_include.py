"""The files that settings include with django-split-settings. They are executed in the place of the call, in the same names.
https://django-split-settings.readthedocs.io/
"""

import ast
import glob
import os

from required_variables_syntax import text_of


def included_files(call, readers):
    """The files of `include(…)` in order, each with whether it is certain to be executed. The file is None if it cannot be known."""
    folder = glob.escape(os.path.dirname(readers.file))
    for argument in call.args:
        is_optional = isinstance(argument, ast.Call) and readers.thing(argument.func) == ("optional",)
        expression = argument.args[0] if is_optional and argument.args else argument
        pattern = pattern_of(expression)
        if pattern is None:
            yield None, False
            continue
        for file in sorted(glob.glob(os.path.join(folder, pattern))):
            yield file, text_of(expression) is not None


def pattern_of(expression):
    """A path as a pattern: what an f-string leaves open may be anything."""
    if isinstance(expression, ast.JoinedStr):
        return "".join(text_of(part) or "*" for part in expression.values)
    return text_of(expression)
