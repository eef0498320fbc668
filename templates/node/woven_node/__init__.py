"""What the stages of Woven need and no shell tool does safely everywhere. Standard library only, Python 3.8 and newer."""
