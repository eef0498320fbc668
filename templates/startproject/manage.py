#!/usr/bin/env python3
"""Management commands on your own machine. A release on a server has a command of its own: ~/env/<% distribution %>/manage"""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "<% project_name %>.settings")
    os.environ.setdefault("DJANGO_DEBUG", "1")
    os.environ.setdefault("DJANGO_SECRET_KEY", "django-insecure-for-development-only")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
