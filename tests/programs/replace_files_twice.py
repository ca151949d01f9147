"""Replace a folder's files, once in vain and once in full; print the files after each."""

from pathlib import Path

from checkpoints import replace_files

folder = Path("result")
for content in ("first", None, "second"):
    try:
        with replace_files(folder) as unfinished:
            (unfinished / "a").write_text(str(content))
            (unfinished / "b").write_text(content)
    except TypeError:
        print("failed", end=" ")
    print([(path.name, path.read_text()) for path in sorted(folder.iterdir())])
print(sorted(path.name for path in Path().glob("result*")))
