from pathlib import Path

from node.runtime.following import watcher_of
from node.runtime.network import Network
from node.runtime.paper_round import PaperRound
from node.runtime.recounting import Recounter
from tests.support.casework import COUNTY
from tests.support.ending import ends
from tests.support.homes import homes


async def test_a_node_that_is_stopped_as_it_is_woken_stops(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        node = world.nodes[COUNTY]
        paper_round = PaperRound(node)
        network = Network(node, paper_round, Recounter(node.works), watcher_of(node))
        assert await ends(network.tend, network.changed.set)
        assert await ends(paper_round.run, paper_round.wake)
