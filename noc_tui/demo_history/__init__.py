"""What a demo's estate has behind it: last month and this one, written before its `nocd` starts.

What was seen is made up (`story.py`); everything that follows from it is worked out, judged, mailed
and put on the evidence log by `nocd`'s own code, under a clock that is moved by hand (`stage.py`).
So a first look at the timeline shows a month, and not that nobody has measured it yet.
"""
