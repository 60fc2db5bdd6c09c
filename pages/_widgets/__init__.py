"""What several pages show: the filter panel, a chart with its explanation, a table, an indicator, a note, a file to take."""

from pages._widgets import text
from pages._widgets.changes import say_changes
from pages._widgets.chart import show_chart
from pages._widgets.files import offer_file
from pages._widgets.indicator import Indicator, Link, show_indicators
from pages._widgets.panel import address, one_of, pick, pick_school, school_label
from pages._widgets.records import Context, answer, open_records, say_closure
from pages._widgets.table import INTERVAL, SHARES, columns, in_french, show_table
