"""人员: accounts, posts and departments of one node; who may sign in."""
