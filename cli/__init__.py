"""The `zhengwu` command: thin files over `node.runtime`."""
