import asyncio, tempfile, time, resource, sys
from pathlib import Path
from node.runtime.verifying import verify_home
from node.runtime.rebuilding import rebuild_home
from tests.support.homes import homes
from tests.support.casework import *
from schemas.cases_api import *
from node.cases import actions
async def main(f):
    async with homes(f) as w:
        t=time.monotonic()
        async def one():
            v=await w.work.town.receive(FORM, CLERK) if False else await w.work.village.receive()
        for _ in range(30):
            await asyncio.gather(*(one() for _ in range(100)))
        print("made", time.monotonic()-t)
f=Path(tempfile.mkdtemp(dir="/tmp"))
asyncio.run(main(f))
t=time.monotonic(); r=verify_home(f/"610328100201"); d=time.monotonic()-t
print(r.clean, r.events, r.parts, d, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024, "MB")
t=time.monotonic(); print(asyncio.run(rebuild_home(f/"610328100201")), time.monotonic()-t)
import shutil; shutil.rmtree(f)
