# Managed by Woven. The settings of {{{distribution}}} on this server: the project's own, and over them what only the server knows.
# A project that ships a `sitesettings` package of its own keeps it.
from sitesettings import _woven

globals().update(_woven.settings())
