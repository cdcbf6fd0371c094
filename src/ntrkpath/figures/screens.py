"""A drawing for every screen: as wide as a page, and laid out anew for a phone; the page shows the one that fits."""

from __future__ import annotations

from collections.abc import Callable

from ntrkpath.figures.axes import NARROW, PAGE, WIDTH
from ntrkpath.figures.svg import tag

#: Which of the two is shown rests on the room for the drawing, not on the window; paper takes the wide one.
STYLE = """
.drawn{container-type:inline-size}
.drawn svg{display:block;width:100%;height:auto;max-width:50rem}
.drawn>.narrow{display:none}
.drawn.whole svg{max-width:none}
@media screen{
 .drawn>.narrow svg,.drawn.whole>.narrow svg{max-width:30rem}
 @container (max-width:43rem){
  .drawn>.wide{display:none}
  .drawn>.narrow{display:block}
 }
 @container (max-width:50rem){
  .drawn.whole>.wide{display:none}
  .drawn.whole>.narrow{display:block}
 }
}
"""


def once(draw: Callable[[float], str]) -> str:
    """Return a drawing as wide as one on its own, for a file of many cases."""
    return draw(WIDTH)


def for_screens(draw: Callable[[float], str], *, whole_page: bool = False) -> str:
    """Return a drawing at both widths as markup, one of which shows (with ``STYLE``).

    Args:
        draw: Makes the SVG of a width in px.
        whole_page: The wide drawing fills the widest page, and asks for more room before it shows.
    """
    wide, narrow = tag("div", draw(PAGE), class_="wide"), tag("div", draw(NARROW), class_="narrow")
    return tag("div", wide + narrow, class_="drawn whole" if whole_page else "drawn")
