"""A budget or places shared among all who are eligible (language.md section 10): pure, exact, the same every time."""
