"""线路与节点: the line and the tree of nodes, as people at this node see them."""
