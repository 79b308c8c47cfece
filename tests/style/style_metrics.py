#!/usr/bin/env python3
"""Shape metrics for a Django code base, standard library only.

    python3 style_metrics.py DIR                 # human-readable report
    python3 style_metrics.py DIR --row NAME      # one Markdown table row
    python3 style_metrics.py DIR --json          # everything, for a script
    python3 style_metrics.py DIR --gate fn_p95=40 --gate app_cycles=0

Run it with a Python at least as new as the code it reads (it parses, never imports).

What is counted
    code     every .py file outside SKIP_DIRS that is not a test, nor marked generated on line 1
    tests    files under tests/ or test/, test_*.py, *_test(s).py, conftest.py
    fn       every def/async def; length = lines from `def` to the end, less the
             docstring (so that writing a docstring is never punished)
    typed    every parameter but self/cls annotated, and a return annotation
             (`__init__` may leave the return out)
    doc      functions with a docstring; "public" leaves out _names and dunders
    cx       1 + branch points: if, for, while, except, case, and/or, comprehension `if`
    app      a folder with apps.py, models.py, models/ or migrations/; any other
             top-level package counts as one too (config, services, ...)
    edge     app A -> app B when a non-test module of A imports from B
               hard: at module level        soft: inside a function, or TYPE_CHECKING
               lazy: a string model reference, ForeignKey("app.Model") / get_model("app", ..)
    cycle    a strongly connected set of two or more apps (or modules)
    door     views, tasks, forms, admin, signals, templatetags, api, management commands
    door_writes   ORM writes in doors (.save, .create, .update(x=..), .delete(), bulk_*): a
                  heuristic, by name; form.save() counts, since it writes too
    inner_clock   reads of the clock outside doors (now(), today(), localdate(), ...)
"""

import argparse
import ast
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

SKIP_DIRS = {
    ".git", ".venv", "venv", "node_modules", "migrations", "static", "staticfiles",
    "build", "dist", "__pycache__", ".tox", "site-packages", "htmlcov",
}  # fmt: skip
TEST_FILE = re.compile(r"^(test_.*|.*_tests?|tests?|conftest)\.py$")
GENERATED = re.compile(r"#.*(generated (from|by)|do not edit)", re.IGNORECASE)
DOORS = {
    "views", "viewsets", "tasks", "jobs", "forms", "admin", "signals", "templatetags", "api",
    "apis", "commands", "serializers", "middleware",
}  # fmt: skip
INNER = {
    "models",
    "managers",
    "actions",
    "services",
    "queries",
    "selectors",
}  # never a door
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
}
CLOCK = {"now", "today", "utcnow", "localdate", "localtime"}
RELATION_FIELDS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.match_case,
)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Function:
    where: str
    length: int
    complexity: int
    has_doc: bool
    public: bool
    typed: bool


@dataclass
class Module:
    path: Path
    dotted: str
    is_package: bool
    is_test: bool
    lines: int
    functions: list[Function] = field(default_factory=list)
    hard: set[str] = field(default_factory=set)
    soft: set[str] = field(default_factory=set)
    lazy_labels: set[str] = field(default_factory=set)
    writes: int = 0
    clock_reads: int = 0

    @property
    def is_door(self) -> bool:
        parts = set(self.path.with_suffix("").parts)
        return bool(DOORS & parts) and not INNER & parts


# ---------------------------------------------------------------- reading


def python_files(root: Path):
    for path in sorted(root.rglob("*.py")):
        if not SKIP_DIRS.intersection(path.relative_to(root).parts[:-1]):
            yield path


def is_test(relative: Path) -> bool:
    return bool({"tests", "test"}.intersection(relative.parts[:-1])) or bool(
        TEST_FILE.match(relative.name)
    )


def dotted_name(relative: Path) -> str:
    parts = list(relative.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def read_module(root: Path, path: Path) -> Module | None:
    relative = path.relative_to(root)
    source = path.read_text(encoding="utf-8", errors="replace")
    if GENERATED.match(source):
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        print(f"skipped {relative}: {error}", file=sys.stderr)
        return None
    module = Module(
        path=relative,
        dotted=dotted_name(relative),
        is_package=path.name == "__init__.py",
        is_test=is_test(relative),
        lines=source.count("\n") + (not source.endswith("\n") and bool(source)),
    )
    Reader(module).visit(tree)
    return module


class Reader(ast.NodeVisitor):
    """Fill a Module: its functions, its imports, its string model references."""

    def __init__(self, module: Module):
        self.module = module
        self.deferred = 0  # > 0 inside a function or an `if TYPE_CHECKING:` block

    def visit_FunctionDef(self, node):
        self.module.functions.append(measure(node, self.module.path))
        self.deferred += 1
        self.generic_visit(node)
        self.deferred -= 1

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node):
        checking = "TYPE_CHECKING" in ast.dump(node.test)
        self.deferred += checking
        for child in node.body:
            self.visit(child)
        self.deferred -= checking
        for child in node.orelse:
            self.visit(child)

    def visit_Import(self, node):
        self._add(alias.name for alias in node.names)

    def visit_ImportFrom(self, node):
        base = node.module or ""
        if node.level:
            package = self.module.dotted.split(".")
            up = node.level - 1 if self.module.is_package else node.level
            package = package[: len(package) - up] if up else package
            base = ".".join([*package, base]) if base else ".".join(package)
        self._add(f"{base}.{alias.name}" for alias in node.names)

    def _add(self, targets):
        (self.module.soft if self.deferred else self.module.hard).update(targets)

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        method = isinstance(node.func, ast.Attribute)
        bare = not node.args and not node.keywords
        named_only = not node.args and bool(node.keywords)
        self.module.writes += method and (
            name in WRITES
            or (name == "update" and named_only)
            or (name == "delete" and bare)
        )
        self.module.clock_reads += name in CLOCK and not node.args
        first = next(
            (k.value for k in node.keywords if k.arg == "to"),
            node.args[0] if node.args else None,
        )
        text = first.value if isinstance(first, ast.Constant) else None
        relation = name in RELATION_FIELDS and isinstance(text, str) and "." in text
        if relation or (name == "get_model" and isinstance(text, str)):
            self.module.lazy_labels.add(text.split(".")[0])
        self.generic_visit(node)


def measure(node, path: Path) -> Function:
    doc = ast.get_docstring(node, clean=False)
    length = node.end_lineno - node.lineno + 1
    if doc is not None:
        length -= node.body[0].end_lineno - node.body[0].lineno + 1
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [a for a in (arguments.vararg, arguments.kwarg) if a]
    named = [a for a in named if a.arg not in {"self", "cls"}]
    typed = all(a.annotation for a in named) and (
        node.returns is not None or node.name == "__init__"
    )
    return Function(
        where=f"{path}:{node.lineno} {node.name}",
        length=max(length, 1),
        complexity=complexity(node),
        has_doc=doc is not None,
        public=not node.name.startswith("_"),
        typed=typed,
    )


def complexity(node) -> int:
    """Branch points in this function, not in functions defined inside it."""
    total, stack = 1, list(ast.iter_child_nodes(node))
    while stack:
        child = stack.pop()
        if isinstance(child, FUNCTION):
            continue
        total += isinstance(child, BRANCHES)
        if isinstance(child, ast.BoolOp):
            total += len(child.values) - 1
        if isinstance(child, ast.comprehension):
            total += len(child.ifs)
        stack.extend(ast.iter_child_nodes(child))
    return total


# ---------------------------------------------------------------- graph


def find_apps(root: Path, modules: list[Module]) -> list[str]:
    """Dotted names of the apps, longest first so that prefix matching finds the inner one."""
    apps = set()
    for module in modules:
        folder = root / module.path.parent
        if folder == root or module.is_test:
            continue
        parents = [folder, *folder.parents]
        parents = parents[: parents.index(root)]
        marked = [
            p
            for p in parents
            if any(
                (p / mark).exists()
                for mark in ("apps.py", "models.py", "models", "migrations")
            )
        ]
        home = marked[0] if marked else parents[-1]
        apps.add(".".join(home.relative_to(root).parts))
    return sorted(apps, key=len, reverse=True)


def owner(dotted: str, apps: list[str]) -> str | None:
    """The app a dotted name lives in; `app.x` also finds `folder.app`, for apps on sys.path."""
    inside = next((a for a in apps if dotted == a or dotted.startswith(a + ".")), None)
    if inside or not dotted:
        return inside
    head = dotted.split(".")[0]
    return next((a for a in apps if a.endswith("." + head)), None)


def app_edges(modules, apps, *, kinds) -> dict[tuple[str, str], int]:
    label = {a.rsplit(".", 1)[-1]: a for a in apps}
    edges = defaultdict(int)
    for module in modules:
        home = owner(module.dotted, apps)
        if home is None or module.is_test:
            continue
        targets = []
        if "hard" in kinds:
            targets += [owner(t, apps) for t in module.hard]
        if "soft" in kinds:
            targets += [owner(t, apps) for t in module.soft]
        if "lazy" in kinds:
            targets += [label.get(name) for name in module.lazy_labels]
        for target in targets:
            if target and target != home:
                edges[home, target] += 1
    return dict(edges)


def module_edges(modules) -> dict[tuple[str, str], int]:
    known = {m.dotted for m in modules if not m.is_test}
    edges = defaultdict(int)
    for module in modules:
        if module.is_test:
            continue
        for target in module.hard:
            while target and target not in known:
                target = target.rpartition(".")[0]
            if target and target != module.dotted:
                edges[module.dotted, target] += 1
    return dict(edges)


def cycles(edges) -> list[list[str]]:
    """Strongly connected components of two or more nodes (Tarjan, iterative)."""
    graph = defaultdict(set)
    for a, b in edges:
        graph[a].add(b)
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for start in sorted(graph):
        if start in index:
            continue
        work = [(start, iter(sorted(graph[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, successors = work[-1]
            advanced = False
            for nxt in successors:
                if nxt not in index:
                    index[nxt] = low[nxt] = len(index)
                    stack.append(nxt)
                    on_stack.add(nxt)
                    work.append((nxt, iter(sorted(graph[nxt]))))
                    advanced = True
                    break
                if nxt in on_stack:
                    low[node] = min(low[node], index[nxt])
            if advanced:
                continue
            work.pop()
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
            if low[node] == index[node]:
                group = []
                while True:
                    member = stack.pop()
                    on_stack.discard(member)
                    group.append(member)
                    if member == node:
                        break
                if len(group) > 1:
                    found.append(sorted(group))
    return sorted(found, key=len, reverse=True)


# ---------------------------------------------------------------- report


def percentile(values, fraction) -> int:
    if not values:
        return 0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(fraction * (len(ordered) - 1)))]


def share(part, whole) -> int:
    return round(100 * part / whole) if whole else 0


def summarise(root: Path) -> dict:
    modules = [m for p in python_files(root) if (m := read_module(root, p))]
    code = [m for m in modules if not m.is_test]
    tests = [m for m in modules if m.is_test]
    functions = [f for m in code for f in m.functions]
    public = [f for f in functions if f.public]
    test_functions = [f for m in tests for f in m.functions if " test_" in f.where]
    apps = find_apps(root, modules)
    hard = app_edges(modules, apps, kinds={"hard"})
    everything = app_edges(modules, apps, kinds={"hard", "soft", "lazy"})
    fan_out = defaultdict(set)
    fan_in = defaultdict(set)
    for a, b in everything:
        fan_out[a].add(b)
        fan_in[b].add(a)
    hard_cycles, any_cycles = cycles(hard), cycles(everything)
    mod_cycles = cycles(module_edges(modules))
    code_lines, test_lines = sum(m.lines for m in code), sum(m.lines for m in tests)
    sized = [m.lines for m in code if m.lines > 1]  # leaves out empty __init__.py
    return {
        "code_modules": len(code),
        "code_lines": code_lines,
        "test_lines": test_lines,
        "test_ratio": round(test_lines / code_lines, 2) if code_lines else 0,
        "functions": len(functions),
        "fn_median": percentile([f.length for f in functions], 0.5),
        "fn_p95": percentile([f.length for f in functions], 0.95),
        "fn_max": max((f.length for f in functions), default=0),
        "cx_p95": percentile([f.complexity for f in functions], 0.95),
        "mod_median": percentile(sized, 0.5),
        "mod_p95": percentile(sized, 0.95),
        "mod_max": max(sized, default=0),
        "doc_pct": share(sum(f.has_doc for f in functions), len(functions)),
        "public_doc_pct": share(sum(f.has_doc for f in public), len(public)),
        "typed_pct": share(sum(f.typed for f in functions), len(functions)),
        "test_fn_median": percentile([f.length for f in test_functions], 0.5),
        "test_fn_p95": percentile([f.length for f in test_functions], 0.95),
        "door_writes": sum(m.writes for m in code if m.is_door),
        "all_writes": sum(m.writes for m in code),
        "inner_clock": sum(m.clock_reads for m in code if not m.is_door),
        "apps": len(apps),
        "app_edges_hard": len(hard),
        "app_edges_all": len(everything),
        "fan_out_max": max((len(v) for v in fan_out.values()), default=0),
        "app_cycles": len(hard_cycles),
        "app_cycle_largest": max((len(c) for c in hard_cycles), default=0),
        "app_cycles_all": len(any_cycles),
        "app_cycle_all_largest": max((len(c) for c in any_cycles), default=0),
        "module_cycles": len(mod_cycles),
        "module_cycle_largest": max((len(c) for c in mod_cycles), default=0),
        "_apps": sorted(apps),
        "_edges": {f"{a} -> {b}": n for (a, b), n in sorted(everything.items())},
        "_hard_edges": sorted(f"{a} -> {b}" for a, b in hard),
        "_fan_out": {
            a: len(v) for a, v in sorted(fan_out.items(), key=lambda i: -len(i[1]))
        },
        "_fan_in": {
            a: len(v) for a, v in sorted(fan_in.items(), key=lambda i: -len(i[1]))
        },
        "_hard_cycles": hard_cycles,
        "_all_cycles": any_cycles,
        "_module_cycles": mod_cycles,
        "_longest_functions": [
            [f.length, f.where] for f in sorted(functions, key=lambda f: -f.length)[:8]
        ],
        "_largest_modules": [
            [m.lines, str(m.path)] for m in sorted(code, key=lambda m: -m.lines)[:8]
        ],
    }


COLUMNS = [
    "code_lines", "test_ratio", "fn_median", "fn_p95", "fn_max", "cx_p95", "mod_median",
    "mod_p95", "mod_max", "public_doc_pct", "typed_pct", "test_fn_median",
    "door_writes", "all_writes", "inner_clock", "apps",
    "app_edges_hard", "fan_out_max", "app_cycle_largest", "app_cycle_all_largest",
    "module_cycle_largest",
]  # fmt: skip


def print_report(name: str, result: dict) -> None:
    print(f"{name}")
    for key, value in result.items():
        if not key.startswith("_"):
            print(f"  {key:24} {value}")
    for title, key in (
        ("apps", "_apps"),
        ("edges, all kinds (imports or references)", "_edges"),
        ("app cycles, module-level imports only", "_hard_cycles"),
        ("app cycles, deferred imports and string references too", "_all_cycles"),
        ("module cycles", "_module_cycles"),
        ("longest functions", "_longest_functions"),
        ("largest modules", "_largest_modules"),
    ):
        print(f"  {title}:")
        items = result[key].items() if isinstance(result[key], dict) else result[key]
        for item in items:
            print(
                "    " + (item if isinstance(item, str) else "  ".join(map(str, item)))
            )
        if not result[key]:
            print("    none")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--row", metavar="NAME", help="print one Markdown table row")
    parser.add_argument(
        "--header", action="store_true", help="print the Markdown table header"
    )
    parser.add_argument(
        "--gate",
        action="append",
        default=[],
        metavar="KEY=MAX",
        help="exit 1 if KEY is above MAX",
    )
    parser.add_argument(
        "--floor",
        action="append",
        default=[],
        metavar="KEY=MIN",
        help="exit 1 if KEY is below MIN",
    )
    options = parser.parse_args()
    if options.header:
        print("| repo | " + " | ".join(COLUMNS) + " |")
        print("|---" * (len(COLUMNS) + 1) + "|")
    result = summarise(options.directory.resolve())
    if options.json:
        print(json.dumps(result, indent=1))
    elif options.row:
        print(
            f"| {options.row} | " + " | ".join(str(result[c]) for c in COLUMNS) + " |"
        )
    else:
        print_report(options.directory.resolve().name, result)
    failed = 0
    for rules, too_far, word in (
        (options.gate, lambda value, limit: value > limit, "above"),
        (options.floor, lambda value, limit: value < limit, "below"),
    ):
        for rule in rules:
            key, _, limit = rule.partition("=")
            if too_far(result[key], float(limit)):
                print(f"GATE {key}={result[key]} is {word} {limit}", file=sys.stderr)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
