"""Reads the text files that spreadsheets save, for every import of the product.

    text = decode_text(content)          # whichever encoding, or `SheetError` that says what it is
    sheet = cut_sheet(text.text)         # rows as the spreadsheet numbers them
    read_day("01/03/2024")               # cells, as French and English spreadsheets write them

Nothing is guessed: what could be read in two ways is refused, with how to write or save it.
"""
