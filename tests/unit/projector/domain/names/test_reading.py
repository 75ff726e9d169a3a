"""Names: how a person who reads one would address whoever has it."""

import pytest

from projector.domain.names.reading import name_in


@pytest.mark.parametrize(
    ("text", "whole", "address"),
    [
        # In the order of a list.
        ("Smith, John", "John Smith", "John"),
        ("von Trapp, Maria", "Maria von Trapp", "Maria"),
        ("Smith, Dr. John", "Dr. John Smith", "Dr. John Smith"),
        ("SMITH, JOHN", "John Smith", "John"),
        ("Smith,John", "John Smith", "John"),
        # Last names alone, and with particles.
        ("van der Berg", "van der Berg", "van der Berg"),
        ("Van Dijk", "Van Dijk", "Van Dijk"),
        ("de la Cruz", "de la Cruz", "de la Cruz"),
        ("Jan van der Berg", "Jan van der Berg", "Jan"),
        ("jan van den berg", "Jan van den Berg", "Jan"),
        # Titles.
        ("Don José", "Don José", "Don José"),
        ("Dña. Carmen", "Dña. Carmen", "Dña. Carmen"),
        ("Sig.ra Rossi", "Sig.ra Rossi", "Sig.ra Rossi"),
        ("Herr Dr. Müller", "Herr Dr. Müller", "Herr Dr. Müller"),
        ("de heer Jansen", "de heer Jansen", "de heer Jansen"),
        ("dhr. De Vries", "dhr. De Vries", "dhr. De Vries"),
        ("Pani Kowalska", "Pani Kowalska", "Pani Kowalska"),
        ("M. Dupont", "M. Dupont", "M. Dupont"),
        ("Avv. Bianchi", "Avv. Bianchi", "Avv. Bianchi"),
        ("Ms. Smith-Jones", "Ms. Smith-Jones", "Ms. Smith-Jones"),
        # Spelled.
        ("J-O-H-N", "John", "John"),
        ("J O H N", "John", "John"),
        ("j, o, h, n", "John", "John"),
        ("J.O.H.N.", "John", "John"),
        ("Jon, J-O-H-N", "John", "John"),
        ("Jon, J-O-H-N Smith", "John Smith", "John"),
        ("Marta Lindqvist, L-I-N-D-Q-V-I-S-T", "Marta Lindqvist", "Marta"),
        ("J-O-N-A-S S-M-I-T-H", "Jonas Smith", "Jonas"),
        ("It's spelled J-O-H-N", "John", "John"),
        # Initials.
        ("J. Smith", "J. Smith", "J. Smith"),
        ("J.R.R. Tolkien", "J.R.R. Tolkien", "J.R.R. Tolkien"),
        # With more around it than the name.
        ("John.", "John", "John"),
        ("My name is John", "John", "John"),
        ("Yes, this is Marta", "Marta", "Marta"),
        ("Ich heiße Marta", "Marta", "Marta"),
        ("Je m\N{RIGHT SINGLE QUOTATION MARK}appelle Anne", "Anne", "Anne"),
        ("Me llamo José García", "José García", "José"),
        ("Elizabeth (Liz) Smith", "Elizabeth Smith", "Elizabeth"),
        ('Robert "Bob" Smith', "Robert Smith", "Robert"),
        ("John Smith, MD", "John Smith", "John"),
        ("John Smith Jr.", "John Smith", "John"),
        ("Anna Berg / Berg GmbH", "Anna Berg", "Anna"),
        ("Anna Berg, Berg GmbH", "Anna Berg", "Anna"),
        ("Marta 😊", "Marta", "Marta"),
        # Names that look like something else.
        ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'Brien", "O'Brien"),
        ("Jean-Luc Picard", "Jean-Luc Picard", "Jean-Luc"),
        ("João Sá", "João Sá", "João"),
        ("Jack Ma", "Jack Ma", "Jack"),
        ("Misha Berg", "Misha Berg", "Misha"),
        ("Herrmann Berg", "Herrmann Berg", "Herrmann"),
        ("José Ortega y Gasset", "José Ortega y Gasset", "José"),
        ("田中太郎", "田中太郎", "田中太郎"),
        ("山田 太郎", "山田 太郎", "山田 太郎"),
        ("Мария Иванова", "Мария Иванова", "Мария"),
        ("محمد علي", "محمد علي", "محمد"),
        ("J", "J", "J"),
    ],
)
def test_reads_a_name_as_a_person_would(text: str, whole: str | None, address: str | None) -> None:
    """A name has its last name last, without what is no part of it, and its person is addressed as people do."""
    name = name_in(text)

    assert (name and name.whole, name and name.address) == (whole, address)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "...", "👋", "42", "Agent 47", "+12025550143", "john@example.com", "john at example dot com 1"),
        *("[NAME]", "Mr. [NAME]", "<b>Bob</b>", "{{user_name}}", "http://example.com", "[card number removed]"),
        *(
            "Dr.",
            "Mr.",
            "Frau",
            "Herr Dr.",
            "Jr.",
            "Customer",
            "Mr. Customer",
            "the caller",
            "Patient",
            "Yes",
            "Unknown",
        ),
        *("Berg GmbH", "Berg GmbH & Co. KG", "Example Ltd", "Berg AG", "Acme, Inc."),
        *("The caller wants to book an appointment", "wants to speak to billing today", "Marta wants an appointment"),
        "x" * 101,
    ],
)
def test_takes_no_name_from_what_names_nobody(text: str) -> None:
    """A text without a letter, with a digit or an `@`, a title alone, a company or a sentence names nobody."""
    assert name_in(text) is None
