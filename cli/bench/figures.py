"""What each bench prints: names with their units, stable for whoever reads the JSON."""

import msgspec

from cli.bench.gauge import Bare


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """CPU time of one step, in the process that does it."""

    cpu_s: float
    us_per_envelope: float


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the stores of both ends held when the clock was stopped."""

    written_at_sender: int
    durable_at_receiver: int
    closed_cases_at_receiver: int
    unsettled_at_sender: int
    lost: int
    twice: int


class Drain(msgspec.Struct, frozen=True, kw_only=True):
    """Envelopes from a full outbox to the last receipt."""

    envelopes: int
    seconds: float
    """From the first sign of life on the link to the last receipt settled at the sender."""
    seconds_from_start: float
    """From the start of the sender's program."""
    envelopes_per_s: float
    sender: Share
    broker: Share
    receiver: Share
    proof: Proof


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """Lives written through the product's actions in one process."""

    lives: int
    envelopes: int
    envelopes_per_s: float
    us_per_envelope: float
    """CPU: signing, storing, folding, queueing, and the applicant's part."""


class Sustained(msgspec.Struct, frozen=True, kw_only=True):
    """The sender writes over HTTP while it sends, all on one machine."""

    seconds: float
    envelopes: int
    envelopes_per_s: float
    """From the first request to the last receipt."""
    behind_at_end: int
    """Entries without a receipt when the last answer had been given."""
    proof: Proof


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """`bench hop`."""

    envelopes: int
    envelopes_per_s: float
    drain: Drain
    writing: Writing
    sustained: Sustained | None
    bare: Bare


class Catchup(msgspec.Struct, frozen=True, kw_only=True):
    """`bench catchup`."""

    envelopes: int
    seconds: float
    lost: int
    twice: int
    drain: Drain
    bare: Bare


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """`bench latency`: milliseconds until the grandparent's store holds the envelope."""

    samples: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    """These three from the moment that the window's request is sent."""
    after_commit_p50_ms: float
    after_commit_p99_ms: float
    """From the moment that the window has its answer, so that the event is durable there."""
    durable_at_receiver: int
    bare: Bare


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """How long a catalogue takes to be checked, signed, stored and released at the county."""

    items: int
    seconds: float
    release: int


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """`bench release`: a whole catalogue to a village on a slow line that is cut once."""

    items: int
    imported: Imported
    bits_per_s: int
    envelopes_at_village: int
    """Of items and releases, that came in this run."""
    items_at_village: int
    """Those that concern it."""
    compressed_bytes: int
    """The same envelopes, compressed in one piece."""
    bytes_down: int
    bytes_up: int
    """All that the line carried, TLS and the broker's own words included."""
    ratio: float
    """Carried to compressed."""
    seconds: float
    """From the start of the village's process until it holds the release whole."""
    seconds_of_bytes_alone: float
    cut_seconds: float


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What the load generator saw: milliseconds per request."""

    lives: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_s: float


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """`bench lifecycle`."""

    lifecycles: int
    lifecycles_per_s: float
    actions_per_s: float
    at_once: int
    load: Load
    cases_before: int
    node: Share
    """`us_per_envelope` is per action: one request, one signed event, one share of a commit."""
    durable_envelopes: int
    closed_cases: int
    rss_mb: float
    disk_kb_per_case: float
    bare: Bare


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """`bench recount`."""

    cases: int
    clocks: int
    """Due days that were reckoned anew: two a case."""
    seconds: float
    us_per_clock: float
    """CPU of the whole process, the writers in between included."""
    us_per_due: float
    """One due date with its reasons, of a limit in workdays, natural days or months by turns."""
    others: int
    """Writers that came in between."""
    wait_p50_ms: float
    wait_most_ms: float


class Idle(msgspec.Struct, frozen=True, kw_only=True):
    """One node at rest."""

    node: str
    rss_mb: float
    """The node's process and its broker together."""
    node_rss_mb: float
    broker_rss_mb: float
    ready_s: float
    """From exec to an answer of `/ready`: median of the starts."""
    starts_s: tuple[float, ...]
    cpu_percent: float
    """Of one core, while nothing happens."""


class Idles(msgspec.Struct, frozen=True, kw_only=True):
    """`bench idle`."""

    village: Idle
    county: Idle


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """`bench fill`."""

    home: str
    cases: int
    cases_before: int
    envelopes: int
    seconds: float
    envelopes_per_s: float
    disk_kb_per_case: float
    """Growth of the database per closed case, parts aside."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took, many times over."""

    samples: int
    p50_ms: float
    p99_ms: float
    worst_ms: float


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """文书: drawn in one process; then over HTTP, one after the other, at a county."""

    notices: int
    drawn: Spread
    """From the facts to the page, with its QR code."""
    issued: Spread
    """Numbered, drawn, encrypted, signed and durable, and answered."""
    read: Spread
    """The page once more: decrypted, and the look written down."""
    pdf_first: Spread
    """Made by the browser and kept."""
    pdf_again: Spread
    """The same bytes once more."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How long one list took, many times over, as the person who asks sees it."""

    name: str
    samples: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    cpu_ms: float
    """CPU of the node for each, also of what it does beside."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """列表: inbox, search, home and overview over HTTP in a store of very many cases."""

    cases: int
    """Rows of the projection; all but some hundred were written in bulk."""
    open_cases: int
    alone: tuple[Answered, ...]
    """One request after the other."""
    together: tuple[Answered, ...]
    """Sixteen people at once."""
    rss_mb: float


class CaughtUp(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of supervision run over a whole store, in one process."""

    cases: int
    events: int
    looks: int
    """How often a case was judged: once for all its events in a step of the follower."""
    findings: int
    seconds: float
    events_per_s: float
    us_per_event: float
    """CPU: reading, folding and judging, and keeping what was found."""
    us_per_look: float


class RulesBehind(msgspec.Struct, frozen=True, kw_only=True):
    """How old the oldest event is that the rules have not seen, while people work."""

    lifecycles_per_s: float
    cpu_s: float
    """Of the node, for all that it does."""
    behind_p50_ms: int
    behind_p95_ms: int
    behind_most_ms: int


class Supervised(msgspec.Struct, frozen=True, kw_only=True):
    """监察: catching up, and keeping up."""

    caught_up: CaughtUp
    behind: RulesBehind


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """Cases counted from their events: what the follower of appraisal does."""

    events: int
    looks: int
    events_per_s: float
    us_per_event: float
    """CPU: reading, folding, measuring, and keeping the sums."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Rows written in bulk through the follower's own way of keeping, and what it cost."""

    rows: int
    seconds: float
    us_per_row_first: float
    """CPU for each of the first rows, in an empty store."""
    us_per_row_last: float
    """CPU for each of the last, with all others there."""
    sums: int
    """Rows of the table of sums in the end."""
    mb: float
    """What the rows, the sums and the way to them take on the disk."""


class Appraised(msgspec.Struct, frozen=True, kw_only=True):
    """考评: counting, and reading what was counted in a store of very many cases."""

    alone: Counting
    together: Counting
    """With the rules of supervision and the lights behind the same events."""
    kept: Kept
    reads: tuple[Answered, ...]
    """In this process, one after the other: CPU and time are the same."""
    recount_s: float
    """All sums added up anew and compared."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How long one page of supervision took, many times over, as the person who asks sees it."""

    name: str
    samples: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    cpu_ms: float
    """CPU of the node for each, also of what it does beside."""


class Boarded(msgspec.Struct, frozen=True, kw_only=True):
    """亮灯: boards of supervision over HTTP, with so many open cases and others that ended."""

    open_cases: int
    """Rows written in bulk."""
    ended: int
    """Rows that appraisal keeps of ended cases, written in bulk."""
    sums: int
    """Rows of which the counts are made."""
    asked: tuple[Asked, ...]
    rss_mb: float


class Boards(msgspec.Struct, frozen=True, kw_only=True):
    """The same at two sizes: whether a board is flat."""

    at: tuple[Boarded, ...]
