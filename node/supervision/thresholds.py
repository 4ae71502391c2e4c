"""亮灯阈值: from when on a clock is yellow (domain §5.4), one function for rules and lists alike.

It lies with the lists, for they lie below supervision.
"""

from node.cases.lights import yellow_from

__all__ = ["yellow_from"]
