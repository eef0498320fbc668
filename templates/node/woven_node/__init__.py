"""Commands for Woven's stages that no shell tool does safely everywhere. Standard library only, Python 3.8 and newer."""
