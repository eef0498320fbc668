"""Reads pydantic's BaseSettings: the variables of fields without a default."""

import ast

from required_variables_syntax import ends_with, text_of

# Types whose value comes from a single variable.
SIMPLE = set("str int bool float Decimal SecretStr Path UUID AnyUrl HttpUrl AnyHttpUrl PostgresDsn RedisDsn EmailStr".split())


def settings_fields(node, inherited):
    """The variable of each field that needs one; None for a class that also reads from other sources."""
    prefix = settings_prefix(node)
    if prefix is None:
        return None
    fields = dict(inherited)
    for statement in node.body:
        for field in bound_names(statement):
            fields.pop(field, None)
            name = required_field(statement, prefix)
            if name:
                fields[field] = name
    return fields


def bound_names(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def required_field(statement, prefix):
    if not isinstance(statement, ast.AnnAssign) or statement.target.id.startswith("_"):
        return None
    if not (isinstance(statement.annotation, ast.Name) and statement.annotation.id in SIMPLE):
        return None
    name = f"{prefix}{statement.target.id}".upper()
    value = statement.value
    if value is None:
        return name
    if not (isinstance(value, ast.Call) and ends_with(value.func, "Field")):
        return None
    given = {keyword.arg: keyword.value for keyword in value.keywords}
    first = value.args[0] if value.args else given.get("default")
    if "default_factory" in given or None in given or first is not None and not is_ellipsis(first):
        return None
    names = [given[key] for key in ("env", "alias", "validation_alias") if key in given]
    return text_of(names[0]) if names else name


def settings_prefix(node):
    """The prefix of a class's variables; None if it also reads from other sources, or in a way that is not understood."""
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                options.update({name: inner.value for name in bound_names(inner)})
                if isinstance(inner, ast.FunctionDef):
                    return None
        elif "model_config" in bound_names(statement):
            value = statement.value
            if isinstance(value, ast.Call) and not value.args:
                options.update({keyword.arg: keyword.value for keyword in value.keywords})
            elif isinstance(value, ast.Dict):
                options.update({text_of(key): item for key, item in zip(value.keys, value.values)})
            else:
                return None
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and "customise_sources" in statement.name:
            return None
    file = options.get("env_file")
    if set(options) & {None, "secrets_dir", "metaclass"} or file is not None and (text_of(file) or "/").startswith(("/", "~")):
        return None
    return text_of(options["env_prefix"]) if "env_prefix" in options else ""


def is_ellipsis(node):
    return isinstance(node, ast.Constant) and node.value is ...
