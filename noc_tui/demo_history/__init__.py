"""Writes the demo's history, last month and this one, before the demo starts its `nocd`.

`script.py` makes up the observations. `player.py` moves a clock by hand and has `nocd`'s own code
derive outages, judge them, send mails and record evidence. So the timeline of a new demo shows a
month of data.
"""
