"""
What a setting is: a declaration beside the field that it fills, which is read, and from which its page is written.

`setting` has the kinds of settings, `shared` those of several processes, `known` the names of all.
"""
