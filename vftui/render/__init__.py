"""Text for people, shared by the screen and the commands; needs neither of them.

Three rules:

1. Whatever comes from outside passes `printable()` on its way out of here.
2. What is shown is bounded, however large the entry is; the entry itself is never changed.
3. An unknown number is shown as unknown, never as zero.

Its modules are imported one by one: `text` and `figures` are wanted before the first frame, the
others need pydantic.
"""
