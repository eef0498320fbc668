# Managed by Woven. The WSGI application of {{{distribution}}} {{{version}}}, SITE_ID {{{site_id}}}.
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _woven_environment

_woven_environment.enter({{{site_id}}}{{#part}}, "{{{name}}}"{{/part}})
os.chdir(_woven_environment.RELEASE / "project")

{{#application}}
from {{{module}}} import {{{name}}} as application
{{/application}}
{{^application}}
from django.core.servers.basehttp import get_internal_wsgi_application

application = get_internal_wsgi_application()
{{/application}}
