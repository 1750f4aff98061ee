"""
The design system: shells, strict component tags, tokens, words for dates and money. Knows no kernel and no module.

A page extends one of four shells and fills blocks:

- `web/public.html` (citizens): `title`, `crumbs`, `main`; a page with full-width bands fills `main_frame` instead and
  writes its own `<main id="noi-dung">`.
- `web/flow.html` (an application, no menus): `title`, `flow_title`, `back`, `main`, `aside`.
- `web/work.html` (officers): `title`, `unit`, `main`; the side menu comes from manifests.
- `web/paper.html` (A4): `title`, `agency_above`, `agency`, `number`, `place_and_date`, `paper`.

Tags, filters, `translate` and `static` need no `{% load %}`. What a tag accepts is the signature of its function in
`web/components`; `/design/` shows all of them. Forms: `data-unsaved` asks before leaving, a submit button waits by
itself. Tables: `keys=True` turns on J, K and Enter. `data-live` on a part that htmx swaps marks it busy meanwhile.
"""
