"""下级人员: accounts of the nodes below, made here; accounts of this node that were made above."""
