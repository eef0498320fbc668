"""The ways in which settings read the environment: os.environ, django-environ, environs, decouple, pydantic and dynaconf.

Each name of a module is bound to what is known about it: ("module", name), ("environ",), ("class", library) for a class whose objects read
variables, ("env", defaults) for such an object, ("config",), ("settings", fields), ("helper",), ("suppress",), ("validator",),
("include",), ("optional",).
"""

import ast
import re

from required_variables_pydantic import settings_fields
from required_variables_syntax import ends_with, index_of, text_of

MEMBERS = {
    ("os", "environ"): ("environ",),
    ("environ", "Env"): ("class", "environ"),
    ("environ", "FileAwareEnv"): ("class", "environ"),
    ("environs", "Env"): ("class", "environs"),
    ("environs", "FileAwareEnv"): ("class", "environs"),
    ("decouple", "config"): ("config",),
    ("decouple", "AutoConfig"): ("class", "decouple"),
    ("pydantic", "BaseSettings"): ("settings", {}),
    ("pydantic_settings", "BaseSettings"): ("settings", {}),
    ("contextlib", "suppress"): ("suppress",),
    ("dynaconf", "Validator"): ("validator",),
    ("split_settings.tools", "include"): ("include",),
    ("split_settings.tools", "optional"): ("optional",),
}
READS = set(
    "str bytes bool int float json list tuple set dict url path date datetime time timedelta uuid decimal get_value unicode"
    " db db_url cache cache_url email email_url search_url channels channels_url dj_db_url dj_email_url dj_cache_url".split()
)
# The variables that django-environ reads if the call names none.
NAMED = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL",
         "email_url": "EMAIL_URL", "search_url": "SEARCH_URL"}  # fmt: skip
# Keywords that do not give a default.
HARMLESS = set("cast subcast validate delimiter multiline engine conn_max_age ssl_require conn_health_checks backend".split())
# Functions and classes that read variables from a file.
FILES = ("read_env", "load_dotenv", "read_envfile", "AutoConfig", "RepositoryEnv", "RepositoryIni", "RepositorySecret")
DYNACONF = {"DjangoDynaconf": "DJANGO", "Dynaconf": "DYNACONF", "LazySettings": "DYNACONF"}


class Readers:
    def __init__(self, project, file):
        self.project = project
        self.file = file
        self.names = {}
        self.expressions = {}
        # The prefix of dynaconf's variables; None if it is unknown.
        self.prefix = None

    def survey(self, tree):
        """Finds what provides variables anywhere in a module, even if it may not be executed."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.expressions[node.targets[0].id] = node.value
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and ends_with(node.value, "environ"):
                self.provide(text_of(node.slice))
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == "prefix":
                self.project.unknown = True
            if isinstance(node, ast.Call):
                self.survey_call(node)

    def survey_call(self, node):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        on_environ = isinstance(node.func, ast.Attribute) and ends_with(node.func.value, "environ")
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if (name == "setdefault" and on_environ) or name == "putenv":
            self.provide(text_of(node.args[0]) if node.args else None)
        elif name == "update" and on_environ:
            keys = [text_of(key) for part in node.args for key in (part.keys if isinstance(part, ast.Dict) else [None])]
            for key in [*keys, *(keyword.arg for keyword in node.keywords)]:
                self.provide(key)
        elif name in FILES and any(self.leads_out(value) for value in values):
            self.project.unknown = True
        elif name in DYNACONF:
            given = {keyword.arg: keyword.value for keyword in node.keywords}.get("envvar_prefix")
            bare = isinstance(given, ast.Constant) and given.value is False
            self.prefix = "" if bare else DYNACONF[name] if given is None else text_of(given)
            self.project.read_settings_files(self.file)

    def provide(self, name):
        if name is None:
            self.project.unknown = True
        else:
            self.project.provided.add(name)

    def leads_out(self, expression, depth=0):
        """Whether a path may lead out of the release: it is absolute, or a variable gives it."""
        for node in ast.walk(expression):
            if (text_of(node) or "").startswith(("/", "~")):
                return True
            if isinstance(node, (ast.Name, ast.Attribute)) and ends_with(node, "getenv", "home", "expanduser"):
                return True
            if isinstance(node, ast.Attribute) and node.attr == "environ":
                return True
            known = self.expressions.get(node.id) if isinstance(node, ast.Name) else None
            if known is not None and depth < 5 and self.leads_out(known, depth + 1):
                return True
        return False

    def member(self, module, name):
        return MEMBERS.get((module, name))

    def thing(self, expression):
        if isinstance(expression, ast.Name):
            return self.names.get(expression.id)
        if isinstance(expression, ast.Attribute):
            base = self.thing(expression.value)
            return self.member(base[1], expression.attr) if base and base[0] == "module" else None
        if isinstance(expression, ast.Call):
            base = self.thing(expression.func)
            return self.made(base, expression) if base and base[0] == "class" else None
        return None

    def made(self, base, call):
        """An object that reads variables, with the names that have a default in its scheme."""
        if base[1] == "decouple":
            return ("config",)
        if call.args or any(keyword.arg in (None, "prefix") for keyword in call.keywords):
            return None
        scheme = call.keywords if base[1] == "environ" else []
        return ("env", {keyword.arg for keyword in scheme if not is_cast(keyword.value)})

    def bind(self, node):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in filter(None, targets):
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    self.names.pop(name.id, None)
        value = getattr(node, "value", None)
        thing = self.thing(value) if value is not None else None
        if thing and isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(targets[0], ast.Name):
            self.names[targets[0].id] = thing

    def changes_reading(self, expression):
        """Whether in the block of this `with` a missing variable raises no error, or has a prefix."""
        if not isinstance(expression, ast.Call):
            return False
        return self.thing(expression.func) == ("suppress",) or ends_with(expression.func, "suppress", "prefixed")

    def define_function(self, node):
        """Finds helpers such as `def get(name): return os.environ[name]`: a call of one needs the variable."""
        self.names.pop(node.name, None)
        arguments = node.args
        only = len(arguments.args) == 1 and not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults)
        if only and not node.decorator_list and self.reads_parameter(node.body, arguments.args[0].arg):
            self.names[node.name] = ("helper",)

    def reads_parameter(self, body, parameter):
        for statement in body:
            if isinstance(statement, ast.Try):
                if all(isinstance(handler.body[-1], ast.Raise) for handler in statement.handlers):
                    return self.reads_parameter(statement.body, parameter)
                return False
            if isinstance(statement, (ast.Return, ast.Assign)):
                value = statement.value
                return (
                    isinstance(value, ast.Subscript)
                    and self.thing(value.value) == ("environ",)
                    and isinstance(index_of(value), ast.Name)
                    and index_of(value).id == parameter
                )
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                return False
        return False

    def look(self, node):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and self.thing(node.value) == ("environ",):
            self.need(text_of(index_of(node)), node)
        elif isinstance(node, ast.Call):
            self.look_at_call(node)

    def look_at_call(self, node):
        thing = self.thing(node.func)
        first = text_of(node.args[0]) if node.args else None
        alone = len(node.args) == 1 and {keyword.arg for keyword in node.keywords} <= HARMLESS
        if thing in (("config",), ("helper",)) and alone:
            self.need(first, node)
        elif thing and thing[0] == "env" and alone and first not in thing[1]:
            self.need(first, node)
        elif thing and thing[0] == "settings" and not node.args and not node.keywords:
            for name in thing[1].values():
                self.need(name, node, any_case=True)
        elif thing == ("validator",):
            self.look_at_validator(node)
        elif isinstance(node.func, ast.Attribute):
            self.look_at_method(node, first, alone)

    def look_at_method(self, node, first, alone):
        base = self.thing(node.func.value)
        if base == ("environ",) and node.func.attr == "pop" and alone:
            self.need(first, node)
        if base and base[0] == "env" and node.func.attr in READS:
            if alone and first not in base[1]:
                self.need(first, node)
            if not node.args and not node.keywords and NAMED.get(node.func.attr) not in base[1]:
                self.need(NAMED.get(node.func.attr), node)

    def look_at_validator(self, node):
        """dynaconf: a setting that must exist, unless a settings file has it."""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        must = given.get("must_exist", given.get("required"))
        plain = set(given) <= {"must_exist", "required", "is_type_of", "messages"}
        if self.prefix is None or not plain or not (isinstance(must, ast.Constant) and must.value is True):
            return
        prefix = f"{self.prefix.upper()}_" if self.prefix else ""
        for name in map(text_of, node.args):
            if name and name.isidentifier():
                self.need(f"{prefix}{name.upper()}", node, unless=name)

    def need(self, name, node, **more):
        if name:
            self.project.found.append({"name": name, "file": self.file, "line": node.lineno, **more})

    def define_class(self, node):
        """Records a class of pydantic's settings, with the variables of its fields without a default."""
        self.names.pop(node.name, None)
        bases = [self.thing(base) for base in node.bases]
        if bases and all(base is not None and base[0] == "settings" for base in bases):
            fields = settings_fields(node, {field: name for base in bases for field, name in base[1].items()})
            if fields is not None:
                self.names[node.name] = ("settings", fields)


def is_cast(expression):
    """`SECRET_KEY=str` in a scheme has a type and no default; a tuple has both."""
    return isinstance(expression, ast.Name) and expression.id in ("str", "bool", "int", "float", "list", "dict", "tuple")


def gives(text, setting):
    """Whether a source or a settings file sets this setting."""
    return re.search(rf"""^\s*["']?{setting}["']?\s*[:=]""", text, re.MULTILINE | re.IGNORECASE) is not None
