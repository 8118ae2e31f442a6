"""The letters of the hoster to its clients: facts in, one layout out, as plain text and HTML.

`writing` has the typography of both languages, `letter` the value that every letter is, `layout`
its head and foot, `html` the printer. Beside them stands one module per subject; each takes the
facts and returns a `ClientLetter`. Nothing here reads or sends anything.
"""
