"""好差评: evaluations of cases and visits, and what becomes of bad ones and complaints."""
