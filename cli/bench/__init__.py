"""`zhengwu bench`: what a node costs and how fast it is, measured on real nodes of this machine.

Every bench runs the product's own processes and code path; nothing in the product knows of it.
"""
