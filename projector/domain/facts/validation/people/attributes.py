"""Which attributes are of one person: of these it is asked whose they are."""

# What people have themselves, and are asked for of others too.
OF_ONE_PERSON = frozenset(
    {
        *(
            "accessibility",
            "allergy",
            "blood_type",
            "condition",
            "date_of_birth",
            "disability",
            "employer",
            "insurance",
        ),
        *("medication", "name", "pregnancy", "symptom"),
    }
)
# What a question or the sentence before tells whose it is.
OF_SOMEBODY = OF_ONE_PERSON | {"address", "email", "occupation", "phone"}
# What is said of others in the same words, and not only asked.
OF_WHOM_IS_SPOKEN = OF_ONE_PERSON | {
    *(
        "address",
        "dislike",
        "email",
        "interest",
        "language",
        "mood",
        "occupation",
        "phone",
        "preference",
        "size",
        "vehicle",
    ),
    *("availability", "plan"),
}
OF_HEALTH = frozenset(
    {
        *("accessibility", "allergy", "blood_type", "condition", "disability", "medication", "pregnancy", "symptom"),
    }
)
# Of these a copula tells whose they are: `tim is a plumber`, `tim is in a bad mood`.
OF_WHO_IS = frozenset({"mood", "occupation"})
# What somebody else says or gets may be the caller's own wish: `my boss said to skip the tour`.
OF_WHO_WANTS = frozenset({"availability", "dislike", "interest", "language", "mood", "plan", "preference"})
