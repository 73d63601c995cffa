"""What is usual, since when, and is it moving?"""

from driftlock.ui import page, streams_detail, streams_table

page.head("Streams and anchors", "What is usual, since when, and whether it moves.")
stream_id = streams_detail.asked()
if stream_id is None:
    streams_table.show()
else:
    streams_detail.show(stream_id)
