"""
Names of people: how they are read from what was collected, and when two of them are one, spelled anew.

The rules use `name` (`Name`), `heard` (`heard_name`) and `sameness` (`fits`). Pure, and without a list of names.
"""
