"""事项基础数据库: the catalogue of items that windows take, kept as one signed stream per item."""
