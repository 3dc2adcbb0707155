"""Many processes for one run: workers simulate items, one process decides, journals and seals.

A worker is told of items and answers with their rows. What its models were answered and what they
spend goes through the deciding process, so that there is one journal, one budget and one set of
shards, and the bytes are those of a single process.
"""
