"""The client of the numbers API: requests, tolerant reading of answers, typed errors.

`errors` imports no HTTP library, so that code which only catches errors starts fast.
"""
