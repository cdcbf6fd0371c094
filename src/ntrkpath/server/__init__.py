"""The server: every answer of the command line as a page and as JSON; it stores no patient.

Conventions:

- A feature is a folder: its pages (`page.py`), the interface for programs (`api.py`), its tasks (`task.py`, and
  `documents.py` for programs), and its templates. `features.PAGES` names the modules of pages; `kit` is for all.
- A page is a function in a table of routes (`kit.http`); it returns `kit.render.page("case/case.html", ...)`; it knows
  no web library. `app.create_app(settings)` answers the routes on a network (`kit.mounting`); `browser.Inside` answers
  the same ones inside a browser, for the static site that `scripts/build_site.py` makes.
- Work on what a visitor sends (cases, files) is a task: a function named in `kit.tasks` that takes and gives plain
  data, run by `await run(request, "name", ...)`: what is small where it came in (`kit.running` starts several processes
  that serve, which share `kit.shared`), all else in a worker process with limits of time and memory. Pages that only
  show the guidance need no task.
- An error a visitor can mend is an `NtrkpathError`, raised by a handler or a task: `kit.problems` makes a page or,
  under `/api`, as problem+json (RFC 9457). Nothing that a visitor sent is logged, counted by value or put into a URL.
- An address in a page starts with `{{ root }}`, since a site may stand in a folder of its host.
- The policy forbids script and style inside a page: no `<script>` with content, no `style=`, no `on...=`. Style goes
  into `kit/static/site.css`; what is drawn and written within `kit.drawing.on_a_page` brings none of its own, and
  links rules and statements. Pages work without script; `htmx` attributes and `kit/static/site.js` only make them
  quicker.
- Markup that reports share (sections of an answer) comes from `ntrkpath.report`; a template shows it with `| markup`.
  There are no cookies, so nothing can be forged across sites; other sites' posts and unknown hosts are refused.
"""
