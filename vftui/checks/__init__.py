"""Tries, one after the other, what a conversation needs, and says of each what was found.

`vftui doctor` and the connect form share them. Three rules:

1. A check never raises: whatever breaks is what was found.
2. What depends on something that failed is skipped, and says so.
3. No turn is run unasked, because that launches the agent and may cost tokens.
"""

from __future__ import annotations
