"""Textual widgets that know no tenant and no contract: plain values in, messages out.

Nothing is imported here: a console imports the one widget it shows, so that its first frame waits
for nothing else.
"""
