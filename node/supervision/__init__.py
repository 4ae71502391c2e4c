"""效能监察: lights on boards, rules and what they find, supervision orders."""
