"""The static site in a real browser: Python within it gives the answers of the command line, also without a network."""

from __future__ import annotations

import datetime as dt
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.browser import AS_OF, ROOT, Served, axe, picture, spills, view

sys.path.insert(0, str(ROOT / "scripts"))
pytest.importorskip("playwright", reason="needs the package playwright")

import build_site
from ntrkpath.cases.load import case_from, decode_yaml
from ntrkpath.exports.recommendations import encode
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, attach
from ntrkpath.pathway.examples import published
from serve_site import made

READERS = ROOT / "tests" / "data" / "readers"
OWN = yaml.safe_load((ROOT / "tests" / "data" / "board" / "constructed.yaml").read_text(encoding="utf-8"))
#: Asks the page's own routes as its forms do, and returns the JSON of the answer, or the page where there is none.
_ASK = """async ({text, files, level}) => {
  const sent = (fields, files) => { const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const [name, content] of Object.entries(files)) form.append("files", new File([content], name));
    return {method: "POST", body: form}; };
  const page = await (await fetch("/case", sent({text, level}, files))).text();
  const held = new DOMParser().parseFromString(page, "text/html").getElementById("keep");
  if (!held) return page.slice(-3000);
  const fields = Object.fromEntries([...new FormData(held)]);
  return await (await fetch("/case/json", sent(fields, {}))).text(); }"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    out = tmp_path_factory.mktemp("site")
    try:
        return out, build_site.build(out, ROOT / "build" / "pyodide", as_of=AS_OF)
    except build_site.UnreachableError as error:
        pytest.skip(f"Python for browsers cannot be had here: {error}")


@pytest.fixture
def served(site: tuple[Path, dict[str, int]]) -> Iterator[Served]:
    """A host of files, which each test may end."""
    server = made(site[0], 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", server, site[0])  # type: ignore[arg-type]
    finally:
        server.shutdown()
        server.server_close()


def _opened(seen: Any, path: str = "/", wait: str = "#histology") -> Any:
    """Open a page and wait until Python has come and made it."""
    seen.page.context.set_default_timeout(90_000)
    page = seen.go(path)
    page.locator(wait).first.wait_for()
    return page


def test_before_the_first_answer_it_loads_eight_megabytes_at_most(site: tuple[Path, dict[str, int]]) -> None:
    out, sizes = site
    import gzip

    others = [gzip.compress((out / name).read_bytes()) for name in ("python/pyodide.asm.mjs", "python/pyodide.mjs")]
    assert sum(sizes.values()) + sum(map(len, others)) <= 8_000_000
    text = "".join(path.read_text(encoding="utf-8") for path in out.glob("*.js"))
    assert not re.search(r"https?://", text)


def test_each_file_of_the_site_counts_for_what_a_browser_keeps(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("loader.js", "loading.html", "sw.js", "guidance/index.html", "python/a.mjs")]
    aside = tmp_path / "docs" / "index.html"
    for path in (*files, aside):
        path.parent.mkdir(exist_ok=True)
        path.write_text("before", encoding="utf-8")
    seen = [build_site.digest(tmp_path, {}), build_site.digest(tmp_path, {"SETTINGS": 1})]
    for path in files:
        path.write_text("after", encoding="utf-8")
        seen.append(build_site.digest(tmp_path, {}))
    files[0].rename(tmp_path / "other.js")
    seen.append(build_site.digest(tmp_path, {}))
    assert len(set(seen)) == len(seen)
    aside.write_text("after", encoding="utf-8")
    assert build_site.digest(tmp_path, {}) == seen[-1]


def test_every_answer_is_that_of_the_command_line(chromium: Any, served: Served) -> None:
    pathway = Pathway(load(), dt.date.fromisoformat(AS_OF))
    asked: list[tuple[str, dict[str, str], bytes]] = []
    for one in published().values():
        asked.append((one.text, {}, encode(pathway.recommend(decode_yaml(one.text.encode())))))
    for entry in OWN:
        case = case_from({"id": entry["id"], **entry["case"]})
        files = {name: text.encode() for name, text in entry.get("files", {}).items()}
        answer = pathway.recommend(*attach(case, files)) if files else pathway.recommend(case)
        text = yaml.safe_dump({"id": entry["id"], **entry["case"]}, sort_keys=False)
        asked.append((text, entry.get("files", {}), encode(answer)))
    with view(chromium, served) as seen:
        page = _opened(seen)
        differ = []
        for text, files, expected in asked:
            found = page.evaluate(_ASK, {"text": text, "files": files, "level": "rna_mps"})
            if found.encode() != expected:
                differ.append((text[:60], found[:300]))
        assert differ == []
        assert seen.wrong == []


def test_every_page_is_that_of_the_server(chromium: Any, served: Served) -> None:
    from support.web import client

    addresses = ("/about", "/examples", "/guidance", "/guidance/rules/NEXT-5", "/evidence", "/evidence/tables/1",
                 "/evidence/test?prevalence=35", "/strategy", "/fusions", "/examples/L022", "/nothing")  # fmt: skip
    with view(chromium, served) as seen, client() as web:
        page = _opened(seen)
        for address in addresses:
            found = page.evaluate("async a => (await (await fetch(a)).text())", address)
            theirs = web.get(address, headers={"host": "testserver.local"}).text
            ours, theirs = (re.sub(r".*<main[^>]*>|</main>.*", "", text, flags=re.DOTALL) for text in (found, theirs))
            if address not in ("/about", "/examples/L022"):  # which say what a server has and a browser has not
                assert ours == theirs, address
            assert len(ours) > 500 or address == "/nothing"


def test_it_answers_without_a_network_after_the_first_visit(chromium: Any, served: Served) -> None:
    with view(chromium, served, "phone-light") as seen:
        page = _opened(seen)
        page.evaluate("async () => { await fetch('/fusions?example'); await fetch('/evidence'); }")
        served.process.shutdown()  # type: ignore[attr-defined]
        served.process.server_close()  # type: ignore[attr-defined]
        page = _opened(seen, "/case?new")
        page.locator("#histology").fill("infantile fibrosarcoma")
        page.get_by_role("button", name="Show the next step").click()
        page.locator(".outcome .case").wait_for()
        assert "leaves this machine" in page.locator("footer.site").inner_text()
        page = _opened(seen, "/evidence", "main svg:visible")
        assert axe(page) == []
        assert spills(page) == []
        picture(page, "site-evidence-phone-light")


#: Stops the worker, asks for a page, and returns what the worker that starts for it says.
_ANEW = """async address => {
  const said = new Promise(done => navigator.serviceWorker.addEventListener(
    "message", ({data}) => data.ready && done(data)));
  const found = await (await fetch(address)).text();
  return [(await said).kept, found]; }"""
_MEMORY = """async () => { const cache = await caches.open((await caches.keys())[0]);
  const found = await cache.match("/python/memory"); return found ? await found.text() : null; }"""


def _stopped(page: Any) -> None:
    session = page.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")


def test_a_later_start_goes_on_from_what_was_kept_in_which_nothing_stands_that_was_entered(
    chromium: Any, served: Served
) -> None:
    marked = "fibrosarcoma kwyjibo"
    with view(chromium, served) as seen:
        page = _opened(seen)
        page.locator("#histology").fill(marked)
        page.get_by_role("button", name="Show the next step").click()
        page.get_by_text("kwyjibo").first.wait_for()
        kept = page.evaluate(_MEMORY)
        assert kept is not None and "sarcoma" in kept and "kwyjibo" not in kept
        asked = {"text": published()["L022"].text, "files": {}, "level": "rna_mps"}
        before = page.evaluate(_ASK, asked)
        guidance = page.evaluate("async a => (await (await fetch(a)).text())", "/guidance")
        _stopped(page)
        assert page.evaluate(_ANEW, "/guidance") == [True, guidance]
        assert page.evaluate(_ASK, asked) == before


def test_a_later_start_after_a_first_visit_to_another_page_brings_what_is_not_in_the_memory(
    chromium: Any, served: Served
) -> None:
    with view(chromium, served) as seen:
        page = _opened(seen, "/guidance", "main a")
        text = "async a => (await (await fetch(a)).text())"
        kept = page.evaluate(text, "/guidance?asked")  # once this is answered the memory is kept
        assert kept.count("<a ") > 10
        before = [page.evaluate(text, address) for address in ("/guidance", "/fusions", "/evidence")]
        _stopped(page)
        assert page.evaluate(_ANEW, "/fusions") == [True, before[1]]
        assert [page.evaluate(text, address) for address in ("/guidance", "/fusions", "/evidence")] == before
        assert not [one for one in before if "could not be made" in one or "ModuleNotFoundError" in one]


def test_what_was_kept_and_cannot_be_used_is_left_and_the_answer_comes(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        page = _opened(seen)
        about = page.evaluate("async a => (await (await fetch(a)).text())", "/about?asked")
        page.evaluate("""async () => { const cache = await caches.open((await caches.keys())[0]);
          await cache.put("/python/memory", new Response(new Uint8Array(4096))); }""")
        _stopped(page)
        assert page.evaluate(_ANEW, "/about") == [False, about]


def test_nothing_that_is_entered_is_asked_for_from_the_host(chromium: Any, served: Served, site: Any) -> None:
    asked: list[tuple[str, str]] = []
    handler = served.process.RequestHandlerClass  # type: ignore[attr-defined]
    before = handler.func.do_GET

    def noted(self: Any) -> None:
        asked.append((self.command, self.path))
        before(self)

    handler.func.do_GET = noted
    try:
        with view(chromium, served) as seen:
            page = _opened(seen)
            page.locator("#bring > summary").click()
            page.locator("#files").set_input_files(READERS / "arriba_v2.tsv")
            page.locator("#histology2").fill("infantile fibrosarcoma")
            page.locator("#level").select_option("rna_mps")
            page.get_by_role("button", name="Open", exact=True).click()
            page.locator(".outcome .case").wait_for()
            assert "arriba_v2.tsv" in page.locator("main").inner_text()
            assert seen.wrong == []
    finally:
        handler.func.do_GET = before
    files = {path.relative_to(site[0]).as_posix() for path in site[0].rglob("*") if path.is_file()}
    assert asked and all(method == "GET" for method, _ in asked)
    assert {path.lstrip("/").partition("?")[0] or "index.html" for _, path in asked} <= files


def _main(text: str) -> str:
    return re.sub(r".*<section class=\"answer|<form class=\"panel.*", "", text, flags=re.DOTALL)


def test_a_cohort_is_summed_up_as_on_a_server_and_tells_how_far_it_is(chromium: Any, served: Served) -> None:
    pytest.importorskip("polars", reason="needs ntrkpath[batch]")
    from support.web import client

    ages, stains = range(90), ("0", "40", "")
    rows = [f"c{i},{('GIST', 'IFS', 'UPS')[i % 3]},{age},{stain}" for i, (age, stain) in enumerate(
        (age, stain) for age in ages for stain in stains)]  # fmt: skip
    table = "\n".join(("id,histology,age,pan_trk_ihc.percent", *rows, "short,row")) + "\n"
    with view(chromium, served) as seen, client() as web:
        page = _opened(seen, "/cohort", "#file")
        assert "leaves this machine at no time" in page.locator("#file-hint").inner_text()
        page.evaluate("""() => { window.heard = []; navigator.serviceWorker.addEventListener("message",
          ({data}) => { if (data.far) sessionStorage.heard = (sessionStorage.heard ?? "") + data.far; }); }""")
        page.locator("#file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode()})
        page.get_by_role("button", name="Decide and sum up").click()
        page.locator("#decided").wait_for()
        assert " of 271 rows decided" in page.evaluate("() => sessionStorage.heard")
        assert axe(page) == []
        ask = """async text => { const form = new FormData(); form.append("act", "page");
          form.append("file", new File([text], "a.csv"));
          return await (await fetch("/cohort", {method: "POST", body: form})).text(); }"""
        ours = page.evaluate(ask, table)
        theirs = web.post("/cohort", files=[("file", ("a.csv", table.encode()))], data={"act": "page"}).text
        assert _main(ours) == _main(theirs)
        assert seen.wrong == []


def test_a_cohort_can_be_stopped(chromium: Any, served: Served) -> None:
    rows = (f"c{i},GIST,{i % 1400 / 14}" for i in range(19_000))
    table = "\n".join(("id,histology,age", *rows)) + "\n"
    with view(chromium, served) as seen:
        page = _opened(seen, "/cohort", "#file")
        page.locator("#file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode()})
        # The browser's driver waits for the answer: the page itself presses the button.
        page.evaluate("""() => new MutationObserver(() => document.querySelector("#far button")?.click())
          .observe(document.body, {childList: true, subtree: true})""")
        page.get_by_role("button", name="Decide and sum up").click(no_wait_after=True)
        page.get_by_role("alert").wait_for()
        assert "stopped before its end" in page.get_by_role("alert").inner_text()


def test_only_the_tab_that_sent_a_cohort_hears_of_it_and_may_stop_it(chromium: Any, served: Served) -> None:
    rows = (f"c{i},GIST,{i % 1400 / 14}" for i in range(2_000))
    table = "\n".join(("id,histology,age", *rows)) + "\n"
    with view(chromium, served) as seen:
        page = _opened(seen, "/cohort", "#file")
        other = page.context.new_page()
        other.goto(f"{served.address}/cohort")
        for tab in (page, other):
            tab.evaluate("""() => navigator.serviceWorker.addEventListener("message", ({data}) => {
              if (data.far) sessionStorage.heard = data.far; })""")
        other.evaluate("() => { setInterval(() => navigator.serviceWorker.controller.postMessage('stop'), 5); }")
        page.locator("#file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode()})
        page.get_by_role("button", name="Decide and sum up").click()
        page.locator("#decided").wait_for()
        assert page.evaluate("() => sessionStorage.heard")
        assert other.evaluate("() => sessionStorage.heard") is None


def test_a_hostile_file_runs_no_script_and_the_next_answer_comes(chromium: Any, served: Served, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tsv"
    rows = "#gene1\tgene2\n<img src=x onerror=alert(1)>\t<script>alert(2)</script>\n" * 500
    evil.write_bytes(rows.encode() + bytes(range(256)))
    with view(chromium, served) as seen:
        dialogs: list[str] = []
        seen.page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        page = _opened(seen, "/fusions", "#files")
        page.locator("#files").set_input_files(evil)
        page.get_by_role("button", name="Judge the fusions").click()
        page.get_by_role("alert").wait_for()
        assert dialogs == []
        assert page.evaluate("() => document.querySelectorAll('main img, main script').length") == 0
        policy = page.evaluate("async () => (await fetch('/case')).headers.get('content-security-policy')")
        assert "script-src 'self'" in policy and "unsafe" not in policy
        page = _opened(seen, "/case?new")
        page.locator("#histology").fill("GIST")
        page.get_by_role("button", name="Show the next step").click()
        page.locator(".outcome .case").wait_for()


def test_two_tabs_are_answered_each_for_itself(chromium: Any, served: Served) -> None:
    with view(chromium, served) as seen:
        first = _opened(seen)
        second = first.context.new_page()
        second.goto(f"{served.address}/case?new")
        for page, histology in ((first, "infantile fibrosarcoma"), (second, "GIST")):
            page.locator("#histology").fill(histology)
            page.get_by_role("button", name="Show the next step").click(no_wait_after=True)
        first.locator(".outcome .case").wait_for()
        second.locator(".outcome .case").wait_for()
        assert first.locator(".outcome h1").inner_text() == "Infantile Fibrosarcoma"
        assert second.locator(".outcome h1").inner_text() == "Gastrointestinal Stromal Tumor"
