"""
Facts: what a call teaches of its caller, with its proof.

A statement is what a model, or an operator's field, says of a call. Nothing of it counts before `validation` has found
its proof in the call.
"""
