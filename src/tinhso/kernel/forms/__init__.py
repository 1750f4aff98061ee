"""
Forms: what is asked, of whom, and is the answer right. JSON Schema in; pages, answers, faults and a printed form out.

A form is a JSON Schema 2020-12 object with one object per step, written by a province in `forms/<procedure code>.json`.
Every version is kept, so that a draft or a dossier is always read with the questions it was answered with.
"""
