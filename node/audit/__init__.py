"""The audit trail: who did what at this node, in rows that nobody can change unseen."""
