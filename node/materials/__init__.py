"""共享材料: papers verified once in the county, offered for the next case of the same applicant."""
