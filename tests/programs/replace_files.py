"""Replace a folder's files, twice in full and once in vain; print the files after each."""

from pathlib import Path

from checkpoints import replace_files

folder = Path("result")
for content in ("first", "", "second"):
    try:
        with replace_files(folder) as unfinished:
            (unfinished / "a").write_text(content)
            if not content:
                raise ValueError
            (unfinished / "b").write_text(content)
    except ValueError:
        print("failed", end=" ")
    print([(path.name, path.read_text()) for path in sorted(folder.iterdir())])
print(sorted(path.name for path in Path().glob("result*")))
