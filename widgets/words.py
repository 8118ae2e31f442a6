"""A widget's own words, in the language of the app that shows it."""

from textual.widget import Widget

from widgets.marks import N_

READING = N_("reading …")
"""Said by a view that nothing was read for yet: neither empty nor full."""


def translate(widget: Widget, message: str) -> str:
    """`message`, marked with `N_`, in the language of the app, where it has a catalogue.

    The app gives it as its method `translate`.
    """
    catalogue = getattr(widget.app, "translate", str)
    return str(catalogue(message))
