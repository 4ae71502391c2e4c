"""上传: scans and papers handed to this node, held until an event names them."""
