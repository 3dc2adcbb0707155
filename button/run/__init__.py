"""A run: seeds in, a directory with a journal, sealed shards and a manifest out.

`plan` says what to do, `runner.generate` does it, `reading` reads what came of it, `stats` says how
varied it is.
"""
