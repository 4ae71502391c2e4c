"""Draws `docs/rules.md` out of the very catalogue that is in force: `make docs`."""

from collections.abc import Iterator
from typing import Final

from node.supervision.model import Basis, Rule
from node.supervision.rules import RULES
from node.web.wording import WORDS, Language

_HEAD: Final = """\
# Rules of supervision (监察规则)

For supervisors who set the rules, for whoever is named in a finding, and for whoever adds a rule.
Drawn from `node/supervision/rules*.py` by `make docs`; a test says so when it is out of date.

A rule is a small pure function over the life of a case, a bad rating or complaint, or one local
day at one node. It has no clock: it says at which instant something came about, or will come about
unless something happens first. So the same history gives the same findings with the same dates at
every node, however often it is run, and what was found before an event is not changed by what
follows. A property test lives thousands of cases to hold it to that. What changes a finding
afterwards is only what this node did not know: a calendar that is published; an event, a written
notice or a window's note that was written before and arrives later.

- **Nobody is late by a day that is not certain.** While a year's calendar is not published, no
  limit that reaches into it passes, and nothing in it is grave, out of hours or on a last day.
- **A clock that stands still does not pass.**
- **Whose doing it is**: who had the case at that moment (the node; its department; whoever signed
  it in), or who wrote the event. A department is named at its own node alone.
- **Written notices** count from the issuer's own note. The law wants them; a hall that issues them
  outside the platform switches that part off by setting a long time.
- **A node's clock may be wrong.** P5 takes what a node's first event of a case is dated back by, up
  to a day, as that node's drift, and looks at what goes beyond it. P1 compares what two nodes state
  only beyond a day, and what one node states beyond the half hour by which its clock may be put
  right.
- **A look at somebody's data is judged as it was**: by the department and the posts that whoever
  looked had at that moment, and by what had become of the case within a day of it. His own are the
  cases that he did something about, that lay at his department or ask its opinion (会签), and at a
  window, or where there are no departments, all that the node works on.
- **Agents are told apart** by a keyed hash of the ID number in the applicant's sealed papers. Each
  node has its own key, so the mark says nothing anywhere else, and it goes with the papers.
"""
_TABLE: Final = """\
## The catalogue

Yellow (黄牌) is a warning, red (红牌) a finding to be answered; of a rule with both, the graver is
shown. Parameters stand with their usual value; the rulebook of a node changes them, or switches a
rule off, from an instant on (`/supervision/rules`): see [supervision.md](supervision.md).
"""
_EXACTLY: Final = """\
## What each one finds, exactly
"""
_NOT: Final = """\
## What no rule looks at

- **Who approved a special procedure** (P2): whoever runs it writes it down himself, and the event
  has no field for a second hand.
- **How many people surveyed on site** (P6, §34 wants two): the review says who wrote it, not who
  went there.
- **A village agent who acts for villagers** (D1): he is the clerk who takes the case, and shows no
  authority to himself. Of a case without an agent's ID number nothing is compared.
- **Days of the nodes below** (Q2, D1, D2, A1, O1 of a day): each node judges its own. A village
  judges none.
"""
_RISKS: Final = """\
## What the clerk is shown before (廉政风险点)

The other half of supervision comes before the act: where an item lists an integrity risk for the
stage at which a case stands, whoever may act there sees it above the forms of the case's page, with
its grade, what prevents it and who answers for it. That it was shown is written down, once for each
person, case and step (`risk_showings`), in a village too. Supervisors see how often each was shown
at `/supervision/risks`, and one by one at `GET /api/v1/supervision/risks`.
"""


def rules_page() -> str:
    """The whole page."""
    exactly = f"{_EXACTLY}\n{_exactly()}\n\n{_parameters()}"
    return f"{_HEAD}\n{_TABLE}\n{_table()}\n\n{exactly}\n\n{_NOT}\n{_RISKS}"


def _table() -> str:
    rows = [("rule", "what it finds", "class", "level", "looks at", "stands on", "parameters")]
    rows.append(("---",) * 7)
    rows += [_row(rule) for rule in RULES]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _row(rule: Rule) -> tuple[str, str, str, str, str, str, str]:
    return (
        rule.id.value, _both(f"rule_name.{rule.id}"), rule.rule_class.value, rule.level.value,
        ", ".join(_subjects(rule)), "; ".join(map(_cited, rule.basis)),
        ", ".join(f"`{name}` {one.usual}" for name, one in rule.parameters.items()),
    )  # fmt: skip


def _subjects(rule: Rule) -> Iterator[str]:
    if rule.of_case:
        yield "a case"
    if rule.of_matter:
        yield "a matter"
    if rule.of_day:
        yield "a day"


def _cited(basis: Basis) -> str:
    return f"{basis.law} {basis.article}".strip()


def _exactly() -> str:
    return "\n".join(f"- **{rule.id.value}** {' '.join(_promises(rule))}" for rule in RULES)


def _promises(rule: Rule) -> Iterator[str]:
    """Give what the functions of a rule promise, each as one line."""
    for function in (rule.of_case, rule.of_matter, rule.of_day):
        if function is not None:
            yield " ".join((function.__doc__ or "").split())


def _parameters() -> str:
    names = dict.fromkeys(name for rule in RULES for name in rule.parameters)
    rows = [("parameter", "what it says"), ("---",) * 2]
    rows += [(f"`{name}`", _both(f"rule_value.{name}")) for name in names]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _both(key: str) -> str:
    return f"{WORDS[Language.EN].say(key)} ({WORDS[Language.ZH].say(key)})"
