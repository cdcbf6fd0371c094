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
sys.path.insert(0, "/site")
from ntrkpath.server.browser import opened
await opened(json.dumps({"workers": 0}), "").warm()
files = {str(getattr(module, "__file__", "")) for module in list(sys.modules.values())}
inner = {path.partition(".zip/")[2] for path in files if ".zip/" in path}
compiled("/stdlib", inner.__contains__)
"\\n".join(sorted({path for path in files if path.startswith("/site/")} | {f"/stdlib/{path}c" for path in inner}))
`);
console.log(loaded);
process.exit(0);
