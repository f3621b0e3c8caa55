"""The numbers API as a local HTTP service, with a simulated carrier and account.

The program imports it only when a sandbox is requested. Start reading at `sandbox.py` (the simulation),
`lifecycle.py` (an order's life) and `routes.py` (how it is spoken over HTTP).
"""
