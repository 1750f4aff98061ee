"""
Flows are drawn, proved, rehearsed and approved here before any case runs on them (thiết kế quy trình).

An officer of a department drafts; a legal officer, never the one who drafted, reads in plain sentences what changes,
approves or sends back, and says from which day it holds. Legal basis: none cited, no
text on the control of procedures was read. Keeps: drafts, who wrote and approved
them, and rehearsals with what they were fed; as long as the province keeps its flows. A rehearsal holds no names of people.
"""
