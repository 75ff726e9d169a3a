"""
The pages that describe the API to a person, at `/docs` and `/redoc`, and the scripts that they run.

`documentation` has the pages, `scripts` the files that a browser loads for them. Nothing comes from another host.
"""
