"""
What a greeting may be made of, in each language in which we greet: its words, its topics, and the names of days.

`facts` judges by `proposal` what a model proposes as the next greeting; who greets judges it again by what is known
then. `topic_of` tells what an open matter is about. Pure words and rules: this room knows no facts and no calls.
"""
