# Managed by Woven. The settings of {{{distribution}}} on this server: the project's own, overridden by those that depend on the server.
# A project can ship its own `sitesettings` package instead.
from sitesettings import _woven

globals().update(_woven.settings())
