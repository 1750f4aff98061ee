"""
The queue at the centre (xếp hàng tại Trung tâm): tickets, calls, the screen in the hall, appointments, waiting time (S-18).

Keeps: tickets, without names, and figures of each hour. A telephone number on a ticket, and name and account of an appointment,
are erased when their day is over.
"""
