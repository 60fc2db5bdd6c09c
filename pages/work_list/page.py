"""À faire: whom to call, for what and since when, one line per case."""

import streamlit as st

from pages._widgets import closure_note, open_records
from pages._widgets.panel import PERIOD
from pages.work_list import find, listing, numbers
from pages.work_list.choices import CHIPS, choose

context = open_records("À faire", without=(*PERIOD, *CHIPS))  # what waits, waits, whatever its year
closure_note(context.snapshot)
work = choose(context)
place = st.container()
own_numbers = numbers.ask(work)  # stands below the list, and is read before it
with place:
    listing.show(work, own_numbers)
find.show(context.snapshot)
