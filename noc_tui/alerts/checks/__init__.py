"""What is wrong, a module a subject: `found` has its findings, `unknown` of what nothing is known.

What was wrong there still is, as far as anybody can tell.
"""
