"""The server: every answer of the command line as a page and as JSON; it stores no patient.

Conventions:

- `app.create_app(settings)` returns the whole server as one ASGI application. What a deployment may set stands in
  `settings.Settings`; a registry with sign-in would be mounted there and nowhere else.
- A page is one module under `pages/` with `ROUTES` (Litestar handlers), and `NAV` where it stands in the navigation;
  its name goes into `pages.PAGES`. It returns `render.page("name.html", ...)`; templates stand under `templates/` and
  extend `base.html`. The interface for programs stands under `api/` in the same way.
- Work on what a visitor sends (cases, files) is a task: a function in `tasks.py` (or named there) that takes and gives
  plain data, run by `await run(request, "name", ...)` in a worker process with limits of time and memory. Pages that
  only show the guidance need no task.
- An error a visitor can mend is an `NtrkpathError`, raised by a handler or a task; `problems.py` shows it as a page or,
  under `/api`, as problem+json (RFC 9457). Nothing that a visitor sent is logged, counted by value or put into a URL.
- The policy forbids script and style inside a page: no `<script>` with content, no `style=`, no `on...=`. Style goes
  into `static/site.css`; a drawing passes through `drawing.embed`, which takes its style out. Pages work without
  script; `htmx` attributes and `static/site.js` only make them quicker.
- Markup that reports share (sections of an answer) comes from `ntrkpath.report`; a template shows it with `| markup`.
  There are no cookies, so nothing can be forged across sites; other sites' posts and unknown hosts are refused.
"""
