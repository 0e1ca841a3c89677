"""What the pictures show, as data: double-key chart, line charts, neighbourhoods, what a departure uncovers.

Functions over one prepared bureau of a store; what they read is in the ``.rq`` files beside this one.
They show whatever the store holds: who may see what is decided by what store is handed in.
"""
