"""
Likeness of meaning: vectors of memories and of questions, made on this machine by a small model.

A model is an `Encoder`; which one is used is decided in `e5` alone, and without one everything is found by words. Who
searches uses `search`, with `questions` and `usual_questions`; `projector.vectors` makes the vectors of memories out
of `texts` and `rows`.
"""
