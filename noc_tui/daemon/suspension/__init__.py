"""Suspensions, carried out by `nocd`: orders are durable, and finished whatever happens (R15-R23).

cases.py     events and refusals        runner.py           whole cases, resumed after a crash
steps.py     one means on one guest     guest_runner.py     one guest through its steps
drift.py     what was ordered, and is   notice_delivery.py  the mails
routes.py    what the socket answers    planner.py          the means on guests
"""
