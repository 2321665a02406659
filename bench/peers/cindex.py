"""The peer: Clang's Python bindings. cindex.py kinds|attributes FILE ARGUMENTS…"""
import json
import sys
import time

import clang.cindex as cindex

mode, path, *arguments = sys.argv[1:]
sys.setrecursionlimit(1_000_000)
started, wall = time.process_time(), time.perf_counter()
tu = cindex.Index.create().parse(path, args=arguments)
parsed = time.process_time()
nodes = characters = lines = 0
if mode == "kinds":
    call = cindex.CursorKind.CALL_EXPR
    for cursor in tu.cursor.walk_preorder():
        nodes += 1
        if cursor.kind == call:
            lines += 1
else:
    references = {cindex.CursorKind.DECL_REF_EXPR, cindex.CursorKind.MEMBER_REF_EXPR}
    for cursor in tu.cursor.walk_preorder():
        nodes += 1
        if cursor.kind in references and (referenced := cursor.referenced):
            characters += len(referenced.spelling)
        characters += len(cursor.kind.name) + len(cursor.spelling) + len(cursor.type.spelling)
        extent = cursor.extent
        for location in (extent.start, extent.end):
            if location.file:
                characters += len(location.file.name)
            lines += location.line + location.column
done = time.process_time()
print(
    json.dumps(
        {
            "cpu": (done - started) * 1e3,
            "walkCpu": (done - parsed) * 1e3,
            "wall": (time.perf_counter() - wall) * 1e3,
            "nodes": nodes,
            "characters": characters,
            "lines": lines,
        }
    )
)
