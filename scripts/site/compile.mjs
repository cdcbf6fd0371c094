// Compiles the Python files of two folders with the Python that will run them, the package and its standard library,
// answers a first page and a first case there, and prints the modules which that took, one a line.
// node compile.mjs PYODIDE SITE STDLIB
import { pathToFileURL } from "node:url";

process.on("uncaughtException", (error) => { console.error(`Error: ${error.message.slice(-1500)}`); process.exit(1); });
const [, , home, site, stdlib] = process.argv;
const { loadPyodide } = await import(pathToFileURL(`${home}/pyodide.mjs`).href);
const python = await loadPyodide();
python.mountNodeFS("/site", site);
python.mountNodeFS("/stdlib", stdlib);
python.runPython(`
import pathlib, py_compile
def compiled(folder, keep):
    for path in sorted(pathlib.Path(folder).rglob("*.py")):
        if keep(str(path.relative_to(folder))):
            py_compile.compile(str(path), str(path) + "c", dfile=str(path.relative_to(folder)), doraise=True, optimize=2,
                               invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
            path.unlink()
compiled("/site", lambda path: True)
`);
const loaded = await python.runPythonAsync(`
import json, sys
from urllib.parse import urlencode
sys.path.insert(0, "/site")
from ntrkpath.server.browser import opened
pages = opened(json.dumps({"workers": 0}), "")
form = json.dumps({"content-type": "application/x-www-form-urlencoded"})
sent = {"f:diagnosis.histology": "infantile fibrosarcoma", "f:disease.extent": "metastatic"}
parts = json.dumps({"content-type": "multipart/form-data; boundary=b"})
part = b"--b\\r\\ncontent-disposition: form-data; name=text\\r\\n\\r\\nid: a\\ndiagnosis: {histology: GIST}\\r\\n--b--\\r\\n"
for method, path, kind, body in (
    ("GET", "/", form, b""), ("POST", "/case", form, urlencode(sent).encode()), ("POST", "/case", parts, part),
):
    needed, status, _, found = await pages.told(method, path, "", kind, body)
    assert (needed, status) == ([], 200), (path, needed, status, found[-2000:])
files = {str(getattr(module, "__file__", "")) for module in list(sys.modules.values())}
inner = {path.partition(".zip/")[2] for path in files if ".zip/" in path}
compiled("/stdlib", inner.__contains__)
"\\n".join(sorted({path for path in files if path.startswith("/site/")} | {f"/stdlib/{path}c" for path in inner}))
`);
console.log(loaded);
process.exit(0);
