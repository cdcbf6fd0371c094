"""Everything that people read: the terms of an answer, sheets of numbers, text, pages and paper made from them."""
