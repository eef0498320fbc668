from markdown import markdown
from markupsafe import Markup, escape


def as_html(text):
    """Markdown to HTML; HTML written into the text is shown as it was typed, not run."""
    return Markup(markdown(escape(text)))
