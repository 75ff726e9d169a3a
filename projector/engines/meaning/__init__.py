"""
Likeness of meaning: vectors of memories and of questions, made on this machine by a small model.

A model is an `Encoder`; which one is used is decided in `e5` alone, and without one everything is found by words. The
vectors are a derived index: the projector's `worker` makes them after the words, a replay needs none, and no dump holds
one. Whoever searches uses `search`; `engines.open` and `projector.follow` use the rest.
"""
