"""How pages show whose day it is: the light of a task, and its last day."""

from dataclasses import dataclass
from datetime import date

from node.calendar import actions as calendar
from node.calendar.model import Calendar
from node.cases.counter import Counter
from node.cases.page_read import Looker
from node.clock import local_day
from node.database import Tx
from node.tasks import model
from node.tasks.model import Urgency
from node.tasks.reading import Caller
from node.web.chrome import Mark
from node.web.wording import Words
from schemas.tasks import TaskResult, TaskState, TaskView


@dataclass(frozen=True, slots=True)
class Light:
    """Gives tasks their lights, by one calendar."""

    words: Words
    days: Calendar
    today: date

    def of(self, task: TaskView, *, moot: bool = False) -> Mark:
        """Show how a task stands; `moot`: it is open though its case has ended."""
        words = self.words
        if moot:
            return Mark("plain", words.say("task.moot"))
        match task.state:
            case TaskState.ANSWERED:
                tone = "green" if task.result is TaskResult.TRUE else "yellow"
                said = words.say("task.answered")
                return Mark(tone, f"{said} · {words.say(f'task_result.{task.result}')}")
            case TaskState.DECLINED:
                return Mark("red", words.say("task.declined"))
            case TaskState.CANCELLED:
                return Mark("plain", words.say("task.cancelled"))
            case TaskState.ASKED:
                return self._open(task)

    def _open(self, task: TaskView) -> Mark:
        words, last = self.words, model.day_of(task.due)
        if last is None:  # another node wrote what is no day: nobody is late by it
            return Mark("brand", words.say("task.no_day"))
        left = model.workdays_left(self.days.count, self.today, last)
        match model.urgency(self.today, last, left):
            case Urgency.TODAY:
                return Mark("yellow", words.say("task.today"))
            case Urgency.LATE:
                said = words.say("task.late", n=-left) if left else words.say("task.late_rest")
                return Mark("red", said)
            case Urgency.SOON:
                return Mark("yellow", words.say("task.left_one"))
            case Urgency.CALM:
                return Mark("green", words.say("task.left", n=left))


def looker_at(counter: Counter, words: Words) -> Looker:
    """Say who asks at a counter, with what he reads by."""
    works, preparing = counter.desk.works, counter.preparing
    return Looker(
        me=works.ledger.me,
        profile=works.profile,
        actor=counter.desk.actor,
        register=preparing.register,
        parts=preparing.store,
        words=words,
        today=local_day(works.clock.now()),
    )


def caller_of(looker: Looker) -> Caller:
    """Say who looks, as far as tasks care."""
    return Caller(looker.me, looker.profile, looker.actor)


def light_at(tx: Tx, looker: Looker) -> Light:
    """Give the lights as they are today, by the working days of this place."""
    return Light(looker.words, calendar.calendar_of(tx, looker.me), looker.today)


def day_words(words: Words, text: str) -> str:
    """Say a last day with its day of the week: 2026-11-30 星期一."""
    known = model.day_of(text)
    return text[:10] if known is None else f"{text} {words.say(f'weekday.{known.weekday()}')}"
