"""The commands that need no screen, one module each. Nothing here reaches Textual or Rich.

Their contract: stdout is data, stderr is talk; a module is loaded when its command is called.
"""
