"""call.py FILE FUNCTION FOLDER: runs one function of a deploy.py; FOLDER holds the package `woven`."""

import importlib.util
import sys

path, function = sys.argv[1:3]
sys.path.insert(0, sys.argv[3])
spec = importlib.util.spec_from_file_location("deploy", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
getattr(module, function)()
