"""Prints, as JSON, the environment variables without which a project's settings cannot be imported. It reads the sources and does not
run them. Python 3.8 and newer, standard library only.

required_variables.py '{"roots": ["/absolute/folder/on/sys.path"], "modules": ["shop.settings"]}'

Only variables that are certainly read count: not those in a branch, a loop, an unknown function, or a file that does not parse.
"""

import ast
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from required_variables_include import included_files  # noqa: E402
from required_variables_readers import Readers, gives  # noqa: E402


class Project:
    """The modules that the settings import. Each one is read once."""

    def __init__(self, roots):
        self.roots = roots
        self.modules = {}
        self.included = set()
        self.found = []
        self.provided = set()
        # Set if a source may provide any variable, such as a file outside the release.
        self.unknown = False
        self.sources = []

    def file_of(self, module):
        for root in self.roots:
            path = os.path.join(root, *module.split("."))
            for file in (f"{path}.py", os.path.join(path, "__init__.py")):
                if os.path.isfile(file):
                    return file
        return None

    def read_settings_files(self, file):
        """Reads the settings files beside a module that dynaconf may read."""
        folders = {os.path.dirname(file), os.path.dirname(os.path.dirname(file)), *self.roots}
        for folder in folders:
            for name in os.listdir(folder):
                if name.startswith(("settings.", ".secrets.")) and not name.endswith(".py"):
                    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as text:
                        self.sources.append(text.read())

    def module(self, name):
        """The names that a module of the project binds; None for a module of another package."""
        for at in range(1, name.count(".") + 1):
            self.read(".".join(name.split(".")[:at]))
        return self.read(name)

    def read(self, name):
        if name in self.modules:
            return self.modules[name]
        file = self.file_of(name)
        self.modules[name] = None
        if file is None:
            return None
        tree = self.parse(file)
        if tree is None:
            return None
        package = name if file.endswith("__init__.py") else name.rpartition(".")[0]
        visitor = Visitor(self, file, package)
        # A circular import sees the names bound so far.
        self.modules[name] = visitor.readers.names
        visitor.readers.survey(tree)
        visitor.run(tree.body)
        return visitor.readers.names

    def parse(self, file):
        """The syntax tree of a file; None if there is none."""
        try:
            with open(file, "rb") as source:
                text = source.read()
            tree = ast.parse(text)
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None
        self.sources.append(text.decode("utf-8", "replace"))
        return tree


class Visitor:
    """Visits the statements that are certainly executed when a module is imported."""

    def __init__(self, project, file, package):
        self.project = project
        self.package = package
        self.readers = Readers(project, file)

    def run(self, statements):
        """Visits the statements in order. Returns "ends" if what follows them is not reached."""
        for statement in statements:
            if self.statement(statement) == "ends":
                return "ends"
        return None

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imported(node)
        elif isinstance(node, ast.If):
            self.evaluate(node.test)
            self.uncertain([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            return self.tried(node)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.evaluate(item.context_expr)
            if any(self.readers.changes_reading(item.context_expr) for item in node.items):
                self.uncertain(node.body)
            else:
                return self.run(node.body)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.evaluate(node.iter)
            self.uncertain([*node.body, *node.orelse])
        elif isinstance(node, ast.While):
            self.evaluate(node.test)
            self.uncertain([*node.body, *node.orelse])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for expression in [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]:
                self.evaluate(expression)
            self.readers.define_function(node)
        elif isinstance(node, ast.ClassDef):
            for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
                self.evaluate(expression)
            self.readers.define_class(node)
            outer = dict(self.readers.names)
            self.run(node.body)
            self.readers.names.clear()
            self.readers.names.update(outer)
        elif isinstance(node, (ast.Raise, ast.Return)):
            for expression in ast.iter_child_nodes(node):
                self.evaluate(expression)
            return "ends"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and self.readers.thing(node.value.func) == ("include",):
            self.include(node.value)
        elif type(node).__name__ in ("Match", "TryStar"):
            self.uncertain([node])
        else:
            for expression in ast.iter_child_nodes(node):
                self.evaluate(expression)
            self.readers.bind(node)
        return None

    def tried(self, node):
        """If a handler catches the error, the variables in the body may be missing. If all handlers raise again, they may not."""
        if all(ends_in_error(handler.body) for handler in node.handlers):
            ended = self.run([*node.body, *node.orelse])
        else:
            self.uncertain([*node.body, *node.orelse])
            ended = None
        self.uncertain(node.handlers)
        return self.run(node.finalbody) or ended

    def uncertain(self, nodes):
        """Forgets the names that these statements may bind: their values are no longer certain."""
        for node in nodes:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    self.readers.names.pop(inner.id, None)
                if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    self.readers.names.pop(inner.name, None)
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    for alias in inner.names:
                        self.readers.names.pop(alias.asname or alias.name.partition(".")[0], None)

    def imported(self, node):
        names = self.readers.names
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.project.module(alias.name)
                top = alias.name.partition(".")[0]
                names.pop(alias.asname or top, None)
                if self.project.file_of(top) is None:
                    names[alias.asname or top] = ("module", alias.name if alias.asname else top)
            return
        base = self.package.split(".")[: len(self.package.split(".")) - node.level + 1] if node.level else []
        module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
        bound = self.project.module(module)
        for alias in node.names:
            if alias.name == "*":
                names.update(bound or {})
                continue
            self.project.module(f"{module}.{alias.name}")
            thing = self.readers.member(module, alias.name) if bound is None else bound.get(alias.name)
            names.pop(alias.asname or alias.name, None)
            if thing is not None:
                names[alias.asname or alias.name] = thing

    def include(self, call):
        """Visits the files that this call executes here. What only may be executed may still provide variables, and bind names."""
        for file, certain in included_files(call, self.readers):
            if file is None:
                self.project.unknown = True
            if file is None or file in self.project.included:
                continue
            self.project.included.add(file)
            tree = self.project.parse(file)
            if tree is None:
                continue
            outer, self.readers.file = self.readers.file, file
            self.readers.survey(tree)
            if certain:
                self.run(tree.body)
            else:
                self.uncertain(tree.body)
            self.readers.file = outer

    def evaluate(self, expression):
        for node in evaluated(expression):
            self.readers.look(node)


def evaluated(node):
    """The parts of an expression that are always evaluated."""
    yield node
    if isinstance(node, ast.BoolOp):
        yield from evaluated(node.values[0])
    elif isinstance(node, ast.IfExp):
        yield from evaluated(node.test)
    elif isinstance(node, ast.Compare):
        yield from evaluated(node.left)
        yield from evaluated(node.comparators[0])
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        yield from evaluated(node.generators[0].iter)
    elif not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from evaluated(child)


def ends_in_error(body):
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.dump(call.func) in (
        ast.dump(ast.parse("sys.exit", mode="eval").body),
        ast.dump(ast.parse("exit", mode="eval").body),
    )


def main():
    order = json.loads(sys.argv[1])
    project = Project(order["roots"])
    for module in order["modules"]:
        project.module(module)
    text = "\n".join(project.sources)
    variables = [
        found
        for found in project.found
        if found["name"] not in project.provided and not ("unless" in found and gives(text, found["unless"]))
    ]
    print(json.dumps([] if project.unknown else variables))


main()
