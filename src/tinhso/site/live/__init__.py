"""
Live screens: a small process that tells open pages that something changed (server-sent events), and nothing more.

worker: entry of the journal → names of parts (`telling`) → socket, PostgreSQL or Redis → live process (`sources`, `hub`) →
browsers (`stream`). The live process imports neither Django nor our modules: whether a browser may hear, it asks the pages
with the browser's own cookie (`asking`, answered by `views.may_hear`).
"""
