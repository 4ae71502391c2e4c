"""A running node, put together by hand: the only place that knows all parts."""
