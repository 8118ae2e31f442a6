"""The read model: pure functions from stored rows to values, shared by console, commands and
alerts.
"""
