"""À faire: whom to call, for what and since when, one line per case."""

from pages._widgets import open_records, say_closure
from pages.work_list import find, listing, numbers
from pages.work_list.choices import choose

context = open_records("À faire", "Qui attend, depuis quand, et pour quoi appeler ?")
say_closure(context.snapshot)
work = choose(context)
listing.show(work, numbers.ask(work))
find.show(context.snapshot)
