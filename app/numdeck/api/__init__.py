"""The way out to the numbers API: requests, tolerant reading of answers, typed errors.

`numdeck.api.errors` imports no HTTP library, so that whoever only catches errors starts fast; `numdeck.api.client`
does.
"""
