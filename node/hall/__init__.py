"""大厅: the window itself: what is to be done today, and taking in an application step by step."""
