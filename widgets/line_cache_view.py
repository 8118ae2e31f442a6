"""A view that caches its drawn lines until they are refreshed."""

from typing import Self

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineCacheView(ScrollView):
    """A scrollable view whose lines fill it from edge to edge, without borders.

    Textual's own cache of strips is by line, and so lost by every scroll; here `render_line` keeps
    what it likes, and what it gave is asked for again only after a `refresh` of that line.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - the name that every Textual widget gives it
        self._painted: dict[int, Strip] = {}
        super().__init__(id=id, classes=classes)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the cached strips of the region; draw the missing ones."""
        painted = self._painted
        if missing := [y for y in crop.line_range if y not in painted]:
            filters, background = self.get_line_filters(), self.background_colors[1]
            for y in missing:
                strip = self.render_line(y)
                for line_filter in filters:
                    strip = strip.apply_filter(line_filter, background)
                painted[y] = strip
        strips = [painted[y] for y in crop.line_range]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Refresh as Textual does; the lines of `regions`, or all, are drawn again."""
        for region in regions:
            for y in region.line_range:
                self._painted.pop(y, None)
        if not regions:
            self._painted.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Draw all lines again, because theme or focus changed."""
        super().notify_style_update()
        self._painted.clear()
