"""绩效考评: what is counted, and the day, month, quarter and year reports made of it."""
