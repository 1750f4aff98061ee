"""
Reading a Vietnamese plan, resolution or decision: what it is, what it rests on, what it promises and reports, what it costs.

What is read is a proposal: a person accepts or corrects it beside the sentence it stands in.
"""
