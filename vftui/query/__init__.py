"""The language that says which entries are wanted: in the app, in `show` and in `export`.

    type:debug level>=warn text:"order" gap>500ms -type:block (/time.?out/ OR is:problem)

Terms are joined by a space (and), `OR`, `-` or `NOT`, and parentheses. A query becomes one SQL
condition over the facts of a recording; only a query for texts reads the entries themselves.
"""

from vftui.query.conditions import Where
from vftui.query.errors import QueryError
from vftui.query.query import Query, parse

__all__ = ["Query", "QueryError", "Where", "parse"]
