"""Puts the house together: settings, urls, wsgi, commands. Knows everyone, known by no one."""
