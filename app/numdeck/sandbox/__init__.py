"""The numbers API as a real local HTTP service, with a simulated carrier and books of its own.

Nothing here is imported by the program until a sandbox is asked for. Start reading at `sandbox.py` (the simulation),
`lifecycle.py` (an order's life) and `routes.py` (how it is spoken over HTTP).
"""
