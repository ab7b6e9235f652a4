"""Generates clients from the running system's OpenAPI document, checks their types, and runs the
programs of Services/Clients.md with them.

clients.py URL TOKEN FOLDER writes into FOLDER. Exits with 1 and prints what was wrong; prints what
was skipped because a program is missing.
"""
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

url, token, folder = sys.argv[1:4]
folder = Path(folder)
page = (Path(__file__).resolve().parents[2] / "Services/Clients.md").read_text()
# What is installed beside this Python: generators call each other's programs by name.
environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
tsc = "/usr/share/nodejs/typescript/lib/tsc.js"


def run(*command):
    """Its output; ends this script if it fails."""
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{command[0]} exited with {done.returncode}:\n{done.stdout[-5000:]}")
    return done.stdout


def blocks(language):
    """The program of the page in this language, and what it prints."""
    found = re.search(f"```{language}\n(.*?)\n```\n```text\n(.*?)\n```\n", page, re.S)
    return found[1] + "\n", found[2] + "\n"


def compare(printed, shown):
    if printed != shown:
        sys.exit(f"Services/Clients.md shows\n{shown}\nbut the program prints\n{printed}")


def python_client():
    run("openapi-python-client", "generate", "--path", "openapi.json", "--meta", "none",
        "--output-path", "latchkey_client", "--fail-on-warning")
    program, shown = blocks("python")
    (folder / "day.py").write_text(program)
    # The client's own frame is the generator's, and not strict.
    run("mypy", "--strict", "--follow-imports", "silent", "day.py")
    compare(run(sys.executable, "day.py", url, token), shown)


def python_models():
    run("datamodel-codegen", "--input", "openapi.json", "--input-file-type", "openapi",
        "--output", "models.py", "--output-model-type", "pydantic_v2.BaseModel")
    classes = re.findall(r"^class (\w+)", (folder / "models.py").read_text(), re.M)
    numbered = [name for name in classes if re.search(r"\d", name)]
    if len(classes) < 100 or numbered:
        sys.exit(f"{len(classes)} classes, with a number in their names: {numbered}")
    run(sys.executable, "-c", "import models")


def typescript_client():
    if not (shutil.which("node") and Path(tsc).exists()):
        return print("skipped TypeScript: node and tsc are missing (Debian: node-typescript)")
    run("openapi-generator-cli", "generate", "-i", "openapi.json", "-g", "typescript-fetch",
        "-o", "latchkey", "--additional-properties", "withoutRuntimeChecks=true",
        "--global-property", "apiDocs=false,modelDocs=false")
    program, shown = blocks("typescript")
    (folder / "day.ts").write_text(program)
    run("node", tsc, "--strict", "--target", "es2020", "--module", "commonjs",
        "--moduleResolution", "node", "--lib", "es2020,dom", "day.ts")
    compare(run("node", "day.js", url, token), shown)


with urllib.request.urlopen(url + "/openapi.json") as response:
    (folder / "openapi.json").write_bytes(response.read())
python_client()
python_models()
typescript_client()
